"""Mails about money: once, to whom they may go, with what the ledger says, and never a friend's name."""

import json
from datetime import date, timedelta
from email import message_from_string
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import clients, messages, partner_invoices, referrals, settlement_acts, signups, suppressions
from programme.money.settling import LeftOpen
from programme.money.states import OpenReason, PayoutKind
from programme.referrals.mails import IBAN_CHANGED, IBAN_LINK
from programme.words.states import Reason
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.money.booking import book
from tasks.money.payees import record_iban
from tasks.referrals import adjusting, settlement
from tasks.referrals.batches import SCHEDULED_NAME
from tasks.referrals.mails.sending import MailsReport, send_reward_mails, send_settlement_mails
from tasks.referrals.reviewing import block
from tasks.runs.outside.direct import DirectMail, enqueue_direct
from tests import payouts

BOOKED_ON = date(2026, 5, 5)


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    """The year of `payouts` before anything was booked, delivering into an outbox."""
    payouts.add_year(engine)
    settings = Settings(secret_key="a key for tests", outbox_dir=tmp_path / "outbox", _env_file=None)  # type: ignore[call-arg]
    return Workspace(settings, payouts.programme(), engine)


def send(workspace: Workspace, day: date) -> MailsReport:
    return send_reward_mails(workspace, day, payouts.at(day))


def ask(workspace: Workspace, day: date, *left_open: LeftOpen) -> MailsReport:
    return send_settlement_mails(workspace, day, payouts.at(day), left_open)


def told(workspace: Workspace, kind: str) -> dict[tuple[str, str], dict[str, str]]:
    """What the mails of a kind say, with the choices of their variant, by client and occasion."""
    table = messages.c
    query = select(table.client_id, table.occasion, table.fields, table.variant).where(table.touchpoint == kind)
    with reading(workspace.engine) as connection:
        rows = connection.execute(query).all()
    return {(row[0], row[1]): json.loads(row.fields) | json.loads(row.variant) for row in rows}


def texts(workspace: Workspace) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(workspace.settings.outbox_dir.glob("*.eml")))


def test_who_earned_hears_it_once(workspace: Workspace) -> None:
    """With the amount of the step, the day, and the button where the account is missing; what was opened is old."""
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    report = send(workspace, BOOKED_ON)

    earned = told(workspace, "reward_earned")
    assert set(earned) == {("A1", "R2"), ("A1", "R3"), ("A2", "R5")}
    third = earned["A1", "R3"]
    assert [third[name] for name in ("amount", "extra", "total", "place")] == ["€ 100", "€ 50", "€ 150", "derde"]
    assert (third["is_free"], third["has_account"], third["iban"]) == (True, True, "NL•• ABNA •••• •• 4300")
    second = earned["A2", "R5"]
    assert (second["free_on"], second["is_free"], second["has_account"]) == ("15 mei 2026", False, False)
    assert (report.made, report.sent) == (3, 3)
    assert send(workspace, BOOKED_ON + timedelta(days=1)).made == 0
    assert payouts.FRIEND_NAME not in texts(workspace)


def test_under_review_no_day_is_promised(workspace: Workspace) -> None:
    """Until a person has looked, nobody knows when it is paid."""
    row = {"referral_id": "R5", "code": "X", "recipient": "f5@voorbeeld.nl", "signed_up_on": date(2026, 4, 1)}
    with writing(workspace.engine) as connection:
        connection.execute(insert(signups).values(**row, signed_up_at=payouts.at(date(2026, 4, 1)), flags="burst"))
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    send(workspace, BOOKED_ON)
    assert told(workspace, "reward_earned")["A2", "R5"]["is_under_review"] is True


def test_no_round_is_promised_to_who_is_held_back(workspace: Workspace) -> None:
    """Until somebody lets his payouts go again, nobody knows when it is paid."""
    block(workspace.engine, "A2", "Bas", "dubbel", payouts.at(BOOKED_ON))
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    send(workspace, BOOKED_ON)
    found = told(workspace, "reward_earned")
    assert (found["A2", "R5"]["is_under_review"], found["A1", "R2"]["is_under_review"]) == (True, False)


def test_what_is_set_off_first_is_said(workspace: Workspace) -> None:
    """What he got too much, and a minimum that all of it together does not reach; the reward itself stays whole."""
    for who, cents in (("A2", -7_500), ("A1", 2_500)):
        made = adjusting.propose_adjustment(workspace.engine, who, cents, "fout", payouts.FIRST, payouts.at(BOOKED_ON))
        adjusting.approve_adjustment(
            workspace.engine, workspace.programme, made.id, payouts.SECOND, payouts.at(BOOKED_ON)
        )
    terms = workspace.programme.referral.model_copy(update={"payout_minimum_cents": 5_000})
    workspace = workspace._replace(programme=workspace.programme.model_copy(update={"referral": terms}))
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    send(workspace, BOOKED_ON)
    names = ("total", "debt", "minimum")
    found = {key: [said.get(name) for name in names] for key, said in told(workspace, "reward_earned").items()}
    assert found["A2", "R5"] == ["€ 100", "€ 75", "€ 50"]
    assert found["A1", "R3"] == ["€ 150", None, None]


def test_a_reward_that_is_on_its_way_is_not_small(workspace: Workspace) -> None:
    """The settlement of the morning booked it late, and has it in its batch before the mail is made."""
    terms = workspace.programme.referral.model_copy(update={"payout_minimum_cents": 5_000})
    workspace = workspace._replace(programme=workspace.programme.model_copy(update={"referral": terms}))
    day = payouts.SETTLED_ON
    settlement.prepare_settlement(workspace.engine, workspace.programme, day, payouts.FIRST, payouts.at(day))
    send(workspace, day)
    assert told(workspace, "reward_earned")["A1", "R3"]["is_small"] is False


def test_what_was_taken_back_is_not_told(workspace: Workspace) -> None:
    """Between the booking and the mail the project was cancelled; nor is old news."""
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    payouts.cancel(workspace.engine, "P5", BOOKED_ON)
    send(workspace, BOOKED_ON)
    assert ("A2", "R5") not in told(workspace, "reward_earned")
    with writing(workspace.engine) as connection:
        connection.execute(messages.delete())
    assert send(workspace, BOOKED_ON + timedelta(days=30)).made == 0


def test_what_went_to_another_referrer_is_not_told(workspace: Workspace) -> None:
    """Between the booking and the mail the export named another who brought the friend, who earned something too."""
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    with writing(workspace.engine) as connection:
        connection.execute(update(referrals).where(referrals.c.referral_id == "R5").values(referrer_id="A1"))
    send(workspace, BOOKED_ON)
    assert set(told(workspace, "reward_earned")) == {("A1", "R2"), ("A1", "R3")}


def test_a_suppressed_address_gets_none(workspace: Workspace) -> None:
    """Rules 1 and 2 hold; a client without consent for marketing is told of money all the same."""
    with writing(workspace.engine) as connection:
        connection.execute(update(clients).where(clients.c.client_id == "A2").values(consent="no"))
        connection.execute(
            insert(suppressions).values(email="a1@voorbeeld.nl", reason="unsubscribe", since=date(2026, 1, 1))
        )
    book(workspace.engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    report = send(workspace, BOOKED_ON)
    assert (report.made, report.stopped) == (1, 2)
    assert set(told(workspace, "reward_earned")) == {("A2", "R5")}


def test_a_paid_line_is_told_once(workspace: Workspace) -> None:
    """With the bank's day and the text of the statement; a line that came back at once was not paid."""
    engine = workspace.engine
    book(engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    _, ((line, cents),) = payouts.settle(engine, payouts.SETTLED_ON)
    payouts.tell_bank(engine, [payouts.entry(payouts.PAID_ON, line, cents)])
    send(workspace, payouts.PAID_ON)
    send(workspace, payouts.PAID_ON + timedelta(days=1))
    paid = told(workspace, "reward_paid")
    assert set(paid) == {("A1", line)}
    assert paid["A1", line]["remittance"] == f"Bouwclub beloning {line}"
    assert [paid["A1", line][name] for name in ("amount", "paid_on")] == ["€ 250", "2 juni 2026"]
    assert payouts.IBAN not in texts(workspace)


@pytest.mark.parametrize(
    ("vat", "said"),
    [
        ((0,), "Dit is uw commissie. De factuur staat op uw eigen pagina."),
        ((1_260,), "Dit is uw commissie, met de btw van uw factuur. De factuur staat op uw eigen pagina."),
        ((630, 630), "Dit is uw commissie, met de btw van uw facturen. De facturen staan op uw eigen pagina."),
    ],
)
def test_a_commission_is_told_with_its_invoices(workspace: Workspace, vat: tuple[int, ...], said: str) -> None:
    """VAT is named where an invoice has it, and two invoices are two."""
    engine, at = workspace.engine, payouts.at(payouts.SETTLED_ON)
    book(engine, workspace.programme, payouts.SETTLED_ON, "rewards", at)
    common = {"client_id": "D1", "amount_cents": 6_000 // len(vat), "made_by": "x", "made_at": at}
    rows = [{**common, "number": f"N{n}", "vat_cents": cents, "day": at.date()} for n, cents in enumerate(vat)]
    with writing(engine) as connection:
        connection.execute(insert(partner_invoices), rows)
    _, lines = payouts.settle(engine, payouts.SETTLED_ON)
    payouts.tell_bank(engine, [payouts.entry(payouts.PAID_ON, *lines[1])])
    send(workspace, payouts.PAID_ON)
    assert said in texts(workspace).replace("=\n", "")


def test_an_account_is_asked_for_three_times(workspace: Workspace) -> None:
    """Not sooner than thirty days after the last, the third says that it is the last, and there is no fourth."""
    book(workspace.engine, workspace.programme, payouts.SETTLED_ON, "rewards", payouts.at(payouts.SETTLED_ON))
    missing = LeftOpen("A2", PayoutKind.REWARD, 10_000, OpenReason.NO_IBAN)
    days = [date(2026, 6, 1) + timedelta(days=offset) for offset in (0, 0, 29, 30, 59, 60, 90, 400)]
    assert [ask(workspace, day, missing).made for day in days] == [1, 0, 0, 1, 0, 1, 0, 0]
    asked = told(workspace, "iban_request")
    assert sorted(asked) == [("A2", "1"), ("A2", "2"), ("A2", "3")]
    assert [each["is_last"] for _, each in sorted(asked.items())] == [False, False, True]
    assert asked["A2", "1"]["amount"] == "€ 100"
    blocked = LeftOpen("A1", PayoutKind.REWARD, 10_000, OpenReason.BLOCKED)
    assert ask(workspace, date(2026, 6, 1), blocked).made == 0


def test_the_request_says_what_is_wrong(workspace: Workspace) -> None:
    """An account that the bank sent back is another matter than one that no import could read."""
    engine = workspace.engine
    book(engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    _, ((line, cents),) = payouts.settle(engine, payouts.SETTLED_ON)
    payouts.tell_bank(engine, [payouts.entry(payouts.PAID_ON, line, cents)])
    payouts.tell_bank(engine, [payouts.entry(payouts.RETURNED_ON, line, cents, is_credit=True, reason="AC04")])
    found = settlement.prepare_settlement(
        engine, workspace.programme, date(2026, 7, 1), payouts.FIRST, payouts.at(date(2026, 7, 1))
    )
    ask(workspace, date(2026, 7, 1), *found.settlement.left_open)
    asked = told(workspace, "iban_request")
    assert {client_id: each["missing"] for (client_id, _), each in asked.items()} == {"A1": "returned", "A2": ""}


@pytest.mark.parametrize("what", ["gave it", "blocked", "taken back", "nothing"])
def test_a_batch_that_waits_asks_for_nothing_old(workspace: Workspace, what: str) -> None:
    """A month later it is found again, with what was left open then; who gave his account meanwhile is not asked."""
    engine, later = workspace.engine, payouts.SETTLED_ON + timedelta(days=30)
    for day in (payouts.SETTLED_ON, later):
        found = settlement.prepare_settlement(engine, workspace.programme, day, payouts.FIRST, payouts.at(day))
        made = ask(workspace, day, *found.settlement.left_open).made
        if day == payouts.SETTLED_ON:
            assert made == 1
            if what == "gave it":
                with writing(engine) as connection:
                    record_iban(connection, "A2", payouts.IBAN, "A. Twee", payouts.at(day))
            if what == "blocked":
                block(engine, "A2", "Bas", "dubbel", payouts.at(day))
            if what == "taken back":
                payouts.cancel(engine, "P5", day)
                book(engine, workspace.programme, day, "rewards", payouts.at(day))
    assert made == (what == "nothing")


def test_each_approver_is_told_of_a_batch_once(workspace: Workspace) -> None:
    """With numbers alone: no client, no account, no name of a flow; and none once it is approved."""
    engine = workspace.engine
    book(engine, workspace.programme, BOOKED_ON, "rewards", payouts.at(BOOKED_ON))
    settlement.prepare_settlement(
        engine, workspace.programme, payouts.SETTLED_ON, SCHEDULED_NAME, payouts.at(payouts.SETTLED_ON)
    )
    assert ask(workspace, payouts.SETTLED_ON).approvers == 2
    assert send(workspace, payouts.SETTLED_ON).approvers == 0
    mails = [path.read_text("utf-8") for path in workspace.settings.outbox_dir.glob("*.eml")]
    staff = [text for text in mails if "Betaalronde S20260601-1" in text]
    assert sorted(message_from_string(text)["To"] for text in staff) == [
        "j.broersma@bureaubroersma.example",
        "m.broersma@bureaubroersma.example",
    ]
    assert all("Het systeem zette deze ronde klaar" in text.replace("=\n", "") for text in staff)
    assert not [text for text in staff if "Klant A1" in text or "ABNA" in text or "/u/" in text]
    with reading(engine) as connection:
        acts = connection.execute(select(settlement_acts.c.made_by).where(settlement_acts.c.act == "mail"))
        assert sorted(acts.scalars()) == [payouts.FIRST, payouts.SECOND]


def test_the_link_that_was_asked_for_goes_also_to_who_unsubscribed(workspace: Workspace) -> None:
    """But not to an address that bounced; the word of a change stops at both."""
    day = date(2026, 6, 1)
    with writing(workspace.engine) as connection:
        for email, reason in (("a1@voorbeeld.nl", "unsubscribe"), ("a2@voorbeeld.nl", "bounce")):
            connection.execute(insert(suppressions).values(email=email, reason=reason, since=day))
    renderer = Renderer(workspace.programme, workspace.settings.base_url)
    mails = [
        DirectMail(kind, client_id, "1", kind.sample)
        for kind in (IBAN_LINK, IBAN_CHANGED)
        for client_id in ("A1", "A2")
    ]
    with writing(workspace.engine) as connection:
        made = enqueue_direct(connection, renderer, workspace.settings.key(), mails, day)
    assert [each.reason for each in made] == [None, Reason.SUPPRESSED, Reason.SUPPRESSED, Reason.SUPPRESSED]

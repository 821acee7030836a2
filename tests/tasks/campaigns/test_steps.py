"""Campaigns on a database: nobody twice, nobody who may not, nothing written by looking."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, update

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import (
    clients,
    decisions,
    discount_codes,
    feedback,
    messages,
    metadata,
    requests,
    runs,
    suppressions,
)
from programme.campaigns.audience.audiences import Audience, Traits, belongs
from programme.campaigns.audience.traits import Area
from programme.campaigns.form.options import NO_TIER
from programme.words.dates import AMSTERDAM
from programme.words.states import HandFlow, MessageStatus, Outcome, Reason
from tasks.base.workspace import Workspace
from tasks.campaigns import register, stopping
from tasks.campaigns import steps as campaign_steps
from tasks.campaigns.audience import may_belong
from tasks.campaigns.checks import OrderRefused, check_order
from tasks.campaigns.mails import TEST_NAME, compose_samples, send_test
from tasks.campaigns.register import NameTaken
from tasks.clients.facts.audience import read_recipients
from tasks.mail.render import Renderer, mail_of
from tasks.runs import steps
from tasks.runs.taking_up.judging_again import foresee_left_over
from tasks.runs.taking_up.left_over import take_up_left_over
from tasks.sending.resending import ResendStopped, ResendTooLate, resend_messages, resend_request
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.campaigns.base import DAY, NOW, campaign, decided, form, send, workspace_of

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    return workspace_of(engine, tmp_path)


def rows(engine: Engine, table: Any, *conditions: Any) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(table).where(*conditions)).all())


def counts(engine: Engine) -> dict[str, int]:
    """Rows of every table that is ours to write."""
    with reading(engine) as connection:
        return {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
        }


def recipients_sent(engine: Engine) -> Counter[str]:
    return Counter(row.recipient for row in rows(engine, messages, messages.c.status == MessageStatus.ACCEPTED))


@ON_SQLITE
def test_looking_writes_nothing(workspace: Workspace) -> None:
    """A plan, its samples and a check leave every table as it was."""
    before = counts(workspace.engine)
    order = check_order(workspace, form(), NOW)
    assert order.campaign is not None
    count = campaign_steps.plan(workspace, order.campaign, DAY)
    samples = compose_samples(workspace, order.campaign, count.samples, DAY)

    assert count.to_send > 20
    assert len(samples) == 3
    assert counts(workspace.engine) == before
    assert not workspace.settings.outbox_dir.exists()


def test_what_was_looked_at_is_what_goes(workspace: Workspace, engine: Engine) -> None:
    """Every decision of the plan is kept, with flow campaign; every send is one mail, dated the day, to one person."""
    asked = campaign({"none_of": {"tiers": ["Platinum"]}})
    count = campaign_steps.plan(workspace, asked, DAY)
    report = send(workspace, asked)

    kept = rows(engine, decisions)
    sent = rows(engine, messages)
    assert Counter((row.outcome, row.reason) for row in kept) == count.outcomes
    assert report.to_send == count.to_send == report.delivered["accepted"] == len(sent)
    assert {(row.flow, row.touchpoint, row.occasion) for row in kept} == {("campaign", "newsletter", "lentebrief-2026")}
    assert {(row.as_of, row.flow, row.purpose, row.occasion) for row in sent} == {
        (DAY, "campaign", "marketing", "lentebrief-2026")
    }
    assert set(recipients_sent(engine).values()) == {1}
    assert len(list(workspace.settings.outbox_dir.glob("*.eml"))) == len(sent)
    (run,) = rows(engine, runs)
    assert (run.flow, run.mode, run.finished_at is not None) == (HandFlow.CAMPAIGN, "send", True)


def test_nobody_who_may_not_is_ever_planned(workspace: Workspace, engine: Engine) -> None:
    """No suppressed address, nobody who said no, nobody without an address, whatever the audience."""
    send(workspace, campaign())

    suppressed = {row.email for row in rows(engine, suppressions, suppressions.c.since <= DAY)}
    refused = {row.recipient for row in rows(engine, clients, clients.c.consent == "no")}
    got = set(recipients_sent(engine))
    assert suppressed
    assert refused
    assert got
    assert got.isdisjoint(suppressed | refused | {""})
    reasons = {row.reason for row in rows(engine, decisions)}
    assert reasons >= {
        Reason.SUPPRESSED,
        Reason.NO_CONSENT,
        Reason.NO_ADDRESS,
        Reason.OPEN_CASE,
        Reason.OVERDUE_INVOICE,
    }


def test_started_twice_sends_once(workspace: Workspace, engine: Engine) -> None:
    """The same day, and again when every cap has long passed: nobody gets it twice."""
    first = send(workspace, campaign())
    again = send(workspace, campaign())
    later = DAY + timedelta(days=7)
    last = send(workspace, campaign(), later)

    assert again.to_send == 0
    assert again.delivered == {}
    assert set(recipients_sent(engine).values()) == {1}
    assert last.to_send + first.to_send == sum(recipients_sent(engine).values())


def test_stopped_half_way_goes_on(workspace: Workspace, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a crash between planning and sending, a start of the next day sends what was left, dated that day."""
    asked = campaign()
    monkeypatch.setattr(steps, "deliver_queued", _deliver_ten)
    first = send(workspace, asked)
    monkeypatch.undo()
    planned = rows(engine, messages, messages.c.status == MessageStatus.PLANNED)
    assert first.delivered["accepted"] == 10
    assert len(planned) == first.to_send - 10 > 0

    tomorrow = DAY + timedelta(days=1)
    kept = register.find_campaign(engine, asked, None)
    assert kept is not None
    second = send(workspace, replace(campaign(today=tomorrow), first_on=kept.first_on), tomorrow)

    assert second.retaken == len(planned)
    assert set(recipients_sent(engine).values()) == {1}
    assert sum(recipients_sent(engine).values()) == first.to_send + second.to_send
    assert Counter(row.as_of for row in rows(engine, messages)) == {DAY: 10, tomorrow: len(planned) + second.to_send}


def _deliver_ten(*arguments: Any, **options: Any) -> Any:
    from tasks.sending.delivery import deliver_queued

    return deliver_queued(*arguments, **(options | {"limit": 10}))


@ON_SQLITE
def test_what_is_left_after_the_window_expires(
    workspace: Workspace, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that was left planned does not go once its campaign has closed."""
    monkeypatch.setattr(steps, "deliver_queued", _deliver_ten)
    first = send(workspace, campaign())
    left = take_up_left_over(engine, DAY + timedelta(days=8), occasion="lentebrief-2026")

    assert left.retaken == []
    assert len(left.expired) == first.to_send - 10


@ON_SQLITE
def test_a_start_takes_up_its_own_alone(workspace: Workspace, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another campaign left planned waits for its own start, or for the run of the day."""
    monkeypatch.setattr(steps, "deliver_queued", _deliver_ten)
    send(workspace, campaign())

    left = take_up_left_over(engine, DAY + timedelta(days=1), occasion="herfstbrief")

    assert not any(left)


@ON_SQLITE
def test_two_records_of_one_person_get_one_mail(workspace: Workspace, engine: Engine) -> None:
    """A recipient with several client records is mailed once, and once only when a second start comes a week later."""
    with reading(engine) as connection:
        shared = {
            row.recipient
            for row in connection.execute(
                select(clients.c.recipient)
                .where(clients.c.recipient != "")
                .group_by(clients.c.recipient)
                .having(func.count() > 1)
            )
        }
    send(workspace, campaign())
    send(workspace, campaign(), DAY + timedelta(days=7))

    assert shared & set(recipients_sent(engine))
    assert set(recipients_sent(engine).values()) == {1}


@ON_SQLITE
def test_one_mail_a_day_from_whichever_run(workspace: Workspace, engine: Engine) -> None:
    """After a campaign of the day a second one waits for everybody who got the first, and a week later may go."""
    send(workspace, campaign())
    second = campaign_steps.plan(workspace, campaign(name="Tweede brief"), DAY)
    next_week = campaign_steps.plan(workspace, campaign(name="Tweede brief"), DAY + timedelta(days=7))

    assert second.to_send == 0
    assert second.outcomes[Outcome.DEFER, Reason.OUTRANKED] == sum(recipients_sent(engine).values())
    assert next_week.to_send > 0


@ON_SQLITE
def test_a_test_mail_counts_nowhere(workspace: Workspace, engine: Engine) -> None:
    """It writes no row, is sent anew each time, says what it is, and its links open nothing."""
    before = counts(engine)
    sent = [send_test(workspace, campaign(offer="LOYAL15"), "ik@firma.nl", DAY) for _ in range(3)]

    mails = [path.read_text() for path in workspace.settings.outbox_dir.glob("*.eml")]
    assert counts(engine) == before
    assert all(each.went for each in sent)
    assert len(mails) == len({each.message_id for each in sent}) == 3
    assert all("Subject: [TEST] Nieuws" in mail and "To: ik@firma.nl" in mail for mail in mails)
    assert rows(engine, messages) == []
    plan = campaign_steps.plan(workspace, campaign(), DAY)
    assert plan.to_send == campaign_steps.plan(workspace, campaign(), DAY).to_send


@ON_SQLITE
def test_links_of_tests_and_samples_are_inert(workspace: Workspace, engine: Engine) -> None:
    """No token in them is one that the pages know, before and after the real mail went."""
    from programme.words.tokens import LinkPurpose, read_dashboard_token, read_message_token

    asked = campaign()
    count = campaign_steps.plan(workspace, asked, DAY)
    samples = [sample.mail for sample in compose_samples(workspace, asked, count.samples, DAY)]
    send(workspace, asked)

    key = [workspace.settings.key()]
    logged = {row.message_id for row in rows(engine, messages)}
    for mail in samples:
        token = mail.unsubscribe_url.rpartition("/")[2]
        assert read_message_token(key, LinkPurpose.UNSUBSCRIBE, token) is None
        assert read_dashboard_token(key, token) is None
        assert mail.message_id not in logged


@ON_SQLITE
def test_samples_are_the_mails_that_go(workspace: Workspace, engine: Engine) -> None:
    """But for the person's name and links, a sample is letter for letter what the client then gets."""
    asked = campaign(
        offer="WELKOM20",
        template="Uitnodiging bijeenkomst",
        event_on="2026-03-20",
        event_time="20:00",
        place="Zaal",
    )
    samples = compose_samples(workspace, asked, campaign_steps.plan(workspace, asked, DAY).samples, DAY)
    send(workspace, asked)

    for sample in samples:
        (row,) = rows(engine, messages, messages.c.client_id == sample.decision.client_id)
        mail = mail_of(Renderer(workspace.programme, workspace.settings.base_url), row)
        (person,) = rows(engine, clients, clients.c.client_id == sample.decision.client_id)
        assert person.name in mail.text
        assert person.name not in sample.mail.text + sample.mail.html
        text = _without_links(mail.text, mail.unsubscribe_url).replace(person.name, TEST_NAME)
        assert text == _without_links(sample.mail.text, sample.mail.unsubscribe_url)
        assert (mail.subject, mail.sender_name) == (sample.mail.subject, sample.mail.sender_name)


def _without_links(text: str, url: str) -> str:
    return text.replace(url.rpartition("/")[2], "…")  # two pages have the same token


def test_the_offer_is_kept_and_never_below_the_tier(workspace: Workspace, engine: Engine) -> None:
    """Who has more by the tier reads that, with the tier's code; the others' codes are kept with their last day."""
    send(workspace, campaign(offer="LOYAL15"))

    with reading(engine) as connection:
        given = select(messages.c.client_id, *discount_codes.c["code", "percent", "valid_until"])
        given = given.join_from(messages, discount_codes, discount_codes.c.id == messages.c.discount_id)
        every = connection.execute(given).all()
    kept = [row for row in every if row.code == "LOYAL15"]
    high = {tier.id for tier in workspace.programme.tiers if tier.discount_percent >= 15}
    sent = rows(engine, messages, messages.c.status == MessageStatus.ACCEPTED)
    assert {row.client_id for row in kept} == {row.client_id for row in sent if row.tier not in high}
    assert {(row.code, row.percent, row.valid_until) for row in kept} == {("LOYAL15", 15, DAY + timedelta(days=60))}
    of_tiers = {row.client_id for row in every if row.code != "LOYAL15"}
    assert of_tiers
    assert of_tiers == {row.client_id for row in sent if row.tier in high}


def test_a_name_is_of_one_text(workspace: Workspace, engine: Engine) -> None:
    """Once somebody has it, a start that says something else is refused; a wider audience of the same is not."""
    send(workspace, campaign({"all_of": {"bought": ["Dakkapel"]}}))

    with pytest.raises(OrderRefused, match="ging al een mail met een andere tekst"):
        check_order(workspace, form(subject="Iets anders"), NOW)
    with pytest.raises(NameTaken):
        register.register(engine, campaign(subject="Iets anders"), None)
    assert check_order(workspace, form(), NOW).campaign is not None
    wider = send(workspace, campaign())
    assert wider.to_send > 0
    assert set(recipients_sent(engine).values()) == {1}


def test_before_anybody_has_it_a_text_can_be_mended(workspace: Workspace, engine: Engine) -> None:
    """A campaign that nobody got may be started with another text, and its go was for the old one."""
    register.register(engine, campaign(), None)
    register.record_go(engine, "lentebrief-2026", "A. de Boer", 500)
    same = register.register(engine, campaign(), None)
    other = register.register(engine, campaign(subject="Iets anders"), None)
    after = register.find_campaign(engine, campaign(subject="Iets anders"), None)

    assert (same.go_by, same.go_for) == ("A. de Boer", 500)
    assert (other.is_same, other.go_by, other.go_for) == (False, None, None)
    assert after is not None
    assert (after.is_same, after.go_by, after.go_for) == (True, None, None)


def test_a_withdrawn_campaign_stays_withdrawn(
    workspace: Workspace, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is still planned is cancelled and no run sends it; a new start is refused; withdrawing twice is harmless."""
    monkeypatch.setattr(steps, "deliver_queued", _deliver_ten)
    first = send(workspace, campaign())
    monkeypatch.undo()
    waiting = stopping.count_waiting(engine, "lentebrief-2026")
    withdrawn = [stopping.withdraw(engine, "lentebrief-2026", "A. de Boer") for _ in range(2)]

    assert waiting == first.to_send - 10
    assert withdrawn == [waiting, 0]
    assert stopping.withdraw(engine, "bestaat-niet", "A. de Boer") is None
    assert campaign_steps.count_messages(workspace, campaign()) == {"accepted": 10, "cancelled": first.to_send - 10}
    with pytest.raises(OrderRefused, match="naam van een campagne die is gestopt door A. de Boer"):
        check_order(workspace, form(), NOW)
    with pytest.raises(NameTaken):
        register.register(engine, campaign(), None)


@ON_SQLITE
def test_moments(workspace: Workspace, engine: Engine) -> None:
    """The past is refused, but for a campaign that was planned for that very moment; later is fine."""
    at = {"day": "2026-03-01", "hour": "10:00"}
    with pytest.raises(OrderRefused, match="1 maart 2026 om 10.00 uur is al voorbij"):
        check_order(workspace, form(sending=at), NOW)
    register.register(engine, campaign(), datetime(2026, 3, 1, 10, tzinfo=AMSTERDAM))

    order = check_order(workspace, form(sending=at), NOW)
    assert order.campaign is not None
    assert order.campaign.first_on == date(2026, 3, 1)
    assert check_order(workspace, form(sending={"day": "2026-03-02", "hour": "12:30"}), NOW).moment is not None


@ON_SQLITE
def test_a_closed_campaign_starts_no_more(workspace: Workspace) -> None:
    """When its window is over a restart is refused: news of last month is none."""
    send(workspace, campaign())

    with pytest.raises(OrderRefused, match="gesloten sinds 9 maart 2026"):
        check_order(workspace, form(), NOW + timedelta(days=8))


@ON_SQLITE
def test_a_suppressed_test_address_is_refused(workspace: Workspace, engine: Engine) -> None:
    """Who unsubscribed gets no test mails either."""
    address = rows(engine, suppressions, suppressions.c.since <= DAY)[0].email

    with pytest.raises(OrderRefused, match="Proefmail aan"):
        check_order(workspace, form(sending={"test_address": address}), NOW)


def test_consent_that_was_withdrawn_since_stops_a_planned_mail(workspace: Workspace, engine: Engine) -> None:
    """The rules are asked again at the claim: a no after planning cancels the message."""
    run = decided(workspace, campaign()).run
    address = rows(engine, messages)[0].recipient
    with writing(engine) as connection:
        connection.execute(update(clients).where(clients.c.recipient == address).values(consent="no"))
    delivered = steps.deliver(run)

    assert address not in recipients_sent(engine)
    assert delivered["cancelled"] == 1
    assert {row.touchpoint for row in rows(engine, requests)} == {"newsletter"}


def test_a_new_complaint_holds_a_planned_mail_back(workspace: Workspace, engine: Engine) -> None:
    """Whoever complains after planning gets nothing while the case is open; the message waits."""
    run = decided(workspace, campaign()).run
    one = rows(engine, messages)[0]
    row = ["F-new", one.client_id, DAY, "nps", 2, "import"]
    with writing(engine) as connection:
        insert_rows(connection, feedback, ["feedback_id", "client_id", "given_on", "kind", "score", "origin"], [row])
    delivered = steps.deliver(run)

    assert one.recipient not in recipients_sent(engine)
    assert delivered["held"] == 1
    assert campaign_steps.count_messages(workspace, campaign())["planned"] == 1


@ON_SQLITE
def test_what_waits_does_not_go_with_a_code_that_is_over(workspace: Workspace, engine: Engine) -> None:
    """Its words are not made anew: it waits until its window closes or its code ends, as the plan and a resend say."""
    decided(workspace, campaign(offer="LOYAL15"))
    ends = DAY + timedelta(days=1)
    with writing(engine) as connection:
        connection.execute(update(discount_codes).values(valid_until=ends))
    codes = len([row for row in rows(engine, messages) if row.discount_id])
    assert codes > 0

    def fates(day: date) -> Counter[str]:
        return Counter(str(fate.outcome) for fate in foresee_left_over(engine, workspace.programme, day).fates)

    assert fates(ends)["expired"] == 0
    assert fates(ends + timedelta(days=1))["expired"] == codes
    assert len(take_up_left_over(engine, ends + timedelta(days=1)).expired) == codes
    with writing(engine) as connection:
        gone = messages.c.discount_id.is_not(None)
        connection.execute(update(messages).where(gone).values(status=MessageStatus.IN_DOUBT, settled_at=None))
        one = connection.execute(select(messages.c.message_id).where(gone).limit(1)).scalar_one()
    with pytest.raises(ResendTooLate, match=f"until {ends}"):
        resend_messages(engine, [one], "Bram", ends + timedelta(days=1), 0)
    assert resend_messages(engine, [one], "Bram", ends, 0).message_ids == [one]


traits = st.builds(
    Traits,
    segments=st.sampled_from([(), ("verbouwer",)]),
    tiers=st.sampled_from([(), (NO_TIER,), ("brons", "goud")]),
    last_types=st.sampled_from([(), ("dakkapel",), ("uitbouw", "renovatie")]),
    bought=st.sampled_from([(), ("dakkapel",), ("fundering", "overig")]),
    areas=st.sampled_from([(), (Area(8900, 8999),), (Area(1000, 1099), Area(9000, 9999))]),
    monument=st.booleans(),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.builds(Audience, traits, traits, traits))
def test_sql_leaves_out_nobody_who_belongs(workspace: Workspace, audience: Audience) -> None:
    """The first look finds at least everyone whom the rules find."""
    condition = may_belong(audience)
    with reading(workspace.engine) as connection:
        everyone = set(connection.scalars(select(clients.c.client_id)))
        query = select(clients.c.client_id)
        found = set(connection.scalars(query if condition is None else query.where(condition)))
        recipients = read_recipients(connection, workspace.programme, everyone, DAY)
    belonging = {
        client.client_id
        for recipient in recipients
        for client in recipient.clients
        if belongs(make.shipped_programme(), audience, client, recipient, DAY)
    }

    assert belonging <= found


@pytest.mark.parametrize("postcode", ["8921 AB", " 8921ab", "8921", "89", "", "AB 8921", "٨٩٢١ AB", None])
def test_postcodes_of_any_shape_can_be_asked(engine: Engine, tmp_path: Path, postcode: str | None) -> None:
    """A postcode that is none stops no statement, on either database."""
    from models.tables import projects

    workspace = workspace_of(engine, tmp_path, clients=20)
    with writing(engine) as connection:
        connection.execute(update(projects).values(postcode=postcode))
    count = campaign_steps.plan(workspace, campaign({"all_of": {"areas": "89"}}), DAY)

    assert bool(count.recipients) is ((postcode or "").strip().startswith("8921"))


@ON_SQLITE
def test_nobody_is_invited_to_what_has_begun(workspace: Workspace) -> None:
    """Neither at once nor at a moment of the day of the event; before it begins is in time."""
    event = {"template": "Uitnodiging bijeenkomst", "event_on": str(DAY), "place": "Kantoor"}
    for hour, sending in (("11:59", {}), ("18:00", {"day": str(DAY), "hour": "18:30"})):
        with pytest.raises(OrderRefused, match="is het al begonnen als de mail gaat"):
            check_order(workspace, form(sending=sending, **event, event_time=hour), NOW)
    assert check_order(workspace, form(**event, event_time="12:30"), NOW).campaign.closes_on == DAY


@ON_SQLITE
def test_nothing_of_a_stopped_campaign_is_sent_again(workspace: Workspace, engine: Engine) -> None:
    """It would stay planned until its window closed, whoever asked for it: nothing of it is claimed."""
    asked = campaign()
    send(workspace, asked)
    with writing(engine) as connection:
        connection.execute(update(messages).values(status=MessageStatus.IN_DOUBT, settled_at=None))
    one, request_id = (rows(engine, messages)[0].message_id, rows(engine, messages)[0].request_id)
    stopping.withdraw(engine, asked.name, "Anna")
    with pytest.raises(ResendStopped, match="was stopped"):
        resend_messages(engine, [one], "Bram", DAY, 0)
    with pytest.raises(ResendStopped, match="was stopped"):
        resend_request(engine, request_id, "Bram", DAY, 0)
    assert {row.status for row in rows(engine, messages)} == {MessageStatus.IN_DOUBT}

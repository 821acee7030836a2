"""Killed at any point an erasure can be done again; the provider is told first; later events bring nothing back."""

import json
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from models import tables
from models.database.engine import open_engine, reading, upgrade_schema, writing
from models.erased import erased_among
from models.settings import Settings
from models.suppressions import read_opt_outs, suppress
from programme.words.states import SuppressionReason
from tasks.base.checkpoints import ERASE_POINTS
from tasks.base.workspace import Workspace
from tasks.care.acting.acts import record_act
from tasks.clients.facts.audience import read_recipients
from tasks.inbound.events import store_events
from tasks.inbound.journal import Journal, Wish
from tasks.money.booking import book
from tasks.privacy import erasing
from tasks.privacy.erasing import BalanceIsOpen, CaseIsOpen, Erasure, erase_person
from tasks.privacy.exporting import export_person
from tasks.privacy.person import read_person
from tasks.providers.sendgrid import erasure
from tasks.providers.sendgrid.erasure import ProviderNotTold
from tasks.providers.sendgrid.wire import NotSent, Reply
from tests import payouts
from tests.factories import shipped_programme
from tests.killed import exit_code_of
from tests.tasks.privacy.conftest import KEY, NOW

ADDRESS = "zwaantje@quaadvlieg.nl"
MESSAGE = "ab" * 16


def seed(workspace: Workspace) -> Path:
    """A client with one mail that went, as a file in the outbox; returns that file."""
    client = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1, "name": "Zwaantje"}
    message = {"client_id": "C1", "recipient": ADDRESS, "touchpoint": "check_in", "occasion": "P1", "flow": "daily"}
    day = NOW.date()
    with writing(workspace.engine) as connection:
        connection.execute(insert(tables.clients).values(client_id="C1", recipient=ADDRESS, email=ADDRESS, **client))
        connection.execute(
            insert(tables.messages).values(
                message_id=MESSAGE,
                purpose="service",
                as_of=day,
                due_on=day,
                closes_on=day,
                status="accepted",
                **message,
            )
        )
    workspace.settings.outbox_dir.mkdir()
    mail = workspace.settings.outbox_dir / f"{MESSAGE}.eml"
    mail.write_text(f"To: {ADDRESS}", encoding="utf-8")
    return mail


def erase_and_die(url: str, outbox: str, point: str) -> None:
    """In a process of its own."""
    from tasks.base import checkpoints

    checkpoints.arm(point)
    settings = Settings(_env_file=None, secret_key=KEY, outbox_dir=Path(outbox))  # type: ignore[call-arg, arg-type]
    workspace = Workspace(settings, shipped_programme(), open_engine(url))
    erase_person(workspace, "C1", "Anke", NOW, record_act, lambda _: 0)


@pytest.mark.slow
@pytest.mark.parametrize("point", ERASE_POINTS)
def test_a_kill_leaves_all_or_nothing(workspace: Workspace, erase: Callable[..., Erasure], point: str) -> None:
    """The database has the whole person or nothing of him, and the next try ends it."""
    mail = seed(workspace)
    url = workspace.engine.url.render_as_string(hide_password=False)
    assert exit_code_of(erase_and_die, url, str(mail.parent), point) == -signal.SIGKILL

    with reading(workspace.engine) as connection:
        names = [tuple(row) for row in connection.execute(select(tables.clients.c["name", "recipient"]))]
        mails = connection.scalars(select(tables.messages.c.recipient)).all()
    is_whole = point != "after_erase"
    assert (names, mails) == (([("Zwaantje", ADDRESS)], [ADDRESS]) if is_whole else ([("", "")], [""]))

    assert erase("C1").was_erased != is_whole
    assert not mail.exists()
    with reading(workspace.engine) as connection:
        assert len(connection.execute(select(tables.acts)).all()) == 1


def test_the_provider_is_told_first(
    workspace: Workspace, erase: Callable[..., Erasure], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its API for erasing, with his address; where it does not take that, nothing is erased here either."""
    seed(workspace)
    asked: list[tuple[str, bytes]] = []
    answers = [NotSent("no route"), Reply(403, {}, b""), Reply(500, {}, b""), Reply(202, {}, b'{"job_id": "1"}')]

    def post(_: object, path: str, body: bytes) -> Reply:
        asked.append((path, body))
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(erasure.SendGridWire, "post", post)
    with_key = Settings(_env_file=None, secret_key=KEY, sendgrid_api_key="SG.x")  # type: ignore[call-arg, arg-type]
    settings = with_key.model_copy(update={"outbox_dir": workspace.settings.outbox_dir})
    told = Workspace(settings, workspace.programme, workspace.engine)
    for words in ("no answer", "recipients.erasejob.create", "500"):
        with pytest.raises(ProviderNotTold, match=words):
            erase_person(told, "C1", "Anke", NOW, record_act, lambda _: 0)
        with reading(workspace.engine) as connection:
            assert connection.scalar(select(tables.clients.c.name)) == "Zwaantje"
    assert erase_person(told, "C1", "Anke", NOW, record_act, lambda _: 0).outside.is_told
    assert set(asked) == {("recipients/erasejob", b'{"email_addresses": ["zwaantje@quaadvlieg.nl"]}')}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("opens", "refusal"), [("case", CaseIsOpen), ("balance", BalanceIsOpen)])
def test_what_opens_while_the_provider_is_told_keeps_the_person(
    workspace: Workspace, erase: Callable[..., Erasure], monkeypatch: pytest.MonkeyPatch, opens: str, refusal: type
) -> None:
    """A complaint that comes in, or a reward that is booked, before the database has erased him: as one from before."""
    payouts.add_year(workspace.engine)

    def meanwhile(point: str) -> None:
        if point != "before_erase":
            return
        if opens == "balance":
            book(workspace.engine, payouts.programme(), payouts.SETTLED_ON, "rewards", payouts.at(payouts.SETTLED_ON))
            return
        complaint = {"feedback_id": "F1", "client_id": "A1", "given_on": NOW.date(), "kind": "csat", "score": 1}
        with writing(workspace.engine) as connection:
            connection.execute(insert(tables.feedback).values(**complaint, origin="import"))

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "passed", meanwhile)
        with pytest.raises(refusal, match="The provider was told; nothing was erased here"):
            erase("A1")
    with reading(workspace.engine) as connection:
        assert connection.scalar(select(tables.clients.c.name).where(tables.clients.c.client_id == "A1")) == "Klant A1"
    if opens == "case":
        assert erase("A1", ends_case=True).cases == ("F1",)


def test_what_waits_in_the_journal_goes(workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path) -> None:
    """An answer that the database could not take yet is dropped with its words; others wait on."""
    seed(workspace)
    journal = Journal(tmp_path / "wishes")
    journal.keep(Wish(MESSAGE, NOW, "page"))
    journal.keep(Wish("cd" * 16, NOW, "page"))

    assert erase("C1").outside.wishes == 1
    assert [wish.message_id for wish in journal.waiting()] == ["cd" * 16]


def test_an_event_that_comes_later_brings_no_address(workspace: Workspace, erase: Callable[..., Erasure]) -> None:
    """What happened to the mail is kept, without address and words; nothing of it is suppressed in plain."""
    seed(workspace)
    erase("C1")
    bounce = {"event": "bounce", "type": "bounce", "reason": f"550 {ADDRESS}", "timestamp": 1775000000}
    event = {"email": ADDRESS.upper(), "sg_event_id": "e1", "message_id": MESSAGE, **bounce}
    assert store_events(workspace.engine, [event], datetime(2026, 4, 2, tzinfo=UTC), [b"other", KEY.encode()]) == 1

    with reading(workspace.engine) as connection:
        (row,) = connection.execute(select(tables.events.c["kind", "recipient", "reason", "payload"]))
        assert tuple(row) == ("bounced", "", None, None)
        assert connection.execute(select(tables.suppressions)).all() == []


def test_one_record_alone_can_be_erased(workspace: Workspace, erase: Callable[..., Erasure]) -> None:
    """Its twin keeps name and address, which is then no erased one; once the twin goes too, it is."""
    seed(workspace)
    twin = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1, "recipient": ADDRESS}
    with writing(workspace.engine) as connection:
        connection.execute(insert(tables.clients).values(client_id="C2", name="Zwaantje", **twin))
    assert erase("C1", alone=True).others == ("C2",)
    with reading(workspace.engine) as connection:
        left = select(tables.clients.c.recipient).order_by(tables.clients.c.client_id)
        assert connection.scalars(left).all() == ["", ADDRESS]
        assert connection.execute(select(tables.erased_addresses)).all() == []

    erase("C2")
    with reading(workspace.engine) as connection:
        assert len(connection.execute(select(tables.erased_addresses)).all()) == 1


def test_the_caps_of_who_shares_the_mailbox_remember_its_mails(
    workspace: Workspace, erase: Callable[..., Erasure]
) -> None:
    """It went to her as well, so that nothing follows it at once; what it said goes, and she takes it along."""
    seed(workspace)
    wife = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1, "recipient": ADDRESS}
    with writing(workspace.engine) as connection:
        connection.execute(insert(tables.clients).values(client_id="C2", name="Sijke", **wife))
        connection.execute(update(tables.messages).values(subject="Bedankt, Zwaantje"))

    erase("C1")
    with reading(workspace.engine) as connection:
        (hers,) = read_recipients(connection, workspace.programme, ["C2"], NOW.date())
        assert [(each.touchpoint, each.as_of) for each in hers.messages] == [("check_in", NOW.date())]
        assert connection.scalars(select(tables.messages.c.subject)).all() == [None]

    erase("C2")
    with reading(workspace.engine) as connection:
        assert connection.scalars(select(tables.messages.c.recipient)).all() == [""]


def test_all_addresses_of_two_records_of_one_person_go(workspace: Workspace, erase: Callable[..., Erasure]) -> None:
    """What one record of his has as its address is no other person's because the other record has it too."""
    seed(workspace)
    with writing(workspace.engine) as connection:
        twin = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1, "name": "Zwaantje"}
        connection.execute(insert(tables.clients).values(client_id="C2", recipient=ADDRESS, email=ADDRESS, **twin))
        assert read_person(connection, "C1").addresses == (ADDRESS,)
    erase("C1")
    with reading(workspace.engine) as connection:
        assert ADDRESS not in str(connection.execute(select(tables.messages)).all())


def test_an_opt_out_under_an_address_that_two_had_stays_with_the_other(
    workspace: Workspace, erase: Callable[..., Erasure]
) -> None:
    """Both had it, opted out, and moved to addresses of their own: the erasure of one makes the other no target."""
    shared = "samen@huis.example"
    with writing(workspace.engine) as connection:
        for client_id in ("C1", "C2"):
            own = {"client_id": client_id, "name": client_id, "recipient": f"{client_id}@nieuw.example".lower()}
            other = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1}
            connection.execute(insert(tables.clients).values(**own, **other))
            connection.execute(insert(tables.earlier_recipients).values(client_id=client_id, recipient=shared))
        suppress(connection, shared, SuppressionReason.UNSUBSCRIBE, NOW.date(), source="page", changed_at=NOW)
    erase("C1")

    with reading(workspace.engine) as connection:
        assert read_opt_outs(connection, ["c2@nieuw.example"])["c2@nieuw.example"].email == shared
        assert connection.execute(select(tables.earlier_recipients)).all() == [("C2", shared)]
        gone = [shared, "c1@nieuw.example"]
        assert erased_among(connection, [KEY.encode()], [*gone, "c2@nieuw.example"]) == {*gone}


def test_what_was_noted_about_a_sign_up_is_the_friends(
    workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """The call about it names no client, for he was none yet: the note is in his export, and goes with him."""
    seed(workspace)
    task, day = "lead::web-1", NOW.date()
    words = {"kind": "lead", "client_id": "", "purpose": "service", "channel": "phone", "level": "manager"}
    with writing(workspace.engine) as connection:
        referrer = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1, "name": "Jan"}
        connection.execute(insert(tables.clients).values(client_id="C2", recipient="jan@elders.example", **referrer))
        ids = {"referral_id": "web-1", "referrer_id": "C2", "referred_client_id": "C1"}
        connection.execute(insert(tables.referrals).values(**ids, invited_on=day, signed_up_on=day))
        task_row = {"task_id": task, "cause": "web-1", "state": "open", "attempts": 1, "made_at": NOW, "due_at": NOW}
        connection.execute(insert(tables.people_tasks).values(**task_row, **words))
        note = {"task_id": task, "client_id": "", "kind": "attempt", "outcome": "no_answer", "by_name": "Bas"}
        connection.execute(insert(tables.task_notes).values(**note, note="Zwaantje is ziek", at=NOW))
    assert "is ziek" in export_person(workspace, "C1", tmp_path / "uit", NOW).data.read_text("utf-8")
    assert "is ziek" not in export_person(workspace, "C2", tmp_path / "uit", NOW).data.read_text("utf-8")
    erase("C1")

    with reading(workspace.engine) as connection:
        assert connection.scalars(select(tables.task_notes.c.note)).all() == [None]
        assert connection.scalars(select(tables.people_tasks.c.state)).all() == ["cancelled"]


def test_a_payment_that_comes_back_later_brings_no_account(workspace: Workspace, erase: Callable[..., Erasure]) -> None:
    """The line of the batch, which is a book, has it; the list of accounts that banks sent back does not."""
    engine = workspace.engine
    payouts.add_year(engine)
    _, lines = payouts.settle(engine, payouts.SETTLED_ON)
    payouts.tell_bank(engine, [payouts.entry(payouts.PAID_ON, *line) for line in lines])
    erase("A1", payouts.at(payouts.PAID_ON))
    payouts.tell_bank(engine, [payouts.entry(payouts.RETURNED_ON, *lines[0], is_credit=True, reason="AC04")])
    with reading(engine) as connection:
        assert connection.execute(select(tables.settlement_lines.c.state)).scalars().all() == ["returned"]
        assert connection.execute(select(tables.returned_ibans)).all() == []


def test_two_clients_never_have_one_file(workspace: Workspace, tmp_path: Path) -> None:
    """Their ids may differ in a sign that no file can have."""
    rest = {"name": "A", "recipient": "", "kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1}
    with writing(workspace.engine) as connection:
        for client_id in ("K/1", "K_1"):
            connection.execute(insert(tables.clients).values(client_id=client_id, **rest))
    made = [export_person(workspace, client_id, tmp_path / "uit", NOW).data for client_id in ("K/1", "K_1")]
    assert [path.name for path in made] == ["K%2F1.json", "K_1.json"]
    assert all(path.parent == tmp_path / "uit" for path in made)


def test_half_a_character_of_an_event_stops_no_export(workspace: Workspace, tmp_path: Path) -> None:
    """A mail server may cut its answer within a character; the event is kept as it came, and given as it came."""
    seed(workspace)
    event = {"event": "bounce", "email": ADDRESS, "sg_event_id": "e1", "message_id": MESSAGE, "reason": "550 \ud83d"}
    assert store_events(workspace.engine, [event], NOW) == 1
    made = export_person(workspace, "C1", tmp_path / "uit", NOW)
    (row,) = json.loads(made.data.read_text("utf-8"))["tables"]["events"]
    assert row["payload"]["reason"] == "550 \ud83d"


def test_a_reader_who_keeps_the_log_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads all the while keeps the pages as they were in SQLite's log; the same command again ends it."""
    monkeypatch.setattr("models.database.engine.BUSY_TIMEOUT_SECONDS", 0.2)
    engine = open_engine(f"sqlite:///{tmp_path}/own.db")
    upgrade_schema(engine)
    settings = Settings(_env_file=None, secret_key=KEY, outbox_dir=tmp_path / "outbox")  # type: ignore[call-arg, arg-type]
    workspace = Workspace(settings, shipped_programme(), engine)
    seed(workspace)
    with reading(engine) as connection:
        connection.execute(select(tables.clients.c.name)).all()
        assert not erase_person(workspace, "C1", "Anke", NOW, record_act, lambda _: 0).is_overwritten
    assert erase_person(workspace, "C1", "Anke", NOW, record_act, lambda _: 0).is_overwritten
    assert all(ADDRESS.encode() not in path.read_bytes() for path in tmp_path.glob("own.db*"))


def test_an_opt_out_of_a_shared_address_is_in_the_export_of_both(
    workspace: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """It holds for whoever has the address; who gave it by name is not told, and it stays when one of them goes."""
    shared = "samen@huis.example"
    with writing(workspace.engine) as connection:
        for client_id in ("C1", "C2"):
            own = {"client_id": client_id, "name": f"Naam {client_id}", "recipient": shared}
            other = {"kind": "consument", "consent": "yes", "channel": "email", "id_crc32": 1}
            connection.execute(insert(tables.clients).values(**own, **other))
        suppress(connection, shared, SuppressionReason.UNSUBSCRIBE, NOW.date(), source="page", changed_at=NOW)
    for client_id in ("C1", "C2"):
        made = export_person(workspace, client_id, tmp_path / "uit", NOW)
        found = json.loads(made.data.read_text("utf-8"))["tables"]
        assert [row["reason"] for row in found["suppressions"]] == ["unsubscribe"]
        assert [row["change"] for row in found["consent_history"]] == ["suppressed"]
        assert "afgemeld" in made.page.read_text("utf-8")
    erase("C1")

    with reading(workspace.engine) as connection:
        assert connection.scalars(select(tables.suppressions.c.email)).all() == [shared]

"""Messages in doubt: settled by SendGrid's own log, or sent again by name, and in no other way."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models import tables
from models.database.engine import reading, writing, writing_durably
from programme.sending.state_changes import RequestState
from tasks.providers.sendgrid.reconcile import LookupFailed, reconcile
from tasks.providers.sendgrid.wire import Reply, SendGridWire
from tasks.sending.messenger import Claim, Letter, ProviderAnswer
from tasks.sending.resending import ResendGone, ResendRefused, ResendTooLate, resend_messages, resend_request
from tasks.sending.settling import settle
from tests.standin.faults import Trouble
from tests.standin.mailbox import mails
from tests.standin.server import StandIn
from tests.tasks.providers import test_sendgrid
from tests.tasks.providers.test_sendgrid import fields, settings
from tests.tasks.sending.test_delivery import DAY, ScriptedMessenger, add, deliver, statuses


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path / "accepted.log") as running:
        yield running


def put_in_doubt(engine: Engine, standin: StandIn, trouble: Trouble) -> None:
    add(engine, 20, fields=fields())
    standin.plan.queue = [trouble]
    test_sendgrid.deliver(engine, settings(standin))
    assert statuses(engine) == {"accepted": 10, "in_doubt": 10}


def letters(count: int) -> list[Letter]:
    return [Letter(number, f"m{number}", "c", "r", "t", "p", None, None, None, 0) for number in range(1, count + 1)]


@pytest.mark.parametrize("has_logs", [True, False])
def test_reconcile_settles_what_was_accepted(engine: Engine, standin: StandIn, has_logs: bool) -> None:
    """A request that SendGrid took although its answer was lost becomes accepted, by either look-up."""
    standin.has_logs = has_logs
    put_in_doubt(engine, standin, Trouble.CLOSE_AFTER)
    report = reconcile(engine, settings(standin))
    assert list(report.accepted.values()) == [10]
    assert statuses(engine) == {"accepted": 20}
    by_id = {mail.message_id: mail.x_message_id for mail in mails(standin.mailbox.path)}
    with reading(engine) as connection:
        rows = connection.execute(select(tables.messages.c.message_id, tables.messages.c.provider_id)).all()
    assert dict(map(tuple, rows)) == by_id


def test_reconcile_leaves_what_it_does_not_find(engine: Engine, standin: StandIn) -> None:
    """A request that SendGrid never took stays in doubt; asking again changes nothing."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    for _ in range(2):
        assert list(reconcile(engine, settings(standin)).not_found.values()) == [10]
    assert statuses(engine) == {"accepted": 10, "in_doubt": 10}


def test_reconcile_with_a_wrong_key_changes_nothing(engine: Engine, standin: StandIn) -> None:
    """A key that SendGrid refuses: one clear line."""
    put_in_doubt(engine, standin, Trouble.CLOSE_AFTER)
    with pytest.raises(LookupFailed, match="BOUWCLUB_SENDGRID_API_KEY"):
        reconcile(engine, settings(standin, sendgrid_api_key="verkeerd"))
    assert statuses(engine)["in_doubt"] == 10


@pytest.mark.parametrize("has_logs", [True, False])
@pytest.mark.parametrize(
    ("place", "status", "body"),
    [
        *[("one mail", status, b"{}") for status in (302, 403, 429, 500, 503)],
        *[("one mail", 200, body) for body in (b"<html>", b'{"custom_args": "{cut"}')],
        *[("search", status, b"{}") for status in (400, 429, 500)],
        *[("search", 200, body) for body in (b"", b'{"messages": {"a": 1}}', b'{"messages": ["a"]}')],
        ("search", 200, b'{"messages": [{"id": "a"}]}'),
    ],
)
def test_reconcile_never_says_not_found_without_having_looked(
    sqlite_engine: Engine,
    standin: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    has_logs: bool,
    place: str,
    status: int,
    body: bytes,
) -> None:
    """SendGrid took the request, and then answers with anything but that: one line, and nobody reads "not found"."""
    standin.has_logs = has_logs
    put_in_doubt(sqlite_engine, standin, Trouble.CLOSE_AFTER)
    real = SendGridWire.get, SendGridWire.post

    def get(wire: SendGridWire, path: str, query: dict[str, str] | None = None) -> Reply:
        is_asked = "/" in path if place == "one mail" else path == "messages" and not has_logs
        return Reply(status, Message(), body) if is_asked else real[0](wire, path, query)

    def post(wire: SendGridWire, path: str, data: bytes) -> Reply:
        return Reply(status, Message(), body) if place == "search" and has_logs else real[1](wire, path, data)

    monkeypatch.setattr(SendGridWire, "get", get)
    monkeypatch.setattr(SendGridWire, "post", post)
    monkeypatch.setattr("tasks.providers.sendgrid.reconcile.RATE_SECONDS", 0)
    with pytest.raises(LookupFailed):
        reconcile(sqlite_engine, settings(standin))
    assert statuses(sqlite_engine)["in_doubt"] == 10


def test_a_resend_is_refused_before_the_settle_time(engine: Engine, standin: StandIn) -> None:
    """Nothing may go again while its fate may still show; the line says how long that is."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    with pytest.raises(ResendRefused, match="of 60 minutes"):
        resend_messages(engine, ["m0"], "Anna", DAY, 60)
    assert statuses(engine)["in_doubt"] == 10


def test_a_resend_is_kept_with_its_name_and_goes(engine: Engine, standin: StandIn) -> None:
    """By message or by request: planned again, recorded with who and which request, and sent by the next run."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    with reading(engine) as connection:
        doubtful = tables.messages.c.status == "in_doubt"
        found = connection.execute(select(tables.messages.c.message_id, tables.messages.c.request_id).where(doubtful))
        rows = found.all()
    assert resend_messages(engine, [rows[0].message_id], "Anna", DAY, 0).message_ids == [rows[0].message_id]
    assert len(resend_request(engine, rows[0].request_id, "Bram", DAY, 0).message_ids) == 9
    test_sendgrid.deliver(engine, settings(standin))
    assert statuses(engine) == {"accepted": 20}
    with reading(engine) as connection:
        kept = connection.execute(select(tables.resends.c.by_name, tables.resends.c.request_id)).all()
    assert sorted(row.by_name for row in kept) == ["Anna"] + ["Bram"] * 9
    assert {row.request_id for row in kept} == {rows[0].request_id}


def test_only_doubt_can_be_resent(engine: Engine, standin: StandIn) -> None:
    """Accepted, unknown, or told of by an event: refused, and nothing of the command is done."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    with reading(engine) as connection:
        query = select(tables.messages.c.status, tables.messages.c.message_id)
        by_status = dict(map(tuple, connection.execute(query)))
    with pytest.raises(ResendRefused, match="is accepted"):
        resend_messages(engine, [by_status["in_doubt"], by_status["accepted"]], "Anna", DAY, 0)
    with pytest.raises(ResendRefused, match="there is no message"):
        resend_messages(engine, ["onbekend"], "Anna", DAY, 0)
    with pytest.raises(ResendRefused, match="there is no request"):
        resend_request(engine, "onbekend", "Anna", DAY, 0)
    assert statuses(engine)["in_doubt"] == 10


def test_what_no_run_would_send_is_not_planned_again(engine: Engine, standin: StandIn) -> None:
    """The day after its window a run lets it expire, so nobody is told that it goes; on the last day it does."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    with reading(engine) as connection:
        row = connection.execute(select(tables.messages).where(tables.messages.c.status == "in_doubt").limit(1)).one()
    with pytest.raises(ResendTooLate, match=f"could go until {row.closes_on}"):
        resend_messages(engine, [row.message_id], "Anna", row.closes_on + timedelta(days=1), 0)
    with pytest.raises(ResendTooLate):
        resend_request(engine, row.request_id, "Anna", row.closes_on + timedelta(days=1), 0)
    assert statuses(engine)["in_doubt"] == 10
    assert len(resend_request(engine, row.request_id, "Anna", row.closes_on, 0).message_ids) == 10


def test_what_was_to_an_erased_client_stays_in_doubt(engine: Engine, standin: StandIn) -> None:
    """Nothing goes there any more, so it is refused by itself, and left out of its request; the others go."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    with writing(engine) as connection:
        row = connection.execute(select(tables.messages).where(tables.messages.c.status == "in_doubt").limit(1)).one()
        gone = tables.clients.c.client_id == row.client_id
        connection.execute(update(tables.clients).where(gone).values(erased_on=DAY, recipient=""))
    with pytest.raises(ResendGone, match="erased or is not in the CRM"):
        resend_messages(engine, [row.message_id], "Anna", DAY, 0)
    assert len(resend_request(engine, row.request_id, "Anna", DAY, 0).message_ids) == 9
    with pytest.raises(ResendGone):
        resend_request(engine, row.request_id, "Anna", DAY, 0)
    assert statuses(engine)["in_doubt"] == 1


def test_one_that_may_not_go_keeps_no_other_of_its_request(engine: Engine, standin: StandIn) -> None:
    """Mails of one request close on different days, and the provider may have told of some; only named is refused."""
    put_in_doubt(engine, standin, Trouble.CLOSE_BEFORE)
    mail = tables.messages
    with writing(engine) as connection:
        late, *_ = rows = connection.execute(select(mail).where(mail.c.status == "in_doubt").order_by(mail.c.id)).all()
        yesterday = DAY - timedelta(days=1)
        connection.execute(update(mail).where(mail.c.id == late.id).values(closes_on=yesterday))
    with pytest.raises(ResendTooLate):
        resend_messages(engine, [row.message_id for row in rows], "Anna", DAY, 0)
    assert len(resend_request(engine, late.request_id, "Anna", DAY, 0).message_ids) == 9
    with pytest.raises(ResendTooLate):
        resend_request(engine, late.request_id, "Anna", DAY, 0)
    assert statuses(engine) == {"accepted": 10, "in_doubt": 1, "planned": 9}


def test_a_late_answer_still_counts_after_a_resend(engine: Engine) -> None:
    """As long as nobody claimed the message anew, the old request's 202 settles it and it does not go again."""
    add(engine, 10)
    deliver(engine, ScriptedMessenger(ProviderAnswer(RequestState.IN_DOUBT)))
    with reading(engine) as connection:
        request_id = connection.execute(select(tables.messages.c.request_id)).scalars().first()
    resend_request(engine, str(request_id), "Anna", DAY, 0)
    assert statuses(engine) == {"planned": 10}
    late = Claim(str(request_id), DAY, "anniversary", "{}", False, letters(10))
    with writing_durably(engine) as connection:
        assert settle(connection, "scripted", late, ProviderAnswer(RequestState.ACCEPTED, provider_id="x"), False) == 10
    messenger = ScriptedMessenger()
    deliver(engine, messenger)
    assert messenger.taken == []


def test_an_answer_touches_no_other_request(engine: Engine) -> None:
    """An answer of an old request leaves messages alone that a newer one has claimed."""
    add(engine, 3)
    with writing(engine) as connection:
        connection.execute(update(tables.messages).values(request_id="newer", status="sending"))
    old = Claim("older", DAY, "anniversary", "{}", False, letters(3))
    with writing_durably(engine) as connection:
        assert settle(connection, "scripted", old, ProviderAnswer(RequestState.ACCEPTED), False) == 0
    assert statuses(engine) == {"sending": 3}

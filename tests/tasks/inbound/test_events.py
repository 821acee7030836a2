"""Events are stored once and worked out in any order, on both databases, also by two at once."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import tables
from models.database.engine import open_engine, reading, upgrade_schema, writing
from programme.words.states import COUNTING_STATUSES
from tasks.inbound.events import apply_chunk, apply_events, store_events
from tasks.inbound.own_faults import take_own_faults
from tasks.sending.resending import ResendRefused, resend_messages

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
STATUSES = ("planned", "sending", "in_doubt", "accepted", "rejected", "logged")
IDS = [f"{number:032x}" for number in range(1, len(STATUSES) + 1)]
KINDS: list[dict[str, Any]] = [
    {"event": "processed"},
    {"event": "deferred", "response": "later"},
    {"event": "delivered"},
    {"event": "open", "sg_machine_open": True},
    {"event": "open"},
    {"event": "click", "url": "https://x.nl"},
    {"event": "bounce", "type": "bounce"},
    {"event": "bounce", "type": "blocked"},
    {"event": "dropped", "reason": "Bounced Address"},
    {"event": "dropped", "reason": "Recipient List over Package Quota"},
    {"event": "spamreport"},
    {"event": "unsubscribe"},
    {"event": "group_resubscribe"},
    {"event": "something_new"},
]


def event(position: int, kind: int, minutes_ago: int, number: int = 0) -> dict[str, Any]:
    """An event about message `position`; the same arguments give the same event."""
    return {
        **KINDS[kind],
        "email": f"r{position}@example.nl",
        "message_id": IDS[position],
        "timestamp": int((NOW - timedelta(minutes=minutes_ago)).timestamp()),
        "sg_event_id": f"e-{position}-{kind}-{minutes_ago}-{number}",
        "sg_message_id": f"request{position}.filter0001.1.2.3",
    }


def insert_messages(engine: Engine) -> None:
    with writing(engine) as connection:
        for position, status in enumerate(STATUSES):
            connection.execute(tables.messages.insert().values(**message(position, status)))


def message(position: int, status: str, **changes: Any) -> dict[str, Any]:
    values = {
        "message_id": IDS[position],
        "client_id": f"C{position}",
        "recipient": f"r{position}@example.nl",
        "touchpoint": "check_in",
        "occasion": "P1",
        "flow": "daily",
        "purpose": "service",
        "as_of": date(2026, 3, 18),
        "due_on": date(2026, 3, 18),
        "closes_on": date(2026, 3, 25),
        "status": status,
        "attempts": 1,
    }
    return values | changes


def statuses(engine: Engine) -> dict[str, str]:
    with reading(engine) as connection:
        query = select(*tables.messages.c["message_id", "status"]).order_by(tables.messages.c.message_id)
        return {row.message_id: row.status for row in connection.execute(query)}


def outcome(engine: Engine) -> tuple[Any, ...]:
    """All that events decide: statuses, the provider's ids, the suppression list."""
    with reading(engine) as connection:
        messages = connection.execute(
            select(*tables.messages.c["message_id", "status", "provider_id"]).order_by(tables.messages.c.message_id)
        ).all()
        suppressed = connection.execute(
            select(*tables.suppressions.c["email", "reason", "since"]).order_by(tables.suppressions.c.email)
        ).all()
    return [tuple(row) for row in messages], [tuple(row) for row in suppressed]


def clear(engine: Engine) -> None:
    with writing(engine) as connection:
        for name in ("events", "messages", "suppressions", "consent_history"):
            connection.execute(tables.metadata.tables[name].delete())


@pytest.fixture(scope="module")
def quick_engine() -> Iterator[Engine]:
    """One database in memory for all examples of a property."""
    engine = open_engine("sqlite://")
    upgrade_schema(engine)
    yield engine
    engine.dispose()


EVENTS = st.builds(
    event, st.integers(0, len(IDS) - 1), st.integers(0, len(KINDS) - 1), st.sampled_from([0, 1, 1500, 4000])
)


@pytest.mark.long
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, max_size=12), st.randoms(use_true_random=False), st.integers(1, 4))
def test_any_order_gives_the_same_end(
    quick_engine: Engine, payloads: list[dict[str, Any]], shuffler: random.Random, size: int
) -> None:
    """Events in order and all at once, or shuffled, doubled (also under other ids), in pieces and applied between."""
    ends = []
    for is_shuffled in (False, True):
        clear(quick_engine)
        insert_messages(quick_engine)
        coming = list(payloads)
        if is_shuffled:
            coming += [one | {"sg_event_id": one["sg_event_id"] + "-again"} for one in payloads] + payloads
            shuffler.shuffle(coming)
        for start in range(0, len(coming), size if is_shuffled else 1000):
            store_events(quick_engine, coming[start : start + (size if is_shuffled else 1000)], NOW)
            if is_shuffled and shuffler.random() < 0.5:
                apply_chunk(quick_engine, limit=shuffler.randint(1, 3))
        apply_events(quick_engine)
        ends.append(outcome(quick_engine))

    assert ends[0] == ends[1]


def test_each_event_is_stored_and_applied_once(engine: Engine) -> None:
    """A repeated event is not new, and what is applied does not wait any more."""
    insert_messages(engine)
    payloads = [event(position, 0, 5) for position in range(len(IDS))]

    assert store_events(engine, payloads, NOW) == len(IDS)
    assert store_events(engine, [*payloads, *payloads], NOW) == 0
    assert apply_events(engine) == len(IDS)
    assert apply_events(engine) == 0


def test_what_an_event_does_to_each_status(engine: Engine) -> None:
    """Processed settles what may have been sent as accepted, and touches nothing that never left."""
    insert_messages(engine)
    store_events(engine, [event(position, 0, 5) for position in range(len(IDS))], NOW)
    apply_events(engine)

    assert list(statuses(engine).values()) == ["accepted"] * 5 + ["logged"]
    with reading(engine) as connection:
        row = connection.execute(tables.messages.select().where(tables.messages.c.message_id == IDS[2])).one()
    assert row.provider_id == "request2"
    assert row.settled_at is not None


def test_an_accepted_message_keeps_its_own_provider_id(engine: Engine) -> None:
    """What the provider answered when it took the message is not overwritten."""
    with writing(engine) as connection:
        connection.execute(tables.messages.insert().values(**message(0, "accepted", provider_id="mine")))
    store_events(engine, [event(0, 2, 5)], NOW)
    apply_events(engine)

    with reading(engine) as connection:
        assert connection.execute(select(tables.messages.c.provider_id)).scalar_one() == "mine"


def test_a_request_is_settled_with_its_last_message(engine: Engine) -> None:
    """Events that clear the doubt about all of a request's messages clear it about the request; not before."""
    with writing(engine) as connection:
        request = {"request_id": "q", "as_of": date(2026, 3, 18), "delivery": "sendgrid", "touchpoint": "check_in"}
        request |= {"recipients": 2, "first_id": 1, "last_id": 2, "worker": "w", "state": "in_doubt"}
        connection.execute(tables.requests.insert().values(**request, claimed_at=NOW, lease_until=NOW, sent_at=NOW))
        for position in (0, 1):
            row = message(position, "in_doubt", id=position + 1, request_id="q")
            connection.execute(tables.messages.insert().values(**row))
    seen = []
    for position, kind in ((0, 2), (1, 8)):
        store_events(engine, [event(position, kind, 1)], NOW)
        apply_events(engine)
        with reading(engine) as connection:
            seen.append(tuple(connection.execute(select(*tables.requests.c["state", "provider_id"])).one()))
    assert seen == [("in_doubt", None), ("accepted", "request0")]


def test_a_drop_refuses_for_good(engine: Engine) -> None:
    """A dropped message was refused by the provider, whatever status it had; a drop for quota suppresses nobody."""
    insert_messages(engine)
    store_events(engine, [event(3, 9, 5), event(2, 8, 5)], NOW)
    apply_events(engine)

    assert statuses(engine)[IDS[3]] == statuses(engine)[IDS[2]] == "rejected"
    assert [row[0] for row in outcome(engine)[1]] == ["r2@example.nl"]


def test_a_crash_between_storing_and_applying_loses_nothing(engine: Engine) -> None:
    """The suppression stands as soon as the event is stored; the rest waits for whoever applies next."""
    insert_messages(engine)
    store_events(engine, [event(2, 6, 5)], NOW)

    assert statuses(engine)[IDS[2]] == "in_doubt"
    assert outcome(engine)[1] == [("r2@example.nl", "bounce", date(2026, 3, 20))]
    apply_events(engine)
    assert statuses(engine)[IDS[2]] == "accepted"


def test_an_event_of_no_message_of_ours_still_suppresses(engine: Engine) -> None:
    """Other mail of the same account, or a message that is gone: nothing breaks, the address is spared."""
    stranger = {"event": "spamreport", "email": " Vreemd@Example.NL ", "sg_event_id": "x", "message_id": "f" * 32}
    store_events(engine, [stranger], NOW)

    assert apply_events(engine) == 1
    assert outcome(engine)[1] == [("vreemd@example.nl", "spam_report", date(2026, 3, 20))]


def late(kind: str = "bounce", **fields: Any) -> dict[str, Any]:
    return {"event": kind, "type": "bounce", "email": "r3@example.nl", "timestamp": int(NOW.timestamp()), **fields}


def test_a_late_bounce_is_matched_by_address_and_time(engine: Engine) -> None:
    """Delayed bounces come without our id: the latest accepted message of that week is the one."""
    insert_messages(engine)
    with writing(engine) as connection:
        older = message(3, "accepted", message_id="a" * 32, occasion="P0", as_of=date(2026, 3, 14))
        connection.execute(tables.messages.insert().values(**older))
    store_events(engine, [late()], NOW)
    apply_events(engine)

    with reading(engine) as connection:
        assert connection.execute(select(tables.events.c.message_id)).scalar_one() == IDS[3]


def test_address_and_time_settle_no_doubt(engine: Engine) -> None:
    """A late bounce of last week's mail is no proof that today's was accepted; the provider's own id is."""
    insert_messages(engine)
    store_events(engine, [late(email="r2@example.nl")], NOW)
    apply_events(engine)
    assert statuses(engine)[IDS[2]] == "in_doubt"

    with writing(engine) as connection:
        mine = tables.messages.c.message_id == IDS[2]
        connection.execute(tables.messages.update().where(mine).values(provider_id="request2"))
    by_id = late("delivered", email="r2@example.nl", sg_message_id="request2.filter1.2")
    store_events(engine, [by_id], NOW)
    apply_events(engine)
    assert statuses(engine)[IDS[2]] == "accepted"


def test_nothing_is_dated_after_its_arrival(engine: Engine) -> None:
    """A provider's clock that is ahead does not put off a suppression."""
    ahead = {"event": "unsubscribe", "email": "a@b.nl", "timestamp": int(NOW.timestamp()) + 90 * 86_400}
    store_events(engine, [ahead], NOW)

    assert outcome(engine)[1] == [("a@b.nl", "unsubscribe", date(2026, 3, 20))]


def test_the_day_is_that_of_amsterdam(engine: Engine) -> None:
    """An unsubscribe at 23:30 UTC counts from the next Dutch day."""
    late_evening = datetime(2026, 3, 19, 23, 30, tzinfo=UTC)
    store_events(engine, [{"event": "unsubscribe", "email": "a@b.nl", "timestamp": late_evening.timestamp()}], NOW)

    assert outcome(engine)[1] == [("a@b.nl", "unsubscribe", date(2026, 3, 20))]


@pytest.mark.postgres
def test_two_appliers_and_a_busy_sender(postgres_engine: Engine) -> None:
    """Rows that a sender or another applier holds are left for later, never waited for."""
    engine = postgres_engine
    insert_messages(engine)
    store_events(engine, [event(2, 0, 5), event(1, 0, 5)], NOW)
    with writing(engine) as sender:
        held = tables.messages.select().where(tables.messages.c.message_id == IDS[2]).with_for_update()
        sender.execute(held).one()
        assert apply_chunk(engine).applied == 1
        assert statuses(engine)[IDS[1]] == "accepted"
    assert apply_events(engine) == 1
    assert statuses(engine)[IDS[2]] == "accepted"


def dropped(reason: str, number: int = 0, **fields: Any) -> dict[str, Any]:
    told = event(3, 0, 60, number) | {"event": "dropped", "reason": reason, "sg_event_id": f"drop-{reason}-{number}"}
    return told | fields


def test_a_drop_for_our_accounts_sake_can_be_sent_again(engine: Engine) -> None:
    """Quota or content: rejected, the address stays good, a person lets it go again, and the old drop is dealt with."""
    insert_messages(engine)
    store_events(engine, [event(3, 0, 61), dropped("Recipient List over Package Quota")], NOW)
    apply_events(engine)
    assert statuses(engine)[IDS[3]] == "rejected"
    assert outcome(engine)[1] == []

    assert resend_messages(engine, [IDS[3]], "Piet", NOW.date(), 60).message_ids == [IDS[3]]
    with writing(engine) as connection:
        connection.execute(tables.resends.update().values(resent_at=NOW))  # by the clock of these events
    store_events(engine, [event(3, 0, 62, 1), dropped("Recipient List over Package Quota", 1)], NOW)
    apply_events(engine)
    assert statuses(engine)[IDS[3]] == "planned"

    with writing(engine) as connection:
        mine = tables.messages.c.message_id == IDS[3]
        connection.execute(tables.messages.update().where(mine).values(status="accepted", provider_id="second"))
    again = event(3, 0, -60, 2) | {"sg_message_id": "second.filter1.2"}
    store_events(engine, [again], NOW + timedelta(hours=2))
    apply_events(engine)
    assert statuses(engine)[IDS[3]] == "accepted"
    later = again | {"event": "dropped", "reason": "Bounced Address", "sg_event_id": "d2"}
    store_events(engine, [later], NOW + timedelta(hours=2))
    apply_events(engine)
    assert statuses(engine)[IDS[3]] == "rejected"


def test_a_drop_for_the_addresses_sake_cannot(engine: Engine) -> None:
    """Nor can one that was refused otherwise."""
    insert_messages(engine)
    store_events(engine, [dropped("Bounced Address")], NOW)
    apply_events(engine)
    for message_id in (IDS[3], IDS[4]):
        with pytest.raises(ResendRefused, match="is rejected; only one in doubt"):
            resend_messages(engine, [message_id], "Piet", NOW.date(), 0)


def test_resent_and_then_delivered_after_all(engine: Engine) -> None:
    """A message that a person let go again is not sent when the first try turns out to have arrived."""
    insert_messages(engine)
    with writing(engine) as connection:
        long_ago = NOW - timedelta(days=1)
        connection.execute(tables.messages.update().values(settled_at=long_ago))
    resend_messages(engine, [IDS[2]], "Piet", NOW.date(), 60)
    assert statuses(engine)[IDS[2]] == "planned"
    store_events(engine, [event(2, 2, 90)], NOW)
    apply_events(engine)
    assert statuses(engine)[IDS[2]] == "accepted"


@pytest.mark.parametrize("status", ["expired", "cancelled", "rejected"])
def test_a_mail_that_arrived_says_so(engine: Engine, status: str) -> None:
    """Whatever the log said: accepted, with the note and the provider's id, and so it counts for the caps."""
    with writing(engine) as connection:
        connection.execute(tables.messages.insert().values(**message(0, status, reason="no_consent")))
    store_events(engine, [event(0, 2, 5)], NOW)
    apply_events(engine)

    with reading(engine) as connection:
        row = connection.execute(select(tables.messages)).one()
    assert (row.status, row.provider_id) == ("accepted", "request0")
    assert row.reason == f"arrived_after_{status}: no_consent"
    assert row.status in COUNTING_STATUSES


def test_new_own_faults_are_counted_once(engine: Engine) -> None:
    """An alert for each drop of ours, by kind, and none for what was told before or is the address's."""
    insert_messages(engine)
    payloads = [dropped("Recipient List over Package Quota"), dropped("Spam Content"), dropped("Bounced Address")]
    store_events(engine, payloads, NOW)
    assert take_own_faults(engine) == {"over_quota": 1, "withheld": 1}
    assert take_own_faults(engine) == {}
    store_events(engine, [dropped("Spam Content", 7)], NOW + timedelta(minutes=1))
    assert take_own_faults(engine) == {"withheld": 1}

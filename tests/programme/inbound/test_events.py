"""What a provider's event means, whatever it looks like."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.inbound.events import EventKind, provider_message_id_of, read_event, status_after, suppression_of
from programme.words.states import MessageStatus, SuppressionReason
from tests.conftest import DATA

RECEIVED = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SAMPLES = DATA / "sendgrid" / "webhook"

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELD_NAMES = st.sampled_from(
    [
        "event",
        "email",
        "timestamp",
        "sg_event_id",
        "sg_message_id",
        "message_id",
        "type",
        "status",
        "reason",
        "response",
    ]
)


def captured(case: str) -> dict[str, object]:
    cases = json.loads((SAMPLES / "events_captured_anymail.json").read_text("utf-8"))
    return next(one["events"][0] for one in cases if one["case"] == case)


@pytest.mark.parametrize(
    ("case", "kind", "reason"),
    [
        ("test_processed_event", EventKind.PROCESSED, None),
        ("test_delivered_event", EventKind.DELIVERED, None),
        ("test_dropped_invalid_event", EventKind.DROPPED, SuppressionReason.INVALID),
        ("test_dropped_bounced", EventKind.DROPPED, SuppressionReason.BOUNCE),
        ("test_dropped_unsubscribed_event", EventKind.DROPPED, SuppressionReason.UNSUBSCRIBE),
        ("test_bounce_event", EventKind.BOUNCED, SuppressionReason.BOUNCE),
        ("test_deferred_event", EventKind.DEFERRED, None),
    ],
)
def test_captured_events_mean_what_they_say(case: str, kind: EventKind, reason: SuppressionReason | None) -> None:
    """Events as SendGrid really sent them get the right kind and suppress whom they must."""
    event = read_event(captured(case), RECEIVED)

    assert (event.kind, suppression_of(event)) == (kind, reason)


@pytest.mark.parametrize("name", ["events_docs_2021_overview.json", "events_docs_2021_per_type.json"])
def test_every_documented_event_is_read(name: str) -> None:
    """Older samples, with other types and fields left out, are read too, each under an id of its own."""
    payloads = json.loads((SAMPLES / name).read_text("utf-8"))
    payloads = payloads if isinstance(payloads, list) else [one for many in payloads.values() for one in many]
    read = [read_event(payload, RECEIVED) for payload in payloads]

    assert all(event.kind != EventKind.OTHER for event in read)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "bounce"}, EventKind.BOUNCED),
        ({"type": "blocked"}, EventKind.BLOCKED),
        ({"type": "expired"}, EventKind.BLOCKED),
        ({}, EventKind.BOUNCED),
        ({"status": "5.1.1"}, EventKind.BOUNCED),
        ({"status": "4.2.2"}, EventKind.BLOCKED),
    ],
)
def test_only_a_hard_bounce_suppresses(fields: dict[str, object], kind: EventKind) -> None:
    """A block says nothing about the address; without a type, the status decides."""
    event = read_event({"event": "bounce", "email": "a@b.nl", **fields}, RECEIVED)

    assert event.kind == kind
    assert (suppression_of(event) is not None) == (kind == EventKind.BOUNCED)


@given(st.dictionaries(FIELD_NAMES | st.text(), ANY_JSON) | ANY_JSON)
def test_nothing_makes_reading_fail(payload: object) -> None:
    """Whatever JSON comes becomes an event that both databases can store."""
    event = read_event(payload, RECEIVED)

    assert event.provider_event_id
    assert event.occurred_at <= RECEIVED
    for text in (event.provider_event_id, event.recipient, event.reason or "", event.provider_message_id or ""):
        assert "\x00" not in text
        text.encode()


def test_an_event_without_an_id_is_itself_its_id() -> None:
    """The same event without sg_event_id is recognised as the same, whatever the order of its fields."""
    one = read_event({"event": "open", "email": "a@b.nl"}, RECEIVED)
    same = read_event({"email": "a@b.nl", "event": "open"}, RECEIVED + timedelta(hours=1))
    other = read_event({"email": "b@b.nl", "event": "open"}, RECEIVED)

    assert one.provider_event_id == same.provider_event_id != other.provider_event_id


@pytest.mark.parametrize("message_id", ["0" * 31, "G" * 32, 5, None, ["a"], "0" * 33])
def test_only_an_id_of_ours_is_taken_as_one(message_id: object) -> None:
    """A message_id that cannot be ours is none."""
    assert read_event({"message_id": message_id}, RECEIVED).message_id is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lli-03HcQ5-JLybO9fXsJg.filter0077p1las1.21536.5717FC482.0", "Lli-03HcQ5-JLybO9fXsJg"),
        ("qNwBLgPQQjW6DJvKQwSAbw.recvd-5d8c-abc-1-60.0", "qNwBLgPQQjW6DJvKQwSAbw"),
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("filter0093p1las1.9128.5717FB8127.0", None),
        ("abc", "abc"),
        ("", None),
    ],
)
def test_the_request_is_read_from_the_event(text: str, expected: str | None) -> None:
    """Every sg_message_id begins with the id that the provider gave our request, when it has one at all."""
    assert provider_message_id_of(text) == expected


@given(st.lists(st.sampled_from(EventKind), max_size=8), st.sampled_from(MessageStatus), st.randoms())
def test_order_and_doubles_change_nothing(kinds: list[EventKind], before: MessageStatus, random: object) -> None:
    """The status after some events depends on which they are, not on when each was seen or how often."""
    shuffled = [*kinds, *kinds]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    in_turn = before
    for count in range(1, len(shuffled) + 1):
        in_turn = status_after(in_turn, shuffled[:count])

    assert in_turn == status_after(before, kinds)


@pytest.mark.parametrize(
    ("before", "kinds", "after"),
    [
        ("in_doubt", ["processed"], "accepted"),
        ("sending", ["opened"], "accepted"),
        ("in_doubt", ["dropped"], "rejected"),
        ("accepted", ["processed", "dropped"], "rejected"),
        ("accepted", ["bounced"], "accepted"),
        ("rejected", ["delivered", "dropped"], "accepted"),
        ("planned", ["delivered"], "accepted"),
        ("in_doubt", ["other"], "in_doubt"),
        ("logged", ["delivered"], "logged"),
        ("superseded", ["dropped"], "superseded"),
    ],
)
def test_what_each_kind_proves(before: str, kinds: list[str], after: str) -> None:
    """A try at the receiving server outranks a drop, a drop outranks processed, and what never left stays as it is."""
    assert status_after(MessageStatus(before), [EventKind(kind) for kind in kinds]) == after

"""SendGrid's events in our words, whatever they look like."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.inbound.events import EventKind
from programme.words.states import SuppressionReason
from tasks.providers.sendgrid.events import provider_message_id_of, read_event
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

    assert (event.kind, event.suppresses) == (kind, reason)


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
    assert (event.suppresses is not None) == (kind == EventKind.BOUNCED)


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


@pytest.mark.parametrize(
    ("reason", "kind", "suppresses"),
    [
        ("Bounced Address", EventKind.DROPPED, SuppressionReason.BOUNCE),
        ("Unsubscribed Address", EventKind.DROPPED, SuppressionReason.UNSUBSCRIBE),
        ("Recipient List over Package Quota", EventKind.OVER_QUOTA, None),
        ("Maximum credits exceeded", EventKind.OVER_QUOTA, None),
        ("Spam Content", EventKind.WITHHELD, None),
        ("Invalid SMTPAPI header", EventKind.WITHHELD, None),
        ("", EventKind.WITHHELD, None),
        ("Something new", EventKind.WITHHELD, None),
    ],
)
def test_a_drop_is_for_the_address_or_for_us(
    reason: str, kind: EventKind, suppresses: SuppressionReason | None
) -> None:
    """Only a drop for the address's sake suppresses it; what we do not know a person looks at."""
    event = read_event({"event": "dropped", "reason": reason, "email": "a@b.nl"}, RECEIVED)

    assert (event.kind, event.suppresses) == (kind, suppresses)

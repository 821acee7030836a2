"""POST /webhooks/sendgrid/events: only what the provider signed, each event once, in any order."""

import base64
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from models import tables
from models.database.engine import writing
from tests.conftest import DATA, once_on_postgres
from tests.web.conftest import NOW, PROVIDER_KEY, Served, public_key_text
from web.hooks.events import SIGNATURE, TIMESTAMP
from web.hooks.signature import WebhookKeyInvalid, is_signed, read_public_key

VECTORS = DATA / "sendgrid" / "webhook"


def vectors() -> list[dict[str, str]]:
    return json.loads((VECTORS / "signature_vectors.json").read_text("utf-8"))["vectors"]


def settled(served: Served) -> None:
    """Waits until the background has worked out what was stored."""
    deadline = time.monotonic() + 10
    while any(row["applied_at"] is None for row in served.rows(tables.events)):
        assert time.monotonic() < deadline, "the events were not applied"
        time.sleep(0.02)


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["name"])
def test_the_official_vectors(vector: dict[str, str]) -> None:
    """Our check gives the verdict of SendGrid's own test vectors, valid and invalid."""
    body = (VECTORS / vector["body_file"]).read_bytes()
    key = read_public_key(vector["public_key"])

    assert is_signed(key, vector["signature"], vector["timestamp"], body) is vector["valid"]


@pytest.mark.parametrize("vector", [one for one in vectors() if one["valid"]], ids=lambda vector: vector["name"])
def test_official_bodies_are_taken(vector: dict[str, str], engine: Engine, serve: Callable[..., Served]) -> None:
    """A body as SendGrid signed it, CRLF and all, is stored through the whole web part."""
    served = serve(engine, sendgrid_webhook_key=vector["public_key"])
    served.now[0] = datetime.fromtimestamp(int(vector["timestamp"]), UTC) + timedelta(seconds=3)
    body = (VECTORS / vector["body_file"]).read_bytes()
    headers = {SIGNATURE: vector["signature"], TIMESTAMP: vector["timestamp"]}
    answer = served.client.post("/webhooks/sendgrid/events", content=body, headers=headers)

    assert answer.status_code == 200
    assert len(served.rows(tables.events)) == len(json.loads(body))


def test_pem_lines_around_the_key_are_fine() -> None:
    """The key may be pasted as SendGrid shows it or as a PEM file."""
    pem = f"-----BEGIN PUBLIC KEY-----\n{public_key_text()}\n-----END PUBLIC KEY-----\n"

    assert read_public_key(pem).public_numbers() == PROVIDER_KEY.public_key().public_numbers()


@pytest.mark.parametrize("text", ["", "SG.abc", "é", base64.b64encode(b"no key").decode()])
def test_a_key_that_is_none_is_refused_at_the_start(text: str) -> None:
    """A wrong setting is told when the server starts, not event by event."""
    with pytest.raises(WebhookKeyInvalid, match="BOUWCLUB_SENDGRID_WEBHOOK_KEY"):
        read_public_key(text)


@once_on_postgres(
    "headers",
    [
        {SIGNATURE: ""},
        {SIGNATURE: "not base64!"},
        {SIGNATURE: base64.b64encode(b"no signature").decode()},
        {SIGNATURE: "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH3j/0="},
        {TIMESTAMP: ""},
        {TIMESTAMP: "now"},
        {TIMESTAMP: "-1"},
        {TIMESTAMP: str(int(NOW.timestamp()) + 1)},
    ],
)
def test_a_forged_webhook_stores_nothing(served: Served, headers: dict[str, str]) -> None:
    """A missing, malformed or wrong signature, or another timestamp than the signed one, is a 403."""
    answer = served.post_events([{"event": "spamreport", "email": "jan@example.nl"}], **headers)

    assert answer.status_code == 403
    assert served.rows(tables.events) == served.rows(tables.suppressions) == []


@pytest.mark.parametrize("age", [timedelta(days=3), timedelta(minutes=-10)])
def test_absurd_times_are_refused(served: Served, age: timedelta) -> None:
    """Even a right signature does not count days later, or from the future."""
    assert served.post_events([], at=NOW - age).status_code == 403
    assert served.post_events([], at=NOW - timedelta(hours=25)).status_code == 200


def test_without_a_key_events_are_refused(engine: Engine, serve: Callable[..., Served]) -> None:
    """No key set: 503, so that the provider keeps the events for later, and a line that says what is missing."""
    answer = serve(engine, sendgrid_webhook_key=None).post_events([{"event": "open"}])

    assert answer.status_code == 503
    assert "BOUWCLUB_SENDGRID_WEBHOOK_KEY" in answer.text


def test_a_body_beyond_the_limit_is_refused(served: Served) -> None:
    """Nothing is stored of a body that no provider sends."""
    assert served.post_body(b" " * (8 * 1024 * 1024 + 1)).status_code == 413


def test_a_hard_bounce_suppresses_at_once(served: Served) -> None:
    """By the time that the provider has its answer, the address is on the list, with the day that it happened."""
    with writing(served.engine) as connection:
        connection.execute(tables.messages.update().values(status="in_doubt"))
    bounced = int((NOW - timedelta(days=2)).timestamp())
    message_id = served.message_id("check_in")
    event = {"event": "bounce", "type": "bounce", "timestamp": bounced, "message_id": message_id}
    assert served.post_events([event | {"email": "Jan@Example.nl", "sg_event_id": "e1"}]).status_code == 200

    row = served.rows(tables.suppressions)[0]
    assert (row["email"], row["reason"], row["since"].isoformat()) == ("jan@example.nl", "bounce", "2026-03-18")
    settled(served)
    status = {row["message_id"]: row["status"] for row in served.rows(tables.messages)}
    assert status[message_id] == "accepted"
    assert status[served.message_id("seasonal")] == "in_doubt"


ODD_BYTES = {"event": "bounce", "email": "\x00\ud800@x", "reason": "\x00"}  # PostgreSQL keeps neither


@once_on_postgres(
    "payload",
    [
        {"event": "account_status_change", "type": "compliance_suspend"},
        {"event": ["delivered"], "email": {"a": 1}, "timestamp": "soon", "category": 5},
        {"event": "delivered", "email": None, "timestamp": -5},
        ODD_BYTES,
        {"event": "delivered", "timestamp": 10**30, "sg_event_id": 7},
        "open",
        None,
        [],
        7,
    ],
    both=[ODD_BYTES],
)
def test_what_we_do_not_know_is_stored_and_thanked_for(served: Served, payload: object) -> None:
    """Unknown kinds, missing fields and odd types never make the provider repeat the list."""
    assert served.post_events([payload, {"event": "processed", "email": "jan@example.nl"}]).status_code == 200
    settled(served)
    assert len(served.rows(tables.events)) == 2


@pytest.mark.parametrize("body", [b"", b"null", b'{"event": "open"}', b"[]"])
def test_a_signed_body_that_is_no_list(served: Served, body: bytes) -> None:
    """What can be read is taken, list or not."""
    assert served.post_body(body).status_code == 200


@once_on_postgres(
    "body", [b"{", b"[[[[", b"\xff\xfe", b"[" * 100_000, b"events", b"[nonsense, more"], both=[b"\xff\xfe"]
)
def test_a_signed_body_that_cannot_be_read(served: Served, body: bytes) -> None:
    """It is kept as it came, and asked for again; the second time it is kept once."""
    assert [served.post_body(body).status_code for _ in range(2)] == [400, 400]
    settled(served)
    assert [row["kind"] for row in served.rows(tables.events)] == ["other"]


def unsubscribe_of(name: str) -> bytes:
    return json.dumps({"event": "unsubscribe", "email": f"{name}@example.nl", "sg_event_id": name}).encode()


BAD_ELEMENTS = {
    "no JSON": b'{"event": "open", "email": nothing}',
    "a string left open": b'{"event": "open", "reason": "never closed}',
    "cut off": b'{"event": "open", "ip',
    "a bad number": b'{"event": "open", "timestamp": ' + b"9" * 5000 + b"}",
    "a nest": b'{"event": "open", "url": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    "a bare word": b"oops",
    "bad bytes": b"\xff\xfe\xe9",
    "a bad escape": b'{"event": "open", "reason": "\\x41"}',
}


@once_on_postgres("name", BAD_ELEMENTS, both=["bad bytes"])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_bad_element_costs_itself_alone(served: Served, name: str, place: int) -> None:
    """Every wish beside it is kept and applied, wherever it stands; the bad one is kept as it came."""
    bad, elements = BAD_ELEMENTS[name], [unsubscribe_of("anna"), unsubscribe_of("bram")]
    elements.insert(place, bad)
    assert served.post_body(b"[" + b",\r\n".join(elements) + b"]\r\n").status_code == 200
    settled(served)

    assert [row["email"] for row in served.rows(tables.suppressions)] == ["anna@example.nl", "bram@example.nl"]
    (kept,) = [row for row in served.rows(tables.events) if row["kind"] == "other"]
    assert bad[:20].decode("latin-1") in json.loads(kept["payload"])


def test_letters_in_latin_1_cost_nothing(served: Served) -> None:
    """A server's answer in another encoding stands in an event that says somebody left; that is what counts."""
    element = unsubscribe_of("carla")[:-1] + b', "reason": "gel\xf6scht"}'
    assert served.post_body(b"[" + element + b"," + unsubscribe_of("anna") + b"]").status_code == 200

    assert [row["email"] for row in served.rows(tables.suppressions)] == ["anna@example.nl", "carla@example.nl"]
    assert served.rows(tables.events)[1]["reason"] == "gelöscht"


def test_the_signature_is_asked_for_before_the_body(served: Served) -> None:
    """A caller without one is refused however much he sends."""
    headers = {TIMESTAMP: str(int(NOW.timestamp()))}
    answer = served.client.post("/webhooks/sendgrid/events", content=b" " * (9 * 1024 * 1024), headers=headers)

    assert answer.status_code == 403


def test_the_same_list_twice_is_stored_once(served: Served) -> None:
    """A repeated list changes nothing at all."""
    payloads = [
        {"event": "unsubscribe", "email": "jan@example.nl", "sg_event_id": "e1", "timestamp": 1773910000},
        {"event": "open", "email": "jan@example.nl", "sg_event_id": "e2", "sg_machine_open": True},
    ]
    served.post_events(payloads)
    settled(served)
    before = served.state()
    served.later(minutes=3)
    assert served.post_events(list(reversed(payloads))).status_code == 200
    settled(served)

    assert served.state() == before
    assert sorted(row["is_machine"] for row in served.rows(tables.events)) == [False, True]


def test_a_database_that_fails_makes_the_provider_try_again(served: Served) -> None:
    """What was not stored is not acknowledged."""
    with writing(served.engine) as connection:
        connection.execute(text("ALTER TABLE events RENAME TO events_away"))
    answer = served.post_events([{"event": "open"}])
    with writing(served.engine) as connection:
        connection.execute(text("ALTER TABLE events_away RENAME TO events"))

    assert answer.status_code == 503

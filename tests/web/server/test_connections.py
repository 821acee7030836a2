"""The server against callers that mean no good, over real sockets."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import Engine

from models import tables
from models.database.engine import reading
from programme.words.tokens import LinkPurpose, message_id_of, message_token
from tests.web.conftest import KEY, NOW, seed
from tests.web.server.base import Address, listening, received
from web.hooks.events import SIGNATURE, TIMESTAMP
from web.server import connections
from web.server import reading as web_reading

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture
def address(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    monkeypatch.setattr(connections, "HEADER_SECONDS", 1.0)
    monkeypatch.setattr(web_reading, "BODY_SECONDS", 1.0)
    seed(sqlite_engine)
    with listening(sqlite_engine, tmp_path) as found:
        yield found


def link(purpose: LinkPurpose = LinkPurpose.UNSUBSCRIBE) -> str:
    message_id = message_id_of(KEY.encode(), "C1", "check_in", "P1")
    return f"/{'u' if purpose == LinkPurpose.UNSUBSCRIBE else 'a'}/{message_token(KEY.encode(), purpose, message_id)}"


def is_cut_off(caller, seconds: float = 5) -> bool:  # type: ignore[no-untyped-def]
    caller.settimeout(seconds)
    try:
        return bool(caller.recv(100) == b"")
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False


@pytest.mark.slow
def test_half_a_header_does_not_hold_a_connection(address: Address) -> None:
    """300 callers that never finish are served nothing and cut off; others are served meanwhile, at once."""
    slow = [address.connect() for _ in range(300)]
    for caller in slow:
        caller.sendall(b"GET /u/abc HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    began = time.monotonic()
    assert address.says(HEALTH).startswith(b"HTTP/1.1 200")
    assert time.monotonic() - began < 1
    assert all(is_cut_off(caller) for caller in slow)


@pytest.mark.slow
def test_one_letter_at_a_time_does_not_either(address: Address) -> None:
    """The limit is of the whole header, not of each pause in it; also on a connection that was served before."""
    with address.connect() as caller:
        caller.sendall(HEALTH.replace(b"Connection: close\r\n", b""))
        assert caller.recv(65_536).startswith(b"HTTP/1.1 200")
        began = time.monotonic()
        while not is_cut_off(caller, 0.05):
            with suppress(OSError):
                caller.sendall(b"G")
            assert time.monotonic() - began < 5


def test_a_full_house_puts_out_the_longest_waiting(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is always room for whoever asks."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 20)
    monkeypatch.setattr(connections, "HEADER_SECONDS", 60.0)
    idle = [address.connect() for _ in range(40)]
    assert address.says(HEALTH).startswith(b"HTTP/1.1 200")
    time.sleep(0.2)
    assert [is_cut_off(caller, 0.01) for caller in (idle[0], idle[19], idle[-1])] == [True, True, False]


def webhook(length: int, *headers: str) -> bytes:
    lines = ["POST /webhooks/sendgrid/events HTTP/1.1", "Host: x", f"Content-Length: {length}", *headers]
    return "\r\n".join([*lines, "", ""]).encode()


def test_an_unsigned_body_is_not_waited_for(address: Address) -> None:
    """403 at the end of the headers, and the connection is closed: nothing of eight megabytes is read."""
    began = time.monotonic()
    answer = address.says(webhook(8_000_000))
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"connection: close" in answer
    assert time.monotonic() - began < 0.5


def test_a_slow_body_has_its_time(address: Address) -> None:
    """A signature that somebody made up buys a second here, ten in earnest; then 408 and the end."""
    forged = base64.b64encode(encode_dss_signature(1, 1)).decode()
    with address.connect() as caller:
        caller.sendall(webhook(1000, f"{SIGNATURE}: {forged}", f"{TIMESTAMP}: {int(NOW.timestamp())}") + b"[")
        began = time.monotonic()
        assert received(caller, 5).startswith(b"HTTP/1.1 408")
    assert 0.8 < time.monotonic() - began < 2.5


def test_bodies_share_one_room(address: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at once do not fill our memory; whoever finds no room is asked to come again, and later there is room."""
    from web.hooks import events

    monkeypatch.setattr(events, "BODIES_ROOM", web_reading.Room(100_000))
    forged = base64.b64encode(encode_dss_signature(1, 1)).decode()
    headers = webhook(90_000, f"{SIGNATURE}: {forged}", f"{TIMESTAMP}: {int(NOW.timestamp())}")
    with address.connect() as first:
        first.sendall(headers + b" " * 80_000)
        time.sleep(0.2)
        assert address.says(headers + b" " * 80_000).startswith(b"HTTP/1.1 503")
        assert received(first, 5).startswith(b"HTTP/1.1 408")
    assert address.says(headers + b" " * 90_000, 1).startswith(b"HTTP/1.1 403")


def test_a_slow_one_click_unsubscribes_all_the_same(address: Address, sqlite_engine: Engine) -> None:
    """The link alone says who leaves; the rest of the body does not matter."""
    request = f"POST {link()} HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList-Unsub"
    assert address.says(request.encode()).startswith(b"HTTP/1.1 200")
    with reading(sqlite_engine) as connection:
        assert len(connection.execute(tables.suppressions.select()).all()) == 1


@pytest.mark.parametrize("target", ["/u/abc/", "/a/abc/", "//evil.example/", "/healthz/", "LINK/", "LINK?klaar=1"])
def test_nothing_redirects_to_another_host(address: Address, target: str) -> None:
    """Whatever host the request names; a slash at the end is the same link."""
    target = target.replace("LINK", link())
    answer = address.says(f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".encode())
    assert b"evil.example" not in answer
    assert answer.split()[1] == (b"200" if "healthz" in target or link() in target else b"404")


@pytest.mark.parametrize("where", ["u", "a"])
def test_after_a_form_the_browser_is_sent_on(address: Address, where: str) -> None:
    """303 to a page of our own, by a path without a host."""
    body = "afmelden=ja" if where == "u" else "vraag=aanbevelen&score=9"
    target = link(LinkPurpose.UNSUBSCRIBE if where == "u" else LinkPurpose.ANSWER)
    head = f"POST {target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    answer = address.says((head + kind + body).encode())
    assert answer.startswith(b"HTTP/1.1 303")
    assert f"location: /{where}/".encode() in answer
    assert b"evil.example" not in answer


@pytest.mark.parametrize("first", ["Content-Length: 4", "Transfer-Encoding: chunked"])
def test_two_lengths_are_refused(address: Address, first: str) -> None:
    """A proxy and we could see different requests in it: 400, and what follows is no request."""
    lines = [first, "Transfer-Encoding: chunked" if first.startswith("C") else "Content-Length: 4"]
    request = "\r\n".join([f"POST {link()} HTTP/1.1", "Host: x", *lines, "", "0", "", HEALTH.decode()])
    answer = address.says(request.encode())
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"connection: close" in answer.lower()
    assert answer.count(b"HTTP/1.1") == 1


def test_long_headers_are_refused(address: Address) -> None:
    """More than sixteen kilobytes of them is nobody's browser."""
    assert address.says(b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20_000).startswith(b"HTTP/1.1 400")


def test_keep_alive_goes_on(address: Address) -> None:
    """Several requests by one connection, with bodies, are served as before."""
    body = json.dumps([]).encode()
    request = webhook(len(body)) + body
    with address.connect() as caller:
        for _ in range(3):
            caller.sendall(request.replace(b"/webhooks/sendgrid/events", link().encode()))
            answer = b""
            while b"</html>" not in answer:
                answer += caller.recv(65_536) or b"</html> too early"
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"too early" not in answer

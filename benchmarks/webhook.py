"""How fast the event webhook takes signed events over HTTP, and how long the provider waits for its answer.

python -m benchmarks.webhook DATABASE_URL PORT serves that database with the benchmark's public key.
"""

import base64
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine, func, select

from benchmarks.databases import KINDS, fresh_copy
from models.database.bulk import insert_rows
from models.database.engine import open_engine, reading, writing
from models.settings import ROOT, Settings
from models.tables import events, messages
from sample.bulk import DAY, Size

LEAST_PER_SECOND = 2_000
MOST_P99_MS = 50
MOST_EVENTS = 60_000
PACED_SECONDS = 12  # how long the answer is timed at the rate that must be kept up
LIST_EVENTS = 50  # SendGrid posts every 30 seconds or at 768 KB, from many servers at once
CONNECTIONS = 4
EVENT_KINDS: tuple[dict[str, object], ...] = ({"event": "processed"}, {"event": "delivered"}, {"event": "open"})
Signed = tuple[bytes, dict[str, str]]  # a body and its headers
PRIVATE_KEY = ec.derive_private_key(2026, ec.SECP256R1())


class Taken(NamedTuple):
    """Events a second as fast as they are taken, and with their effect worked out; the answer's p99 at each rate."""

    answered_per_second: float
    applied_per_second: float
    full_p99_ms: float
    paced_p99_ms: float


def run(say: Callable[[str], None], scale: int) -> None:
    """As many events as there are clients (at most 60,000), three to a message, every second message in doubt."""
    full = min(scale, MOST_EVENTS) // (LIST_EVENTS * 3) * LIST_EVENTS * 3
    for kind in KINDS:
        with fresh_copy(kind, Size(1000, 100)) as url:
            taken = _measure(url, full, LEAST_PER_SECOND * PACED_SECONDS)
        say(
            f"webhook, {kind}: {full:,} events in lists of {LIST_EVENTS} over {CONNECTIONS} connections: "
            f"{taken.answered_per_second:,.0f} events/s answered (at least {LEAST_PER_SECOND:,}), "
            f"{taken.applied_per_second:,.0f} events/s applied as well"
        )
        say(
            f"  p99 of the answer at {LEAST_PER_SECOND:,} events/s: {taken.paced_p99_ms:.0f} ms "
            f"(at most {MOST_P99_MS}); as fast as they are taken: {taken.full_p99_ms:.0f} ms"
        )


def _measure(url: str, full: int, paced: int) -> Taken:
    engine = open_engine(url)
    ids = [f"{number:032x}" for number in range(1, (full + paced) // 3 + 1)]
    _insert_messages(engine, ids)
    full_lists, paced_lists = (
        [_signed(part) for part in _lists(some)] for some in (ids[: full // 3], ids[full // 3 :])
    )
    with _serving(url) as port:
        _post(port, [_signed([])])  # the first request loads what it needs
        paced_waits = _post_all(port, paced_lists, LIST_EVENTS * CONNECTIONS / LEAST_PER_SECOND)
        _until_applied(engine)
        began = time.perf_counter()
        full_waits = _post_all(port, full_lists)
        answered = time.perf_counter() - began
        _until_applied(engine)
        applied = time.perf_counter() - began
    engine.dispose()
    return Taken(full / answered, full / applied, _p99_ms(full_waits), _p99_ms(paced_waits))


def _p99_ms(waits: list[float]) -> float:
    return sorted(waits)[int(len(waits) * 0.99)] * 1000


def _insert_messages(engine: Engine, ids: Sequence[str]) -> None:
    day = DAY.isoformat() if engine.dialect.name == "sqlite" else DAY
    columns = (
        *("message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose"),
        *("as_of", "due_on", "closes_on", "status", "attempts"),
    )
    rows = [
        (id, f"W{n}", f"r{n}@example.nl", "check_in", f"W{n}", "daily", "service", day, day, day, status, 1)
        for n, id in enumerate(ids)
        for status in ["in_doubt" if n % 2 else "accepted"]
    ]
    with writing(engine) as connection:
        insert_rows(connection, messages, columns, rows)


def _lists(ids: Sequence[str]) -> Iterator[list[dict[str, object]]]:
    """All first events, then all second ones, then the third: as they come from a campaign."""
    now = int(time.time())
    every = [
        fields
        | {
            "email": f"r{n}@example.nl",
            "timestamp": now,
            "message_id": id,
            "category": ["check_in"],
            "sg_event_id": base64.urlsafe_b64encode(f"{turn}-{id}".encode()).decode(),
            "sg_message_id": f"{n // 1000:022d}.filterdrecv-7b8f-1-{id[:8]}.0",
            "smtp-id": f"<{n // 1000:022d}@ismtpd>",
            "response": "250 2.0.0 OK 1461095248 m143si2210036ioe.159 - gsmtp",
        }
        for turn, fields in enumerate(EVENT_KINDS)
        for n, id in enumerate(ids)
    ]
    for start in range(0, len(every), LIST_EVENTS):
        yield every[start : start + LIST_EVENTS]


def _signed(payloads: list[dict[str, object]]) -> Signed:
    from web.hooks.events import SIGNATURE, TIMESTAMP

    body, timestamp = json.dumps(payloads).encode(), str(int(time.time()))
    signature = PRIVATE_KEY.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return body, {SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: timestamp}


def _post_all(port: int, lists: Sequence[Signed], every_seconds: float = 0.0) -> list[float]:
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [lists[number::CONNECTIONS] for number in range(CONNECTIONS)]
        starts = [time.perf_counter() + number * every_seconds / CONNECTIONS for number in range(CONNECTIONS)]
        done = pool.map(lambda part, start: _post(port, part, every_seconds, start), parts, starts)
        return [wait for waits in done for wait in waits]


def _post(port: int, lists: Sequence[Signed], every_seconds: float = 0.0, start: float = 0.0) -> list[float]:
    """Post the lists one after the other on one connection; returns the seconds of each answer.

    Args:
        every_seconds: 0 posts each as soon as the one before is answered; else each is due so long after the one
            before, the first at `start`, and one that is late is timed from when it was due.
    """
    connection, waits = http.client.HTTPConnection("127.0.0.1", port, timeout=30), []
    for number, (body, headers) in enumerate(lists):
        due = start + number * every_seconds if every_seconds else time.perf_counter()
        time.sleep(max(0.0, due - time.perf_counter()))
        connection.request("POST", "/webhooks/sendgrid/events", body, headers)
        answer = connection.getresponse()
        answer.read()
        waits.append(time.perf_counter() - due)
        assert answer.status == 200, answer.status
    connection.close()
    return waits


def _until_applied(engine: Engine) -> None:
    waiting = select(func.count()).where(events.c.applied_at.is_(None))
    while True:
        with reading(engine) as connection:
            if not connection.execute(waiting).scalar():
                return
        time.sleep(0.05)


@contextmanager
def _serving(url: str) -> Iterator[int]:
    """The web part in a process of its own; yields its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.webhook", url, str(port)], cwd=ROOT)
    try:
        deadline = time.monotonic() + 60
        while not _is_up(port):
            assert server.poll() is None, "the web part did not start"
            assert time.monotonic() < deadline, "the web part did not answer"
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _is_up(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def serve_database(url: str, port: int) -> None:
    from tasks.base.programme_file import load_programme
    from web.server.app import create_app
    from web.server.serving import serve

    public_key = PRIVATE_KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    settings = Settings(secret_key="benchmark", sendgrid_webhook_key=base64.b64encode(public_key).decode())
    app = create_app(settings, open_engine(url), load_programme(ROOT / "programme.toml"), lambda: datetime.now(UTC))
    serve(app, "127.0.0.1", port)


if __name__ == "__main__":
    serve_database(sys.argv[1], int(sys.argv[2]))

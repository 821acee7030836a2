"""The stand-in's HTTP server: a thread in a test, or a process of its own."""

import email.utils
import json
import socket
import struct
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.standin import lookup
from tests.standin.checks import Fault, faults_of
from tests.standin.faults import FaultPlan, Trouble
from tests.standin.mailbox import Mailbox

API_KEY = "SG.standin"
RETRY_SECONDS = 1
SLOW_SECONDS = 0.15
SAMPLED_EVERY = (
    250  # requests that a fast stand-in takes; judging one of a thousand recipients takes a tenth of a second
)


# Of all stand-ins of this process; a test that made one ends badly when something is in here (tests/conftest.py).
EVERY_INVALID: list[Fault] = []


class StandIn:
    """A running stand-in. Use as a context manager; `url` is what BOUWCLUB_SENDGRID_HOST takes.

    Args:
        log: where accepted requests are kept.
        bad_marks: a recipient whose address holds one of these is refused, with the whole request.
        names_bad: whether the refusal says which recipient it was.
        late_seconds: how long Trouble.LATE and DRIBBLE take.
        is_fast: count, judge a sample, and be slow when the plan says so; for measurements.
    """

    def __init__(
        self,
        log: Path,
        plan: FaultPlan | None = None,
        *,
        port: int = 0,
        bad_marks: tuple[str, ...] = ("fout",),
        names_bad: bool = False,
        late_seconds: float = 3.0,
        is_fast: bool = False,
    ) -> None:
        self.plan = plan or FaultPlan()
        self.mailbox = Mailbox(log, keep_bodies=not is_fast)
        self.bad_marks, self.names_bad, self.late_seconds, self.is_fast = bad_marks, names_bad, late_seconds, is_fast
        self.has_logs = True  # whether the account may use Email Logs; Email Activity it always has
        self.requests: list[tuple[int, int]] = []  # status (0: none), recipients
        self.invalid: list[Fault] = []  # what no client of ours may ever send
        self.samples: list[bytes] = []  # of a fast one: bodies that are judged when the counts are asked for
        self.bytes_received = 0
        self.recipients_accepted = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._server.request_queue_size = 64
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> "StandIn":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        EVERY_INVALID.extend(self.invalid)
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def judge_samples(self) -> None:
        """Hold the bodies that a fast stand-in put aside to SendGrid's rules."""
        while self.samples:
            self.invalid += faults_of(self.samples.pop())

    def serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)


def _handler(standin: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            raw = self._body()
            if not self.is_whole:
                self.close_connection = True
                return
            if self.path == "/v3/mail/send":
                self._take(raw)
            elif self.path == "/v3/logs":
                if self._is_known() and self._has_logs():
                    self._reply(*lookup.logs(standin.mailbox.path, raw))
            elif self.path == "/_plan":
                asked = json.loads(raw)
                standin.plan.queue += [Trouble(each) for each in asked.get("queue", ())]
                self._reply(200, {})
            else:
                self._reply(404, {"errors": [{"message": "Not Found", "field": None}]})

        def do_GET(self) -> None:
            if self.path == "/_count":
                standin.judge_samples()
                counts = {"recipients": standin.recipients_accepted, "bytes": standin.bytes_received}
                self._reply(200, counts | {"invalid": len(standin.invalid)})
            elif self._is_known() and (not self.path.startswith("/v3/logs") or self._has_logs()):
                self._reply(*lookup.get(standin.mailbox.path, self.path))

        def _is_known(self) -> bool:
            known = self.headers.get("Authorization") == f"Bearer {API_KEY}"
            if not known:
                self._reply(401, {"errors": [{"message": "authorization required", "field": None}]})
            return known

        def _has_logs(self) -> bool:
            if not standin.has_logs:
                self._reply(403, {"errors": [{"message": "access forbidden", "field": None}]})
            return standin.has_logs

        def _body(self) -> bytes:
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            standin.bytes_received += len(raw)
            # Less than was announced: the sender died while it wrote, and there is no request to judge.
            self.is_whole = len(raw) == length
            return raw

        def _take(self, raw: bytes) -> None:
            if self.headers.get("Authorization") != f"Bearer {API_KEY}":
                self._count(401, 0)
                self._reply(
                    401, {"errors": [{"message": "The provided authorization grant is invalid", "field": None}]}
                )
                return
            if standin.is_fast:
                self._take_fast(raw)
                return
            if self.headers.get("Content-Type") != "application/json":
                standin.invalid.append(Fault("Content-Type", None))
                self._reply(415, {"errors": [{"message": "Content-Type should be application/json.", "field": None}]})
                return
            if found := faults_of(raw):
                standin.invalid += found
                self._count(400, 0)
                self._reply(400, {"errors": [{**fault._asdict(), "help": None} for fault in found]})
                return
            self._meet_trouble(json.loads(raw))

        def _take_fast(self, raw: bytes) -> None:
            if standin.plan.next() == Trouble.SLOW:
                time.sleep(SLOW_SECONDS)
            count = raw.count(b'"to":')
            if len(standin.requests) % SAMPLED_EVERY == 0:
                standin.samples.append(raw)
            standin.recipients_accepted += count
            self._count(202, count)
            self._reply(202, None, {"X-Message-Id": uuid.uuid4().hex})

        def _meet_trouble(self, body: dict[str, Any]) -> None:
            trouble = standin.plan.next()
            people = body["personalizations"]
            if trouble in _REFUSED:
                status, answer, headers = _REFUSED[trouble]()
                self._count(status, len(people))
                self._reply(status, answer, headers)
            elif trouble in (Trouble.CLOSE_BEFORE, Trouble.RESET):
                self._count(0, len(people))
                self._hang_up(trouble == Trouble.RESET)
            elif bad := self._bad(people):
                self._count(400, len(people))
                field = f"personalizations.{bad[0]}.to.0.email" if standin.names_bad else None
                self._reply(
                    400, {"errors": [{"message": "Does not contain a valid address.", "field": field, "help": None}]}
                )
            else:
                self._accept(body, trouble)

        def _bad(self, people: list[dict[str, Any]]) -> list[int]:
            return [
                position
                for position, person in enumerate(people)
                if any(mark in person["to"][0]["email"] for mark in standin.bad_marks)
            ]

        def _accept(self, body: dict[str, Any], trouble: Trouble) -> None:
            if trouble == Trouble.LATE:
                time.sleep(standin.late_seconds)
            x_message_id = uuid.uuid4().hex[:22]
            standin.mailbox.accept(x_message_id, body)
            standin.recipients_accepted += len(body["personalizations"])
            status = (
                0
                if trouble in (Trouble.CLOSE_AFTER, Trouble.DRIBBLE)
                else 500
                if trouble == Trouble.ERROR_AFTER
                else 202
            )
            self._count(status, len(body["personalizations"]))
            if trouble == Trouble.CLOSE_AFTER:
                self._hang_up(False)
            elif trouble == Trouble.DRIBBLE:
                self._dribble()
            elif trouble == Trouble.ERROR_AFTER:
                self._reply(500, {"errors": [{"message": "internal error", "field": None}]})
            else:
                if trouble == Trouble.SLOW:
                    time.sleep(SLOW_SECONDS)
                headers = {} if trouble == Trouble.NO_ID else {"X-Message-Id": x_message_id}
                if trouble in (Trouble.RATE_HEADERS, Trouble.RATE_FOR_AN_HOUR):
                    headers |= {"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0"}
                    seconds = 1 if trouble == Trouble.RATE_HEADERS else 3600
                    headers["X-RateLimit-Reset"] = str(int(time.time()) + seconds)
                self._reply(202, None, headers)

        def _count(self, status: int, recipients: int) -> None:
            standin.requests.append((status, recipients))

        def _hang_up(self, hard: bool) -> None:
            self.close_connection = True
            if hard:
                linger = struct.pack("ii", 1, 0)  # close() then resets instead of saying goodbye
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

        def _dribble(self) -> None:
            self.close_connection = True
            until = time.monotonic() + standin.late_seconds
            try:
                while time.monotonic() < until:
                    self.connection.sendall(b"H" if time.monotonic() > until - standin.late_seconds else b"")
                    time.sleep(0.05)
            except OSError:
                pass

        def _reply(self, status: int, answer: Any, headers: dict[str, str] | None = None) -> None:
            payload = b"" if answer is None else answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            try:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)
                self.wfile.flush()
            except OSError:
                self.close_connection = True  # the client is gone; that is what some of the tests are about

        def log_message(self, *_: object) -> None:
            """Quiet."""

    return Handler


def _throttled(headers: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    return 429, {"errors": [{"message": "too many requests", "field": None}]}, headers


def _error(status: int, message: str, field: str | None = None) -> tuple[int, Any, dict[str, str]]:
    return status, {"errors": [{"message": message, "field": field, "help": None}]}, {}


def _page(status: int, title: str) -> tuple[int, Any, dict[str, str]]:
    """What a proxy or another server answers."""
    return status, f"<html><body>{title}</body></html>".encode(), {"Content-Type": "text/html"}


_REFUSED = {
    Trouble.THROTTLED: lambda: _throttled({"Retry-After": str(RETRY_SECONDS)}),
    Trouble.THROTTLED_DATE: lambda: _throttled({"Retry-After": email.utils.formatdate(time.time() + 1.5, usegmt=True)}),
    Trouble.THROTTLED_PAST: lambda: _throttled({"Retry-After": email.utils.formatdate(time.time() - 90, usegmt=True)}),
    Trouble.THROTTLED_BARE: lambda: _throttled({}),
    Trouble.ERROR_BEFORE: lambda: _error(500, "internal error"),
    Trouble.UNAVAILABLE: lambda: _error(503, "service unavailable"),
    Trouble.TOO_LARGE: lambda: _page(413, "Request Entity Too Large"),
    Trouble.REDIRECT: lambda: (302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}),
    Trouble.MOVED: lambda: (308, b"", {"Location": "http://127.0.0.1:9/elsewhere"}),
    Trouble.WRONG_KEY: lambda: _error(401, "The provided authorization grant is invalid, expired, or revoked"),
    Trouble.FORBIDDEN: lambda: _error(403, "The from address does not match a verified Sender Identity"),
    Trouble.NOT_FOUND: lambda: _error(404, "Not Found"),
    Trouble.BAD_REPLY_TO: lambda: _error(400, "The reply_to email is not a valid email address.", "reply_to.email"),
    Trouble.BAD_FROM: lambda: _error(400, "The from email does not contain a valid address.", "from.email"),
    Trouble.BAD_CONTENT: lambda: _error(400, "The content value must be a string of at least one.", "content.1.value"),
    Trouble.NAMELESS: lambda: _error(400, "Bad Request"),
    Trouble.PROXY: lambda: _page(400, "Bad Request"),
    Trouble.UNPAID: lambda: _error(402, "Payment required"),
    Trouble.GONE: lambda: _page(410, "Gone"),
    Trouble.HEADERS_TOO_LARGE: lambda: _page(431, "Request Header Fields Too Large"),
}

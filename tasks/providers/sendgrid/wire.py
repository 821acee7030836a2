"""The sendgrid package, made safe to send with: time-outs, no redirects, no key in logs, one try, typed outcomes.

On its own, the package has no time-out, follows a redirect with the API key to any host, and logs payload and key at
DEBUG. Its HTTP client is one small class, under which we put our own way of making the request.
"""

import contextlib
import functools
import http.client
import logging
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

import python_http_client
from sendgrid import SendGridAPIClient

from models.settings import Settings
from tasks.base.checkpoints import passed
from tasks.providers.sendgrid.settings import require_access

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0  # one request; at most half a lease, so that a lease outlives its request
BODY_LIMIT = 1 << 20  # bytes of an answer that we read: errors are short, a page of a suppression list is not

logging.getLogger("python_http_client").setLevel(logging.WARNING)
logging.getLogger("python_http_client.client").setLevel(logging.WARNING)


class NotSent(Exception):
    """No byte of the request left: no connection, or a request that cannot be written."""


class AnswerLost(Exception):
    """The request left, at least in part, and no status came back."""


@dataclass(frozen=True)
class Reply:
    """The status, headers and (start of the) body of an answer, whatever the status."""

    status: int
    headers: Message
    body: bytes

    def getcode(self) -> int:
        """The status; the package calls this."""
        return self.status

    def read(self) -> bytes:
        """The body; the package calls this."""
        return self.body

    def info(self) -> Message:
        """The headers; the package calls this."""
        return self.headers


def total_seconds(lease_seconds: float) -> float:
    """The time-out of one request, given the length of a lease."""
    return min(TOTAL_SECONDS, lease_seconds / 2)


class SendGridWire:
    """One thread's connection to SendGrid; threads must not share a client of the package.

    Args:
        seconds: the time-out of one request, from the first byte to the last.

    Raises:
        NotReadyToSend: the key or the host is missing or wrong.
    """

    def __init__(self, settings: Settings, seconds: float) -> None:
        require_access(settings)
        key = settings.sendgrid_api_key.get_secret_value() if settings.sendgrid_api_key else ""
        self._api = SendGridAPIClient(key, host=settings.sendgrid_host.rstrip("/"))
        headers: dict[str, str] = self._api.client.request_headers
        self._api.client = _OneTryClient(self._api.host, headers, seconds)

    def post(self, path: str, body: bytes) -> Reply:
        """POST JSON bytes to /v3/<path>. Raises NotSent, AnswerLost."""
        return self._call("post", path, body, None)

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        """GET /v3/<path>. Raises NotSent, AnswerLost."""
        return self._call("get", path, None, query)

    def delete(self, path: str, body: bytes | None = None) -> Reply:
        """DELETE /v3/<path>. Raises NotSent, AnswerLost."""
        return self._call("delete", path, body, None)

    def _call(self, verb: str, path: str, body: bytes | None, query: Mapping[str, str] | None) -> Reply:
        client = self._api.client
        for part in path.split("/"):
            client = client._(part)
        try:
            response = getattr(client, verb)(request_body=_Ready(body) if body else None, query_params=query)
        except (NotSent, AnswerLost):
            raise
        except Exception as error:  # the package could not write the request; network errors are handled above
            raise NotSent(_reason(error)) from None
        return Reply(response.status_code, response.headers, response.body)


class _Ready(dict[str, Any]):
    """JSON that is already encoded; the package takes it for an empty object."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.data = data


class _OneTryClient(python_http_client.Client):
    """The package's client with our own way of making the request."""

    def __init__(self, host: str, headers: dict[str, str], seconds: float, path: list[str] | None = None) -> None:
        super().__init__(host=host, request_headers=headers, version=3, url_path=path, timeout=seconds)
        self.body: bytes | None = None

    def _build_client(self, name: str | None = None) -> "_OneTryClient":
        path = [*self._url_path, name] if name else self._url_path
        return _OneTryClient(self.host, dict(self.request_headers), self.timeout, path)

    def __getattr__(self, name: str) -> Any:
        call = super().__getattr__(name)
        if name not in self.methods:
            return call

        def one_try(request_body: _Ready | None = None, **options: Any) -> Any:
            self.body = request_body.data if request_body is not None else None
            return call(request_body=request_body, **options)

        return one_try

    def _make_request(self, opener: Any, request: urllib.request.Request, timeout: float | None = None) -> Reply:
        if self.body is not None:
            request.data = self.body
        deadline = _Deadline(self.timeout)
        try:
            response = _opener(deadline).open(request, timeout=min(CONNECT_SECONDS, self.timeout))
        except urllib.error.HTTPError as error:
            response = error
        except NotSent:
            raise
        except Exception as error:  # whatever the error, only whether a byte has left counts
            deadline.end()
            raise (AnswerLost if deadline.has_begun else NotSent)(_reason(error)) from None
        try:
            return Reply(response.getcode(), response.headers, _read(response))
        finally:
            deadline.end()
            response.close()


def _read(response: Any) -> bytes:
    """The readable part of the body; the status alone decides what happened."""
    try:
        return bytes(response.read(BODY_LIMIT))
    except (OSError, http.client.HTTPException, ValueError):
        return b""


class _Deadline:
    """Ends a connection when its time is over, even if bytes still trickle in.

    Attributes:
        has_begun: a byte of the request may have left.
    """

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._timer: threading.Timer | None = None
        self.has_begun = False

    def guard(self, connection: http.client.HTTPConnection) -> None:
        """Start the timer. Raises NotSent when connecting alone took all of the time."""
        left = self._until - time.monotonic()
        if left <= 0:
            connection.close()
            raise NotSent("connecting took too long")
        line: socket.socket = connection.sock
        line.settimeout(left)
        self._timer = threading.Timer(left, _hang_up, (line,))
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        if self._timer:
            self._timer.cancel()


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it ended by itself
        line.shutdown(socket.SHUT_RDWR)


class _Guarded:
    """Mixed into both kinds of connection: distinguishes a failed connection from a request that was cut off."""

    def __init__(self, *args: Any, deadline: _Deadline, **options: Any) -> None:
        super().__init__(*args, **options)
        self._deadline = deadline

    def connect(self) -> None:
        try:
            super().connect()  # type: ignore[misc]  # of the connection that this is mixed into
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as error:
            raise NotSent(_reason(error)) from None
        self._deadline.guard(self)  # type: ignore[arg-type]  # it is a connection

    def send(self, data: Any) -> None:
        """Connect first, so that an error before this point proves that nothing was sent."""
        if self.sock is None:  # type: ignore[attr-defined]  # as above
            self.connect()
        self._deadline.has_begun = True
        super().send(data)  # type: ignore[misc]  # as above

    def getresponse(self) -> http.client.HTTPResponse:
        passed("after_send")
        response: http.client.HTTPResponse = super().getresponse()  # type: ignore[misc]  # as above
        return response


class _PlainConnection(_Guarded, http.client.HTTPConnection):
    pass


class _SecureConnection(_Guarded, http.client.HTTPSConnection):
    pass


class _PlainHandler(urllib.request.HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(functools.partial(_PlainConnection, deadline=self._deadline), request)


class _SecureHandler(urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def https_open(self, request: urllib.request.Request) -> Any:
        return self.do_open(functools.partial(_SecureConnection, deadline=self._deadline), request)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuses redirects; the package would send the key to wherever a redirect points."""

    def redirect_request(self, *_args: Any) -> None:
        return None


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_NoRedirect, _PlainHandler(deadline), _SecureHandler(deadline))


def _reason(error: Exception) -> str:
    """The failure of a connection in a few words, without anything from the request."""
    if isinstance(error, socket.gaierror):
        return "the host name is not known"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _reason(error.reason)
    return getattr(error, "strerror", None) or type(error).__name__

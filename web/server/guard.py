"""Around every request: security headers, limits, a log line without tokens, and a page when we fail."""

import logging
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping

from sqlalchemy.exc import OperationalError
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from programme.terms.own_pages import PAGE_STARTS
from web.server.pages import PageRenderer
from web.server.reading import NoRoom, TooSlow, client_address

logger = logging.getLogger("bouwclub.web")

BURST = 300  # requests of one address at once; a mail provider's one-click posts come in bursts
PER_SECOND = 10.0  # and what it may go on with
REMEMBERED = 10_000  # addresses; beyond that the idle ones are forgotten
UNLIMITED = ("/webhooks/", "/healthz")  # events are signed and come from few addresses
HSTS_SECONDS = 31_536_000  # one year
FOR_CLIENTS = (*PAGE_STARTS.values(), "/ref/")
# What mail programs and people take along from behind a link; no token, code or file of these pages ends with one.
BEHIND_LINK = "/.,;:!?…*'\"‘’“”«»<>()[]{} \u00a0\u200b"


class RateLimit:
    """A bucket of requests for each address, refilled steadily; in the memory of one process."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._buckets: dict[str, tuple[float, float]] = {}  # address -> (requests left, when that was)

    def allows(self, address: str, now: float) -> bool:
        left, since = self._buckets.get(address, (float(self._burst), now))
        left = min(self._burst, left + (now - since) * self._per_second)
        if len(self._buckets) >= REMEMBERED and address not in self._buckets:
            self._forget_idle(now)
        self._buckets[address] = (max(left - 1, 0.0), now)
        return left >= 1

    def _forget_idle(self, now: float) -> None:
        full_after = self._burst / self._per_second
        kept = {address: bucket for address, bucket in self._buckets.items() if now - bucket[1] < full_after}
        self._buckets = kept if len(kept) < REMEMBERED else {}


class Guard:
    """ASGI middleware, outermost of ours, so that no fault of ours passes it with a client's data in its text.

    Args: breakdowns: by the path of a part of the site, its own page for a fault of ours.
    """

    def __init__(
        self,
        app: ASGIApp,
        pages: PageRenderer,
        is_https: bool,
        limit: RateLimit,
        breakdowns: Mapping[str, Callable[[Request, int], Response]] | None = None,
    ) -> None:
        self._app, self._pages, self._limit, self._breakdowns = app, pages, limit, breakdowns or {}
        self._headers = {
            "content-security-policy": pages.content_policy,
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "cache-control": "no-store",
            "x-robots-tag": "noindex, nofollow",
            "permissions-policy": "camera=(), geolocation=(), microphone=()",
            "cross-origin-opener-policy": "same-origin",
        }
        if is_https:
            self._headers["strict-transport-security"] = f"max-age={HSTS_SECONDS}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, body = time.monotonic(), _Body(scope, receive)
        answered = _Answered(send, self._headers, body)
        scope["path"] = _as_mailed(scope["path"])
        if body.is_ambiguous:
            await self._pages.fault(400)(scope, body, answered)
        elif self._is_over_limit(scope, began):
            page = self._pages.fault(429)
            page.headers["retry-after"] = "30"
            await page(scope, body, answered)
        else:
            await self._serve(scope, body, answered)
        # The route's pattern, never the path: a path holds the token.
        route = getattr(scope.get("route"), "path", "-")
        milliseconds = (time.monotonic() - began) * 1000
        logger.info("%s %s %d %.0f ms", scope["method"], route, answered.status, milliseconds)

    async def _serve(self, scope: Scope, receive: Receive, answered: "_Answered") -> None:
        try:
            await self._app(scope, receive, answered)
        except (TooSlow, NoRoom) as error:
            await self._pages.fault(408 if isinstance(error, TooSlow) else 503)(scope, receive, answered)
        except Exception as error:  # a visitor gets a page, the log the place, nobody the data
            place = "".join(traceback.format_tb(error.__traceback__)[-3:])
            logger.error("%s in %s\n%s", type(error).__name__, getattr(scope.get("route"), "path", "-"), place)
            if not answered.status:
                page = self._broken_down(scope, 503 if isinstance(error, OperationalError) else 500)
                await page(scope, receive, answered)

    def _broken_down(self, scope: Scope, status: int) -> Response:
        """The page of the part of the site that failed: a part for staff has its own."""
        for path, show in self._breakdowns.items():
            if f"{scope['path']}/".startswith(f"{path}/"):
                return show(Request(scope), status)
        return self._pages.fault(status)

    def _is_over_limit(self, scope: Scope, now: float) -> bool:
        if scope["path"].startswith(UNLIMITED):
            return False
        return not self._limit.allows(client_address(Request(scope)), now)


def _as_mailed(path: str) -> str:
    """A link that got a slash on its way, or for clients any sign that stands behind links, is the same link."""
    return path.rstrip(BEHIND_LINK if path.startswith(FOR_CLIENTS) else "/") or "/"


class _Body:
    """The request's body on its way in.

    Attributes:
        is_whole: nothing of it is left to come.
        is_ambiguous: its length is said in two ways. A proxy and we could then see different requests in it.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        said = dict(scope["headers"])
        self.is_ambiguous = b"transfer-encoding" in said and b"content-length" in said
        self.is_whole = b"transfer-encoding" not in said and said.get(b"content-length", b"0").strip() == b"0"

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self.is_whole = True
        return message


class _Answered:
    """Sends on what it is given, with our headers; `status` is 0 until the answer began."""

    def __init__(self, send: Callable[[Message], Awaitable[None]], headers: dict[str, str], body: _Body) -> None:
        self._send, self._headers, self._body = send, headers, body
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(raw=message.setdefault("headers", []))
            for name, value in self._headers.items():
                headers.setdefault(name, value)
            if self._body.is_ambiguous or not self._body.is_whole:
                headers["connection"] = "close"  # what is still to come is no next request
        await self._send(message)

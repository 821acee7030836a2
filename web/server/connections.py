"""Connections that cost us nothing: slow callers are cut off, and there are never more of them than we can hold.

uvicorn has a time limit between two requests alone; a caller that sends half a header may stay for good.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 500  # at once; half of the 1,024 files that a process may usually have open
HEADER_SECONDS = 10.0  # from a connection, or a request's first byte, to the end of its headers
HEADER_BYTES = 16_384  # of one request, its line included


class CarefulProtocol(H11Protocol):
    """One connection. Whoever has no request under way is waiting; a full house puts out the longest waiting one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        self.waiting_since: float | None = None
        self._limit: asyncio.TimerHandle | None = None
        super().connection_made(transport)
        # Who is at the other end, before X-Forwarded-For is believed: the desk has to know its proxy.
        self.app_state = {**self.app_state, "peer": self.client[0] if self.client else ""}
        self._wait()
        if len(self.connections) > MOST_CONNECTIONS:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._has_request():
            self._stop_waiting()
        elif self.waiting_since is None:
            self._wait()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._has_request() and not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def cut_off(self) -> None:
        """Without an answer: there is no request to answer."""
        self._stop_waiting()
        self.connections.discard(self)
        self.transport.abort()

    def _has_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._stop_waiting()
        self.waiting_since = self.loop.time()
        self._limit = self.loop.call_later(HEADER_SECONDS, self.cut_off)

    def _stop_waiting(self) -> None:
        self.waiting_since = None
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _make_room(self) -> None:
        """Whoever asks has somebody waiting at the other end; whoever says nothing has not."""
        waiting: list[Any] = [one for one in self.connections if getattr(one, "waiting_since", None) is not None]
        if others := [one for one in waiting if one is not self]:
            min(others, key=lambda one: one.waiting_since).cut_off()
        else:
            self.cut_off()

"""Requests read with care: bodies have limits of size and time, forms few fields, and bad bytes never fail."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

FORM_BYTES = 32_768  # a comment of 2,000 characters, each in up to 12 bytes once encoded, and room to spare
FORM_FIELDS = 20
BODY_SECONDS = 10.0  # for the whole of a body; a provider's list of 768 KB takes a second
PASSED_OVER = 1024 * 1024  # bytes of a body that is too large, read and dropped so that its sender hears our answer


class TooSlow(Exception):
    """A body that did not come within its time."""


class NoRoom(Exception):
    """Bodies of others fill the memory that all bodies together may take."""


class Room:
    """The memory for bodies that are being read: many at once that nobody has signed must not fill ours."""

    def __init__(self, size: int) -> None:
        self._left = size

    def take(self, size: int) -> None:
        """Raises NoRoom."""
        if size > self._left:
            raise NoRoom
        self._left -= size

    def give_back(self, size: int) -> None:
        self._left += size


class _Share:
    """What one body takes of the room."""

    def __init__(self, room: Room | None) -> None:
        self._room, self.taken = room, 0

    def grow(self, size: int) -> None:
        if self._room:
            self._room.take(size)
        self.taken += size

    @contextmanager
    def held(self) -> Iterator[None]:
        try:
            yield
        finally:
            if self._room:
                self._room.give_back(self.taken)


async def read_body(
    request: Request, limit: int, room: Room | None = None, seconds: float | None = None
) -> bytes | None:
    """The body's raw bytes; None when there are more than `limit`, which are not kept.

    Args:
        room: shared with other bodies, and only needed while this one comes in.

    Raises:
        TooSlow: after `seconds`, or BODY_SECONDS.
        NoRoom: the room is full.
    """
    if _declared(request) > limit + PASSED_OVER:
        return None
    share = _Share(room)
    try:
        with share.held():
            async with asyncio.timeout(seconds or BODY_SECONDS):
                return await _gather(request.stream(), limit, share)
    except TimeoutError:
        raise TooSlow from None
    except ClientDisconnect:
        return None


async def _gather(stream: AsyncIterator[bytes], limit: int, share: _Share) -> bytes | None:
    parts, size = [], 0
    async for part in stream:
        size += len(part)
        if size > limit + PASSED_OVER:
            return None
        if size <= limit:
            share.grow(len(part))
            parts.append(part)
    return b"".join(parts) if size <= limit else None


def _declared(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isdigit() and len(declared) < 20 else 0


def read_form(body: bytes, most_fields: int = FORM_FIELDS) -> dict[str, str]:
    """The fields of a form as browsers post it by default; the first of each name. Empty for anything else."""
    try:
        pairs = parse_qsl(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="replace",
            max_num_fields=most_fields,
        )
    except ValueError:
        return {}
    return dict(reversed(pairs))


def client_address(request: Request) -> str:
    """Whom the rate limit counts: the address, or the network that a provider gives one connection (IPv6 /64)."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(IPv6Address(int(address) >> 64 << 64))
    return host

"""Pictures of ours, made without a file: the card that messengers show, and the code that a phone's camera reads."""

import struct
import zlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import segno
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from programme.terms.colour_terms import Colours
from web.server.site import Site, site_of

CARD, ICON = "card.png", "icon.png"  # the names of a firm's own
CARD_SIZE = (1200, 630)  # pixels, the shape that messengers show whole
ICON_SIZE = (32, 32)
QUIET = 4  # modules of white around a code (ISO/IEC 18004)


router = APIRouter()


class Code(NamedTuple):
    """A QR code: the side of its square in modules, and the dark ones as an SVG path."""

    side: int
    path: str


def code_of(text: str) -> Code:
    """With the quiet edge that it needs; a quarter of it may be smudged or torn (error correction Q)."""
    rows = [bytes(row) for row in segno.make(text, error="q", micro=False, boost_error=False).matrix_iter(border=QUIET)]
    runs = [f"M{x} {y}h{length}v1h-{length}z" for y, row in enumerate(rows) for x, length in _runs(row)]
    return Code(len(rows), "".join(runs))


def _runs(row: bytes) -> list[tuple[int, int]]:
    found, x = [], 0
    while (x := row.find(1, x)) >= 0:
        end = row.find(0, x)
        found.append((x, (end if end > 0 else len(row)) - x))
        x = end if end > 0 else len(row)
    return found


@router.api_route("/favicon.ico", methods=["GET", "HEAD"])
async def show_icon(request: Request) -> Response:
    """The sign of a browser's tab, for which each browser asks by itself."""
    return picture(site_of(request), ICON, icon_of)


def picture(site: Site, name: str, drawn: Callable[[Colours], bytes]) -> Response:
    """The firm's own file of this name beside its pages; without one, what we draw."""
    own = site.own_templates and _own(site.own_templates / "page" / name)
    return Response(own or drawn(site.programme.brand.colours), media_type="image/png")


@lru_cache(maxsize=8)  # like templates, read until the next start
def _own(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@lru_cache(maxsize=4)
def card_of(colours: Colours) -> bytes:
    """A PNG: the section of a steel beam in the firm's colours, which needs no words in any language."""
    return _beam(CARD_SIZE, (420, 780), (555, 645), (135, 225, 405, 495), colours)


@lru_cache(maxsize=4)
def icon_of(colours: Colours) -> bytes:
    """The same, as large as a browser's tab has room for."""
    return _beam(ICON_SIZE, (3, 29), (12, 20), (3, 10, 22, 29), colours)


def _beam(
    size: tuple[int, int],
    flange: tuple[int, int],
    web: tuple[int, int],
    heights: tuple[int, int, int, int],
    colours: Colours,
) -> bytes:
    """A PNG of this size; flange and web from left to right, the heights where one ends and the next begins."""
    (width, height), (top, upper, lower, bottom) = size, heights
    rows = []
    for y in range(height):
        row = bytearray(width)
        if top <= y < bottom:
            (left, right), colour = (web, 2) if upper <= y < lower else (flange, 1)
            row[left:right] = bytes([colour]) * (right - left)
        rows.append(b"\0" + bytes(row))  # every line begins with its filter: none
    palette = bytes.fromhex("".join(each[1:] for each in (colours.background, colours.primary, colours.accent)))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits a pixel, by palette
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

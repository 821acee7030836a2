"""Pictures of ours, made without a file: the card that messengers show, and the code that a phone's camera reads."""

import struct
import zlib
from functools import lru_cache
from typing import NamedTuple

import segno

from programme.terms.schema import Colours

CARD_SIZE = (1200, 630)  # pixels, the shape that messengers show whole
QUIET = 4  # modules of white around a code (ISO/IEC 18004)


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


@lru_cache(maxsize=4)
def card_of(colours: Colours) -> bytes:
    """A PNG: the section of a steel beam in the firm's colours, which needs no words in any language."""
    width, height = CARD_SIZE
    rows = []
    for y in range(height):
        row = bytearray(width)
        for left, top, right, bottom, colour in (
            (420, 135, 780, 225, 1),
            (555, 225, 645, 405, 2),
            (420, 405, 780, 495, 1),
        ):
            if top <= y < bottom:
                row[left:right] = bytes([colour]) * (right - left)
        rows.append(b"\0" + bytes(row))  # every line begins with its filter: none
    palette = bytes.fromhex("".join(each[1:] for each in (colours.background, colours.primary, colours.accent)))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits a pixel, by palette
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

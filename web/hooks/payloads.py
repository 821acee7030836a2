"""The elements of a signed list, read one by one when the list as a whole cannot be: what is bad costs itself alone."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_DECODER = json.JSONDecoder(strict=False)  # a tab inside a text is no reason to lose a wish
_SPACE = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r",\s*(?=\{)")
_BAD_BYTES = re.compile("[\udc80-\udcff]")


class Payloads(NamedTuple):
    """What a body holds.

    Attributes:
        elements: in their order; what could not be read is its raw text.
        readable: how many of them could be read.
    """

    elements: list[object]
    readable: int


def read_payloads(body: bytes) -> Payloads:
    """Every element of the body, whatever it is. A body that is no list is one element."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return _read_singly(body)
    elements = found if isinstance(found, list) else [found]
    return Payloads(elements, len(elements))


def read_storable(body: bytes) -> Payloads:
    """As read_payloads, with the raw text of what JSON takes in but does not give out again, as deep nests."""
    return _read_singly(body, must_be_storable=True)


def _read_singly(body: bytes, must_be_storable: bool = False) -> Payloads:
    text = body.decode("utf-8", "surrogateescape")
    start = _SPACE.match(text)
    place = start.end() if start else 0
    if not text[place:]:
        return Payloads([], 0)
    if text[place] != "[":
        return Payloads([_as_read(text)], 0)
    elements, readable = [], 0
    for raw, is_readable in _split(text, place + 1):
        element = _element(raw) if is_readable else _as_read(raw)
        if must_be_storable and not _is_storable(element):
            element, is_readable = _as_read(raw), False
        elements.append(element)
        readable += is_readable
    return Payloads(elements, readable)


def _split(text: str, place: int) -> Iterator[tuple[str, bool]]:
    """The source of each element, and whether it can be read; after a bad one it goes on at the next object."""
    while True:
        place = _after_space(text, place)
        if place >= len(text) or text[place] == "]":
            return
        end = _end_of_value(text, place)
        if end is not None:
            yield text[place:end], True
            place = end
            continue
        end = _next_good_object(text, place)
        yield text[place:end].rstrip().rstrip(","), False
        place = end


def _next_good_object(text: str, place: int) -> int:
    for found in _NEXT_OBJECT.finditer(text, place + 1):
        if _end_of_value(text, found.end()) is not None:
            return found.end()
    return len(text)


def _end_of_value(text: str, place: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, place)[1]
    except (ValueError, RecursionError):
        return None


def _element(raw: str) -> object:
    """Bytes that are no UTF-8 are nearly always those of a server's answer in Latin-1, which has a letter for each."""
    return _DECODER.decode(_as_read(raw))


def _as_read(raw: str) -> str:
    if not _BAD_BYTES.search(raw):
        return raw
    return raw.encode("utf-8", "surrogateescape").decode("latin-1")


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


def _is_storable(element: object) -> bool:
    try:
        json.dumps(element)
    except (ValueError, RecursionError):
        return False
    return True

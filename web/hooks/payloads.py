"""The elements of a signed list, read one by one when the list as a whole cannot be: what is bad costs itself alone."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

_DECODER = json.JSONDecoder(strict=False)  # a tab inside a text is no reason to lose a wish
_SPACE = re.compile(r"[\s,]*")
_NEXT_OBJECT = re.compile(r",\s*(?=\{)")
_TEXT = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_PART = re.compile(_TEXT + r'|[{}\[\]]|[^"{}\[\]\\]+', re.DOTALL)
_PLAIN = re.compile(_TEXT + r'|[^\s",{}\[\]]+', re.DOTALL)
_BAD_BYTES = re.compile("[\udc80-\udcff]")
_DEEPEST = 20  # an event nests two deep; each depth is one more time that the same text may be read in vain


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
    values = _Values(text)
    while True:
        place = _after_space(text, place)
        if place >= len(text) or text[place] == "]":
            return
        end = values.end_of(place)
        if end is not None:
            yield text[place:end], True
            place = end
            continue
        end = values.next_good_object(place)
        yield text[place:end].rstrip().rstrip(","), False
        place = end


class _Values:
    """Where the values of a text end, however it is broken.

    Only what closes is given to the decoder: it reads what stays open to the end each time, and for each fault it
    counts the lines before it.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int | None] = {}  # of each bracket that was passed; None where nothing readable closes

    def end_of(self, place: int) -> int | None:
        """The end of the value that begins here; None when it cannot be read."""
        if self._text[place] in "{[":
            if place not in self._ends:
                self._walk(place)
            end = self._ends[place]
        else:
            found = _PLAIN.match(self._text, place)
            end = found.end() if found else None
        return end if end is not None and _is_json(self._text[place:end]) else None

    def next_good_object(self, place: int) -> int:
        """Where the next object begins that can be read, or the end of the text."""
        for found in _NEXT_OBJECT.finditer(self._text, place + 1):
            if self.end_of(found.end()) is not None:
                return found.end()
        return len(self._text)

    def _walk(self, place: int) -> None:
        """Pass the parts from here until this bracket closes, or nothing can close any more.

        What it met is not walked again. What it took for the inside of a text may be, once: of the two ways to pair
        the quotes one is right.
        """
        opened: list[int] = []
        depths: list[int] = []
        while part := _PART.match(self._text, place):
            if part[0] in "{[":
                self._ends[place] = None
                opened.append(place)
                depths.append(1)
            elif part[0] in "}]":
                start, depth = opened.pop(), depths.pop()
                if self._text[start] + part[0] not in ("{}", "[]"):
                    return
                if depth <= _DEEPEST:
                    self._ends[start] = part.end()
                if not opened:
                    return
                depths[-1] = max(depths[-1], depth + 1)
            place = part.end()


def _is_json(raw: str) -> bool:
    try:
        _DECODER.decode(raw)
    except (ValueError, RecursionError):
        return False
    return True


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

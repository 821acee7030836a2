"""The elements of a broken list of events cost time in the measure of its length, whatever stands in it."""

import json
from typing import Any

import pytest

from web.hooks import payloads
from web.hooks.payloads import read_payloads, read_storable

TIMES = 2000
GOOD = b'{"event": "unsubscribe", "email": "anna@example.nl"}'
# Each repeated TIMES, and each reads far in vain: to the end of the text, or to what is wrong deep inside.
PIECES = {
    "objects that stay open": b',{"a":[0',
    "objects without a name": b",{x",
    "texts that stay open": b',{"',
    "good ones in open ones": b',{"a":[0,{} x',
    "bad ones between good ones": b",x,{}",
    "lists that stay open": b",[0,{}",
    "quotes and strokes": b',{}",\\',
    "closed, and bad at the bottom": b',{"a":[0' * 30 + b",{x" + b"]}" * 30,
}


class Counted:
    """What was read: of the decoder each character, of the parts each part."""

    def __init__(self, inner: Any) -> None:
        self.inner, self.read = inner, 0

    def decode(self, raw: str) -> object:
        self.read += len(raw)
        return self.inner.decode(raw)

    def match(self, text: str, place: int) -> Any:
        self.read += 1
        return self.inner.match(text, place)


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("read", [read_payloads, read_storable])
def test_a_broken_list_is_read_a_few_times_at_most(name: str, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The characters read do not grow with the square of what is broken, and a good event at the end is kept."""
    decoder, parts = Counted(payloads._DECODER), Counted(payloads._PART)
    monkeypatch.setattr(payloads, "_DECODER", decoder)
    monkeypatch.setattr(payloads, "_PART", parts)
    body = b"[oops" + PIECES[name] * TIMES + b"," + GOOD
    elements = read(body).elements

    assert decoder.read <= (payloads._DEEPEST + 2) * len(body)
    assert parts.read <= 2 * len(body)
    assert json.loads(GOOD) in elements

"""A name or a text in the characters that every bank in the euro area takes.

The set is that of the European Payments Council ("SEPA Requirements for an Extended Character Set"); letters of other
alphabets are written in Latin ones, so that the bank can compare the name with that of the account.
"""

import re
import unicodedata
from functools import lru_cache

LONGEST_NAME = 70  # characters: SEPA's, the ISO schema would take 140
LONGEST_TEXT = 140  # characters of one unstructured remittance line

_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
# What stands for a sign that has a near one in the set. Every other sign becomes a space.
_NEAR = dict(zip('&_;[{]}\\|"`´‘’‚‛“”„‐‑‒–—―−', "+-,(())//''''''''''-------", strict=True))
_SPACES = re.compile(" +")
_SLASHES = re.compile("/[/ ]*/")
# A line of the older formats that some banks still use inside begins a new field with one of these.
_NO_EDGE = " /:-"


def to_bank_text(text: str, longest: int = LONGEST_NAME) -> str:
    """The text in the bank's characters, one line of at most `longest`; "" when no letter or digit is left.

    No slash at an end and no two in a row, as for references. What it returns, it returns again.
    """
    written = "".join(map(_written, unicodedata.normalize("NFC", text)))
    line = _SLASHES.sub("/", _SPACES.sub(" ", written)).lstrip(_NO_EDGE)[:longest].rstrip(" /")
    return line if any(character.isalnum() for character in line) else ""


@lru_cache(maxsize=4096)  # names repeat their characters
def _written(character: str) -> str:
    if character in _ALLOWED:
        return character
    if near := _NEAR.get(character):
        return near
    match unicodedata.category(character)[0]:
        case "L" | "M" | "N":
            return "".join(c for c in _in_latin(character) if c in _ALLOWED)
        case "C" if character not in "\t\n\r\v\f\x85":
            return ""  # invisible, inside of words too
        case _:
            return " "  # an emoji has a name, which is nobody's


def _in_latin(character: str) -> str:
    from anyascii import anyascii

    return anyascii(character)

"""Client text as a mail can carry it: one line of visible characters, without what marks the places of fields."""

import re
import unicodedata
from functools import lru_cache

VALUE_LENGTH = 120

# Square brackets mark the places of fields in a compiled mail; no value may hold one.
_BRACKETS = str.maketrans({"[": "(", "]": ")"})
# Joiners that some scripts spell names with; every other invisible character goes.
_JOINERS = "\u200c\u200d"
_NO_NAME_PART = re.compile(r"[,;]")


def clean(text: str, limit: int = VALUE_LENGTH) -> str:
    """One line of visible text: NFC, without control and direction characters or square brackets, at most `limit` long.

    It is done once, when the fields are made, so that every delivery hands over the same characters.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text)
        if not text.isprintable():
            text = "".join(map(_visible, text))
    text = " ".join(text.translate(_BRACKETS).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Zs") else ""


@lru_cache(maxsize=1024)  # engineers and the firm: a handful of names for all clients
def sender_part(name: str) -> str:
    """A display name as every mail system takes it: without comma and semicolon."""
    return " ".join(_NO_NAME_PART.sub(" ", name).split())

"""Client text made safe for a mail: one line of visible characters, without the marks of fields."""

import re
import unicodedata
from functools import lru_cache

VALUE_LENGTH = 120  # characters

# A compiled mail marks its fields with square brackets, so a value with brackets could pose as a field.
_BRACKETS = str.maketrans({"[": "(", "]": ")"})
# Some scripts need joiners to spell a name; every other invisible character is removed.
_JOINERS = "\u200c\u200d"
_NO_NAME_PART = re.compile(r"[,;]")


def clean(text: str, limit: int = VALUE_LENGTH) -> str:
    """One line of visible text, at most `limit` characters: NFC, without control or direction marks or square brackets.

    Called once, when the fields of a message are made, so that every delivery attempt sends the same characters.
    """
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", text)
        if not text.isprintable():
            text = "".join(map(_visible, text))
    text = " ".join(text.translate(_BRACKETS).split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def clean_lines(text: str, limit: int) -> str:
    """Lines of text without characters that could harm a terminal, a page or a file, cut off at `limit` characters.

    Line breaks become "\\n", and no more than one empty line stays between two others.
    """
    lines = unicodedata.normalize("NFC", re.sub("\r\n|[\r\u2028\u2029]", "\n", text))
    kept = "".join(letter for letter in lines if letter == "\n" or unicodedata.category(letter) not in _UNWANTED)
    return re.sub(r"\n{3,}", "\n\n", kept).strip()[:limit].rstrip()


# Unicode categories: controls, surrogates, private use, and invisible formatting such as a change of direction.
_UNWANTED = frozenset({"Cc", "Cs", "Co", "Cf"})


def _visible(character: str) -> str:
    if character.isprintable() or character in _JOINERS:
        return character
    return " " if unicodedata.category(character) in ("Cc", "Zl", "Zp", "Zs") else ""


@lru_cache(maxsize=1024)  # engineers and the firm: a handful of names for all clients
def sender_part(name: str) -> str:
    """A display name without comma and semicolon, which some mail systems read as separators."""
    return " ".join(_NO_NAME_PART.sub(" ", name).split())

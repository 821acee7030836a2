"""The first name within a client's name, for whoever agreed to be named by it."""

import re

from programme.words.naming.greetings import cased_word
from programme.words.naming.names import without_degrees

# Words that come before a surname, and words before a name that are none.
_PARTICLES = frozenset(
    {"de", "den", "der", "van", "von", "het", "ten", "ter", "te", "op", "aan", "in", "la", "le", "du", "'t", "’t"}
)
_TITLES = frozenset(
    {
        "dhr", "hr", "heer", "mevr", "mvr", "mw", "mevrouw", "fam", "familie", "erven",
        "prof", "ir", "ing", "drs", "dr", "mr",
    }
)  # fmt: skip
_NOBODY = frozenset({"relatie", "klant", "onbekend", "test"})
_OF_FIRMS = re.compile(
    r"\b(b\.?v|n\.?v|v\.?o\.?f|c\.?v|holding|stichting|vereniging|vve|gemeente|kerk|vastgoed|beheer|groep|bureau"
    r"|atelier|advies)\b|architect|bouw|aannemer|& zn",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[0-9()\[\]{}<>@*†/\\_=|]|overled|overlijd|wijlen", re.IGNORECASE)
_JOINTS = re.compile(r"[-’']")


def first_name_of(name: str) -> str:
    """ "Anna" of "Anna de Vries" or "Vries, Anna de"; "" where none can be told: initials, families, firms, notes."""
    if _NO_NAME.search(name) or _OF_FIRMS.search(name) or name.count(",") > 1:
        return ""
    last, comma, first = without_degrees(name).partition(",")
    words = (first if comma else last).split()
    if not words or (len(words) < 2 and not comma):
        return ""  # one word alone may be the surname
    word = words[0]
    if word.rstrip(".").lower() in _TITLES | _NOBODY or word.lower() in _PARTICLES:
        return ""
    if len(word) < 2 or not all(part.isalpha() for part in _JOINTS.split(word)):
        return ""
    return cased_word(word) if word in (word.upper(), word.lower()) else word[0].upper() + word[1:]

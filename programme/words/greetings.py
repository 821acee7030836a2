"""How a mail begins: "Beste Anna de Vries,", or "Goedendag," where the CRM holds no person's name.

The CRM does not know who is a man or a woman, so "heer" and "mevrouw" appear only where the name field says so.
"""

import re

from programme.words.names import NAMELESS, called
from programme.words.plain_text import clean

NAMELESS_GREETING = "Goedendag,"
NAME_LENGTH = 80  # characters
PREFIXES = "de|van|den|der|ter|ten|te|het|in|op|aan|bij|la|le|’t|'t"

# A firm, an owners' association, a church: nobody reads "Beste Bouwbedrijf Van Dam B.V." as a greeting. Compounds
# count ("Timmerbedrijf"), surnames such as Bouwman do not.
_COMPANY = re.compile(
    r"(?<![^\W_])(?:b\.?v|n\.?v|v\.?o\.?f|c\.v)\.?(?![^\W_])"
    r"|\b(?:holding|stichting|vereniging|vve|gemeente|kerk)\b|& zn\b|\bbouw-|\baannemers?-"
    r"|architect(?:en|uur)?\b|\baannem|vastgoed|beheer\b|groep\b|bureau|atelier|advies|bedrijf|[a-z]bouw\b|\bbouw\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[0-9@<>{}\[\]\\`=\"]|^(?:test|onbekend|n\.?v\.?t\.?)$", re.IGNORECASE)
_TITLES = re.compile(r"^(?:(?:prof|dr|drs|ir|ing|mr|bc|ba|ma|msc|bsc)\.\s*)+", re.IGNORECASE)
_SIR = re.compile(r"^(dhr|de heer|heer|hr|mevr|mevrouw|mw|mvr|fam|familie)\b\.?\s+", re.IGNORECASE)
_SIRS = {"mevr": "mevrouw", "mevrouw": "mevrouw", "mw": "mevrouw", "mvr": "mevrouw", "fam": "familie",
         "familie": "familie"}  # fmt: skip
_INITIALS = re.compile(r"^(?:[A-Za-z]{1,2}\.\s*)+")
_PREFIX = re.compile(rf"^(?:{PREFIXES})$")


def greeting(name: str) -> str:
    """The first line of a mail.

    >>> greeting("mevr. A. de Vries"), greeting("Vries, J. de"), greeting("Bouwbedrijf Van Dam B.V.")
    ('Beste mevrouw De Vries,', 'Beste J. de Vries,', 'Goedendag,')
    """
    words = clean(called(name), NAME_LENGTH)
    if words == NAMELESS or _NO_NAME.search(words) or is_company(words):
        return NAMELESS_GREETING
    words = _TITLES.sub("", _turned(words).replace(" & ", " en "))
    if words in (words.upper(), words.lower()):
        words = _cased(words)
    if sir := _SIR.match(words):
        return f"Beste {_SIRS.get(sir[1].lower(), 'heer')} {_surname(words[sir.end() :])},"
    return f"Beste {words}," if words else NAMELESS_GREETING


def is_company(name: str) -> bool:
    """Whether the name is one of a firm or another body, by the words in it."""
    return bool(_COMPANY.search(name))


def _turned(name: str) -> str:
    """ "Vries, J. de" as "J. de Vries"; a name with any other number of commas stays as it is."""
    first, comma, rest = name.partition(",")
    return f"{rest.strip()} {first.strip()}" if comma and rest.strip() and "," not in rest else name


def _surname(name: str) -> str:
    """The name behind "heer": without initials or titles, and with a capital on its first word."""
    rest = _INITIALS.sub("", _TITLES.sub("", name)) or name
    return rest[:1].upper() + rest[1:]


def _cased(name: str) -> str:
    return " ".join(_cased_word(word.lower()) for word in name.split())


def _cased_word(word: str) -> str:
    if _PREFIX.match(word):
        return word
    parts = [("IJ" + part[2:]) if part.startswith("ij") else part[:1].upper() + part[1:] for part in word.split("-")]
    joined = "-".join(parts)
    return re.sub(r"\.([a-z])", lambda found: "." + found[1].upper(), joined)

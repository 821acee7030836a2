"""How a mail begins: "Beste Anna de Vries,", or "Goedendag," where the CRM holds no person's name.

The CRM does not know who is a man or a woman, so "heer" and "mevrouw" appear only where the name field says so.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from programme.words.naming.names import DEGREES, NAMELESS, called, holds_address, says_death, without_degrees
from programme.words.plain_text import clean

NAMELESS_GREETING = "Goedendag,"
NAME_LENGTH = 80  # characters
PREFIXES = r"de|van|den|der|ter|ten|te|het|in|op|aan|bij|uit|onder|over|voor|la|le|’t|'t|v\.d\.|v/d|vd"

# A firm, an owners' association, a church: nobody reads "Beste Bouwbedrijf Van Dam B.V." as a greeting. Compounds
# count ("Timmerbedrijf", "Nieuwbouw"), surnames such as Bouwman do not. Dots are left out: "b.v." is "bv".
_COMPANY_WORDS = frozenset(
    {"bv", "nv", "vof", "cv", "vve", "zn", "holding", "stichting", "vereniging", "gemeente", "kerk", "bouw"}
)
_COMPANY_STARTS = (
    "architect",
    "aannem",
    "vastgoed",
    "bureau",
    "atelier",
    "advies",
    "bouw-",
    "bouwbedrijf",
    "bouwkundig",
)
_COMPANY_ENDS = (
    "architect", "architecten", "architectuur", "vastgoed", "beheer", "groep", "bureau", "atelier", "advies", "bedrijf",
    "bouw", "holding",
)  # fmt: skip
# Nearly every name: "Élise van 't Hof", "J.P. de Wit", "A. & M. Bos". Only a firm's words must be looked for.
_PLAIN = re.compile(
    r"(?!(?:Dhr|Heer|Hr|Mevr|Mw|Mvr|Fam|Familie|De [Hh]eer|Mevrouw|Test|Onbekend|Attn|Tav|TAV|Prof|Drs?|Ir|Mr)\b)"
    rf"(?!.* {DEGREES}$)"
    r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+(?: [A-Za-zÀ-ÖØ-öø-ÿ'-]+)+"
    rf"|(?:[A-ZÀ-ÖØ-Þ]\.)+(?: & (?:[A-ZÀ-ÖØ-Þ]\.)+)?(?: (?:{PREFIXES}))* (?:[A-Z]')?[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+"
)
# Signs that stand in no name, emoji among them, the mark of a name that was cut short, and "for the attention of".
_NO_NAME = re.compile(
    r"[0-9@<>{}\[\]\\`=\";|#%^~$€?!_…\u2190-\u2bff\U0001f000-\U0001faff]|^(?:test|onbekend|n\.?v\.?t\.?|relatie|klant)$"
    r"|^(?:dhr|de heer|heer|hr|mevr|mevrouw|mw|mvr|fam|familie)\.?$"
    r"|\b(?:t\.a\.v\b|p/a\b|c/o\b|attn?\.)|^(?:tav|attn)\b",
    re.IGNORECASE,
)
# Without its dot only what is no first name: "Ing" and "Ma" are.
_TITLES = re.compile(
    r"^(?:(?:prof|dr|drs|ir|ing|mr|bc|ba|ma|msc|bsc)\.\s*|(?:prof|drs?|ir|mr)\s+(?=\S))+", re.IGNORECASE
)
_SIR = re.compile(r"^(dhr|de heer|heer|hr|mevr|mevrouw|mw|mvr|fam|familie)(?:\.\s*|\s+)(?=\S)", re.IGNORECASE)
_SIRS = {"mevr": "mevrouw", "mevrouw": "mevrouw", "mw": "mevrouw", "mvr": "mevrouw", "fam": "familie",
         "familie": "familie"}  # fmt: skip
_COUPLE = re.compile(
    r"^(?:de )?(?:dhr|heer|hr)\.?\s*(?:en|\+)\s*(?:mevr|mevrouw|mw|mvr)\b\.?\s+(?P<name>[^/]+)$", re.IGNORECASE
)
# "Dhr. J. en mevr. A. de Vries", "Dhr./Mevr. Bos": two people, or a form's choice that nobody made.
_OR_ANOTHER = re.compile(r"(?:\ben\s+|[/+]\s*)(?:de )?(?:dhr|heer|hr|mevr|mevrouw|mw|mvr)\b", re.IGNORECASE)
# "J.P.", "Chr.", and "A" without its dot; "v.d." belongs to the surname.
_INITIALS = re.compile(r"^(?:(?!v\.|V\.\s?[Dd]\.)[A-Za-z]{1,4}\.\s*|[A-Z]\s+(?=\S))+")
_PREFIX = re.compile(rf"^(?:{PREFIXES})$")
# The letter behind a dot or behind "O'" is a capital too.
_INNER = re.compile(r"(?<=\.)[a-z]|(?<=\b[A-Z]['’])[a-z]")
_AND = re.compile(r"\s*&\s*")


def greeting(name: str) -> str:
    """The first line of a mail.

    >>> greeting("mevr. A. de Vries"), greeting("Vries, J. de"), greeting("Bouwbedrijf Van Dam B.V.")
    ('Beste mevrouw De Vries,', 'Beste J. de Vries,', 'Goedendag,')
    """
    return addressed(name, is_company(name))[1]


def addressed(name: str, company: bool) -> tuple[str, str]:
    """(the name as a mail may show it, the first line of the mail); `company` is what `is_company` says."""
    if not company and _PLAIN.fullmatch(name) and len(name) < NAME_LENGTH and not says_death(name):
        return name, f"Beste {_with_and(name)},"
    shown = clean(called(name), NAME_LENGTH) or NAMELESS
    if company or shown == NAMELESS or _NO_NAME.search(shown) or holds_address(shown):
        return shown, NAMELESS_GREETING
    words = _TITLES.sub("", _with_and(_turned(without_degrees(shown))))
    if words in (words.upper(), words.lower()):
        words = _cased(words)
    return shown, _greeted(words)


def greetings_of(names: Sequence[str], company: bool) -> list[str]:
    """The first lines of many mails, as `addressed` says them."""
    return [NAMELESS_GREETING] * len(names) if company else [addressed(name, company)[1] for name in names]


def _greeted(words: str) -> str:
    """The greeting of a person's name, of a couple's, or of a family's."""
    if couple := _COUPLE.match(words):
        return f"Beste heer en mevrouw {_surname(couple['name'])},"
    if not words or _OR_ANOTHER.search(words):
        return NAMELESS_GREETING
    if sir := _SIR.match(words):
        surname = _surname(words[sir.end() :])
        return f"Beste {_SIRS.get(sir[1].lower(), 'heer')} {surname}," if surname else NAMELESS_GREETING
    return f"Beste {words},"


def is_company(name: str) -> bool:
    """Whether the name is one of a firm or another body, by the words in it."""
    return any(map(_is_of_company, name.lower().replace(".", "").split()))


@lru_cache(maxsize=8192)  # first names, and words as "de", come back in thousands of names
def _is_of_company(word: str) -> bool:
    return word in _COMPANY_WORDS or word.startswith(_COMPANY_STARTS) or word.endswith(_COMPANY_ENDS)


def _turned(name: str) -> str:
    """ "Vries, J. de" as "J. de Vries"; a name with any other number of commas stays as it is."""
    first, comma, rest = name.rstrip(", ").partition(",")
    return f"{rest.strip()} {first.strip()}" if comma and "," not in rest else name.rstrip(", ")


def _with_and(name: str) -> str:
    """ "Jan & Marie de Boer" as "Jan en Marie de Boer", with spaces or without."""
    return _AND.sub(" en ", name)


def _surname(name: str) -> str:
    """The name behind "heer": without initials or titles, and with a capital on its first word; "" without one."""
    rest = _INITIALS.sub("", _TITLES.sub("", name))
    if rest == rest.upper():  # "Dhr. VAN DAM"; a title in small letters says nothing of how the name is written
        rest = _cased(rest)
    return rest[:1].upper() + rest[1:]


def _cased(name: str) -> str:
    return " ".join(cased_word(word) for word in name.split())


def cased_word(word: str) -> str:
    """A word of a name that says nothing by its case: "DE" is "de", "IJSBRAND" "IJsbrand", "BAKKER-DE" "Bakker-de"."""
    if _PREFIX.match(word.lower()):
        return word.lower()
    first, *others = word.lower().split("-")
    parts = [_cased_part(first), *(other if _PREFIX.match(other) else _cased_part(other) for other in others)]
    return _INNER.sub(lambda found: found[0].upper(), "-".join(parts))


def _cased_part(part: str) -> str:
    return ("IJ" + part[2:]) if part.startswith("ij") else part[:1].upper() + part[1:]

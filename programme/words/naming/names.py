"""What else stands where a name should: notes, the note that the person has died, and addresses."""

import re

NAMELESS = "relatie"  # how mails address a client without a usable name

# What a note looks like: parentheses, asterisks, or the dagger of the dead.
_NOTE = re.compile(r"[()*†✝✞]")
# Every text that _DEATH matches holds one of these in lower case: a cheap first test, and one that SQL can do.
DEATH_MARKS = ("overled", "overlijd", "†", "✝", "✞", "wijlen", "erven ")
_DEATH_MARK = re.compile("|".join(map(re.escape, DEATH_MARKS)))
# "Erven J. de Wit" are the heirs; "Piet van Erven" is a surname.
_DEATH = re.compile(r"\boverled(?:en|ene)\b|\boverlijden\b|[†✝✞]|\bwijlen\b|^(?:de )?erven ", re.IGNORECASE)

# An address of a page or a mailbox, or the marks of HTML. Mail programs make a link of any word with one of these
# endings; ".de" is none of them, because people leave out the space of "mevr.de Wit".
_ADDRESS = re.compile(
    r"[<>@]|://|\bwww\."
    r"|\b[\w-]{2,}\.(?:nl|be|eu|com|net|org|info|biz|ru|cn|io|co|me|ly|to|xyz|top|club|shop|site|app)\b",
    re.IGNORECASE,
)

# What stands behind a name, with a comma or without; "MA" is a surname as well.
DEGREES = r"(?i:msc|bsc|mba|phd|llm|llb|beng|meng)"
_DEGREES = re.compile(rf"(?:,?\s+{DEGREES}\.?)+$")


def without_degrees(name: str) -> str:
    """ "K. Smit, MSc" as "K. Smit"."""
    return _DEGREES.sub("", name)


def holds_address(name: str) -> bool:
    """Whether a page, a mailbox or markup stands in the name: our mails must not carry what a stranger advertises."""
    return bool(_ADDRESS.search(name))


def has_note(name: str) -> bool:
    """Whether the field holds more than a name; such text must not appear in a greeting."""
    return bool(_NOTE.search(name)) or says_death(name)


def says_death(name: str) -> bool:
    """Whether the field notes a death. Such a client gets no mail, and a person checks the record."""
    return bool(_DEATH_MARK.search(name.lower()) and _DEATH.search(name))


def called(name: str) -> str:
    """The name to greet with; "relatie" when the field has a note or no letter at all.

    >>> called("Anna Bakker"), called("Anna (let op: belt vaak)")
    ('Anna Bakker', 'relatie')
    """
    return NAMELESS if has_note(name) or not any(sign.isalpha() for sign in name) else name

"""What else a client's name in the CRM holds: notes, and the note that the person has died."""

import re

NAMELESS = "relatie"  # how mails address a client without a usable name

# What a note looks like: parentheses, asterisks, or the dagger of the dead.
_NOTE = re.compile(r"[()*†✝✞]")
# Every text that _DEATH matches holds one of these in lower case: a cheap first test, and one that SQL can do.
DEATH_MARKS = ("overled", "overlijd", "†", "✝", "✞", "wijlen", "erven ")
_DEATH_MARK = re.compile("|".join(map(re.escape, DEATH_MARKS)))
# "Erven J. de Wit" are the heirs; "Piet van Erven" is a surname.
_DEATH = re.compile(r"\boverled(?:en|ene)\b|\boverlijden\b|[†✝✞]|\bwijlen\b|^(?:de )?erven ", re.IGNORECASE)


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

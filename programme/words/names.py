"""What the name of a client in the CRM holds beside the name: notes, and the note that somebody has died."""

import re

NAMELESS = "relatie"  # what a client without a usable name is called

# What a note looks like: parentheses, asterisks, or the dagger of the dead.
_NOTE = re.compile(r"[()*†✝✞]")
# Any text that says a death holds one of these, in small letters.
DEATH_MARKS = ("overled", "overlijd", "†", "✝", "✞", "wijlen")
_DEATH = re.compile(r"\boverled(?:en|ene)\b|\boverlijden\b|[†✝✞]|\bwijlen\b", re.IGNORECASE)


def has_note(name: str) -> bool:
    """Whether a name holds more than a name, which nobody must read at the head of a mail."""
    return bool(_NOTE.search(name)) or says_death(name)


def says_death(name: str) -> bool:
    """Whether the name says that the person has died: such a client gets nothing, and a person looks."""
    small = name.lower()
    return any(mark in small for mark in DEATH_MARKS) and bool(_DEATH.search(name))


def called(name: str) -> str:
    """The name by which a mail may greet: "relatie" in the place of one with a note or without a letter.

    >>> called("Anna Bakker"), called("Anna (let op: belt vaak)")
    ('Anna Bakker', 'relatie')
    """
    return NAMELESS if has_note(name) or not any(sign.isalpha() for sign in name) else name

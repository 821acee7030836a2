"""Strict readers for the cells of the CRM export: text in, value out, or ValueError with the reason.

The text must be trimmed and not empty. `\\d`, int() and float() accept far more than the contract does (digits of other
scripts, `1_000`, `1e3`, `NaN`), so every pattern here is spelled out in ASCII and matched in full.
Source: contract section 1.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from programme.words.addresses import recipient_of
from programme.words.dates import FIRST_DAY, LAST_DAY, moment_from
from tasks.base.ibans import is_possible_iban

Reader = Callable[[str], Any]

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DUTCH_DAY = re.compile(r"([0-9]{1,2})([-/])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/])[0-9]{1,2}\1[0-9]{2}")
# A run of spaces is looked at from its start alone: from each of its places it would take the square of its length.
_TIME = re.compile(
    r"(?<![ T])[ T]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?"
    # PostgreSQL writes whole hours of an offset alone, +01.
    r"(?: ?(?:[AP]M|uur|Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?))?$",
    re.IGNORECASE,
)
_EURO_SIGN = re.compile(r"(?:€|EUR\b)\s*|(?<!\s)\s*(?:€|\bEUR)$", re.IGNORECASE)
# A database writes 2450.5000 for 2450,50.
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)|[0-9]{1,3}(?:,[0-9]{3})+(?=\.))"
    r"(?:[.,](?P<decimals>[0-9]{1,2})0*)?"
)
_AMBIGUOUS = re.compile(r"[0-9]+\.[0-9]{3}")
_WHOLE_NUMBER = re.compile(r"([0-9]{1,9})(?:[.,]0+)?")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,60}")
_SPACES_OF_GROUPS = re.compile("[ \u00a0\u2007\u202f]")
# C0 and C1 controls and DEL, except tab, line feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile(r"[\t\n\r\u2028\u2029]")
MOST_EUROS_DIGITS = 9
_TRUE = ("true", "waar", "ja", "yes", "1")
_FALSE = ("false", "onwaar", "nee", "no", "0")
BOOLEANS = dict.fromkeys(_TRUE, True) | dict.fromkeys(_FALSE, False)
DUTCH_CONSENT = {"ja": "yes", "nee": "no", "onbekend": "unknown"}
# Invisible characters that programs leave around a text: zero-width space and joiner, byte order mark, soft hyphen,
# direction marks. trim() removes them together with spaces of any width.
_INVISIBLE = "\u200b\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SPACE = " \t\n\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_AROUND = _INVISIBLE + _SPACE
# These turn the direction of all that follows: also of what a desk page, a letter or a list says behind a name. Marks
# that only name a direction stay inside a text; names in Arabic and Hebrew need them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


NOTHING = "stands for nothing"  # how the reason of a placeholder begins


class StandsForNothing(ValueError):
    """A cell that is filled, but not with a value: `n.v.t.`, or an e-mail address where a name should be."""


def trim(text: str) -> str:
    """The text without spaces and invisible characters at both ends."""
    return text.strip(_AROUND)


def clean(text: str) -> str:
    """The cell trimmed, in Unicode normal form C, without turns of direction. Raises ValueError for a control one."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if found := _CONTROL.search(text):
        raise ValueError(f"holds the control character U+{ord(found[0]):04X}")
    return unicodedata.normalize("NFC", trim(_TURNS.sub("", text)))


def amount_in_cents(text: str) -> int:
    """Euros as whole cents. It accepts `€ 1.234,56`, `1,234.56`, `1234,5`, `1234.5600`, `1234`; not `1.234`.

    Raises:
        ValueError: not an amount, negative, too large, or ambiguous (`1.234`).
    """
    text = _EURO_SIGN.sub("", text, count=1)
    if text.startswith("-"):
        raise ValueError("is negative; an amount is 0 or more")
    if _AMBIGUOUS.fullmatch(text):
        raise ValueError("is ambiguous: thousands or decimals? Write 1234 or 1234,00")
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise ValueError("is not an amount; write 1234,56 or 1.234,56 (two decimals at most)")
    whole = re.sub(r"[.,]", "", found["whole"])
    if len(whole.lstrip("0")) > MOST_EUROS_DIGITS:
        raise ValueError("is more than 999.999.999,99")
    return int(whole) * 100 + int((found["decimals"] or "").ljust(2, "0"))


def day(text: str) -> date:
    """A date written YYYY-MM-DD, D-M-YYYY or D/M/YYYY; a time of day after it is dropped.

    Raises ValueError otherwise.
    """
    text = _TIME.sub("", text)
    if found := _ISO_DAY.fullmatch(text):
        year, month, number = found.groups()
    elif found := _DUTCH_DAY.fullmatch(text):
        number, _, month, year = found.groups()
    elif _SHORT_YEAR.fullmatch(text):
        raise ValueError("has a year of two digits; write all four")
    else:
        raise ValueError("is not a date; write YYYY-MM-DD, D-M-YYYY or D/M/YYYY")
    try:
        value = date(int(year), int(month), int(number))
    except ValueError:
        raise ValueError("is a day that does not exist") from None
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"is not in {FIRST_DAY} .. {LAST_DAY}")
    return value


def moment(text: str) -> datetime:
    """A moment written YYYY-MM-DDTHH:MM, in Amsterdam's time unless it names an offset; in UTC, to the minute.

    Raises ValueError otherwise.
    """
    value = moment_from(text)
    if not FIRST_DAY <= value.date() <= LAST_DAY:
        raise ValueError(f"is not in {FIRST_DAY} .. {LAST_DAY}")
    return value.astimezone(UTC)


def boolean(text: str) -> bool:
    """The value of a Dutch or English yes or no. Raises ValueError for any other word."""
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError("is not one of true, false, waar, onwaar, ja, nee, yes, no, 1, 0") from None


def whole_number(low: int, high: int) -> Reader:
    """A reader of whole numbers in `low` .. `high`, both included, also in a spreadsheet's spelling `2.0`."""

    def read(text: str) -> int:
        found = _WHOLE_NUMBER.fullmatch(text)
        if not found or not low <= int(found[1]) <= high:
            raise ValueError(f"is not a whole number in {low} .. {high}")
        return int(found[1])

    return read


def word_of(words: type[StrEnum], others: Mapping[str, str] | None = None) -> Reader:
    """A reader of one of a closed set of words, without regard to case; `others` maps synonyms to those words."""
    return one_of({word.value: word.value for word in words} | dict(others or {}))


def one_of(known: Mapping[str, str]) -> Reader:
    """A reader of one of these words, without regard to case, as what each stands for."""

    def read(text: str) -> str:
        try:
            return known[text.lower()]
        except KeyError:
            raise ValueError(f"is not one of {', '.join(known)}") from None

    return read


def line_of(most: int) -> Reader:
    """A reader of text on one line, at most `most` characters."""

    def read(text: str) -> str:
        if not text.isprintable() and _LINE_BREAK.search(text):
            raise ValueError("holds a line break or a tab")
        return _within(text, most)

    return read


def person_of(most: int) -> Reader:
    """A reader of the name of a person or a firm: one line with at least one letter, and no e-mail address."""
    one_line = line_of(most)

    def read(text: str) -> str:
        if "@" in text and recipient_of(text):
            raise StandsForNothing("is an e-mail address, not a name")
        if not any(sign.isalpha() for sign in text):
            raise StandsForNothing("is not a name: there is no letter in it")
        return str(one_line(text))

    return read


def lines_of(most: int) -> Reader:
    """A reader of text that may have line breaks, at most `most` characters."""
    return lambda text: _within(text, most)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"has more than {most} characters")
    return text


def address(text: str) -> str:
    """The address as it was written. Raises ValueError when it is not a valid address."""
    if not recipient_of(text):
        raise ValueError("is not an e-mail address")
    return text


def recipient(text: str) -> str:
    """The address in the form that we compare (recipient_of). Raises ValueError when it is not valid."""
    return recipient_of(address(text))


def iban(text: str) -> str:
    """The account number without spaces, in capitals. Raises ValueError when its length or check number is wrong."""
    number = _SPACES_OF_GROUPS.sub("", text).upper()
    if not _IBAN.fullmatch(number):
        raise ValueError("is not an IBAN")
    if not is_possible_iban(number):
        raise ValueError("is not an IBAN: the length or the check number is wrong")
    return number

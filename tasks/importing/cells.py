"""Strict readers for the cells of the CRM export: text in, value out, ValueError with the reason otherwise.

They take text that is already trimmed and not empty. `\\d`, int() and float() take far more than the contract does
(other scripts' digits, `1_000`, `1e3`, `NaN`), so every pattern here is spelled out in ASCII and matched in full.
Source: contract section 1.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Any

from programme.words.addresses import recipient_of
from programme.words.dates import FIRST_DAY, LAST_DAY

Reader = Callable[[str], Any]

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DUTCH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_AMOUNT = re.compile(
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+(?=,)|[0-9]{1,3}(?:,[0-9]{3})+(?=\.))(?:[.,](?P<decimals>[0-9]{1,2}))?"
)
_AMBIGUOUS = re.compile(r"[0-9]+\.[0-9]{3}")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")
_IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}[A-Za-z0-9 ]{8,60}")
# C0 and C1 controls and DEL, apart from tab, line feed and carriage return.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile(r"[\t\n\r\u2028\u2029]")
MOST_EUROS_DIGITS = 9
BOOLEANS = {"true": True, "ja": True, "1": True, "false": False, "nee": False, "0": False}


def clean(text: str) -> str:
    """The cell trimmed, in Unicode normal form C. Raises ValueError for a control character."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if found := _CONTROL.search(text):
        raise ValueError(f"holds the control character U+{ord(found[0]):04X}")
    return unicodedata.normalize("NFC", text.strip())


def amount_in_cents(text: str) -> int:
    """Euros as whole cents. `1.234,56`, `1,234.56`, `1234,5`, `1234.56` and `1234` are taken, `1.234` is not."""
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
    """A date written YYYY-MM-DD or DD-MM-YYYY, nothing else."""
    if found := _ISO_DAY.fullmatch(text):
        year, month, number = found.groups()
    elif found := _DUTCH_DAY.fullmatch(text):
        number, month, year = found.groups()
    else:
        raise ValueError("is not a date; write YYYY-MM-DD or DD-MM-YYYY")
    try:
        value = date(int(year), int(month), int(number))
    except ValueError:
        raise ValueError("is a day that does not exist") from None
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(f"is not in {FIRST_DAY} .. {LAST_DAY}")
    return value


def boolean(text: str) -> bool:
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise ValueError("is not one of true, false, ja, nee, 1, 0") from None


def whole_number(low: int, high: int) -> Reader:
    """A reader of whole numbers in `low` .. `high`, both included."""

    def read(text: str) -> int:
        if not _WHOLE_NUMBER.fullmatch(text) or not low <= int(text) <= high:
            raise ValueError(f"is not a whole number in {low} .. {high}")
        return int(text)

    return read


def word_of(words: type[StrEnum]) -> Reader:
    """A reader of one of a closed set of words, in capitals or not."""
    known = {word.value: word.value for word in words}

    def read(text: str) -> str:
        try:
            return known[text.lower()]
        except KeyError:
            raise ValueError(f"is not one of {', '.join(known)}") from None

    return read


def line_of(most: int) -> Reader:
    """A reader of text on one line, `most` characters at most."""

    def read(text: str) -> str:
        if not text.isprintable() and _LINE_BREAK.search(text):
            raise ValueError("holds a line break or a tab")
        return _within(text, most)

    return read


def lines_of(most: int) -> Reader:
    """A reader of text that may have line breaks, `most` characters at most."""
    return lambda text: _within(text, most)


def _within(text: str, most: int) -> str:
    if len(text) > most:
        raise ValueError(f"has more than {most} characters")
    return text


def address(text: str) -> str:
    """The address as it was written. Raises ValueError when no mail server would take it."""
    if not recipient_of(text):
        raise ValueError("is not an e-mail address")
    return text


def recipient(text: str) -> str:
    """The address as we compare it: lower-cased."""
    return recipient_of(address(text))


def iban(text: str) -> str:
    """The account number without spaces, in capitals, with a correct check number."""
    if not _IBAN.fullmatch(text):
        raise ValueError("is not an IBAN")
    try:
        return str(_validate_iban()(text)).upper()
    except ValueError:  # what the validator raises is one
        raise ValueError("is not an IBAN: the length or the check number is wrong") from None


@cache
def _validate_iban() -> Callable[[str], str]:
    from stdnum import iban as validator

    validate: Callable[[str], str] = validator.validate
    return validate

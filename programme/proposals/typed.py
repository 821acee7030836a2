"""What was typed in a field, as a value: numbers, days, and lengths of time in the units that people use."""

import re
from datetime import date
from typing import Any

from programme.words.dates import Offset, typed_day
from programme.words.wording import NO_DAY

UNITS = {"days": "dagen", "weeks": "weken", "months": "maanden", "years": "jaar"}
ONE = {"days": "dag", "weeks": "week", "months": "maand", "years": "jaar"}
IS_NO_ANSWER = "Kies ja of nee."
IS_NO_UNIT = "Kies dagen, weken, maanden of jaar."
WHOLE_NUMBER = "Vul een heel getal in, bijvoorbeeld 14."

_OFFSET = re.compile(r"(\d+) (day|week|month|year)s?")


class Unread(ValueError):
    """What was typed is not of the knob's kind; the message is a Dutch sentence."""


def span_of(value: Any) -> tuple[int, str]:
    """Number and unit, in the largest unit that fits: of an Offset, or of a text as the file has it."""
    if isinstance(value, str):
        found = _OFFSET.fullmatch(value)
        return (int(found[1]), f"{found[2]}s") if found else (0, "days")
    if value.months:
        return (value.months // 12, "years") if value.months % 12 == 0 else (value.months, "months")
    return (value.days // 7, "weeks") if value.days and value.days % 7 == 0 else (value.days, "days")


def length_of(value: Any) -> tuple[int, int] | None:
    """(months, days) of an Offset or of its text; None for what is none. Two texts may be one length."""
    if isinstance(value, str):
        try:
            value = Offset.parse(value)
        except ValueError:
            return None
    return value.months, value.days


def read_number(text: str) -> int:
    """A whole number. Raises Unread."""
    if not re.fullmatch(r"-?[0-9]{1,10}", text):
        raise Unread(WHOLE_NUMBER)
    return int(text)


def read_answer(text: str) -> bool:
    """A yes or a no; nothing else stands for either. Raises Unread."""
    if text not in ("ja", "nee"):
        raise Unread(IS_NO_ANSWER)
    return text == "ja"


def check_unit(text: str) -> None:
    """Raises Unread for a unit that is none; "" is for fields without one."""
    if text and text not in UNITS:
        raise Unread(IS_NO_UNIT)


def read_day(text: str) -> date:
    """A day from a date field, or as people type it: 3-3-2026. Raises Unread."""
    try:
        return typed_day(text)
    except ValueError:
        raise Unread(NO_DAY) from None

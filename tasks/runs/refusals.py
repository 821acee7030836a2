"""Which days a run may send for: never a future day, and for people a day long past only when somebody confirms it."""

from collections.abc import Sequence
from enum import StrEnum

from programme.words.states import RunMode
from tasks.runs.day import Day


class DayFault(StrEnum):
    """Why a day may not be run."""

    TO_COME = "to come"
    PAST = "past"


class DayRefused(Exception):
    """A run would send for a day for which it must not; nothing was written."""


def day_fault(day: Day) -> DayFault | None:
    """What is wrong with running this day; None when it may run. A plan may look at any day."""
    if day.mode == RunMode.PLAN:
        return None
    if day.as_of > day.today:
        return DayFault.TO_COME
    if day.mode != RunMode.SEND or day.confirm or (day.today - day.as_of).days <= day.grace_days:
        return None
    return DayFault.PAST if day.leaves_machine else None


def check_days(days: Sequence[Day]) -> None:
    """Raises DayRefused for the first day that may not be run."""
    for day in days:
        match day_fault(day):
            case DayFault.TO_COME:
                raise DayRefused(
                    f"{day.as_of} is after today, {day.today}, and no run sends or logs a day to come; "
                    "look at it with bouwclub plan"
                )
            case DayFault.PAST:
                past = f"more than {day.grace_days} days before" if day.grace_days else "before"
                raise DayRefused(
                    f"{day.as_of} is {past} today, {day.today}, and these mails would reach people now; "
                    "look at it first (--dry-run, or --mode plan), then add --confirm"
                )

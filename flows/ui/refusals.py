"""Why a day is not run, in Dutch, for whoever started the flow in the Prefect UI."""

from collections.abc import Sequence

from programme.words.wording import date_words
from tasks.runs.day import Day
from tasks.runs.refusals import DayFault, DayRefused, day_fault


def check_days(days: Sequence[Day]) -> None:
    """Raises DayRefused for the first day that may not be run."""
    for day in days:
        if fault := day_fault(day):
            raise DayRefused(refusal(day, fault))


def refusal(day: Day, fault: DayFault) -> str:
    """The fault, and what to do about it."""
    if fault == DayFault.TO_COME:
        return f"{date_words(day.as_of)} is nog niet geweest; er is niets verstuurd. Kijken kan: zet dry_run aan."
    ago = f"meer dan {day.grace_days} dagen geleden" if day.grace_days else "een dag die al voorbij is"
    return (
        f"{date_words(day.as_of)} is {ago}, en deze mails zouden nu bij mensen aankomen; er is niets verstuurd. "
        "Kijk eerst (dry_run, of mode plan), en zet dan confirm aan."
    )

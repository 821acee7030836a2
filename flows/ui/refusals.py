"""Why a run is refused, in Dutch and in the words of its form, for whoever started the flow in the Prefect UI.

A command's own flow run keeps the words of the command: its options are others.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import TypeVar

from prefect import runtime

from programme.sending.brakes import BAND_DAYS, BandFault
from programme.words.dates import AMSTERDAM
from programme.words.numerals import dotted
from programme.words.wording import clock_words, date_words
from tasks.runs import steps
from tasks.runs.backfill import BackfillPeriodInvalid
from tasks.runs.day import Day, DayRun
from tasks.runs.refusals import DayFault, DayRefused, day_fault
from tasks.runs.steps import DailyNotFinished, OutsideBand

Refused = TypeVar("Refused", bound=Exception)


class RunRefused(Exception):
    """A run that somebody started from the form, or the clock, cannot do what was asked; nothing was sent."""


def check_days(days: Sequence[Day]) -> None:
    """Raises DayRefused for the first day that may not be run."""
    for day in days:
        if fault := day_fault(day):
            raise DayRefused(refusal(day, fault))


def require_daily(day: Day) -> None:
    """Wait for the daily run as the step does. Raises RunRefused, or DailyNotFinished from a command."""
    with _as_the_form_says(DailyNotFinished, lambda _: without_daily(day)):
        steps.require_daily(day)


def hold_to_band(run: DayRun) -> tuple[str, ...]:
    """The step's sentences about an unusual day. Raises RunRefused, or OutsideBand from a command."""
    with _as_the_form_says(OutsideBand, lambda refused: outside_band(run.as_of, refused.fault)):
        return steps.hold_to_band(run)


def require_come(moment: date | datetime, now: datetime) -> None:
    """For what is written down as of its moment, after which nothing earlier counts. Raises RunRefused."""
    if isinstance(moment, datetime):
        has_come, local = moment <= now, moment.astimezone(AMSTERDAM)
        told = f"{date_words(local.date())} om {clock_words(local)} uur"
    else:
        has_come, told = moment <= now.date(), date_words(moment)
    if not has_come:
        raise RunRefused(f"{told} is nog niet geweest; er is niets gedaan. Kijken kan: zet dry_run aan.")


@contextmanager
def checked_period(first: date, last: date) -> Iterator[None]:
    """Inside, the period of a backfill is made. Raises RunRefused, or BackfillPeriodInvalid from a command."""
    with _as_the_form_says(BackfillPeriodInvalid, lambda _: reversed_period(first, last)):
        yield


def refusal(day: Day, fault: DayFault) -> str:
    """The fault, and what to do about it."""
    if fault == DayFault.TO_COME:
        look = "kies mode plan" if day.in_period else "zet dry_run aan"
        return f"{date_words(day.as_of)} is nog niet geweest; er is niets verstuurd. Kijken kan: {look}."
    ago = f"meer dan {day.grace_days} dagen geleden" if day.grace_days else "een dag die al voorbij is"
    look = "mode plan" if day.in_period else "dry_run"
    return (
        f"{date_words(day.as_of)} is {ago}, en deze mails zouden nu bij mensen aankomen; er is niets verstuurd. "
        f"Kijk eerst ({look}), en zet dan confirm aan."
    )


def without_daily(day: Day) -> str:
    """That the daily run of the day has not finished, and what to do."""
    waited = f", ook niet na {day.wait_hours:g} uur wachten" if day.wait_hours else ""
    then = "kies which both" if day.in_period else "zet without_daily aan"
    return (
        f"De dagelijkse berichten van {date_words(day.as_of)} zijn niet klaar{waited}, en win-back moet weten wie "
        "daarvan een mail kreeg; er is niets verstuurd. "
        f"Start eerst daily met as_of {day.as_of} en dry_run uit, of {then}."
    )


def outside_band(as_of: date, fault: BandFault) -> str:
    """That a day would send far more than usual, and what to do."""
    return (
        f"{date_words(as_of)}: {dotted(fault.would_send)} berichten is veel meer dan gewoonlijk (grens "
        f"{dotted(fault.limit)}, de drukste van de laatste {BAND_DAYS} dagen had er {dotted(fault.largest)}); er is "
        "niets verstuurd, alles staat klaar. Kijk eerst (dry_run), en start dan opnieuw met confirm aan."
    )


def reversed_period(first: date, last: date) -> str:
    """That the last day lies before the first, and what to do."""
    return (
        f"De laatste dag, {date_words(last)}, ligt voor de eerste, {date_words(first)}; er is niets gedaan. "
        "Verwissel first en last."
    )


@contextmanager
def _as_the_form_says(kind: type[Refused], words: Callable[[Refused], str]) -> Iterator[None]:
    try:
        yield
    except kind as refused:
        if runtime.deployment.id is None:
            raise
        raise RunRefused(words(refused)) from None

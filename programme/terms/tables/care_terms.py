"""What the programme file says about care: when the office is open, and how soon a complaint is answered."""

from datetime import date, time
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from programme.terms.tables.parts import OffsetText, Part
from programme.words.dates import Offset


def _clock_time(text: object) -> object:
    """A clock time written HH:MM; TOML's own 09:00:00 is taken too."""
    if not isinstance(text, str):
        return text
    hours, colon, minutes = text.partition(":")
    is_plain = len(hours) == len(minutes) == 2 and colon and (hours + minutes).isascii() and (hours + minutes).isdigit()
    if not is_plain or int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f"'{text}' is not a clock time; write HH:MM, such as '09:00'")
    return time(int(hours), int(minutes))


ClockTime = Annotated[time, BeforeValidator(_clock_time), PlainSerializer(lambda at: at.strftime("%H:%M"))]


class CareTerms(Part):
    """The office's hours and the promises of a case; days are working days where the name does not say otherwise."""

    opens: ClockTime = time(9)
    closes: ClockTime = time(17)  # open up to and including this time
    holidays: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "NL"  # the country whose public holidays are days off
    open_on: tuple[date | str, ...] = ("Goede vrijdag",)  # days on which the office works all the same
    closed_days: tuple[date, ...] = ()  # other days off, such as the building holiday
    acknowledge_within_hours: Annotated[int, Field(ge=1, le=240)] = 4  # real hours, round the clock
    call_within_days: Annotated[int, Field(ge=1, le=30)] = 1
    solution_within_days: Annotated[int, Field(ge=1, le=60)] = 2
    fix_within_days: Annotated[int, Field(ge=1, le=365)] = 7  # calendar days
    follow_up_after: OffsetText = Offset(months=1)
    late_mail_days: Annotated[int, Field(ge=0, le=30)] = 2  # a case mail later than this is missed
    notice_hours: Annotated[int, Field(ge=0, le=80)] = 4  # office hours that a person has at least
    attempts: Annotated[int, Field(ge=1, le=20)] = 3  # before a client may be called unreachable
    silence_days: Annotated[int, Field(ge=1, le=365)] = 14  # calendar days after which silence resolves a case
    first_seen_within_days: Annotated[int, Field(ge=1, le=3650)] = 60  # older complaints open no case
    long_open_days: Annotated[int, Field(ge=1, le=3650)] = 60  # from then on the weekly look reports a case
    looks_at: ClockTime = time(8)  # of the daily look
    survey_gap_days: Annotated[int, Field(ge=1, le=3650)] = 60  # between two surveys to one recipient


class CampaignGoTerms(Part):
    """Who may give a campaign its go."""

    same_person: bool = False  # whether who started it may give the go too

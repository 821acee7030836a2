"""The clock of a case as a drawing: closed hours are ground, open hours are lit, and *now* is a bar."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from programme.care.cases.case import OF_PEOPLE, Case
from programme.care.cases.clock import Clock
from programme.care.words import STEP_WORDS
from programme.terms.tables.care_terms import CareTerms
from programme.words.dates import AMSTERDAM
from programme.words.wording import MONTHS, WEEKDAYS

LEFT, RIGHT = 10.0, 910.0  # of the drawing's 920
MOST_DAYS = 8


@dataclass(frozen=True)
class Mark:
    """A moment on the clock, with two lines of words above it."""

    x: float
    title: str
    when: str
    shape: str
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """Places in the drawing, and the whole of it in words."""

    open_hours: tuple[tuple[float, float], ...]
    days: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]
    now: float | None
    words: str


def draw_clock(terms: CareTerms, case: Case, now: datetime) -> Drawing | None:
    """From the complaint to the next two steps of people, at most MOST_DAYS; None when no person has to act."""
    step = case.next_of_people
    if step is None or not case.is_open:
        return None
    clock = Clock(terms)
    ends = [each.until for name in OF_PEOPLE if not (each := case.steps[name]).is_done][:2]
    last = max([*ends, now]).astimezone(AMSTERDAM)
    first = max(case.given_at.astimezone(AMSTERDAM), last - timedelta(days=MOST_DAYS))
    begin = _midnight(first)
    end = _midnight(last) + timedelta(days=1)
    scale = (RIGHT - LEFT) / (end - begin).total_seconds()

    def x_of(moment: datetime) -> float:
        return round(LEFT + (moment.astimezone(AMSTERDAM) - begin).total_seconds() * scale, 1)

    days = [begin + timedelta(days=number) for number in range((end - begin).days)]
    hours = tuple(
        (x_of(clock.opening(day.date())), x_of(clock.closing(day.date())) - x_of(clock.opening(day.date())))
        for day in days
        if clock.is_working_day(day.date())
    )
    named = tuple((x_of(day), _day_words(day, with_month=day == begin or day.day == 1)) for day in days)
    marks = []
    if case.given_at >= begin:
        marks.append(Mark(x_of(case.given_at), "klacht", _short(case.given_at), "ok-fill", "start"))
    still = [case.steps[name] for name in OF_PEOPLE if not case.steps[name].is_done]
    for each in still:
        if begin <= each.until <= end:
            shape = "late-fill" if each.until < now else "today-fill" if each is step else "ink"
            title = STEP_WORDS[each.name.value].rpartition(" ")[2]
            marks.append(_mark(x_of(each.until), title, each.until, shape))
    to_do = [f"{STEP_WORDS[each.name.value]} voor {_short(each.until)}" for each in still]
    told = ". ".join([f"Klacht {_short(case.given_at)}", f"Nu {_short(now)}", *to_do])
    return Drawing(hours, named, tuple(marks), x_of(now) if begin <= now <= end else None, told)


def _mark(x: float, title: str, at: datetime, shape: str) -> Mark:
    anchor = "end" if x > RIGHT - 60 else "start" if x < LEFT + 60 else "middle"
    return Mark(x, title, _short(at), shape, anchor)


def _day_words(day: datetime, *, with_month: bool) -> str:
    """ "wo 18", or "wo 18 nov"; nine days with their whole month would not fit beside each other."""
    month = MONTHS[day.month - 1]
    short = "mrt" if month == "maart" else month[:3]
    return f"{WEEKDAYS[day.weekday()][:2]} {day.day}{f' {short}' if with_month else ''}"


def _midnight(moment: datetime) -> datetime:
    return datetime.combine(moment.date(), time(), AMSTERDAM)


def _short(moment: datetime) -> str:
    """ "di 17.00"."""
    local = moment.astimezone(AMSTERDAM)
    return f"{WEEKDAYS[local.weekday()][:2]} {local:%H.%M}"

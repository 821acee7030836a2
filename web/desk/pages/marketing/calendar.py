"""/desk/calendar: what goes out in the next 90 days, by itself and as a campaign; a day opens to whom."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import islice

from starlette.responses import Response

from programme.insight.calendar_months import busiest_week, months_of, quiet_days
from programme.insight.mail_calendar import Agenda
from programme.words.wording import MONTHS, WEEKDAYS
from tasks.campaigns.results import StoredCampaign, list_coming
from tasks.insight.forecast import forecast_mails
from web.desk.days import read_day
from web.desk.gate import DeskRouter
from web.desk.kept import kept_of
from web.desk.moments import paged
from web.desk.visit import NotThere, Visit

router = DeskRouter()

AHEAD_DAYS = 90
PEOPLE_ROWS = 50


@router.page("/desk/calendar")
def show_calendar(visit: Visit) -> Response:
    agenda, coming = _agenda(visit), _coming(visit)
    numbers = Counter({day: len(found) for day, found in coming.items()})
    months = months_of(agenda) if agenda else []
    return visit.show(
        "calendar.html",
        agenda=agenda,
        months=months,
        most=max((day.total for month in months for day in month.days), default=0),
        coming=coming,
        lines=[line for line in agenda.lines() if line.send] if agenda else [],
        busiest=busiest_week(agenda) if agenda else None,
        quiet=quiet_days(agenda, numbers) if agenda else [],
        month_words=lambda day: f"{MONTHS[day.month - 1]} {day.year}",
        month_of=lambda day: MONTHS[day.month - 1],
        weekday_of=lambda day: WEEKDAYS[day.weekday()],
    )


@router.page("/desk/calendar/{day}")
def show_day(visit: Visit) -> Response:
    day = read_day(visit.path["day"])
    last = visit.today + timedelta(days=AHEAD_DAYS - 1)
    if day is None or not visit.today <= day <= last:
        raise NotThere
    agenda = _agenda(visit)
    asked = visit.query.get("mail", "")
    touchpoints = visit.programme.touchpoints
    chosen = [asked] if asked in touchpoints else list(touchpoints)
    return visit.show(
        "calendar_day.html",
        here="/desk/calendar",
        day=day,
        agenda=agenda,
        asked=asked if asked in touchpoints else "",
        cells=[cell for cell in agenda.cells() if cell.day == day] if agenda else [],
        coming=_coming(visit).get(day, []),
        pages=paged(_people(agenda, day, chosen, visit.page_number), visit.page_number, PEOPLE_ROWS),
        before=day - timedelta(days=1) if day > visit.today else None,
        after=day + timedelta(days=1) if day < last else None,
    )


def _agenda(visit: Visit) -> Agenda | None:
    """As of today; None while it is being worked out."""
    engine, programme, today = visit.engine, visit.programme, visit.today
    return kept_of(visit.request).get(
        ("calendar", today), visit.at, lambda: forecast_mails(engine, programme, today, AHEAD_DAYS, with_people=True)
    )


def _coming(visit: Visit) -> dict[date, list[StoredCampaign]]:
    found: dict[date, list[StoredCampaign]] = defaultdict(list)
    last = visit.today + timedelta(days=AHEAD_DAYS - 1)
    for campaign in list_coming(visit.engine, visit.programme, visit.today, last):
        found[campaign.first_on].append(campaign)
    return dict(found)


def _people(agenda: Agenda | None, day: date, touchpoints: list[str], page: int) -> list[tuple[str, str]]:
    """(client id, touchpoint) of a page and one more, in the order of the programme, then of the ids."""
    people = (agenda.people if agenda else None) or {}
    every = ((client_id, name) for name in touchpoints for client_id in people.get((day, name), ()))
    first = (page - 1) * PEOPLE_ROWS
    return list(islice(every, first, first + PEOPLE_ROWS + 1))

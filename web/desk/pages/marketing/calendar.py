"""/desk/calendar: what goes out in the next 90 days, by itself and as a campaign; a day opens to whom."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from starlette.responses import Response

from programme.insight.calendar.calendar_months import busiest_week, months_of, quiet_days
from programme.insight.calendar.mail_calendar import Agenda
from programme.terms.digest import digest_of
from programme.words.numerals import dotted
from programme.words.wording import MONTHS, WEEKDAYS, counted_words, listed
from tasks.campaigns.results import StoredCampaign, list_coming
from tasks.insight.kept_forecast import DAYS, KeptForecast, News, keep_forecast, list_people, read_forecast, read_news
from web.desk.days import read_day
from web.desk.gate import DeskRouter
from web.desk.kept import FRESH, TIMES_AS_LONG, kept_of
from web.desk.showing.moments import paged
from web.desk.visit import NotThere, Visit

router = DeskRouter()

PEOPLE_ROWS = 50
SLOW = timedelta(seconds=30)  # what takes longer is worked out by night, and at the desk only when that failed
PATIENCE_SECONDS = 1.0
KEPT = "desk_forecast"  # takes no turn of the figures, which wait for theirs
FEW = 12  # above it, numbers are written in digits


@router.page("/desk/calendar")
def show_calendar(visit: Visit) -> Response:
    forecast, coming = _forecast(visit), _coming(visit)
    agenda = forecast.agenda if forecast else None
    numbers = Counter({day: len(found) for day, found in coming.items()})
    months = months_of(agenda) if agenda else []
    return visit.show(
        "calendar.html",
        agenda=agenda,
        forecast=forecast,
        news=news_words(read_news(visit.engine, forecast), forecast) if forecast else "",
        months=months,
        service=sum(day.service for month in months for day in month.days),
        marketing=sum(day.marketing for month in months for day in month.days),
        most=max((day.total for month in months for day in month.days), default=0),
        coming=coming,
        lines=_lines(agenda) if agenda else [],
        busiest=busiest_week(agenda) if agenda else None,
        quiet=quiet_days(agenda, numbers) if agenda else [],
        month_words=lambda day: f"{MONTHS[day.month - 1]} {day.year}",
        month_of=lambda day: MONTHS[day.month - 1],
        weekday_of=lambda day: WEEKDAYS[day.weekday()],
    )


@router.page("/desk/calendar/{day}")
def show_day(visit: Visit) -> Response:
    day = read_day(visit.path["day"])
    last = visit.today + timedelta(days=DAYS - 1)
    if day is None or not visit.today <= day <= last:
        raise NotThere
    forecast = _forecast(visit)
    agenda = forecast.agenda if forecast else None
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
        pages=paged(_people(visit, forecast, day, chosen), visit.page_number, PEOPLE_ROWS),
        before=day - timedelta(days=1) if day > visit.today else None,
        after=day + timedelta(days=1) if day < last else None,
    )


def _forecast(visit: Visit) -> KeptForecast | None:
    """The one that is kept; where that is old a new one is begun, and the old one serves until it is there."""
    engine, programme, today, at = visit.engine, visit.programme, visit.today, visit.at
    found = read_forecast(engine, programme, today)
    if found and is_fresh(found, today, at):
        return found
    key = ("forecast", today, digest_of(programme))
    kept = kept_of(visit.request, KEPT)
    kept.get(key, at, lambda: keep_forecast(engine, programme, today, at), PATIENCE_SECONDS)
    return read_forecast(engine, programme, today)


def is_fresh(kept: KeptForecast, today: date, at: datetime) -> bool:
    """Whether it need not be made anew; what took long is left to the night."""
    if not kept.is_of_programme:
        return False
    if kept.took > SLOW:
        return kept.as_of >= today - timedelta(days=1)
    return kept.as_of == today and at - kept.made_at < max(FRESH, TIMES_AS_LONG * kept.took)


def news_words(news: News, forecast: KeptForecast) -> str:
    """What changed since it was made, as a sentence; "" when nothing did."""
    told = [
        *([] if forecast.is_of_programme else ["het programma"]),
        *_more(news.clients, "klant", "klanten"),
        *_more(news.projects, "project", "projecten"),
        *_counted(news.answers, "antwoord", "antwoorden"),
        *_counted(news.choices, "keuze van een klant", "keuzes van klanten"),
        *_counted(news.campaigns, "campagne", "campagnes"),
        *_counted(news.runs, "verzending", "verzendingen"),
    ]
    return f"Daarna kwam erbij of veranderde: {listed(told)}." if told else ""


def _counted(number: int, one: str, many: str) -> list[str]:
    few = counted_words(number, one, many)
    return [few if number <= FEW else f"{dotted(number)} {many}"] if number else []


def _more(number: int, one: str, many: str) -> list[str]:
    way = "meer" if number > 0 else "minder"
    return [f"{counted} {way}" for counted in _counted(abs(number), one, many)]


def _lines(agenda: Agenda) -> list[tuple[str, int, int]]:
    """(touchpoint, mails, of which later than could be at first) from today on, without those that send nothing."""
    late = {line.touchpoint: line.later for line in agenda.lines()}
    sent: Counter[str] = Counter()
    for (_, touchpoint), number in agenda.sends.items():
        sent[touchpoint] += number
    return [(name, sent[name], min(late[name], sent[name])) for name in agenda.programme.touchpoints if sent[name]]


def _coming(visit: Visit) -> dict[date, list[StoredCampaign]]:
    found: dict[date, list[StoredCampaign]] = defaultdict(list)
    last = visit.today + timedelta(days=DAYS - 1)
    for campaign in list_coming(visit.engine, visit.programme, visit.today, last):
        found[campaign.first_on].append(campaign)
    return dict(found)


def _people(visit: Visit, forecast: KeptForecast | None, day: date, touchpoints: list[str]) -> list[tuple[str, str]]:
    """(client id, touchpoint) of a page and one more, in the order of the programme, then of the ids."""
    if forecast is None:
        return []
    return list_people(visit.engine, forecast, day, touchpoints, (visit.page_number - 1) * PEOPLE_ROWS, PEOPLE_ROWS + 1)

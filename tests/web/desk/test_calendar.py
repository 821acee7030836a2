"""The calendar at the desk: the numbers of the forecast, the campaigns to come, and whom a day reaches."""

import re
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models import tables
from programme.insight.calendar.calendar_months import busiest_week, months_of, quiet_days
from programme.insight.calendar.mail_calendar import Agenda
from tasks.insight import kept_forecast
from tasks.insight.forecast import forecast_mails
from tasks.insight.kept_forecast import keep_forecast, read_forecast
from tests.factories import shipped_programme
from tests.tasks.histories import History
from tests.web.desk.conftest import NOW, Desk, Opens
from tests.web.desk.test_results import add_campaign
from web.desk.kept import FRESH, Kept
from web.desk.pages.marketing import calendar

TODAY = NOW.date()


@pytest.fixture
def busy(sqlite_engine: Engine, open_desk: Opens, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(calendar, "PATIENCE_SECONDS", 20.0)
    History(7, 120, TODAY).store(sqlite_engine)
    return open_desk(sqlite_engine)


@pytest.mark.slow
def test_the_days_are_those_of_the_forecast(busy: Desk) -> None:
    """Every day of the 90 with its number, a link each, and the sum above them; campaigns stand on their day."""
    add_campaign(busy, "voorjaar", first_on=date(2026, 3, 17), closes_on=date(2026, 4, 1))
    add_campaign(busy, "gestopt", first_on=date(2026, 3, 18), withdrawn_by="Bas")
    page = busy.as_person().get("/desk/calendar").text
    agenda = forecast_mails(busy.engine, busy.programme, TODAY, 90)
    shown = re.findall(r'href="/desk/calendar/([\d-]+)"[^>]*><span class="d">.*?<b class="c">([\d.–]+)', page, re.S)
    assert shown == [(day.isoformat(), str(agenda.on(day)) if agenda.on(day) else "–") for day in agenda.days]
    assert f"{agenda.total} automatische mails van vandaag" in page
    assert re.findall(r'class="day[^"]* camp" href="/desk/calendar/([\d-]+)"', page) == ["2026-03-17"]
    assert "/desk/campaigns/results/voorjaar" in page
    assert "gestopt" not in page


@pytest.mark.long
def test_a_day_opens_to_whom(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each mail with its people, each person a link, over the pages; one mail alone when it is asked."""
    monkeypatch.setattr(calendar, "PEOPLE_ROWS", 2)
    agenda = forecast_mails(busy.engine, busy.programme, TODAY, 90, with_people=True)
    assert agenda.people is not None
    assert {key: len(found) for key, found in agenda.people.items()} == dict(agenda.sends)
    day = max(agenda.days, key=agenda.on)
    touchpoints = [name for name in busy.programme.touchpoints if agenda.sends[day, name]]
    browser, found = busy.as_person(), []
    for number in range(1, 99):
        page = browser.get(f"/desk/calendar/{day}?pagina={number}").text
        found += re.findall(r'<th role="rowheader" scope="row"><a href="/desk/clients/[^"]+">([^<]+)</a>', page)
        if 'rel="next"' not in page:
            break
    assert found == [each for name in touchpoints for each in sorted(agenda.people[day, name])]
    assert len(found) > 2
    one = browser.get(f"/desk/calendar/{day}?mail={touchpoints[0]}").text
    assert f"Wie: {busy.programme.touchpoints[touchpoints[0]].label}" in one


def test_days_that_are_none_are_not_there(desk: Desk) -> None:
    """Yesterday, the day after the last, and what is no day; an empty base says what will stand here."""
    browser = desk.as_person()
    for day in ("2026-03-02", "2026-06-01", "x", "2026-02-30", "<script>"):
        assert browser.get(f"/desk/calendar/{day}").status_code == 404, day
    assert browser.get("/desk/calendar/2026-05-31").status_code == 200
    assert "Een rustige dag" in browser.get("/desk/calendar/2026-03-03?mail=<script>&pagina=1").text
    assert "Niets op komst" in browser.get("/desk/calendar").text


@pytest.mark.slow
def test_a_large_base_is_worked_out_once_and_beside_the_visitors(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes meanwhile reads that it is being made; then it serves everybody until it is old."""
    may_end, made = threading.Event(), []

    def slowly(*asked: Any) -> str:
        made.append(asked)
        assert may_end.wait(10)
        return keep_forecast(*asked)

    monkeypatch.setattr(calendar, "keep_forecast", slowly)
    monkeypatch.setattr(calendar, "PATIENCE_SECONDS", 0.01)
    browser = busy.as_person()
    assert "De kalender wordt gemaakt" in browser.get("/desk/calendar").text
    assert "De kalender wordt gemaakt" in browser.get("/desk/calendar/2026-03-04").text
    may_end.set()
    monkeypatch.setattr(calendar, "PATIENCE_SECONDS", 10.0)
    assert "automatische mails" in browser.get("/desk/calendar").text
    assert len(made) == 1
    busy.now[0] += FRESH
    browser.get("/desk/calendar")
    assert len(made) == 2


def test_what_the_night_made_serves_the_day(busy: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forecast that took minutes is not made anew by visitors; its page says of when it is and what changed since."""
    monkeypatch.setattr(calendar, "keep_forecast", lambda *_: pytest.fail("the desk works it out"))
    forecast_id = keep_forecast(busy.engine, busy.programme, TODAY - timedelta(days=1), NOW - timedelta(hours=8))
    busy.change(tables.forecasts, forecast_id=forecast_id, took_seconds=500)
    busy.add_client("NEW")
    busy.add_project("NEW")
    add_campaign(busy, "voorjaar", first_on=date(2026, 3, 17), created_at=NOW)
    page = busy.as_person().get("/desk/calendar").text
    assert "Berekend vandaag 02.40 uur." in page
    assert "Daarna kwam erbij of veranderde: één klant meer, één project meer en één campagne." in page
    assert 'href="/desk/calendar/2026-03-02"' not in page
    kept = read_forecast(busy.engine, busy.programme, TODAY)
    assert kept
    assert (kept.agenda.first, kept.agenda.last) == (TODAY, TODAY + timedelta(days=88))


def test_another_programme_asks_for_another_forecast(busy: Desk) -> None:
    """Even what took long is made anew, because it shows what will not be."""
    keep_forecast(busy.engine, busy.programme, TODAY, NOW)
    kept = read_forecast(busy.engine, busy.programme, TODAY)
    other = read_forecast(busy.engine, busy.programme.model_copy(update={"offers": {}}), TODAY)
    assert kept
    assert other
    assert calendar.is_fresh(kept, TODAY, NOW)
    assert not calendar.is_fresh(other, TODAY, NOW)
    assert calendar.news_words(kept_forecast.read_news(busy.engine, other), other).endswith("het programma.")


def test_a_failure_is_not_kept() -> None:
    """Whoever asks hears of it, even that it took too long by itself, and the next who asks tries again."""

    def fails() -> int:
        raise TimeoutError("no database")

    kept = Kept()
    with pytest.raises(TimeoutError, match="no database"):
        kept.get("key", NOW, fails)
    assert kept.get("key", NOW, lambda: 7) == 7
    assert kept.get("key", NOW + FRESH, lambda: 8) == 8


def test_what_took_long_stays_longer() -> None:
    """A forecast of minutes is not begun anew each quarter of an hour; while a new one is made the old one serves."""
    kept, may_end = Kept(), threading.Event()
    kept.get("key", NOW, lambda: 7)
    kept.entries["key"].took = timedelta(minutes=8)
    assert kept.get("key", NOW + timedelta(minutes=79), lambda: 8) == 7

    def slowly() -> int:
        assert may_end.wait(10)
        return 9

    assert kept.get("key", NOW + timedelta(minutes=80), slowly, 0.01) == 7
    may_end.set()
    assert kept.wait("key", NOW + timedelta(minutes=81), lambda: 10) == 9


def test_busy_and_quiet() -> None:
    """The week with most, and near days of an open office with least and no campaign, of other weeks."""
    first = date(2026, 3, 3)
    agenda = Agenda(shipped_programme(), first, first + timedelta(days=89))
    assert busiest_week(agenda) is None
    for day in agenda.days:
        agenda.sends[day, "check_in"] = 5
    agenda.sends[date(2026, 3, 13), "seasonal"] = 9
    agenda.sends[date(2026, 3, 12), "seasonal"] = 9
    for quiet in (
        date(2026, 3, 10),
        date(2026, 3, 14),
        date(2026, 3, 26),
        date(2026, 3, 24),
        date(2026, 3, 25),
        date(2026, 4, 6),
        date(2026, 5, 20),
    ):
        agenda.sends[quiet, "check_in"] = 0
    assert busiest_week(agenda) == date(2026, 3, 9)
    near = quiet_days(agenda, {date(2026, 3, 24): 1})
    assert near == [date(2026, 3, 4), date(2026, 3, 25), date(2026, 3, 26)]
    months = months_of(agenda)
    assert [(month.first, month.blanks, len(month.days)) for month in months] == [
        (first, 1, 29),
        (date(2026, 4, 1), 2, 30),
        (date(2026, 5, 1), 4, 31),
    ]
    friday = months[0].days[10]
    assert (friday.service, friday.marketing, friday.total) == (5, 9, 14)

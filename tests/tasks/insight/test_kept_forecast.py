"""The forecast that is kept: the same counts and people as the one that is worked out, and one of them at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from models.tables import forecast_mails, forecasts
from tasks.insight import kept_forecast
from tasks.insight.forecast import forecast_mails as work_out
from tasks.insight.kept_forecast import keep_forecast, list_people, read_forecast
from tests.factories import shipped_programme
from tests.tasks.histories import History

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 3)
NOW = datetime(2026, 3, 3, 3, 5, tzinfo=UTC)


def test_what_is_kept_is_what_was_worked_out(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both databases, written in parts: counts, fates, reasons, and everybody of the busiest day; read a day later,
    that day is the first."""
    monkeypatch.setattr(kept_forecast, "PART_ROWS", 7)
    History(11, 150, DAY).store(engine)
    programme = shipped_programme()
    keep_forecast(engine, programme, DAY, NOW)
    kept = read_forecast(engine, programme, DAY)
    agenda = work_out(engine, programme, DAY, 90, with_people=True)
    assert kept
    assert agenda.people
    assert (kept.agenda.sends, kept.agenda.defers) == (agenda.sends, agenda.defers)
    assert (kept.agenda.fates, kept.agenda.reasons) == (agenda.fates, agenda.reasons)
    day, names = max(agenda.days, key=agenda.on), list(programme.touchpoints)
    people = [(each, name) for name in names for each in sorted(agenda.people.get((day, name), []))]
    assert len(people) > 2
    assert list_people(engine, kept, day, names, 0, 999) == people
    assert list_people(engine, kept, day, names, 1, 1) == people[1:2]
    later = read_forecast(engine, programme, DAY + timedelta(days=2))
    assert later
    assert later.agenda.days == agenda.days[2:]
    assert later.agenda.total == agenda.total - agenda.on(DAY) - agenda.on(DAY + timedelta(days=1))
    assert read_forecast(engine, programme, DAY + timedelta(days=90)) is None


def test_the_newest_takes_the_place_of_all_others(sqlite_engine: Engine) -> None:
    """Also of one that was broken off; what is left is one forecast with its own mails."""
    History(12, 60, DAY).store(sqlite_engine)
    programme = shipped_programme()
    first = keep_forecast(sqlite_engine, programme, DAY, NOW)
    with sqlite_engine.begin() as connection:
        broken = {"forecast_id": "broken", "as_of": DAY, "programme": "x", "made_at": NOW, "took_seconds": 0}
        connection.execute(forecasts.insert().values(**broken, counts="", clients=0, projects=0))
        mail = {"forecast_id": "broken", "day": DAY, "touchpoint": "check_in", "client_id": "C0001"}
        connection.execute(forecast_mails.insert().values(**mail))
    kept = read_forecast(sqlite_engine, programme, DAY)
    assert kept
    assert kept.forecast_id == first
    second = keep_forecast(sqlite_engine, programme, DAY, NOW + timedelta(hours=1))
    with reading(sqlite_engine) as connection:
        assert list(connection.scalars(select(forecasts.c.forecast_id))) == [second]
        found = connection.execute(select(forecast_mails.c.forecast_id, func.count()).group_by("forecast_id")).all()
    assert [row[0] for row in found] == [second]

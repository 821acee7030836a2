"""How many clients a touchpoint comes to in the days ahead: what the calendar says, and by a part of a large base."""

from datetime import date

import pytest
from sqlalchemy import Engine

from programme.figures.families.rates import exactly
from tasks.clients.pages import count_recipients
from tasks.insight import forecast
from tasks.insight.forecast import Expected, expect_clients, forecast_mails
from tests.conftest import ON_SQLITE
from tests.factories import shipped_programme
from tests.tasks.histories import History

DAY, DAYS = date(2026, 3, 3), 40


@pytest.mark.slow
@ON_SQLITE
def test_it_is_what_the_calendar_says(engine: Engine) -> None:
    """Of every touchpoint, though whoever it never comes to is not judged; a campaign comes with no day."""
    History(31, 40, DAY).store(engine)
    programme = shipped_programme()
    agenda = forecast_mails(engine, programme, DAY, DAYS, with_people=True)
    assert agenda.people
    people: dict[str, set[str]] = {name: set() for name in programme.touchpoints}
    for (_, name), client_ids in agenda.people.items():
        people[name] |= {*client_ids}
    counted = {name: len(client_ids) for name, client_ids in people.items()}
    assert sum(map(bool, counted.values())) > 3
    assert agenda.total > sum(counted.values())
    assert {name: expect_clients(engine, programme, name, DAY, DAYS) for name in counted} == {
        name: Expected(exactly(number), None) for name, number in counted.items()
    }
    assert expect_clients(engine, programme, "a_campaign", DAY, DAYS) == Expected(exactly(0), None)


@pytest.mark.slow
@ON_SQLITE
def test_a_part_stands_for_a_large_base(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number is of everybody, and it says of how many it is."""
    History(32, 120, DAY).store(engine)
    programme, everybody = shipped_programme(), count_recipients(engine)
    monkeypatch.setattr(forecast, "PART", everybody // 3)
    names = ["seasonal", "anniversary", "small_to_large"]
    asked = {expect_clients(engine, programme, name, DAY, DAYS).asked for name in names}
    (of,) = asked
    assert of is not None
    assert 0 < of < everybody
    part = [expect_clients(engine, programme, name, DAY, DAYS).clients for name in names]
    monkeypatch.undo()
    whole = [expect_clients(engine, programme, name, DAY, DAYS).clients for name in names]
    assert 0.5 < sum(each.number for each in part) / sum(each.number for each in whole) < 2
    assert not any(each.is_exact for each in part)
    assert all(each.low <= all_of_them.number <= each.high for each, all_of_them in zip(part, whole, strict=True))

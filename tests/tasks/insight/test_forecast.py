"""The mails to come against the plan of the same days, and what is known on the first of them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from models.database.engine import open_engine, upgrade_schema, writing
from models.tables import messages
from programme.insight.calendar.mail_calendar import Agenda
from programme.rules.decide import Decision
from programme.rules.simulation import Simulation
from programme.words.states import Flow, Outcome
from tasks.clients import pages
from tasks.insight.forecast import forecast_mails
from tasks.runs.deciding.planning import decisions_of, plan_day
from tasks.runs.taking_up.judging_again import foresee_left_over
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.histories import History, Row
from tests.tasks.periods import log_message, log_messages, planned, row_counts

pytestmark = pytest.mark.slow

DAYS = 17
FIRST_DAYS = [date(2026, 2, 20), date(2026, 8, 25), date(2027, 12, 1)]


def forget_after(history: History, day: date) -> None:
    """Take out of a base, before it is stored, every row and date later than `day`."""
    first_known = {
        "projects": "ordered_on",
        "quotes": "sent_on",
        "feedback": "given_on",
        "invoices": "issued_on",
        "referrals": "invited_on",
        "suppressions": "since",
    }
    for table, column in first_known.items():
        history.rows[table] = [_known(row, day) for row in history.rows[table] if row[column] <= day]
    for quote in history.rows["quotes"]:
        quote["decision"] = quote["decision"] if quote["decided_on"] else None


def _known(row: Row, day: date) -> Row:
    """Later dates as unknown; an invoice's due day is known from its issue on."""
    later = (name for name, value in row.items() if isinstance(value, date) and value > day and name != "due_on")
    return row | dict.fromkeys(later)


def counted(decisions: list[Decision], outcome: Outcome) -> dict[tuple[date, str], int]:
    counts: dict[tuple[date, str], int] = {}
    for decision in decisions:
        if decision.outcome == outcome:
            counts[decision.as_of, decision.touchpoint] = counts.get((decision.as_of, decision.touchpoint), 0) + 1
    return counts


@pytest.mark.parametrize(
    ("engine", "first"),
    [
        *(("sqlite", first) for first in FIRST_DAYS),
        pytest.param("postgres", FIRST_DAYS[0], marks=pytest.mark.postgres),
    ],
    indirect=["engine"],
    ids=str,
)
def test_the_agenda_equals_the_plan_of_the_same_days(engine: Engine, first: date) -> None:
    """Without later facts, each day and touchpoint counts the sends and defers of a plan of those days."""
    history = History(seed=first.toordinal(), clients=160, day=first)
    forget_after(history, first)
    history.store(engine)

    agenda = forecast_mails(engine, make.shipped_programme(), first, DAYS)

    decisions = planned(engine, make.shipped_programme(), first, DAYS)
    assert dict(agenda.sends) == counted(decisions, Outcome.SEND)
    assert dict(agenda.defers) == counted(decisions, Outcome.DEFER)
    assert agenda.total > 50


@ON_SQLITE  # its queries run on PostgreSQL in the tests above and below
def test_later_facts_are_unknown_on_the_first_day(engine: Engine, tmp_path: Path) -> None:
    """The mails to come are those of a base that holds nothing later than the first day."""
    first = FIRST_DAYS[0]
    History(seed=3, clients=160, day=first).store(engine)
    forgetful = History(seed=3, clients=160, day=first)
    forget_after(forgetful, first)
    other = open_engine(f"sqlite:///{tmp_path}/other.db")
    upgrade_schema(other)
    forgetful.store(other)

    agenda = forecast_mails(engine, make.shipped_programme(), first, DAYS)

    assert agenda == forecast_mails(other, make.shipped_programme(), first, DAYS)
    assert dict(agenda.sends) != counted(planned(engine, make.shipped_programme(), first, DAYS), Outcome.SEND)
    other.dispose()


@ON_SQLITE
def test_a_run_that_was_is_history(engine: Engine) -> None:
    """What went out by the first day is not counted again; a message dated later is unknown and closes nothing."""
    first = FIRST_DAYS[0]
    history = History(seed=5, clients=120, day=first)
    forget_after(history, first)
    history.store(engine)
    before = forecast_mails(engine, make.shipped_programme(), first, DAYS)
    sent = [
        decision
        for decision in planned(engine, make.shipped_programme(), first, DAYS)
        if decision.outcome == Outcome.SEND
    ]
    today, later = sent[0], sent[-1]
    assert today.as_of == first < later.as_of

    log_message(engine, later, as_of=first + timedelta(days=1))
    assert forecast_mails(engine, make.shipped_programme(), first, DAYS) == before

    log_message(engine, today, as_of=first)
    after = forecast_mails(engine, make.shipped_programme(), first, DAYS)
    assert after.sends[first, today.touchpoint] == before.sends[first, today.touchpoint] - 1


@ON_SQLITE
def test_what_is_left_over_goes_on_the_first_day(engine: Engine) -> None:
    """A mail that an earlier run left planned is among those to come, and others to its recipient wait, as planned."""
    first, programme = FIRST_DAYS[0], make.shipped_programme()
    history = History(seed=5, clients=120, day=first)
    forget_after(history, first)
    history.store(engine)
    the_day_before = planned(engine, programme, first - timedelta(days=1), 1)
    log_messages(engine, [each for each in the_day_before if each.outcome == Outcome.SEND and each.recipient])
    with writing(engine) as connection:
        connection.execute(update(messages).values(status="planned"))
    left_over = foresee_left_over(engine, programme, first)
    simulation = Simulation()
    runs = [plan_day(engine, programme, flow, first, simulation, left_over=left_over) for flow in Flow]

    agenda = forecast_mails(engine, programme, first, DAYS)

    decisions = [decision for run in runs for decision in decisions_of(run)]
    on_first = {key: number for key, number in agenda.sends.items() if key[0] == first}
    assert on_first == counted(decisions, Outcome.SEND)
    assert sum(fate.outcome == Outcome.SEND for fate in left_over.fates) > 5


@ON_SQLITE
def test_pages_change_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyone is looked at once, however many recipients a page has."""
    first = FIRST_DAYS[0]
    History(seed=7, clients=150, day=first).store(engine)
    whole = forecast_mails(engine, make.shipped_programme(), first, DAYS)
    seen: list[int] = []

    monkeypatch.setattr(pages, "PAGE_RECIPIENTS", 7)

    assert forecast_mails(engine, make.shipped_programme(), first, DAYS, seen.append) == whole
    assert sum(seen) == 150
    assert len(seen) > 10


@ON_SQLITE
def test_nothing_is_written(engine: Engine) -> None:
    """Every table has as many rows as before."""
    History(seed=11, clients=60, day=FIRST_DAYS[0]).store(engine)
    before = row_counts(engine)

    forecast_mails(engine, make.shipped_programme(), FIRST_DAYS[0], 20)

    assert row_counts(engine) == before


def test_each_occasion_counts_once_in_the_lines(sqlite_engine: Engine) -> None:
    """Over the period: sends of the lines are those of the days, and later ones are among them."""
    first = FIRST_DAYS[0]
    History(seed=13, clients=200, day=first).store(sqlite_engine)

    agenda: Agenda = forecast_mails(sqlite_engine, make.shipped_programme(), first, DAYS)

    lines = agenda.lines()
    assert sum(line.send for line in lines) == agenda.total == sum(agenda.on(day) for day in agenda.days)
    assert all(0 <= line.later <= line.send for line in lines)
    assert sum(line.later for line in lines) > 0

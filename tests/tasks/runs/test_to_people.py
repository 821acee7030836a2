"""Runs for other days than today over a delivery that reaches people: nobody gets two mails in one day."""

import signal
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from models.database.engine import reading, writing
from models.tables import messages, runs
from programme.sending.report import DayReport
from programme.words.states import Flow, MessageStatus, RunMode
from tasks.base.workspace import Workspace, today_in_amsterdam
from tasks.runs import holds, steps
from tasks.runs.day import DayRun, Queued
from tasks.runs.refusals import DayRefused
from tests.conftest import ON_SQLITE
from tests.killed import exit_code_of
from tests.tasks.histories import History
from tests.tasks.running import STEPS, backfill, backfill_and_die, decided, reach_people, run, workspace_at

TODAY = today_in_amsterdam()  # the caps ask the database when a mail left, and its clock is real
FIRST = TODAY - timedelta(days=12)
RUNS_OF_A_WEEK = 14

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A base of 250 clients around today, whose mails leave the machine."""
    History(seed=5, clients=250, day=TODAY).store(engine)
    made = workspace_at(engine.url.render_as_string(hide_password=False), tmp_path / "outbox")
    reach_people(monkeypatch, made)
    return made


def mails(workspace: Workspace) -> Counter[str]:
    """Mails that left, by recipient."""
    with reading(workspace.engine) as connection:
        query = select(messages.c.recipient).where(messages.c.status == MessageStatus.ACCEPTED)
        return Counter(connection.execute(query).scalars())


def planned(workspace: Workspace) -> int:
    with reading(workspace.engine) as connection:
        return len(connection.execute(select(messages.c.id).where(messages.c.status == MessageStatus.PLANNED)).all())


def send_period(workspace: Workspace, **changes: object) -> list[DayReport]:
    return backfill(workspace, FIRST, TODAY, tuple(Flow), RunMode.SEND, today=TODAY, confirm=True, **changes)  # type: ignore[arg-type]


def killed_backfill(workspace: Workspace, after: int) -> None:
    """A backfill of the period in a process that is killed when it has decided so many runs."""
    url = workspace.engine.url.render_as_string(hide_password=False)
    words = [url, str(workspace.settings.outbox_dir), f"{FIRST}", f"{TODAY}", f"{after}"]
    assert exit_code_of(backfill_and_die, *words) == -signal.SIGKILL
    assert planned(workspace) > 10


@ON_SQLITE
def test_a_day_that_is_not_today_is_asked_about(workspace: Workspace) -> None:
    """Tomorrow is refused whatever is confirmed; a past day goes when somebody says so, or in a backfill of a week."""
    with pytest.raises(DayRefused, match="after today"):
        run(workspace, TODAY + timedelta(days=1), today=TODAY, confirm=True)
    with pytest.raises(DayRefused, match="--confirm"):
        run(workspace, TODAY - timedelta(days=1), today=TODAY)
    with pytest.raises(DayRefused, match="--confirm"):
        backfill(workspace, TODAY - timedelta(days=8), TODAY, (Flow.DAILY,), RunMode.SEND, today=TODAY)
    assert mails(workspace) == {}

    run(workspace, TODAY - timedelta(days=1), today=TODAY, confirm=True)
    assert mails(workspace).total() > 0


@ON_SQLITE
@pytest.mark.parametrize("days", [(0, 30), (30, 0), (30, 60), (3, 0)])
def test_a_run_of_another_day_mails_nobody_again(workspace: Workspace, days: tuple[int, int]) -> None:
    """Whom one run mailed today gets nothing from a second one, whichever days the two are for."""
    for ago in days:
        run(workspace, TODAY - timedelta(days=ago), today=TODAY, confirm=True)

    assert mails(workspace).total() > 20
    assert max(mails(workspace).values()) == 1


@pytest.mark.parametrize("days", [(0, 1), (1, 0), (1, 1)])
def test_over_midnight_it_mails_nobody_again(workspace: Workspace, days: tuple[int, int]) -> None:
    """Two runs of which one began on the day before, both sending after midnight, mail each person once."""
    for ago in days:
        began_on = TODAY - timedelta(days=ago)
        run(workspace, began_on, today=began_on)

    assert mails(workspace).total() > 20
    assert max(mails(workspace).values()) == 1


@ON_SQLITE
def test_what_the_next_day_has_planned_is_mailed_once(workspace: Workspace) -> None:
    """A run that began before midnight leaves those out whom the next day's run has planned and not yet mailed."""
    decided(workspace, TODAY, today=TODAY)
    assert planned(workspace) > 20

    began_on = TODAY - timedelta(days=1)
    run(workspace, began_on, today=began_on)
    run(workspace, TODAY)

    assert mails(workspace).total() > 20
    assert max(mails(workspace).values()) == 1


@ON_SQLITE
def test_into_an_outbox_days_count_by_their_dates(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody is reached, days run within a minute are as far apart as their dates."""
    monkeypatch.undo()
    for ago in (30, 0):
        run(workspace, TODAY - timedelta(days=ago), today=TODAY)

    assert max(mails(workspace).values()) > 1


@pytest.mark.long
@ON_SQLITE
def test_killed_while_deciding_it_mails_each_person_once(workspace: Workspace) -> None:
    """The next daily run trims what a killed backfill had planned, and takes up one message a recipient."""
    killed_backfill(workspace, RUNS_OF_A_WEEK)
    run(workspace, TODAY)
    assert max(mails(workspace).values()) == 1
    assert holders(workspace) == set()

    send_period(workspace)
    assert max(mails(workspace).values()) == 1


def test_killed_and_started_again_it_goes_on(workspace: Workspace) -> None:
    """The second attempt trims the first one's messages with its own, and leaves none behind."""
    killed_backfill(workspace, RUNS_OF_A_WEEK)
    reports = send_period(workspace)

    assert mails(workspace).total() > 20
    assert max(mails(workspace).values()) == 1
    assert planned(workspace) <= sum(report.delivered["held"] for report in reports)  # by an open case
    assert holders(workspace) == set()


@pytest.mark.parametrize(
    ("engine", "after"),
    [("sqlite", 4), ("sqlite", 2 * 13), pytest.param("postgres", 2 * 13, marks=pytest.mark.postgres)],
    indirect=["engine"],
)
def test_beside_the_ordinary_daily_run_it_mails_each_person_once(workspace: Workspace, after: int) -> None:
    """A daily run that starts while a backfill decides neither sends nor takes up what that holds."""
    begun: list[DayRun] = []

    def decide(one: DayRun) -> Queued:
        queued = steps.decide(one)
        begun.append(one)
        if len(begun) == after:
            held = planned(workspace)
            run(workspace, TODAY)
            assert planned(workspace) == held > 0
        return queued

    send_period(workspace, day_steps=replace(STEPS, decide=decide))

    assert mails(workspace).total() > 20
    assert max(mails(workspace).values()) == 1


@ON_SQLITE
def test_without_the_hold_they_would_get_two(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests above prove is not true by itself."""
    monkeypatch.setattr(steps, "this_worker", lambda: None)
    killed = decided(workspace, TODAY - timedelta(days=7), today=TODAY, in_period=True)
    decided(workspace, TODAY - timedelta(days=1), today=TODAY, in_period=True)  # the windows of both are open today
    with writing(workspace.engine) as connection:
        connection.execute(update(runs).values(held_by=None))
    assert killed.queued.to_send > 0

    run(workspace, TODAY)

    assert max(mails(workspace).values()) > 1


def test_a_living_backfill_is_left_alone(workspace: Workspace) -> None:
    """Only what a process that ended holds is let go."""
    decided(workspace, FIRST, today=TODAY, hold=True, in_period=True)
    held = planned(workspace)

    holds.release_stopped(workspace.engine, TODAY, "people")

    assert len(holders(workspace)) == 1
    assert planned(workspace) == held > 0


def holders(workspace: Workspace) -> set[str]:
    with reading(workspace.engine) as connection:
        return set(connection.execute(select(runs.c.held_by).where(runs.c.held_by.is_not(None))).scalars())

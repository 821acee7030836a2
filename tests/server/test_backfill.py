"""Days run afterwards on a running server: each a run of its own, stopped, and gone on with."""

from datetime import date, timedelta

import pytest
from prefect.states import Cancelling
from sqlalchemy import func, select

from models.database.engine import reading
from models.tables import messages, runs
from programme.words.states import MessageStatus
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.stack import Stack, wait_for

pytestmark = pytest.mark.server

FIRST = date(2023, 3, 13)  # before the deliveries of all other tests


def test_each_day_is_a_run_with_its_date_and_the_whole_has_a_summary(stack: Stack, worker: None) -> None:
    """Three days logged: three sub-runs named by their dates, a row a run, and a last row with the totals."""
    people = add_delivered(stack.engine, "BF", 6, FIRST - timedelta(days=FEEDBACK_DAYS))

    run = stack.ended(stack.begin("backfill", first=f"{FIRST}", last=f"{FIRST + timedelta(days=2)}", mode="log"))

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert run.name == "backfill-2023-03-13-2023-03-15-log"
    days = {one.name for one in stack.runs(name={"like_": "backfill-2023-03-1"}) if one.parent_task_run_id}
    assert days == {"backfill-2023-03-13", "backfill-2023-03-14", "backfill-2023-03-15"}
    table = [line.strip("| ").split(" | ") for line in stack.artifacts(run)["periode"].splitlines() if "|" in line]
    assert len(table) == 2 + 3 * 2 + 1
    assert int(table[2][2]) == int(table[-1][2]) == len(people)
    assert _count(stack, FIRST, MessageStatus.LOGGED) == len(people)


def test_stopped_half_way_and_started_again_it_goes_on(stack: Stack, worker: None) -> None:
    """Cancelled from outside while it works, then started again: every day is there, every message once."""
    first, last = date(2025, 5, 1), date(2025, 5, 30)
    for number in range(0, 30, 5):
        add_delivered(stack.engine, f"ST{number}", 4, first + timedelta(days=number - FEEDBACK_DAYS))
    parameters = {"first": f"{first}", "last": f"{last}", "which": "daily", "mode": "log"}

    number = stack.begin("backfill", **parameters)
    wait_for(lambda: _days_done(stack, first, last) >= 3, "three days", 120)
    with stack.client() as client:
        client.set_flow_run_state(number, Cancelling())
    stopped = stack.ended(number)
    done = _days_done(stack, first, last)
    again = stack.ended(stack.begin("backfill", **parameters))

    assert stopped.state is not None
    assert stopped.state.is_cancelled()
    assert 3 <= done < 30
    assert again.state is not None
    assert again.state.is_completed(), again.state.message
    assert _days_done(stack, first, last) == 30
    with reading(stack.engine) as connection:
        query = select(messages.c.client_id).where(messages.c.client_id.like("ST%"), messages.c.as_of <= last)
        logged = connection.execute(query.where(messages.c.touchpoint == "feedback_request")).scalars().all()
    assert len(logged) == len(set(logged)) == 24


def test_days_long_past_are_not_sent_unasked(stack: Stack, worker: None) -> None:
    """Mode send over a delivery that leaves the machine fails before anything is written, with what to do."""
    run = stack.ended(stack.begin("backfill", first="2024-03-01", last="2024-03-02", mode="send"))

    assert run.state is not None
    assert run.state.is_failed()
    assert "zet dan confirm aan" in str(run.state.message)
    assert _days_done(stack, date(2024, 3, 1), date(2024, 3, 2)) == 0


def _days_done(stack: Stack, first: date, last: date) -> int:
    query = select(func.count(runs.c.as_of.distinct())).where(
        runs.c.as_of >= first, runs.c.as_of <= last, runs.c.finished_at.is_not(None)
    )
    with reading(stack.engine) as connection:
        return int(connection.execute(query).scalar_one())


def _count(stack: Stack, day: date, status: MessageStatus) -> int:
    query = select(func.count()).where(messages.c.as_of == day, messages.c.status == status)
    with reading(stack.engine) as connection:
        return int(connection.execute(query).scalar_one())

"""A large delivery on two workers, one of them killed in the middle: all ends sent, nobody twice, nobody left out."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.database.engine import reading
from models.tables import messages, requests
from programme.sending.state_changes import RequestState
from programme.words.states import MessageStatus
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.settling import sent_to, settle_doubts
from tests.server.stack import Stack, wait_for
from tests.standin.server import StandIn

pytestmark = pytest.mark.server

PEOPLE = 500  # a hundred requests of five


@pytest.fixture(autouse=True)
def no_other_worker(stack: Stack) -> None:
    """A worker that another test left behind would take the runs that these tests kill."""
    assert [name for name, _ in stack.processes.running] == ["server"]


def test_the_survivor_finishes_when_the_helper_dies(stack: Stack, standin: StandIn, slow_provider: None) -> None:
    """The run that asked for help ends as if nothing had happened; what was on the wire is in doubt, then settled."""
    day = date(2025, 8, 8)
    people = add_delivered(stack.engine, "HELP", PEOPLE, day - timedelta(days=FEEDBACK_DAYS))
    with stack.worker("eerste", limit=1):
        number = _begin(stack, day, "eerste")
        with stack.worker("tweede", limit=1) as second:
            _await_both(stack, day)
            stack.kill(second)
        run = stack.ended(number)

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert _statuses(stack, day).keys() <= {MessageStatus.ACCEPTED, MessageStatus.IN_DOUBT}
    settle_doubts(stack, day)
    _send_the_rest(stack, day)
    assert sent_to(standin, people) == Counter(people)


def test_the_helper_and_the_next_run_finish_when_the_run_dies(
    stack: Stack, standin: StandIn, slow_provider: None
) -> None:
    """The worker that is left marks the lost run as crashed; the next run of the day takes its turn and ends it."""
    day = date(2024, 8, 8)
    people = add_delivered(stack.engine, "DIES", PEOPLE, day - timedelta(days=FEEDBACK_DAYS))
    with stack.worker("derde", limit=1) as first:
        number = _begin(stack, day, "derde")
        with stack.worker("vierde", limit=2):
            _await_both(stack, day)
            stack.kill(first)
            again = stack.ended(stack.begin("daily", as_of=f"{day}", dry_run=False, confirm=True), 400)
            dead = stack.ended(number)

    assert dead.state is not None
    assert dead.state.is_crashed()
    assert "De worker derde-" in str(dead.state.message)
    assert again.state is not None
    assert again.state.is_completed(), again.state.message
    settle_doubts(stack, day)
    _send_the_rest(stack, day)
    assert sent_to(standin, people) == Counter(people)


def _begin(stack: Stack, day: date, name: str) -> UUID:
    """The day's run, once the worker of this name has it."""
    number = stack.begin("daily", as_of=f"{day}", dry_run=False, confirm=True)
    wait_for(lambda: stack.taken_by(number, name), "the run", 120)
    return number


def _await_both(stack: Stack, day: date) -> None:
    """Until the run and its helper are both sending."""
    wait_for(lambda: len(_accepted_by(stack, day)) == 2, "both workers sending", 120)


def _accepted_by(stack: Stack, day: date) -> set[str]:
    """The processes whose requests were accepted."""
    query = select(requests.c.worker).where(requests.c.as_of == day, requests.c.state == RequestState.ACCEPTED)
    with reading(stack.engine) as connection:
        return set(connection.execute(query).scalars())


def _statuses(stack: Stack, day: date) -> dict[str, int]:
    query = (
        select(messages.c.status, func.count().label("messages"))
        .where(messages.c.as_of == day)
        .group_by(messages.c.status)
    )
    with reading(stack.engine) as connection:
        return {row.status: row.messages for row in connection.execute(query.where(messages.c.as_of == day))}


def _send_the_rest(stack: Stack, day: date) -> None:
    """Whatever is planned again goes by hand; nothing is left that is not accepted."""
    with stack.worker(f"rest-{day}", limit=2):
        run = stack.ended(stack.begin("deliver", as_of=f"{day}", dry_run=False, confirm=True))
    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert set(_statuses(stack, day)) == {MessageStatus.ACCEPTED}

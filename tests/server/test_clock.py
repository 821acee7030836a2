"""The clock on a running server: registered, started by its schedule, and late after an outage."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prefect.client.schemas.objects import FlowRun
from prefect.states import Scheduled
from sqlalchemy import select

from deployments.deploy import CLOCK, deployment_of
from models.database.engine import reading
from models.tables import decisions, messages, runs
from programme.words.states import Outcome
from tests.deployments.recorder import Recorder
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.stack import Stack, wait_for
from tests.standin.mailbox import read_log
from tests.standin.server import StandIn

pytestmark = pytest.mark.server

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EVERY_MINUTE = "* * * * *"


def test_registering_twice_changes_nothing(stack: Stack) -> None:
    """The second time the same deployments stand there, each once, and the schedules have their next runs.

    Also after the UI took one's limit of runs at once away, and gave it to a copy of another and to one without.
    """
    before = _deployments(stack)
    with stack.client() as client:
        daily, report, forecast = (client.read_deployment_by_name(f"{n}/{n}") for n in ("daily", "report", "forecast"))
        client._client.patch(f"/deployments/{daily.id}", json={"global_concurrency_limit_id": None})
        shared = {"global_concurrency_limit_id": str(report.global_concurrency_limit.id)}
        client._client.patch(f"/deployments/{forecast.id}", json=shared)
        copy = {"name": "copy", "flow_id": str(report.flow_id), "tags": report.tags, "work_pool_name": "bouwclub"}
        client._client.post("/deployments/", json=copy | shared)

    told = stack.deploy()

    assert _deployments(stack) == before
    assert "daily                had no limit of runs at once: removed" in told
    assert "copy                 removed: no longer on the clock" in told
    with stack.client() as client:
        automations = [one.name for one in client.read_automations()]
    assert len(automations) == len(set(automations))
    moments = {run.expected_start_time.astimezone(AMSTERDAM).time() for run in _scheduled(stack, "daily")}
    assert {moment.isoformat("minutes") for moment in moments} == {"09:05"}


def test_a_schedule_switched_off_stays_off_and_switched_on_is_in_earnest(stack: Stack) -> None:
    """As the UI does it, which names nothing but `active`: the parameters stay, and registering starts nothing."""
    with stack.client() as client:
        daily = client.read_deployment_by_name("daily/daily")
        place = f"/deployments/{daily.id}/schedules/{daily.schedules[0].id}"
        client._client.patch(place, json={"active": False})

        client._client.patch("/work_pools/bouwclub/queues/default", json={"concurrency_limit": 6})
        told = stack.deploy()
        client._client.patch("/work_pools/bouwclub/queues/default", json={"concurrency_limit": None})

        (schedule,) = client.read_deployment_by_name("daily/daily").schedules
        assert (schedule.active, schedule.parameters) == (False, {"dry_run": False})
        assert "daily                is switched off and stays off" in told
        assert "its queue default has a concurrency limit: no more than 6 runs at once" in told
        client._client.patch(place, json={"active": True})
        (schedule,) = client.read_deployment_by_name("daily/daily").schedules
        assert (schedule.active, schedule.parameters) == (True, {"dry_run": False})


def test_a_schedule_starts_a_run_in_earnest(stack: Stack, worker: None) -> None:
    """A run that the schedule began works as of today, says dry_run=false by itself, and completes."""
    with _running_every_minute(stack, "daily"):
        run = wait_for(lambda: _begun_by_schedule(stack, "daily"), "a scheduled run", 150)
        ended = stack.ended(run.id)

    assert ended.state is not None
    assert ended.state.is_completed(), ended.state.message
    assert ended.parameters["dry_run"] is False
    assert ended.name == f"daily-{_today()}"


def test_late_runs_work_as_of_today_and_the_first_does_the_work(stack: Stack, worker: None, standin: StandIn) -> None:
    """After days without a worker: whoever was due today is mailed once, by the first of the late runs."""
    (address,) = add_delivered(stack.engine, "LATE", 1, _today() - timedelta(days=FEEDBACK_DAYS))
    missed = [Scheduled(scheduled_time=datetime.now(UTC) - timedelta(days=ago)) for ago in (3, 2, 1)]

    ended = [stack.ended(number) for number in [stack.begin("daily", state, dry_run=False) for state in missed]]

    assert all(run.state and run.state.is_completed() for run in ended), [run.state for run in ended]
    assert {run.name for run in ended} == {f"daily-{_today()}"}
    people = [person[1] for entry in read_log(standin.mailbox.path) for person in entry["people"]]
    assert people.count(address) == 1
    with reading(stack.engine) as connection:
        query = select(decisions.c.outcome).where(decisions.c.client_id == "LATE00000")
        assert list(connection.execute(query).scalars()) == [Outcome.SEND]
        begun = select(runs.c.started_at, runs.c.finished_at).where(runs.c.flow == "daily", runs.c.as_of == _today())
        spans = sorted(connection.execute(begun).all())
    assert all(first.finished_at <= second.started_at for first, second in zip(spans, spans[1:], strict=False))


def test_win_back_waits_for_its_daily(stack: Stack, worker: None) -> None:
    """Started first, it waits; it goes on when the daily run of that day has finished."""
    day = date(2026, 1, 15)
    waiting = stack.begin("win-back", as_of=f"{day}", dry_run=False, confirm=True, wait_hours=1)
    wait_for(lambda: (state := stack.run(waiting).state) and state.is_running(), "win-back", 120)
    daily = stack.ended(stack.begin("daily", as_of=f"{day}", dry_run=False, confirm=True))

    run = stack.ended(waiting)

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert daily.end_time is not None
    assert run.end_time is not None
    assert run.end_time > daily.end_time


def test_upkeep_and_housekeeping_run(stack: Stack, worker: None) -> None:
    """Care in earnest, on a base where nothing is left over; housekeeping only looks, as this provider has no lists."""
    for number in (stack.begin("upkeep", dry_run=False), stack.begin("housekeeping")):
        run = stack.ended(number)
        assert run.state is not None
        assert run.state.is_completed(), run.state.message


def test_a_failing_run_says_why_in_one_line(stack: Stack, worker: None, alerts: Recorder) -> None:
    """Win-back of a day without a daily run: its state, which the UI shows and the alert carries, says what to do."""
    run = stack.ended(stack.begin("win-back", as_of="2020-01-01", dry_run=False, confirm=True))

    assert run.state is not None
    assert run.state.is_failed()
    assert "De dagelijkse berichten van 1 januari 2020 zijn niet klaar" in str(run.state.message)
    with reading(stack.engine) as connection:
        assert connection.execute(select(messages.c.id).where(messages.c.as_of == date(2020, 1, 1))).first() is None
    told = wait_for(
        lambda: [posted.body["text"] for posted in alerts.posted if run.name in str(posted.body)], "alert", 60
    )
    assert "Bouwclub: win-back Failed" in told[0]
    assert "De dagelijkse berichten van 1 januari 2020 zijn niet klaar" in told[0]
    assert str(run.id) in told[0]


def _today() -> date:
    return datetime.now(AMSTERDAM).date()


def _deployments(stack: Stack) -> dict[str, Any]:
    with stack.client() as client:
        return {
            one.name: (one.id, len(one.schedules), one.global_concurrency_limit and one.global_concurrency_limit.limit)
            for one in client.read_deployments()
        }


def _scheduled(stack: Stack, name: str) -> list[FlowRun]:
    with stack.client() as client:
        deployment = client.read_deployment_by_name(f"{name}/{name}")
    found = stack.runs(state={"type": {"any_": ["SCHEDULED"]}}, deployment_id={"any_": [str(deployment.id)]})
    return [run for run in found if run.auto_scheduled]


def _begun_by_schedule(stack: Stack, name: str) -> FlowRun | None:
    """A run of the schedule that a worker has taken."""
    with stack.client() as client:
        deployment = client.read_deployment_by_name(f"{name}/{name}")
    found = stack.runs(deployment_id={"any_": [str(deployment.id)]}, state={"type": {"not_any_": ["SCHEDULED"]}})
    return next((run for run in found if run.auto_scheduled), None)


@contextmanager
def _running_every_minute(stack: Stack, name: str) -> Iterator[None]:
    """The entry registered with another time, and back."""
    entry = next(entry for entry in CLOCK if deployment_of(entry).name == name)
    with stack.client():
        deployment_of(replace(entry, cron=EVERY_MINUTE)).apply()
    yield
    with stack.client():
        deployment_of(entry).apply()

"""One worker against two on a large delivery, what starting a helper costs, and how many task runs a day makes.

On a real Prefect server, against a provider that takes half a second for each request, so that the wire is what
counts: on the two cores of a small machine the workers share the processors with the server and the provider.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from sqlalchemy import func, select

import tests.standin.server as standin_server
from models.database.engine import open_engine, reading, upgrade_schema
from models.tables import requests
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.postgres import OURS_AND_PREFECTS, free_port, postgres_programs, private_postgres
from tests.server.stack import Stack, wait_for
from tests.standin.faults import FaultPlan, Trouble
from tests.standin.server import API_KEY, StandIn

SECONDS_A_REQUEST = 0.5
REQUEST = 100
MOST_TASK_RUNS = 100  # for a run of any size, a million recipients included
FIRST_DAY = date(2025, 8, 8)


class Measured(NamedTuple):
    """A day's run: its seconds, those with requests under way, those from calling a helper to its beginning."""

    seconds: float
    wire_seconds: float
    start_seconds: list[float]
    task_runs: int


def run(say: Callable[[str], None], scale: int) -> None:
    """Args: scale: messages of each run."""
    programs = postgres_programs()
    if programs is None:
        say("needs the distribution's PostgreSQL with pg_trgm (Debian: apt-get install postgresql); nothing measured")
        return
    with _stack(programs, scale) as stack:
        alone = _measure(stack, scale, 0)
        together = _measure(stack, scale, 1)
    for name, one in (("one worker", alone), ("two workers", together)):
        rate = scale / one.wire_seconds
        wire = f"the sending {one.wire_seconds:.1f} s, {rate:,.0f} a second"
        say(f"{name}: a day of {scale:,} in {one.seconds:.1f} s; {wire}")
    say(f"sending by two against one: {alone.wire_seconds / together.wire_seconds:.2f} times as fast (2 at best)")
    for seconds in together.start_seconds:
        say(f"a helper's start: {seconds:.1f} s from its call to its first line")
    say(f"task runs of the shared day, helpers included: {together.task_runs} (target: at most {MOST_TASK_RUNS})")


def _measure(stack: Stack, scale: int, number: int) -> Measured:
    """A day on `number` + 1 workers, each of which takes one run at a time."""
    day = FIRST_DAY - timedelta(days=400 * number)  # so that the first measurement's clients are of the future
    add_delivered(stack.engine, f"B{number}", scale, day - timedelta(days=FEEDBACK_DAYS))
    settings = {"BOUWCLUB_FAN_OUT_RUNS": str(number)}
    workers = [stack.start_worker(f"w{number}{each}", limit=1, **settings) for each in range(number + 1)]
    ended = stack.ended(stack.begin("daily", as_of=f"{day}", dry_run=False, confirm=True), 900)
    assert ended.state is not None
    assert ended.state.is_completed(), ended.state.message
    helpers = [wait_for(lambda one=one: _final(stack, one), "a helper", 60) for one in _helpers(stack, ended)]
    for worker in workers:
        stack.kill(worker)
    begun = [one for one in helpers if one.start_time]
    starts = [(one.start_time - one.created).total_seconds() for one in begun if one.start_time and one.created]
    return Measured(
        ended.total_run_time.total_seconds(),
        _wire_seconds(stack, day),
        starts,
        sum(_task_runs(stack, one) for one in [ended, *begun]),
    )


def _wire_seconds(stack: Stack, day: date) -> float:
    """From the first request to the last answer."""
    query = select(func.min(requests.c.sent_at), func.max(requests.c.answered_at)).where(requests.c.as_of == day)
    with reading(stack.engine) as connection:
        first, last = connection.execute(query).one()
    return float((last - first).total_seconds())


def _helpers(stack: Stack, parent: FlowRun) -> list[FlowRun]:
    return [one for one in stack.runs(tags={"all_": ["hulp"]}) if one.created and one.created > parent.created]


def _final(stack: Stack, run: FlowRun) -> FlowRun | None:
    found = stack.run(run.id)
    return found if found.state and found.state.is_final() else None


def _task_runs(stack: Stack, run: FlowRun) -> int:
    with stack.client() as client:
        return len(client.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [run.id]})))


@contextmanager
def _stack(programs: Path, scale: int) -> Iterator[Stack]:
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="bouwclub-workers-")))
        place = closing.enter_context(private_postgres(programs, OURS_AND_PREFECTS))
        standin_server.SLOW_SECONDS = SECONDS_A_REQUEST
        provider = closing.enter_context(StandIn(folder / "log", FaultPlan({Trouble.SLOW: 100}), is_fast=True))
        engine = open_engine(f"postgresql+psycopg://{place}/ours")
        closing.callback(engine.dispose)
        upgrade_schema(engine)
        port = free_port()
        stack = Stack(folder, port, engine, _environment(folder, port, place, provider.url, scale), "PostgreSQL")
        closing.callback(stack.processes.stop)
        stack.start_server({"PREFECT_API_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://{place}/theirs"})
        stack.deploy()
        yield stack


def _environment(folder: Path, port: int, place: str, provider: str, scale: int) -> dict[str, str]:
    (folder / "prefect").mkdir()
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "BOUWCLUB_DATABASE_URL": f"postgresql+psycopg://{place}/ours",
        "BOUWCLUB_DELIVERY": "sendgrid",
        "BOUWCLUB_SENDGRID_HOST": provider,
        "BOUWCLUB_SENDGRID_API_KEY": API_KEY,
        "BOUWCLUB_SECRET_KEY": "a key for measurements",
        "BOUWCLUB_BASE_URL": "https://club.example",
        "BOUWCLUB_SEND_BATCH": str(REQUEST),
        "BOUWCLUB_FAN_OUT_FROM": str(scale // 2),
    }

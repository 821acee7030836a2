"""The smallest set-up, both databases on SQLite, as `make serve` has it: a day in earnest and a campaign looked at."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from models.database.engine import open_engine, reading, upgrade_schema
from models.tables import messages
from programme.words.states import MessageStatus
from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.postgres import free_port
from tests.server.stack import Stack
from tests.standin.mailbox import read_log
from tests.standin.server import API_KEY, StandIn

pytestmark = pytest.mark.server

DAY = date(2026, 1, 22)
PEOPLE = 60  # more than the number from which other workers are asked to help


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, standin: StandIn) -> Iterator[Stack]:
    """A server of its own with one worker."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "prefect").mkdir()
    url, port = f"sqlite:///{folder / 'bouwclub.db'}", free_port()
    environment = {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "BOUWCLUB_DATABASE_URL": url,
        "BOUWCLUB_DELIVERY": "sendgrid",
        "BOUWCLUB_SENDGRID_HOST": standin.url,
        "BOUWCLUB_SENDGRID_API_KEY": API_KEY,
        "BOUWCLUB_SECRET_KEY": "a key for tests",
        "BOUWCLUB_BASE_URL": "https://club.example",
        "BOUWCLUB_SEND_BATCH": "5",
        "BOUWCLUB_FAN_OUT_FROM": "50",
    }
    engine = open_engine(url)
    upgrade_schema(engine)
    stack = Stack(folder, port, engine, environment, "SQLite")
    try:
        stack.start_server({})
        stack.deploy()
        with stack.worker("klein"):
            yield stack
    finally:
        stack.processes.stop()
        engine.dispose()


def test_a_day_in_earnest(small: Stack, standin: StandIn) -> None:
    """Everybody due is mailed once, also when the run is started again; the day's table stands on the run's page."""
    people = add_delivered(small.engine, "KLEIN", PEOPLE, DAY - timedelta(days=FEEDBACK_DAYS))

    runs = [small.ended(small.begin("daily", as_of=f"{DAY}", dry_run=False, confirm=True)) for _ in range(2)]

    assert all(run.state and run.state.is_completed() for run in runs), [run.state for run in runs]
    sent = [person[1] for entry in read_log(standin.mailbox.path) for person in entry["people"]]
    assert sorted(address for address in sent if address in people) == sorted(people)
    with reading(small.engine) as connection:
        query = select(messages.c.status.distinct()).where(messages.c.as_of == DAY)
        assert list(connection.execute(query).scalars()) == [MessageStatus.ACCEPTED]
    assert f" | {PEOPLE} | 0 | 0 |" in small.artifacts(runs[0])[f"dag-daily-{DAY}"]


def test_a_campaign_is_looked_at(small: Stack) -> None:
    """A dry run of a campaign says how many it would reach and writes nothing."""
    message = {"name": "Kleinbrief", "template": "Vrije tekst", "subject": "Nieuws", "body": "Er is nieuws."}

    run = small.ended(small.begin("campaign", message=message, dry_run=True))

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert "mensen krijgen deze mail" in str(small.artifacts(run)["campagne-kleinbrief"])
    with reading(small.engine) as connection:
        assert connection.execute(select(messages.c.id).where(messages.c.occasion == "kleinbrief")).first() is None

"""One server for the session, on PostgreSQL where the distribution has it, else on SQLite; it says which."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium import webdriver
from sqlalchemy import create_engine, text

import tests.standin.server as standin_server
from models.database.engine import open_engine, upgrade_schema
from models.settings import ROOT
from tests.deployments.recorder import Recorder
from tests.server.browser import browser_program, headless
from tests.server.postgres import OURS_AND_PREFECTS, free_port, postgres_programs, private_postgres
from tests.server.stack import Stack
from tests.standin.faults import Trouble
from tests.standin.server import API_KEY, StandIn

SECRET_KEY = "a key for tests"
# Over two minutes each.
LONGEST = ("test_workers.py", "test_clock.py", "test_campaign_stopped.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin, lest one process waits for the other at the end."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_report_header() -> str:
    found = postgres_programs()
    return f"Prefect's own database: {f'PostgreSQL ({found})' if found else WITHOUT_POSTGRES}"


WITHOUT_POSTGRES = "SQLite, because there is no PostgreSQL with pg_trgm (Debian: apt-get install postgresql)"


@pytest.fixture(scope="session")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """A stand-in for SendGrid; its log is what people would have got."""
    with StandIn(tmp_path_factory.mktemp("standin") / "accepted.log") as running:
        yield running


@pytest.fixture
def slow_provider(standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every request takes a second and a half, so that a delivery is long enough to be interrupted."""
    monkeypatch.setattr(standin_server, "SLOW_SECONDS", 1.5)
    standin.plan.shares = {Trouble.SLOW: 100}
    yield
    standin.plan.shares = {}


@pytest.fixture(scope="session")
def alerts() -> Iterator[Recorder]:
    """Where failed runs are told."""
    with Recorder() as running:
        yield running


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """A Prefect server with the clock registered; workers are the tests' own."""
    standin: StandIn = request.getfixturevalue("standin")
    alerts: Recorder = request.getfixturevalue("alerts")
    folder = tmp_path_factory.mktemp("server")
    with ExitStack() as closing:
        ours, theirs = _databases(closing, request)
        engine = open_engine(ours)
        closing.callback(engine.dispose)
        upgrade_schema(engine)
        port = free_port()
        stack = Stack(folder, port, engine, _environment(folder, port, ours, standin, alerts), theirs.pop("kind"))
        closing.callback(stack.processes.stop)
        stack.start_server(theirs)
        stack.deploy()
        yield stack


@pytest.fixture(scope="module")
def worker(stack: Stack) -> Iterator[None]:
    """One worker, which takes whatever comes."""
    process = stack.start_worker("enige")
    yield
    stack.kill(process)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    program = browser_program()
    assert program, "no Chromium with its driver on this machine (Debian: apt-get install chromium chromium-driver)"
    with headless(program) as driver:
        yield driver


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where a picture of each of our own pages is kept, if BOUWCLUB_TEST_SCREENSHOTS asks: all take half a minute."""
    given = os.environ.get("BOUWCLUB_TEST_SCREENSHOTS")
    return Path(given) / "bouwclub-screenshots" if given else None


@pytest.fixture(scope="session")
def screenshots(pictures: Path | None) -> Path:
    """Where the tests of the UI leave what they saw; BOUWCLUB_TEST_SCREENSHOTS names another folder."""
    return pictures or Path(tempfile.gettempdir()) / "bouwclub-screenshots"


def _databases(closing: ExitStack, request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """The address of our own database, and Prefect's as its environment."""
    programs = postgres_programs()
    if programs is None:
        return request.getfixturevalue("empty_postgres_url"), {"kind": "SQLite"}
    place = closing.enter_context(private_postgres(programs, OURS_AND_PREFECTS))
    theirs = f"postgresql+asyncpg://{place}/theirs"
    return f"postgresql+psycopg://{place}/ours", {"kind": "PostgreSQL", "PREFECT_API_DATABASE_CONNECTION_URL": theirs}


@pytest.fixture(scope="session")
def empty_postgres_url(postgres_url: str) -> str:
    """Our own database alone does with the private PostgreSQL of the other tests."""
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE of_the_server_tests"))
    url = engine.url.set(database="of_the_server_tests").render_as_string(hide_password=False)
    engine.dispose()
    return url


def _environment(folder: Path, port: int, database: str, standin: StandIn, alerts: Recorder) -> dict[str, str]:
    """Requests of five, so that a few hundred messages are many; help is asked from fifty."""
    home = folder / "prefect"
    home.mkdir()
    # A campaign that is to be stopped half-way is larger than one that goes without a go.
    programme = folder / "programme.toml"
    shipped = (ROOT / "programme.toml").read_text("utf-8")
    programme.write_text(shipped.replace("campaign_go_above = 25", "campaign_go_above = 100"), "utf-8")
    return {
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "BOUWCLUB_DATABASE_URL": database,
        "BOUWCLUB_DELIVERY": "sendgrid",
        "BOUWCLUB_SENDGRID_HOST": standin.url,
        "BOUWCLUB_SENDGRID_API_KEY": API_KEY,
        "BOUWCLUB_SECRET_KEY": SECRET_KEY,
        "BOUWCLUB_ALERT_URL": alerts.url,
        "BOUWCLUB_BASE_URL": "https://club.example",
        "BOUWCLUB_DAILY_BAND": "0",
        "BOUWCLUB_PROGRAMME": str(programme),
        "BOUWCLUB_SETTLE_MINUTES": "0",
        "BOUWCLUB_SEND_BATCH": "5",
        "BOUWCLUB_LEASE_SECONDS": "20",
        "BOUWCLUB_FAN_OUT_FROM": "50",
        "BOUWCLUB_FAN_OUT_RUNS": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")])),
    }

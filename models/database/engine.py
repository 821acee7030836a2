"""The engine, its transactions, and the upgrade to the newest schema; the same on SQLite and PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import StaticPool

from models.database.server import encoding_fault
from models.database.sessions import open_postgres

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
# Migrations are numbered 0001, 0002 … without branches, so the newest file is the head.
HEAD = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
BUSY_TIMEOUT_SECONDS = 30
CACHE_KIB = 16_384  # SQLite's page cache per connection; four times as much was no faster on a million clients
LOG_PAGES = 8_000  # pages in SQLite's log (32 MB) from which the next commit copies them into the file
UNHURRIED_LOG_PAGES = 64_000  # the same where copy_log does the copying, as a safety net
COPY_LOG = "PRAGMA wal_checkpoint(PASSIVE)"  # blocks neither readers nor writers
_unhurried: WeakSet[Engine] = WeakSet()  # adding a listener would not be safe while another thread connects
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")
# For the rest of a transaction of PostgreSQL that looks thousands of rows up by their keys. At its own cost of a page
# out of order (4) the planner reads whole tables instead, in several processes. The report needs whole tables: it is
# a sixth slower with these settings, so they are not those of each session. Who reads row by row reads all of them.
BY_KEY = (
    "SET LOCAL random_page_cost = 1.1; SET LOCAL max_parallel_workers_per_gather = 0; "
    "SET LOCAL cursor_tuple_fraction = 1"
)


class DatabaseUnusable(Exception):
    """The database cannot be reached or does not have our schema; the message says what to do."""


def open_engine(url: str) -> Engine:
    """An engine for `url`: SQLite in WAL mode with foreign keys, or PostgreSQL without jit for our short queries.

    Database errors show no parameters, because these are often addresses, and errors end up in logs.

    Raises:
        DatabaseUnusable: `url` is no address of one of these two databases.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url, in_memory=parsed.database in (None, "", ":memory:"))
    return open_postgres(url)


def _parsed(url: str) -> URL:
    """The parsed address. Raises DatabaseUnusable unless it names one of the two databases with its one driver."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # e.g. a bad port, where the error would show the password
        parsed = None
    if parsed is None or parsed.drivername not in DRIVERS:
        raise DatabaseUnusable(
            "BOUWCLUB_DATABASE_URL is not a database address; "
            "write sqlite:///file.db or postgresql+psycopg://user:password@host/name"
        )
    return parsed


def _open_sqlite(url: str, in_memory: bool) -> Engine:
    # A page cache is of use until another connection writes, so whoever wrote last is the next to work.
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {"pool_use_lifo": True}
    arguments = {"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
    engine = create_engine(url, hide_parameters=True, connect_args=arguments, **pool)

    @event.listens_for(engine, "connect")
    def _set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we issue BEGIN ourselves; the driver would begin too late
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        # A larger log copies a page once that was written several times.
        pages = UNHURRIED_LOG_PAGES if engine in _unhurried else LOG_PAGES
        connection.execute(f"PRAGMA wal_autocheckpoint={pages}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def reading_by_key(engine: Engine, at_one_moment: bool = False) -> Iterator[Connection]:
    """One transaction that only reads, of a large base the rows of some thousands of keys.

    Args:
        at_one_moment: every query sees the same facts. On SQLite any transaction is so; on PostgreSQL each query of an
            ordinary one sees what others committed before it.
    """
    with reading(engine) as connection:
        if connection.dialect.name == "postgresql":
            isolation = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; " if at_one_moment else ""
            connection.exec_driver_sql(f"{isolation}{BY_KEY}")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes. On SQLite it takes the write lock at once, so it cannot fail half-way."""
    with engine.connect() as connection:
        connection = connection.execution_options(writes=True)
        with connection.begin():
            yield connection


@contextmanager
def writing_again(engine: Engine) -> Iterator[Connection]:
    """A writing transaction that a power cut may undo as a whole: for work that is then found undone and repeated.

    The commit does not wait for the disk on PostgreSQL; on SQLite an ordinary commit never does.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL synchronous_commit = off"))
        yield connection


@contextmanager
def writing_durably(engine: Engine) -> Iterator[Connection]:
    """A writing transaction that survives a power cut once it is committed.

    SQLite in WAL mode may otherwise lose the last commits, and a sent message would look planned. On PostgreSQL every
    session is durable from its start (models.database.sessions).
    """
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw: Any = connection.connection.dbapi_connection
        raw.execute("PRAGMA synchronous=FULL")
        try:
            connection = connection.execution_options(writes=True)
            with connection.begin():
                yield connection
        finally:
            raw.execute("PRAGMA synchronous=NORMAL")


def keep_commits_short(engine: Engine) -> None:
    """From now on no commit of this engine copies SQLite's log into the file; the caller must call copy_log regularly.

    The copying takes some 50 ms, which is long for a client who waits for the answer to a webhook.
    """
    if not _has_log(engine) or engine in _unhurried:
        return
    _unhurried.add(engine)
    engine.dispose()  # new connections get the new setting


def _has_log(engine: Engine) -> bool:
    """Whether it is a SQLite file: PostgreSQL manages its own log, and a database in memory has none."""
    return engine.dialect.name == "sqlite" and not is_in_memory(engine)


def is_in_memory(engine: Engine) -> bool:
    """Whether the database ends with the process."""
    return isinstance(engine.pool, StaticPool)


@contextmanager
def copying_log(engine: Engine) -> Iterator[Callable[[], None]]:
    """For a stage that writes much: yields a function that copies the log in another thread; call it after a commit.

    A normal day of a million clients writes 140 MB of index pages; copying them in the commits cost a second.
    """
    if not _has_log(engine):
        yield lambda: None
        return
    from concurrent.futures import ThreadPoolExecutor

    keep_commits_short(engine)
    copier = engine.raw_connection()
    copier.detach()  # not returned to the pool, where its page cache would stay full
    beside = ThreadPoolExecutor(1, "log-copier")

    def copy() -> None:
        beside.submit(lambda: copier.cursor().execute(COPY_LOG).fetchall())

    try:
        yield copy
    finally:
        beside.shutdown()
        copier.close()


def copy_log(engine: Engine) -> None:
    """Copy SQLite's log into the file without blocking readers or writers. Does nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    raw = engine.raw_connection()
    try:
        raw.cursor().execute(COPY_LOG).fetchall()
    finally:
        raw.close()


def schema_version(engine: Engine) -> str | None:
    """The migration of the database, e.g. "0012"; None for an empty database.

    Raises:
        DatabaseUnusable: the database cannot be opened.
    """
    try:
        with reading(engine) as connection:
            if not inspect(connection).has_table("alembic_version"):
                return None
            return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except DatabaseError as error:
        raise DatabaseUnusable(
            f"the database at {engine.url.render_as_string(hide_password=True)} cannot be opened: "
            f"{str(error.orig).splitlines()[0]}. Check BOUWCLUB_DATABASE_URL, and that the database runs"
        ) from None


def require_schema(engine: Engine) -> None:
    """Check the schema. Raises DatabaseUnusable when it is missing or not the one that this code needs."""
    found = schema_version(engine)
    if found == HEAD:
        return
    where = engine.url.render_as_string(hide_password=True)
    if found is None:
        raise DatabaseUnusable(f"{where} holds no data yet; load a CRM export first: bouwclub import DIR")
    _refuse_newer(engine, found)
    raise DatabaseUnusable(
        f"{where} stands at migration {found}, this version needs {HEAD}; "
        "run: bouwclub import DIR, or alembic upgrade head"
    )


def _refuse_newer(engine: Engine, found: str) -> None:
    if found > HEAD:
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnusable(
            f"{where} stands at migration {found}, and this version knows those up to {HEAD}: a newer bouwclub has "
            "used it. Use that version, or restore the backup of before"
        )


def upgrade_schema(engine: Engine) -> None:
    """Upgrade the database to the newest schema. Safe to run twice; imports Alembic only when there is work.

    Raises:
        DatabaseUnusable: the database cannot be opened, a newer version has upgraded it, or it is a new one that
            cannot hold every name.
    """
    found = schema_version(engine)
    if found == HEAD:
        return
    _refuse_newer(engine, found or "")
    with reading(engine) as connection:
        fault = None if found else encoding_fault(connection)
    if fault:
        raise DatabaseUnusable(f"{engine.url.render_as_string(hide_password=True)} {fault}")
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

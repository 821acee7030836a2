"""One PostgreSQL database for test after test: emptied, which takes a tenth of copying the template."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from models.database.engine import open_engine, upgrade_schema

_USES = 50  # tests, after which the database is copied anew: deleted rows stay in its files
_WAIT = "5s"  # for a lock that a thread of the last test may still hold

# What rows cannot change; where it is not as it was made, a test has altered the schema or the database's settings.
_SHAPE = """
SELECT
  (SELECT array_agg((oid, relname, relnatts, relhastriggers, reloptions)::text ORDER BY oid)
     FROM pg_class WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_')),
  (SELECT array_agg((attrelid, attname, atttypid, attnotnull, atthasdef, attisdropped)::text ORDER BY attrelid, attnum)
     FROM pg_attribute WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)),
  (SELECT array_agg(oid ORDER BY oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
  (SELECT count(*) FROM pg_db_role_setting),
  (SELECT array_agg(version_num) FROM alembic_version)
"""
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_GONE_AFTER = 5.0  # seconds, at most, that a connection of the last test may take to end
_RESTART = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"


class EmptiedDatabase:
    """A database at the newest schema, without rows, for one test at a time.

    Args:
        server: any address of the server; whoever connects there may create databases.
    """

    def __init__(self, server: str) -> None:
        self._admin = create_engine(server, isolation_level="AUTOCOMMIT")
        self._template = self._make_template()
        self._name = ""
        self._uses = 0
        self._shape: tuple[object, ...] = ()
        self._keeper: Connection | None = None

    @contextmanager
    def lent(self) -> Iterator[Engine]:
        """An engine on the database, as the product opens one; whatever was left in it is gone for the next."""
        if not self._name:
            self._copy()
        engine = open_engine(self._address(self._name).render_as_string(hide_password=False))
        try:
            yield engine
        finally:
            engine.dispose()
            self._uses += 1
            if self._uses >= _USES or not self._emptied():
                self._drop()

    def close(self) -> None:
        """Drop what was made."""
        self._drop()
        self._run(f"DROP DATABASE {self._template}")
        self._admin.dispose()

    def _make_template(self) -> str:
        name = f"bouwclub_template_{uuid4().hex[:8]}"
        self._run(f"CREATE DATABASE {name}")
        engine = open_engine(self._address(name).render_as_string(hide_password=False))
        upgrade_schema(engine)
        engine.dispose()
        return name

    def _copy(self) -> None:
        self._name, self._uses = f"t{uuid4().hex}", 0
        self._run(f"CREATE DATABASE {self._name} TEMPLATE {self._template}")
        own = create_engine(self._address(self._name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._keeper = own.connect()
        self._keeper.exec_driver_sql(f"SET lock_timeout = '{_WAIT}'")
        self._keeper.exec_driver_sql("SET session_replication_role = replica")  # the order of tables is no matter
        self._shape = _shape_of(self._keeper)
        tables = self._keeper.exec_driver_sql(_TABLES).scalars().all()
        self._filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)

    def _emptied(self) -> bool:
        """Whether it is as it was made."""
        assert self._keeper is not None
        try:
            _end_others(self._keeper)
            if _shape_of(self._keeper) != self._shape:
                return False
            for table in self._keeper.exec_driver_sql(self._filled).scalars().all():
                self._keeper.exec_driver_sql(f"DELETE FROM {table}")
            self._keeper.exec_driver_sql(_RESTART)
        except DBAPIError:  # something still holds it; the next test gets another
            return False
        return True

    def _drop(self) -> None:
        if self._keeper is not None:
            self._keeper.close()
        if self._name:
            self._run(f"DROP DATABASE {self._name} WITH (FORCE)")
        self._name, self._keeper = "", None

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def _address(self, name: str) -> URL:
        return self._admin.url.set(database=name)


def _end_others(connection: Connection) -> None:
    """PostgreSQL's own waiting looks each tenth of a second; most connections end in a thousandth."""
    connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
    until = time.monotonic() + _GONE_AFTER
    while connection.exec_driver_sql(f"SELECT count(*) {_OTHERS}").scalar() and time.monotonic() < until:
        time.sleep(0.001)


def _shape_of(connection: Connection) -> tuple[object, ...]:
    return tuple(connection.exec_driver_sql(_SHAPE).one())

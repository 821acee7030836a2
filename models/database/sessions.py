"""What each session of PostgreSQL is set to, also where a pooler changes the session with each transaction."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

# Options of each PostgreSQL session, whatever the server, the database or the role sets: a commit waits for the disk
# (writing_again switches that off for work that can be repeated), short queries are not compiled, moments and days are
# written in one way (psycopg reads moments in ISO alone), and a query sees what others committed before it.
PER_SESSION = {"synchronous_commit": "on", "jit": "off", "timezone": "UTC", "datestyle": "ISO"}
ISOLATION = "read committed"
MARK = "bouwclub.session"  # a setting of our own: where it is not set, a pooler has dropped the options
OPTIONS = {**PER_SESSION, "default_transaction_isolation": ISOLATION.replace(" ", "\\ "), MARK: "ours"}
PER_TRANSACTION = "; ".join(
    f"SET LOCAL {name} = '{value}'" for name, value in {**PER_SESSION, "transaction_isolation": ISOLATION}.items()
)


def open_postgres(url: str) -> Engine:
    """An engine for PostgreSQL, or for a pooler before it that changes sessions, as PgBouncer's transaction mode.

    Such a pooler drops our options, and a statement that was prepared in one session is unknown in the next.
    """
    options = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    session = {"options": options, "client_encoding": "utf8"}  # a server's own may have no é, or give bytes
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=session)

    @event.listens_for(engine, "connect")
    def _look_for_pooler(connection: Any, record: Any) -> None:
        found = connection.execute(f"SELECT current_setting('{MARK}', true)").fetchone()
        connection.rollback()
        record.info[MARK] = bool(found[0])
        if not found[0]:
            connection.prepare_threshold = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.info[MARK]:
            connection.exec_driver_sql(PER_TRANSACTION)

    return engine

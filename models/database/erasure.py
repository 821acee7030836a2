"""Deleting so that the database's files keep no byte of it. PostgreSQL needs nothing here: VACUUM does it in time."""

from sqlalchemy import Connection, Engine


def overwrite_deleted(connection: Connection) -> None:
    """What this connection deletes from now on is overwritten in SQLite's file, too."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_log(engine: Engine) -> bool:
    """Copy SQLite's log into the file and cut it, because it holds the pages as they were.

    Returns:
        False when somebody read the database all the while, and the log stays as it is.
    """
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        is_busy, *_ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    return not is_busy

"""Deleting so that the database's files keep no byte of it. PostgreSQL needs nothing here: VACUUM does it in time."""

from sqlalchemy import Connection, Engine


def overwrite_deleted(connection: Connection) -> None:
    """What this connection deletes from now on is overwritten in SQLite's file, too."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def empty_log(engine: Engine) -> None:
    """Copy SQLite's log into the file and cut it, because it holds the pages as they were."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

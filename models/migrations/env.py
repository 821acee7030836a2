"""Alembic's entry: migrates over the connection it is given, or over BOUWCLUB_DATABASE_URL from the command line."""

from alembic import context
from sqlalchemy import Connection, func, select

from models.database.engine import open_engine, writing
from models.settings import read_settings
from models.tables import metadata

UPGRADE_LOCK = 0xB00C_0D  # an arbitrary number that nothing else in the database uses


def _migrate(connection: Connection) -> None:
    """Whoever comes second waits for the first, and then finds nothing to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(UPGRADE_LOCK)))
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    _migrate(given)
else:
    with writing(open_engine(read_settings().database_url)) as own:
        _migrate(own)

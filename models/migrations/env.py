"""Alembic's entry: migrates over the connection it is given, or over BOUWCLUB_DATABASE_URL from the command line."""

from alembic import context
from sqlalchemy import Connection

from models.database.engine import open_engine, writing
from models.settings import read_settings
from models.tables import metadata


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
    with context.begin_transaction():
        context.run_migrations()


if given := context.config.attributes.get("connection"):
    _migrate(given)
else:
    with writing(open_engine(read_settings().database_url)) as own:
        _migrate(own)

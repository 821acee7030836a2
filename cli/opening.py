"""What a command works with: the settings, the programme and the database, opened in one place."""

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from models.database import DatabaseUnusable, open_engine, require_schema
from models.settings import Settings, read_settings
from programme.schema import Programme
from tasks.programme import load_programme


class Opened(NamedTuple):
    settings: Settings
    programme: Programme
    engine: Engine


def open_all(settings: Settings | None = None) -> Opened:
    """Settings, programme and a database at the newest schema.

    Raises SettingsInvalid, ProgrammeInvalid or DatabaseUnusable, each with what to do.
    """
    settings = settings or read_settings()
    return Opened(settings, load_programme(settings.programme), open_database(settings))


def open_database(settings: Settings) -> Engine:
    """The database alone. A command that reads never makes an empty file where none was."""
    engine = open_engine(settings.database_url)
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).exists():
        raise DatabaseUnusable(
            f"there is no database {file} in {Path.cwd()}; load a CRM export first (bouwclub import DIR), "
            "or set BOUWCLUB_DATABASE_URL"
        )
    require_schema(engine)
    return engine

"""What a run or a command works with: the settings, the programme and the database, opened in one place."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from models.database.engine import DatabaseUnusable, open_engine, require_schema
from models.settings import Settings, read_settings
from programme.terms.schema import Programme
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from tasks.base.programme_file import TEMPLATES, load_programme


class Workspace(NamedTuple):
    settings: Settings
    programme: Programme
    engine: Engine


def open_workspace(settings: Settings | None = None, *, with_templates: bool = False) -> Workspace:
    """Settings, programme and a database at the newest schema.

    Args:
        with_templates: each touchpoint must have its mail; asked by whoever renders.

    Raises SettingsInvalid, ProgrammeInvalid or DatabaseUnusable, each with what to do.
    """
    settings = settings or read_settings()
    programme = load_programme(settings.programme, TEMPLATES if with_templates else None)
    return Workspace(settings, programme, open_database(settings))


def open_database(settings: Settings) -> Engine:
    """The database alone. Whoever only reads never makes an empty file where none was."""
    engine = open_engine(settings.database_url)
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).exists():
        raise DatabaseUnusable(
            f"there is no database {file} in {Path.cwd()}; load a CRM export first (bouwclub import DIR), "
            "or set BOUWCLUB_DATABASE_URL"
        )
    require_schema(engine)
    return engine


def today_in_amsterdam() -> date:
    """The calendar date there, now. Only a command, a page or a flow's first line may ask."""
    return day_in_amsterdam(datetime.now(UTC))


def now_in_amsterdam() -> datetime:
    """The moment, as a clock there shows it; for whoever also needs the hour."""
    return datetime.now(AMSTERDAM)


def present_moment() -> datetime:
    """The moment in UTC, as the tables keep moments. Only a command, a page or a flow's first line may ask."""
    return datetime.now(UTC)

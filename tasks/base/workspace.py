"""The settings, the programme and the database that a run or a command works with, opened in one place."""

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
    """The settings, the programme and the database of one run or command."""

    settings: Settings
    programme: Programme
    engine: Engine


def open_workspace(settings: Settings | None = None, *, with_templates: bool = False) -> Workspace:
    """The settings, the programme, and the database, whose schema must be the newest.

    Args:
        with_templates: require the mail of each touchpoint; for callers that render.

    Raises:
        SettingsInvalid, ProgrammeInvalid, DatabaseUnusable: the message says what to do.
    """
    settings = settings or read_settings()
    programme = load_programme(settings.programme, TEMPLATES if with_templates else None, settings.templates)
    return Workspace(settings, programme, open_database(settings))


def open_database(settings: Settings) -> Engine:
    """The database alone. Raises DatabaseUnusable, also for a missing SQLite file, which is not created here."""
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
    """Today's date in Amsterdam. Only a command, a page or a flow's first line may call this."""
    return day_in_amsterdam(datetime.now(UTC))


def now_in_amsterdam() -> datetime:
    """The present moment in Amsterdam (aware), for callers that also need the hour."""
    return datetime.now(AMSTERDAM)


def present_moment() -> datetime:
    """The moment in UTC, as the tables keep moments. Only a command, a page or a flow's first line may ask."""
    return datetime.now(UTC)

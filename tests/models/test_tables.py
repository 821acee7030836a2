"""The list of all tables, and the modules that they come from."""

from typing import Any

import pytest
from sqlalchemy import Column, Engine, Inspector, Table, inspect
from sqlmodel import SQLModel

from models import tables
from models.settings import ROOT


def test_the_list_names_every_table() -> None:
    """Each module of models/ that declares tables is listed with all of them, so `metadata` is whole."""
    declaring = {path.stem for path in (ROOT / "models").glob("*.py") if "table=True" in path.read_text()}
    assert {*tables.ROOMS.values()} == declaring
    parts = {"message_plans", "message_states", "other_decisions"}  # of views, which Alembic knows as a whole
    assert {*tables.ROOMS} - parts == {*tables.metadata.tables}
    assert all(getattr(tables, name).name == name for name in tables.ROOMS)


def test_no_command_makes_mappers() -> None:
    """A table whose class has another base would bring them back, and with them half of what tables cost."""
    assert tables.metadata.tables
    assert not list(SQLModel._sa_registry.mappers)


def test_a_table_that_is_not_there_is_said() -> None:
    """As of any module, so that a wrong name fails where it is written."""
    with pytest.raises(AttributeError, match="models.tables has no table cleints"):
        tables.cleints  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_made_what_the_models_say(sqlite_engine: Engine) -> None:
    """Nothing is created from the models, so only this holds their columns and indexes to those of the database."""
    found = inspect(sqlite_engine)
    own = [table for table in tables.metadata.tables.values() if table.name not in found.get_view_names()]
    assert len(own) > 60
    for table in own:
        columns = {each["name"]: each["nullable"] for each in found.get_columns(table.name)}
        assert columns == {each.name: each.nullable for each in table.c}, table.name
        assert _told(table) == _made(found, table.name), table.name


def _told(table: Table) -> dict[Any, Any]:
    """Of each index over columns alone, what it indexes, whether it is unique, and of which rows it is."""
    plain = [each for each in table.indexes if all(isinstance(part, Column) for part in each.expressions)]
    return {each.name: ([part.name for part in each.columns], each.unique, each.info.get("where")) for each in plain}


def _made(found: Inspector, table: str) -> dict[Any, Any]:
    made = {}
    for each in found.get_indexes(table):
        where = each.get("dialect_options", {}).get("sqlite_where")
        made[each["name"]] = (each["column_names"], bool(each["unique"]), None if where is None else str(where))
    return made

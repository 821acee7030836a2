"""The list of all tables, and the modules that they come from."""

import pytest

from models import tables
from models.settings import ROOT


def test_the_list_names_every_table() -> None:
    """Each module of models/ that declares tables is listed with all of them, so `metadata` is whole."""
    declaring = {path.stem for path in (ROOT / "models").glob("*.py") if "table=True" in path.read_text()}
    assert {*tables.ROOMS.values()} == declaring
    parts = {"message_plans", "message_states", "other_decisions"}  # of views, which Alembic knows as a whole
    assert {*tables.ROOMS} - parts == {*tables.metadata.tables}
    assert all(getattr(tables, name).name == name for name in tables.ROOMS)


def test_a_table_that_is_not_there_is_said() -> None:
    """As of any module, so that a wrong name fails where it is written."""
    with pytest.raises(AttributeError, match="models.tables has no table cleints"):
        tables.cleints  # type: ignore[attr-defined]  # noqa: B018

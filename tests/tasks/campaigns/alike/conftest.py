"""A base with rarities, and a campaign in which nobody is alike."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database.engine import writing
from programme.campaigns.likeness import LikenessRule
from tasks.base.workspace import Workspace
from tests.tasks.campaigns.alike.rarities import add_rarities, with_terms
from tests.tasks.campaigns.base import workspace_of


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    """A base in which every fact that a rule looks at occurs, and several of them at once."""
    workspace = workspace_of(engine, tmp_path, clients=450)
    with writing(engine) as connection:
        add_rarities(connection)
    return with_terms(workspace)


@pytest.fixture
def each_alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, everybody is judged alone."""
    return lambda: monkeypatch.setattr(LikenessRule, "applies", False)

"""What the tests of the import share: importing a folder, and a folder made of texts."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.importing.folder import import_folder
from tasks.importing.report import ImportReport
from tasks.importing.rules import ImportRules

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def rejected(tmp_path: Path) -> Path:
    return tmp_path / "rejected.csv"


@pytest.fixture
def load(rejected: Path) -> Callable[..., ImportReport]:
    """Import a folder, at a fixed moment unless another is named; the faults go to `rejected`."""
    return lambda engine, folder, at=NOW, confirm=False, **rules: import_folder(
        engine, folder, imported_at=at, rejected_path=rejected, rules=ImportRules(**rules), confirm=confirm
    )


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """Make (or change) an export: export(clients="client_id,name\\n…") writes clients.csv."""
    folder = tmp_path / "export"
    folder.mkdir()

    def write(**files: str | bytes) -> Path:
        for name, content in files.items():
            (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write

"""The origin guard: our packages have everybody's names, so make sure that they are ours (started before all else)."""

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = ("programme", "models", "tasks", "flows", "web", "cli", "sample", "templates")


class ForeignModule(Exception):
    """Another distribution installed a package under one of our names."""


def ensure_own_modules(root: Path = ROOT, names: tuple[str, ...] = OURS) -> None:
    """Raises ForeignModule when a name of ours would be imported from anywhere but `root`."""
    for name in names:
        if not (root / name / "__init__.py").is_file():
            continue
        found = importlib.util.find_spec(name)
        origin = found.origin if found else None
        if origin is None or not Path(origin).resolve().is_relative_to(root):
            raise ForeignModule(
                f"{name} was imported from another distribution ({origin or 'a folder without __init__.py'}). "
                "Use a fresh environment, or start with: python -m cli"
            )

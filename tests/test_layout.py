"""Who may import whom, read from the syntax trees; and that every module is where its name says."""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from cli.guard import OURS, ROOT, ensure_own_modules

MAY_IMPORT = {
    "programme": set(),
    "models": {"programme"},
    "tasks": {"models", "programme"},
    "flows": {"tasks", "models", "programme"},
    "sample": {"flows", "tasks", "models", "programme"},  # flows: only the stories, which know no Prefect
    "deployments": {"flows", "tasks", "models", "programme"},
    "cli": {"flows", "tasks", "models", "programme", "web", "sample"},  # web: only to serve it
    "web": {"tasks", "models", "programme"},
}
# The rooms of tasks/: of the core, each may import those before it; a feature imports the core and no other feature.
CORE = ("base", "mail", "clients", "sending", "providers", "runs", "money")
FEATURES = {
    "campaigns",
    "care",
    "checking",
    "desk",
    "figures",
    "importing",
    "inbound",
    "insight",
    "papers",
    "privacy",
    "proposals",
    "referrals",
}
# Beside the standard library. Others are imported where they are needed, by whoever may do what they do.
RULES_MAY_USE = {
    "pydantic",
    "pydantic_core",
    "email_validator",  # the syntax alone, no DNS
    "holidays",  # TARGET days: a calendar by rule, without a clock
    "anyascii",  # a table of letters
}
IMPURE = {"http", "os", "random", "secrets", "socket", "sqlite3", "subprocess", "urllib.request"}
OF_PREFECT = {"flows", "deployments"}
OF_THE_CLOCK = {("datetime", "now"), ("datetime", "today"), ("date", "today"), ("datetime", "utcnow"), ("time", "time")}
MOST_LINES = 300
MOST_MODULES = 10
OF_MODULES = sorted(set(MAY_IMPORT) - {"deployments"})  # the Prefect API has deployments too
# One file a journey, a table's room, a command, a step of the schema: whoever looks for one knows its name.
ONE_FILE_EACH = {"flows", "models", "cli/commands", "models/migrations/versions"}
HELD = {"clients", "projects", "quotes", "interactions", "feedback", "invoices", "referrals"}
# An answer by an old link is kept whatever the export says; a held client is found, and said to be held.
OF_ALL_ROWS = {
    "tasks/referrals/links/sign_up.py",  # writes the referral
    "tasks/referrals/links/forgetting.py",  # forgets held rows too
    "tasks/referrals/own_page/iban_links.py",  # locks the client's row
    "tasks/inbound/answers.py",
    "tasks/inbound/replies/storing.py",  # writes
    "tasks/inbound/preferences.py",
    "tasks/insight/set_aside.py",
    "tasks/clients/lookup.py",
    "tasks/papers/lists.py",  # books name whoever was paid, whatever the export has today
    "tasks/papers/statement.py",
    "tasks/money/payees.py",  # the ledger's balances are owed whether or not the export has the client
    "tasks/referrals/reviewing.py",  # writes
    "tasks/care/cases/answers.py",  # writes
    "tasks/care/acting/case_acts.py",  # writes
    "tasks/care/cases/ending.py",  # writes
    "tasks/care/acting/outcomes.py",  # writes
    "tasks/privacy/person.py",  # a person's rights do not depend on what the export has today
    "tasks/privacy/erasing.py",
    "tasks/privacy/outside.py",
    "tasks/privacy/retention.py",
    "tasks/privacy/tables/belongings.py",
    "tasks/privacy/tables/mailing.py",
}

FILES = sorted(path for name in MAY_IMPORT for path in (ROOT / name).rglob("*.py") if "versions" not in path.parts)
IN_ROOMS = [path for path in FILES if path.parts[len(ROOT.parts)] == "tasks" and path.parent.name != "tasks"]


@cache
def read(path: Path) -> tuple[str, ast.Module]:
    """A file's text and its syntax tree, read once."""
    text = path.read_text(encoding="utf-8")
    return text, ast.parse(text)


def of_each(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test over many files, which names every fault: a test a file would be two thousand of them."""

    def made(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            faults = []
            for path in paths:
                try:
                    check(path)
                except AssertionError as fault:
                    faults.append(str(fault).partition("\n")[0])
            assert not faults, "\n".join(faults)

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return made


def package_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def imported_by(path: Path) -> Iterator[tuple[str, int]]:
    """Every module that a file imports, at its top or inside a function, with the line."""
    for node in ast.walk(read(path)[1]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.relative_to(ROOT)}:{node.lineno}: write the whole name of the module"
            yield node.module or "", node.lineno


@pytest.mark.slow
@of_each(FILES)
def test_imports_go_one_way(path: Path) -> None:
    """deployments → flows → tasks → models → programme; cli and web stand on top of them."""
    own = package_of(path)
    allowed = MAY_IMPORT[own] | {own}
    for module, line in imported_by(path):
        package = module.partition(".")[0]
        if package in MAY_IMPORT:
            assert package in allowed, f"{path.relative_to(ROOT)}:{line}: {own} may not import {module}"
        if package == "prefect":
            assert own in OF_PREFECT, f"{path.relative_to(ROOT)}:{line}: only flows and deployments know Prefect"
        assert package != "tests", f"{path.relative_to(ROOT)}:{line}: imports the tests"


@of_each([path for path in FILES if package_of(path) == "flows"])
def test_nothing_reaches_prefect_past_the_guard_of_secrets(path: Path) -> None:
    """Flows and tasks are made in flows/secrecy.py alone, artifacts in flows/ui/publishing.py alone."""
    for node in ast.walk(read(path)[1]):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "prefect":
            names = {alias.name for alias in node.names}
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            assert not names & {"flow", "task"}, f"{where}: take flow and task from flows.secrecy"
            makes = any(name.startswith("create_") and name.endswith("_artifact") for name in names)
            assert not makes or path.name == "publishing.py", f"{where}: publish it by flows.ui.publishing"


def room_of(module: str) -> str:
    return module.split(".")[1]


@of_each(IN_ROOMS)
def test_the_rooms_of_the_tasks_import_one_way(path: Path) -> None:
    """Core rooms import those before them, features import the core; nobody imports a feature but itself."""
    own = path.relative_to(ROOT).parts[1]
    allowed = {own, *(CORE[: CORE.index(own)] if own in CORE else CORE)}
    for module, line in imported_by(path):
        if module.startswith("tasks."):
            where = f"{path.relative_to(ROOT)}:{line}"
            assert room_of(module) in allowed, f"{where}: {own} may not import {module}"


def test_every_room_of_the_tasks_has_its_place() -> None:
    """A new room is put among the core or the features before anything can live in it."""
    rooms = {folder.name for folder in (ROOT / "tasks").iterdir() if (folder / "__init__.py").exists()}
    assert rooms == {*CORE, *FEATURES}


def test_rooms_import_each_other_in_one_direction() -> None:
    """No two rooms of the rules import each other, not by way of a third either."""
    rooms: dict[str, set[str]] = {}
    for path in FILES:
        if package_of(path) == "programme" and len(path.relative_to(ROOT).parts) > 2:
            own = path.relative_to(ROOT).parts[1]
            others = {room_of(module) for module, _ in imported_by(path) if module.startswith("programme.")}
            rooms.setdefault(own, set()).update(others - {own})
    TopologicalSorter(rooms).prepare()  # raises CycleError, which names the rooms


@pytest.mark.slow
def test_no_two_modules_import_each_other() -> None:
    """Not by way of a third either, nor within a function, nor for the sake of a type."""
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in FILES}
    taken = {name: set(_every_name_imported(path)) & (names.keys() - {name}) for name, path in names.items()}
    TopologicalSorter(taken).prepare()  # raises CycleError, which names the modules


def _every_name_imported(path: Path) -> Iterator[str]:
    """The modules, and each name that is taken from one: it may be a module of that folder."""
    for node in ast.walk(read(path)[1]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}{name}" for name in ("", *(f".{alias.name}" for alias in node.names)))


@of_each([path for path in FILES if package_of(path) == "programme"])
def test_the_rules_are_pure(path: Path) -> None:
    """programme/ uses the standard library and pydantic, never the network, the database or a clock."""
    for module, line in imported_by(path):
        package = module.partition(".")[0]
        is_known = package in sys.stdlib_module_names or package in RULES_MAY_USE or package == "programme"
        assert is_known, f"{path.relative_to(ROOT)}:{line}: a rule may not import {module}"
        assert module not in IMPURE, f"{path.relative_to(ROOT)}:{line}: a rule may not import {module}"


@of_each([path for path in FILES if package_of(path) in ("programme", "models")])
def test_no_rule_reads_a_clock(path: Path) -> None:
    """A day is an argument: neither the rules nor the tables ask for the time."""
    for node in ast.walk(read(path)[1]):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if isinstance(node.func.value, ast.Name):
            call = (node.func.value.id, node.func.attr)
            assert call not in OF_THE_CLOCK, f"{path.relative_to(ROOT)}:{node.lineno}: {'.'.join(call)}"


@pytest.mark.slow
@of_each(IN_ROOMS)
def test_who_reads_facts_sees_no_row_that_is_held(path: Path) -> None:
    """Clients and facts are read from models.present, which leaves out what the CRM's export no longer has."""
    if str(path.relative_to(ROOT)) in OF_ALL_ROWS or path.relative_to(ROOT).parts[1] == "importing":
        return
    for node in ast.walk(read(path)[1]):
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}: take it from models.present"
        if isinstance(node, ast.ImportFrom) and node.module == "models.tables":
            assert not HELD & {alias.name for alias in node.names}, where
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "tables":
            assert node.attr not in HELD, where


@of_each(FILES)
def test_a_file_can_be_read_in_one_go(path: Path) -> None:
    """At most 300 lines, a docstring that says what it is for, and no name that says nothing."""
    text, tree = read(path)
    assert len(text.splitlines()) <= MOST_LINES, f"{path.relative_to(ROOT)} has {len(text.splitlines())} lines"
    if text.strip():
        assert ast.get_docstring(tree), f"{path.relative_to(ROOT)} has no docstring"
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@of_each(FILES)
def test_no_module_is_named_like_a_standard_one(path: Path) -> None:
    """Whoever puts one of our folders first on the path must still find the standard library."""
    if path.stem not in {"__init__", "__main__"}:
        # Only flows/ is ever put on the path, by Prefect; there a name must be free. Elsewhere packages keep apart.
        assert package_of(path) != "flows" or path.stem not in sys.stdlib_module_names, path


def test_every_package_is_a_regular_one() -> None:
    """A folder without __init__.py loses to any regular package of the same name."""
    for path in FILES:
        if "migrations" in path.parts:
            continue  # Alembic reads them by their path
        for folder in path.relative_to(ROOT).parents:
            assert folder == Path() or (ROOT / folder / "__init__.py").exists(), folder
    assert (ROOT / "tests" / "__init__.py").exists()


@of_each([path for path in FILES if path.name == "__init__.py"])
def test_a_room_opens_with_a_map_of_what_is_in_it(path: Path) -> None:
    """A folder of more than five files names each in its docstring, and in the first column none that is gone."""
    here = {each.stem for each in path.parent.iterdir() if each.suffix == ".py" or (each / "__init__.py").exists()}
    told = ast.get_docstring(read(path)[1]) or ""
    first = {name for line in told.splitlines() for name in re.findall(r"[a-z_]+", _first_column(line))}
    gone = sorted(first - {each.stem for each in path.parent.iterdir()})
    lacking = sorted(name for name in here - {"__init__"} if not re.search(rf"\b{name}\b", told))
    assert not gone, f"{path} names {gone}, which are not there"
    assert len(here) <= 6 or not lacking, f"{path} does not name {lacking}"


def test_a_room_holds_no_more_than_can_be_seen_at_once() -> None:
    """At most ten modules beside the map; a room that outgrows them gets rooms of its own."""
    for folder in sorted({path.parent for path in FILES}):
        name = str(folder.relative_to(ROOT))
        modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert name in ONE_FILE_EACH or len(modules) <= MOST_MODULES, f"{name} has {len(modules)} modules"


@of_each(FILES)
def test_a_place_that_is_named_is_there(path: Path) -> None:
    """Comments and docstrings name files and folders of ours; none of them has moved away."""
    for name in re.findall(rf"(?<![\w./-])(?:{'|'.join(OF_MODULES)})(?:/[a-z_]+)+(?![\w{{<])", read(path)[0]):
        place = ROOT / name
        assert place.exists() or place.with_suffix(".py").exists(), f"{path.relative_to(ROOT)} names {name}"


def _first_column(line: str) -> str:
    """Of a line of a map, the names before its words; "" of any other line."""
    found = re.match(r" {0,4}([a-z_]+/?(?:, [a-z_]+/?)*) {2,}\S", line)
    return found[1] if found else ""


def test_the_packages_are_imported_from_here() -> None:
    """Each of our names leads to this checkout, and the guard knows them all."""
    ensure_own_modules()
    assert {name for name in MAY_IMPORT if (ROOT / name / "__init__.py").exists()} <= {*OURS, "deployments"}

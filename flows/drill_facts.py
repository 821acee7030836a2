"""The facts of a drill: rows of the export's files, imported as an export with these rows alone would be."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from models.database.engine import reading
from models.present import clients, invoices
from programme.words.dates import day_in_amsterdam
from tasks.base.workspace import Workspace
from tasks.importing.folder import import_folder
from tasks.importing.report import ImportReport
from tasks.importing.rules import ImportRules
from tasks.importing.staging.judge import OF_ERASED

FACTS = {
    "feedback": "feedback.csv",
    "interaction": "interactions.csv",
    "invoice": "invoices.csv",
    "quote": "quotes.csv",
    "client": "clients.csv",
    "order": "projects.csv",
    "pay": "invoices.csv",
}
CLIENTS = "clients.csv"
# What an event of a change must find stored, and the cell that shows that it did.
CHANGES = {"client": ("client", "client_id", "name"), "pay": ("invoice", "invoice_id", "client_id")}


class Fact(NamedTuple):
    """One row of a file, with the line of the drill that it stands on."""

    line: int
    at: datetime
    kind: str
    cells: dict[str, str]


def as_fact(line: int, kind: str, at: datetime, values: Mapping[str, Any]) -> Fact:
    """The event as cells; what it leaves out by agreement is filled in."""
    day = day_in_amsterdam(at).isoformat()
    cells = {name: _cell(each) for name, each in values.items() if name != "reply"}
    match kind:
        case "interaction":
            cells = {"occurred_on": day, "direction": "in"} | cells
        case "order":
            cells = {"type": "overig", "value_eur": "500", "ordered_on": day} | cells
            cells["type"] = cells.pop("project_type", cells["type"])
        case "pay":
            cells |= {"paid_on": day}
    return Fact(line, at, kind, cells)


def import_facts(workspace: Workspace, folder: Path, facts: Sequence[Fact]) -> tuple[int, str] | None:
    """Import these rows, each with its own columns; returns the line and the reason of the first one refused.

    Rows of one file with the same columns go in one import; what names an erased client is left out.
    """
    rest = list(facts)
    while rest:
        part = _next_part(rest)
        rest = rest[len(part) :]
        completed = [_completed(workspace, fact) for fact in part]
        if refused := _unknown(completed) or _import(workspace, folder, completed):
            return refused
    return None


def _unknown(facts: Sequence[Fact]) -> tuple[int, str] | None:
    """The first event that changes what is not there."""
    for fact in facts:
        what, key, shows = CHANGES.get(fact.kind, ("", "", ""))
        if what and shows not in fact.cells:
            return fact.line, f"there is no {what} {fact.cells.get(key, '')!r}"
    return None


def _next_part(facts: Sequence[Fact]) -> list[Fact]:
    """The longest beginning in which each file has one set of columns and no id twice."""
    columns: dict[str, frozenset[str]] = {}
    seen: set[tuple[str, str]] = set()
    part: list[Fact] = []
    for fact in facts:
        file, own = FACTS[fact.kind], (FACTS[fact.kind], next(iter(_ids(fact)), ""))
        if columns.setdefault(file, frozenset(fact.cells)) != frozenset(fact.cells) or own in seen:
            break
        seen.add(own)
        part.append(fact)
    return part or [facts[0]]


def _ids(fact: Fact) -> list[str]:
    names = {"feedback": "feedback_id", "interaction": "interaction_id", "quote": "quote_id", "client": "client_id"}
    return [fact.cells.get(names.get(fact.kind, "project_id" if fact.kind == "order" else "invoice_id"), "")]


def _completed(workspace: Workspace, fact: Fact) -> Fact:
    """The required cells that an event of a change leaves out, as they are stored."""
    if fact.kind not in ("client", "pay"):
        return fact
    table, key = (clients, "client_id") if fact.kind == "client" else (invoices, "invoice_id")
    with reading(workspace.engine) as connection:
        row = connection.execute(select(table).where(table.c[key] == fact.cells.get(key))).one_or_none()
    if row is None:
        return fact
    if fact.kind == "client":
        name = "erased" if row.erased_on else row.name  # any name will do: the import leaves the row out
        return fact._replace(cells={"name": name} | fact.cells)
    stored = {
        "client_id": row.client_id,
        "amount_eur": f"{row.amount_cents // 100},{row.amount_cents % 100:02d}",
        "issued_on": row.issued_on.isoformat(),
        "due_on": row.due_on.isoformat(),
    }
    return fact._replace(cells=stored | fact.cells)


def _import(workspace: Workspace, folder: Path, facts: Sequence[Fact]) -> tuple[int, str] | None:
    for old in folder.iterdir():
        old.unlink()
    files: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        files[FACTS[fact.kind]].append(fact)
    (folder / CLIENTS).write_text("client_id,name\n", encoding="utf-8")
    for file, rows in files.items():
        with (folder / file).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0].cells))
            writer.writeheader()
            writer.writerows(row.cells for row in rows)
    programme = workspace.programme
    part = programme.importing.model_copy(update={"complete": False})
    rejected = folder / "rejected.csv"
    report = import_folder(
        workspace.engine,
        folder,
        imported_at=facts[-1].at,
        rejected_path=rejected,
        rules=ImportRules(part, programme.types_in_export),
        confirm=True,
    )
    return _refused(report, files)


def _refused(report: ImportReport, files: Mapping[str, Sequence[Fact]]) -> tuple[int, str] | None:
    """The first row that was left out; a value taken as unknown is no reason to stop, nor is an erased client."""
    for count in report.files:
        rows = files.get(count.file, ())
        faults = [fault for fault in report.faults if fault.file == count.file]
        others = [fault for fault in faults if not fault.reason.startswith(OF_ERASED)]
        if rows and count.left_out > len(faults) - len(others):
            fault = others[0]
            line = rows[min(max(fault.line - 2, 0), len(rows) - 1)].line
            return line, f"{fault.column} {fault.value!r} {fault.reason}"
    return None


def _cell(value: Any) -> str:
    return "" if value is None else str(value)

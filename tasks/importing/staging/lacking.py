"""Rows that we have and the export no longer has: lists them, holds them when exports are whole, brings them back."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, func, insert, not_, select, update

from models.tables import clients, feedback, projects, referrals, suppressions
from programme.referrals.sign_up import SIGNUP_PREFIX
from tasks.importing.reading.sheets import SHEETS
from tasks.importing.report import FileCount
from tasks.importing.staging.judge import Stages
from tasks.importing.staging.parts import Parts
from tasks.importing.staging.stage import Stage

FEW_ROWS = 50  # so many rows may be lacking without a question
FEW_SHARE = 0.05  # so may this share of a file's rows
SHOWN = 3


class ImportStopped(Exception):
    """Nothing was written: the export looks wrong, and a person must confirm that it is right."""


def find_lacking(stage: Stage, count: FileCount) -> None:
    """List the rows that we have and the file lacks, except erased clients and answers from our own pages."""
    table = stage.sheet.table
    if table is suppressions:
        return
    key = table.c[stage.sheet.id_column]
    # What is left of an erased client counts in the figures, whatever the CRM still has of it.
    erased = select(clients.c.client_id).where(clients.c.erased_on.is_not(None))
    owner = table.c["referrer_id" if table is referrals else "client_id"]
    asked: list[ColumnElement[bool]] = [table.c.held_on.is_(None), owner.not_in(erased)]
    if (ours := _made_here(table)) is not None:
        asked.append(not_(ours))
    missing = select(key).where(*asked, ~exists().where(stage.id == key), ~exists().where(stage.refused.c.id == key))
    stage.connection.execute(insert(stage.lacking).from_select(["id"], missing))
    count.lacking = list(stage.connection.scalars(select(stage.lacking.c.id).order_by(stage.lacking.c.id)))


def stop_unless_likely(stages: Stages, counts: Mapping[str, FileCount], is_complete: bool) -> None:
    """Check the export as a whole. Raises ImportStopped when it lacks too much, or has known clients under new ids."""
    doubts = [*_renumbered(stages), *(_too_many(stages, counts) if is_complete else ())]
    if doubts:
        raise ImportStopped(
            f"{'; '.join(doubts)}. Nothing was written. Look at the export; if it is right, import it with --confirm"
        )


def _too_many(stages: Stages, counts: Mapping[str, FileCount]) -> Iterable[str]:
    for name, stage in stages.items():
        missing = len(counts[name].lacking)
        if missing <= FEW_ROWS:
            continue
        held = stage.connection.execute(
            select(func.count()).select_from(stage.sheet.table).where(stage.sheet.table.c.held_on.is_(None))
        ).scalar_one()
        if missing > FEW_SHARE * held:
            yield f"{stage.sheet.file} lacks {missing:,} of the {held:,} rows that we hold"


def _renumbered(stages: Stages) -> Iterable[str]:
    """Known rows that come back under new ids while the old ids are lacking, in a sentence: they would exist twice."""
    if stage := stages.get("clients"):
        pairs = _same_under(stage, clients, ["name", "recipient"], _client_marks)
        if pairs:
            yield f"{_number(pairs, 'client')} of this export we know under other ids, it seems ({_some(pairs)})"
    if stage := stages.get("projects"):
        pairs = _same_under(stage, projects, ["client_id", "ordered_on"], _project_marks)
        if pairs:
            yield f"{_number(pairs, 'project')} we know under other ids, it seems ({_some(pairs)})"


def _same_under(stage: Stage, table: Table, names: list[str], marks: Any) -> list[tuple[str, str]]:
    """(new id, old id) pairs of the same thing."""
    if not set(names) <= set(stage.names):
        names = [name for name in names if name in stage.names]
    key = table.c[stage.sheet.id_column]
    known: dict[Any, str] = {}
    columns = [table.c[name] for name in names]
    for row in stage.connection.execute(select(key, *columns).join(stage.lacking, stage.lacking.c.id == key)):
        known |= dict.fromkeys(marks(row[0], dict(zip(names, row[1:], strict=True))), row[0])
    if not known:
        return []
    new = select(stage.id, *(stage.table.c[name] for name in names)).where(~exists().where(key == stage.id))
    pairs = []
    for row in stage.connection.execute(new.order_by(stage.table.c.line)):
        found = (known.get(mark) for mark in marks(row[0], dict(zip(names, row[1:], strict=True))))
        if (old := next(filter(None, found), None)) is not None:
            pairs.append((row[0], old))
    return pairs


def _client_marks(client_id: str, values: Mapping[str, Any]) -> list[Any]:
    """What identifies a client: name and address; or name and an id that may have lost its leading zeros."""
    name = " ".join(str(values["name"]).casefold().split())
    marks: list[Any] = [("id", _bare(client_id), name)]
    return [("address", values["recipient"], name), *marks] if values.get("recipient") else marks


def _project_marks(project_id: str, values: Mapping[str, Any]) -> list[Any]:
    """What identifies a project: client, day of order, and an id that may have lost its leading zeros."""
    return [(_bare(project_id), _bare(values["client_id"]), values["ordered_on"])]


def _bare(row_id: str) -> str:
    return row_id.removesuffix(".0").lstrip("0")


def _number(pairs: list[Any], noun: str) -> str:
    return f"{len(pairs):,} {noun}{'' if len(pairs) == 1 else 's'}"


def _some(pairs: list[tuple[str, str]]) -> str:
    some = [f"{new} was {old}" for new, old in pairs[:SHOWN]]
    return ", ".join([*some, "…"] if len(pairs) > SHOWN else some)


def hold_lacking(stages: Stages, parts: Parts, today: date) -> None:
    """Hold the rows that the export lacks, and with a client all rows of that client; nothing is deleted.

    Feedback about a project that has moved to another record stays: a complaint follows its project.
    """
    for stage in stages.values():
        if stage.sheet.table is not suppressions:
            parts.over(stage.lacking, lambda is_part, stage=stage: _hold(stage, is_part, today))  # type: ignore[misc]
    if (owners := stages.get("clients")) is not None:
        parts.over(owners.lacking, lambda is_part: _hold_with_client(owners, is_part, today))


def _hold(stage: Stage, is_part: Any, today: date) -> int:
    table = stage.sheet.table
    ids = select(stage.lacking.c.id).where(is_part)
    statement = update(table).where(table.c[stage.sheet.id_column].in_(ids), table.c.held_on.is_(None))
    return stage.connection.execute(statement.values(held_on=today)).rowcount


def _hold_with_client(owners: Stage, is_part: Any, today: date) -> int:
    ids = select(owners.lacking.c.id).where(is_part)
    moved = exists().where(projects.c.project_id == feedback.c.project_id, projects.c.client_id != feedback.c.client_id)
    held = 0
    for table, owner in _facts():
        theirs = and_(table.c[owner].in_(ids), table.c.held_on.is_(None))
        if table is feedback:
            theirs = and_(theirs, not_(moved))
        held += owners.connection.execute(update(table).where(theirs).values(held_on=today)).rowcount
    return held


def bring_back(stages: Stages, parts: Parts) -> None:
    """Release what was held with a client who is in the export again: what our pages made, and rows of absent files.

    Must run before the client's own row is written, because that row has the day of holding.
    """
    owners = stages.get("clients")
    if owners is None:
        return

    def free(is_part: Any) -> int:
        freed = 0
        for table, owner in _facts():
            was_held = exists().where(
                clients.c.client_id == table.c[owner],
                clients.c.held_on == table.c.held_on,
                clients.c.client_id.in_(select(owners.id).where(is_part)),
            )
            conditions: list[ColumnElement[bool]] = [was_held]
            if table.name in stages:
                if (ours := _made_here(table)) is None:
                    continue
                conditions.append(ours)
            freed += parts.connection.execute(update(table).where(and_(*conditions)).values(held_on=None)).rowcount
        return freed

    with parts.looking():
        held = select(clients.c.client_id).where(clients.c.held_on.is_not(None)).limit(1)
        found = parts.connection.execute(held).first() is not None
    if found:
        parts.over(owners.table, free)


def _made_here(table: Table) -> ColumnElement[bool] | None:
    """SQL for: the row came to us by another way, so that no export has it; None for a table without such rows."""
    if table is referrals:
        return referrals.c.referral_id.startswith(SIGNUP_PREFIX, autoescape=True)
    return table.c.origin != "import" if "origin" in table.c else None


def _facts() -> list[tuple[Table, str]]:
    """The tables of facts, each with the column that names its client."""
    tables = [sheet.table for sheet in SHEETS if sheet.table not in (clients, suppressions)]
    return [(table, "referrer_id" if table is referrals else "client_id") for table in tables]

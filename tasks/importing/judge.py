"""Staged rows against what is stored: those that refer to nothing, come twice or say what they may not are reported.

All in SQL over whole sets, the same on both databases; only the temporary tables are written.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update

from models.tables import clients
from tasks.importing.columns import Reference
from tasks.importing.report import Fault, FileCount, shown
from tasks.importing.stage import Stage, has_same_id

Stages = Mapping[str, Stage]
"""By name of the table."""


def judge_stage(stage: Stage, stages: Stages, count: FileCount, is_complete: bool) -> list[Fault]:
    """Leave out what cannot be taken, count it in `count`, and return what was not taken as it stands.

    Args:
        stages: those of the files before it, which its references may name.
    """
    faults = _leave_out_erased(stage, count)
    if "origin" in stage.sheet.table.c:
        faults += _leave_out_ours(stage, count)
    for reference in stage.sheet.references:
        dangles = _dangles(stage, reference, stages, is_complete)
        if reference.required:
            reason = f"names a {reference.noun} that is not there"
            faults += _leave_out(stage, reference.column, dangles, reason, count)
        else:
            faults += _forget(stage, reference, dangles)
    faults += _leave_out_repeated(stage, count)
    for column, told_on in stage.sheet.told_on:
        faults += _report_told(stage, column, told_on)
    return faults


def _leave_out_erased(stage: Stage, count: FileCount) -> list[Fault]:
    """Rows of a person whose data were erased on request stay out for good."""
    owner = "client_id" if stage.sheet.table is clients else stage.sheet.references[0].column
    is_erased = exists().where(clients.c.client_id == stage.table.c[owner], clients.c.erased_on.is_not(None))
    return _leave_out(stage, owner, is_erased, "belongs to a client who was erased", count)


def _leave_out_ours(stage: Stage, count: FileCount) -> list[Fault]:
    """What a client told us on a page of ours is not the export's to change."""
    is_ours = exists().where(has_same_id(stage), stage.sheet.table.c.origin != "import")
    reason = "is an answer that the client gave on our own page"
    return _leave_out(stage, stage.sheet.id_column, is_ours, reason, count)


def _leave_out_repeated(stage: Stage, count: FileCount) -> list[Fault]:
    """Of rows with one id the last one counts."""
    table, name = stage.table, stage.sheet.id_column
    last = select(func.max(table.c.line)).group_by(table.c[name]).scalar_subquery()
    return _leave_out(stage, name, table.c.line.not_in(last), "comes again further down, which counts", count)


def _leave_out(stage: Stage, name: str, is_out: ColumnElement[bool], reason: str, count: FileCount) -> list[Fault]:
    query = select(stage.table.c.line, stage.table.c[name], stage.id).where(is_out).order_by(stage.table.c.line)
    found = stage.connection.execute(query).all()
    if found:
        stage.connection.execute(insert(stage.refused).from_select(["id"], select(stage.id).where(is_out)))
        stage.connection.execute(delete(stage.table).where(is_out))
    count.left_out += len(found)
    return [
        Fault(stage.sheet.file, line, name, shown(value), f"{reason}: row left out", row_id)
        for line, value, row_id in found
    ]


def _forget(stage: Stage, reference: Reference, dangles: ColumnElement[bool]) -> list[Fault]:
    """An optional reference to nothing is taken as unknown."""
    if reference.column not in stage.names:
        return []
    column = stage.table.c[reference.column]
    dangling = column.is_not(None) & dangles
    found = stage.connection.execute(select(stage.table.c.line, column, stage.id).where(dangling)).all()
    if found:
        stage.connection.execute(update(stage.table).where(dangling).values({reference.column: None}))
    reason = f"names a {reference.noun} that is not there: taken as unknown"
    return [
        Fault(stage.sheet.file, line, reference.column, shown(value), reason, row_id) for line, value, row_id in found
    ]


def _dangles(stage: Stage, reference: Reference, stages: Stages, is_complete: bool) -> ColumnElement[bool]:
    """Neither this export has the row that is named, nor do we (but for what is held, or is going to be)."""
    if reference.column not in stage.names:
        return exists().where(stage.id != stage.id)
    key = next(iter(reference.table.primary_key.columns))
    named = stage.table.c[reference.column]
    is_stored: ColumnElement[bool] = exists().where(key == named, reference.table.c.held_on.is_(None))
    other = stages.get(reference.table.name)
    if other is None:
        return ~is_stored
    if is_complete:
        is_stored = is_stored & ~exists().where(other.lacking.c.id == named)
    return ~exists().where(other.id == named) & ~is_stored


def _report_told(stage: Stage, column: str, told_on: str) -> list[Fault]:
    """Where the export contradicts what a client said on a page of ours. That he wants no mail, it may always say."""
    if column not in stage.names:
        return []
    stored, staged = stage.sheet.table.c, stage.table.c[column]
    query = (
        select(stage.table.c.line, staged, stage.id, stored[column])
        .join_from(stage.table, stage.sheet.table, has_same_id(stage))
        .where(stored[told_on].is_not(None), staged.is_distinct_from(stored[column]), staged.not_in(["no", "unknown"]))
        .order_by(stage.table.c.line)
    )
    return [
        Fault(stage.sheet.file, line, column, shown(value), "the client said otherwise on our own page: kept", row_id)
        for line, value, row_id, _ in stage.connection.execute(query)
    ]

"""Judges staged rows against stored ones: reports rows that refer to nothing, come twice, or change what they may not.

All in SQL over whole sets, the same on both databases; only temporary tables are written.
"""

from collections.abc import Mapping

from sqlalchemy import Boolean, ColumnElement, delete, exists, false, func, insert, select, update

from models.tables import clients
from tasks.base.files.rejected import ImportFault, shown
from tasks.importing.reading.columns import Reference
from tasks.importing.report import FileCount
from tasks.importing.staging.stage import Stage, has_same_id

OF_ERASED = "belongs to a client who was erased"
Stages = Mapping[str, Stage]
"""By name of the table."""


def judge_stage(stage: Stage, stages: Stages, count: FileCount, is_complete: bool) -> list[ImportFault]:
    """Leave out the rows that cannot be taken, count them in `count`, and return a fault for each.

    Args:
        stages: the stages of the files read before this one, which its references may name.
        is_complete: whether the export holds everything, so that rows it lacks will be held.
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
    for column, stated_on in stage.sheet.stated_on:
        faults += _report_contradicted(stage, column, stated_on)
    return faults


def _leave_out_erased(stage: Stage, count: FileCount) -> list[ImportFault]:
    """Leave out rows of a client whose data were erased on request; they stay out for good."""
    owner = "client_id" if stage.sheet.table is clients else stage.sheet.references[0].column
    is_erased = exists().where(clients.c.client_id == stage.table.c[owner], clients.c.erased_on.is_not(None))
    return _leave_out(stage, owner, is_erased, OF_ERASED, count)


def _leave_out_ours(stage: Stage, count: FileCount) -> list[ImportFault]:
    """Leave out rows that would change an answer that the client gave on our own page."""
    is_ours = exists().where(has_same_id(stage), stage.sheet.table.c.origin != "import")
    reason = "is an answer that the client gave on our own page"
    return _leave_out(stage, stage.sheet.id_column, is_ours, reason, count)


def _leave_out_repeated(stage: Stage, count: FileCount) -> list[ImportFault]:
    """Of rows with one id, keep only the last."""
    table, name = stage.table, stage.sheet.id_column
    last = select(func.max(table.c.line)).group_by(table.c[name]).scalar_subquery()
    return _leave_out(stage, name, table.c.line.not_in(last), "comes again further down, which counts", count)


def _leave_out(
    stage: Stage, name: str, is_out: ColumnElement[bool], reason: str, count: FileCount
) -> list[ImportFault]:
    query = select(stage.table.c.line, stage.table.c[name], stage.id).where(is_out).order_by(stage.table.c.line)
    found = stage.connection.execute(query).all()
    if found:
        stage.connection.execute(
            insert(stage.refused).from_select(["id", "refuses"], select(stage.id, false()).where(is_out))
        )
        stage.connection.execute(delete(stage.table).where(is_out))
    count.left_out += len(found)
    return [
        ImportFault(stage.sheet.file, line, name, shown(value), f"{reason}: row left out", row_id)
        for line, value, row_id in found
    ]


def _forget(stage: Stage, reference: Reference, dangles: ColumnElement[bool]) -> list[ImportFault]:
    """Set an optional reference to nothing to NULL."""
    if reference.column not in stage.names:
        return []
    column = stage.table.c[reference.column]
    dangling = column.is_not(None) & dangles
    found = stage.connection.execute(select(stage.table.c.line, column, stage.id).where(dangling)).all()
    if found:
        forgotten = dangling
        if reference.outlasts_hold:
            (own_id,) = reference.table.primary_key
            forgotten &= ~exists().where(own_id == column)
        stage.connection.execute(update(stage.table).where(forgotten).values({reference.column: None}))
    reason = f"names a {reference.noun} that is not there: taken as unknown"
    return [
        ImportFault(stage.sheet.file, line, reference.column, shown(value), reason, row_id)
        for line, value, row_id in found
    ]


def _dangles(stage: Stage, reference: Reference, stages: Stages, is_complete: bool) -> ColumnElement[bool]:
    """SQL for: neither this export nor our tables have the named row. Rows that are held, or will be, do not count."""
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


def _report_contradicted(stage: Stage, column: str, stated_on: str) -> list[ImportFault]:
    """A fault where the export contradicts what a client stated on our own page; a `no` in the export always counts."""
    if column not in stage.names:
        return []
    stored, staged = stage.sheet.table.c, stage.table.c[column]
    # What an empty cell is read as contradicts nobody.
    says = staged.is_(True) if isinstance(staged.type, Boolean) else staged.not_in(["no", "unknown", "email"])
    query = (
        select(stage.table.c.line, staged, stage.id, stored[column])
        .join_from(stage.table, stage.sheet.table, has_same_id(stage))
        .where(stored[stated_on].is_not(None), staged.is_distinct_from(stored[column]), says)
        .order_by(stage.table.c.line)
    )
    return [
        ImportFault(stage.sheet.file, line, column, shown(str(value)), "the client said otherwise to us: kept", row_id)
        for line, value, row_id, _ in stage.connection.execute(query)
    ]

"""Staged rows to the tables: what refers to nothing or comes twice is reported, the rest is taken over by id.

All in SQL over whole sets, the same on both databases, inside the transaction of the caller.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from models.database.bulk import in_values, insert_rows
from models.suppressions import Suppression, suppress_all
from models.tables import clients, referrals, suppressions
from programme.words.states import SuppressionReason
from tasks.importing.accounts import keep_joined, settle_accounts
from tasks.importing.report import Fault, FileCount, shown
from tasks.importing.sheets import Reference, Sheet

SUPPRESSIONS_A_TIME = 5_000  # rows


class Stage:
    """A temporary table with the rows of one file that can be read.

    Attributes:
        table: `line`, then those columns of the sheet's table that the file has.
    """

    def __init__(self, connection: Connection, sheet: Sheet, names: Sequence[str]) -> None:
        self.connection = connection
        self.sheet = sheet
        self.names = list(names)
        columns = [Column(name, sheet.table.c[name].type) for name in self.names if name != "line"]
        self.table = Table(
            f"staged_{sheet.table.name}", MetaData(), Column("line", Integer), *columns, prefixes=["TEMPORARY"]
        )
        self.table.create(connection)

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        insert_rows(self.connection, self.table, self.names, rows)

    def drop(self) -> None:
        self.table.drop(self.connection)


def load_stage(stage: Stage, count: FileCount, imported_at: datetime, bad: Sequence[Fault] = ()) -> list[Fault]:
    """Take the staged rows over into the sheet's table, count them in `count`, and return what was not taken.

    Args:
        bad: what was wrong with the file's cells.
    """
    if stage.connection.dialect.name == "postgresql":
        # A fresh temporary table has no statistics, and the plans below depend on them.
        stage.connection.execute(text(f"ANALYZE {stage.table.name}"))
    if stage.sheet.table is suppressions:
        _merge_suppressions(stage, count, imported_at)
        return []
    return _merge_by_id(stage, count, imported_at, bad)


def _merge_by_id(stage: Stage, count: FileCount, imported_at: datetime, bad: Sequence[Fault]) -> list[Fault]:
    """Columns that the file lacks keep what is stored.

    What a client told us on our own pages outranks the export; such columns are to be set to what is stored here,
    and the difference reported, before rows that say nothing new are told apart.
    """
    faults = [*_leave_out_erased(stage, count)]
    for reference in stage.sheet.references:
        faults += _leave_out_orphans(stage, reference, count) if reference.required else _forget(stage, reference)
    faults += _leave_out_repeated(stage, count)
    if stage.sheet.table is clients:
        faults += settle_accounts(stage, bad, imported_at)
    elif stage.sheet.table is referrals:
        keep_joined(stage)
    _drop_unchanged(stage, count)
    _update(stage, count)
    _insert(stage, count)
    return faults


def _leave_out_erased(stage: Stage, count: FileCount) -> list[Fault]:
    """Rows of a person whose data were erased on request stay out for good."""
    owner = "client_id" if stage.sheet.table is clients else stage.sheet.references[0].column
    is_erased = exists().where(clients.c.client_id == stage.table.c[owner], clients.c.erased_on.is_not(None))
    return _leave_out(stage, owner, is_erased, "belongs to a client who was erased", count)


def _leave_out_orphans(stage: Stage, reference: Reference, count: FileCount) -> list[Fault]:
    reason = f"names a {reference.noun} that is not there"
    return _leave_out(stage, reference.column, _dangles(stage, reference), reason, count)


def _leave_out_repeated(stage: Stage, count: FileCount) -> list[Fault]:
    """Of rows with one id the last one counts."""
    table, name = stage.table, stage.sheet.id_column
    last = select(func.max(table.c.line)).group_by(table.c[name]).scalar_subquery()
    return _leave_out(stage, name, table.c.line.not_in(last), "comes again further down, which counts", count)


def _leave_out(stage: Stage, name: str, is_out: ColumnElement[bool], reason: str, count: FileCount) -> list[Fault]:
    found = stage.connection.execute(
        select(stage.table.c.line, stage.table.c[name]).where(is_out).order_by(stage.table.c.line)
    ).all()
    if found:
        stage.connection.execute(delete(stage.table).where(is_out))
    count.left_out += len(found)
    return [Fault(stage.sheet.file, line, name, shown(value), f"{reason}: row left out") for line, value in found]


def _forget(stage: Stage, reference: Reference) -> list[Fault]:
    """An optional reference to nothing is taken as unknown."""
    if reference.column not in stage.names:
        return []
    dangling = stage.table.c[reference.column].is_not(None) & _dangles(stage, reference)
    found = stage.connection.execute(select(stage.table.c.line, stage.table.c[reference.column]).where(dangling)).all()
    if found:
        stage.connection.execute(update(stage.table).where(dangling).values({reference.column: None}))
    reason = f"names a {reference.noun} that is not there: taken as unknown"
    return [Fault(stage.sheet.file, line, reference.column, shown(value), reason) for line, value in found]


def _dangles(stage: Stage, reference: Reference) -> ColumnElement[bool]:
    key = next(iter(reference.table.primary_key.columns))
    return ~exists().where(key == stage.table.c[reference.column])


def _drop_unchanged(stage: Stage, count: FileCount) -> None:
    table, staged = stage.sheet.table, stage.table
    same = and_(*(table.c[name].is_not_distinct_from(staged.c[name]) for name in _data_columns(stage)))
    known = _has_same_id(stage)
    count.unchanged = stage.connection.execute(delete(staged).where(exists().where(known, same))).rowcount


def _update(stage: Stage, count: FileCount) -> None:
    changes = {name: stage.table.c[name] for name in _data_columns(stage)}
    if changes:
        statement = update(stage.sheet.table).where(_has_same_id(stage)).values(changes)
        count.changed = stage.connection.execute(statement).rowcount


def _insert(stage: Stage, count: FileCount) -> None:
    names = [name for name in stage.names if name != "line"]
    defaults = {name: value for name, value in stage.sheet.defaults if name not in names}
    rows = select(*(stage.table.c[name] for name in names), *(literal(value) for value in defaults.values())).where(
        ~exists().where(_has_same_id(stage))
    )
    statement = insert(stage.sheet.table).from_select([*names, *defaults], rows, include_defaults=False)
    count.new = stage.connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def _data_columns(stage: Stage) -> list[str]:
    return [name for name in stage.names if name not in ("line", stage.sheet.id_column)]


def _has_same_id(stage: Stage) -> ColumnElement[bool]:
    return stage.sheet.table.c[stage.sheet.id_column] == stage.table.c[stage.sheet.id_column]


def _merge_suppressions(stage: Stage, count: FileCount, imported_at: datetime) -> None:
    """Rows that the list has already are told apart here; what the others mean is for the keeper of the list."""
    staged = stage.table
    total = stage.connection.execute(select(func.count()).select_from(staged)).scalar_one()
    is_known = and_(
        _has_same_id(stage), suppressions.c.since <= staged.c.since, suppressions.c.reason == staged.c.reason
    )
    stage.connection.execute(delete(staged).where(exists().where(is_known)))
    rows = stage.connection.execute(select(staged.c.email, staged.c.reason, staged.c.since).order_by(staged.c.line))
    for part in rows.partitions(SUPPRESSIONS_A_TIME):
        wanted = [Suppression(email, SuppressionReason(reason), since) for email, reason, since in part]
        before = _suppressed(stage.connection, wanted)
        suppress_all(stage.connection, wanted, source="import", changed_at=imported_at)
        after = _suppressed(stage.connection, wanted)
        count.new += len(after.keys() - before.keys())
        count.changed += sum(after[email] != before[email] for email in before)
    count.unchanged = total - count.changed - count.new


def _suppressed(connection: Connection, wanted: Sequence[Suppression]) -> dict[str, tuple[str, date]]:
    addresses = {one.recipient for one in wanted}
    rows = connection.execute(
        select(suppressions.c.email, suppressions.c.reason, suppressions.c.since).where(
            in_values(suppressions.c.email, sorted(addresses), connection.dialect.name)
        )
    )
    return {email: (reason, since) for email, reason, since in rows}

"""Writes staged rows to the tables: an upsert by id, in parts. Columns that the file lacks keep their stored values."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    exists,
    false,
    insert,
    literal,
    null,
    select,
    update,
)

from models.database.given import in_values
from models.suppressions import Suppression, suppress_all
from models.tables import suppressions
from programme.words.states import Consent, SuppressionReason
from tasks.importing.report import FileCount
from tasks.importing.staging.consents import keep_refusals, keep_stated
from tasks.importing.staging.parts import IsInPart, Parts
from tasks.importing.staging.stage import Stage, has_same_id


def drop_unchanged(stage: Stage, count: FileCount) -> None:
    """Remove the rows from the stage that are stored unchanged, so that only news needs the write lock."""
    if stage.sheet.table is suppressions:
        is_known = and_(
            has_same_id(stage),
            suppressions.c.since <= stage.table.c.since,
            suppressions.c.reason == stage.table.c.reason,
        )
    else:
        stored, new = stage.sheet.table.c, new_values(stage)
        same = and_(stored.held_on.is_(None), *(stored[name].is_not_distinct_from(new[name]) for name in new))
        is_known = and_(has_same_id(stage), same)
    count.unchanged = stage.connection.execute(delete(stage.table).where(exists().where(is_known))).rowcount


def load_stage(stage: Stage, parts: Parts, count: FileCount, imported_at: datetime) -> None:
    """Write the rows that are left on the stage, and count them. Safe to run twice."""
    if stage.sheet.table is suppressions:
        parts.over(stage.table, lambda is_part: _merge_suppressions(stage, is_part, count, imported_at))
        return

    def merge(is_part: IsInPart) -> int:
        if stage.sheet.stated_on:
            keep_stated(stage, new_values(stage), is_part, imported_at)
        count.changed += _update(stage, is_part)
        count.new += _insert(stage, is_part)
        return 0

    if stage.sheet.refusal:
        with parts.writing():
            keep_refusals(stage, imported_at)  # the row itself counts as left out
    parts.over(stage.table, merge)


def _update(stage: Stage, is_part: IsInPart) -> int:
    changes = {**new_values(stage), "held_on": null()}
    statement = update(stage.sheet.table).where(has_same_id(stage), is_part).values(changes)
    return stage.connection.execute(statement).rowcount


def _insert(stage: Stage, is_part: IsInPart) -> int:
    names = [stage.sheet.id_column, *stage.data_names]
    values: dict[str, ColumnElement[Any]] = {name: stage.table.c[name] for name in names}
    values |= {name: literal(value) for name, value in stage.sheet.defaults if name not in names}
    if "is_score_unread" in names and "negative" not in names:
        values["negative"] = stage.table.c.is_score_unread
    rows = select(*values.values()).where(is_part, ~exists().where(has_same_id(stage)))
    statement = insert(stage.sheet.table).from_select(list(values), rows, include_defaults=False)
    return stage.connection.execute(statement.execution_options(preserve_rowcount=True)).rowcount


def new_values(stage: Stage) -> dict[str, ColumnElement[Any]]:
    """The new value of each column of a stored row, by column name."""
    stored, staged = stage.sheet.table.c, stage.table.c
    new: dict[str, ColumnElement[Any]] = {name: staged[name] for name in stage.data_names}
    if "stands_in" in stage.names:  # our day stands in for an unreadable one: keep the first
        keeps = staged.stands_in & stored.cancelled_on.is_not(None)
        new["cancelled_on"] = case((keeps, stored.cancelled_on), else_=staged.cancelled_on)
    if "is_score_unread" in new and "negative" not in new:
        new |= _negative_of_score(stage)
    for column, stated_on in stage.sheet.stated_on:
        if column in new:  # set on our own page; only a `no` in the export outranks it
            keeps = stored[stated_on].is_not(None) & staged[column].is_distinct_from(no_of(staged[column]))
            new[column] = case((keeps, stored[column]), else_=staged[column])
    return new


def _negative_of_score(stage: Stage) -> dict[str, ColumnElement[Any]]:
    """Feedback of a file without `negative`: negative for an unreadable score alone ends with a readable one."""
    stored, staged = stage.sheet.table.c, stage.table.c
    is_unread, was_unread = staged.is_score_unread, stored.is_score_unread
    has_score = staged.score.is_not(None) if "score" in stage.names else false()
    is_of_score = is_unread & (stored.negative.is_not(True) | was_unread)
    return {
        "negative": case((is_unread, True), (was_unread & has_score, null()), else_=stored.negative),
        "is_score_unread": case((is_of_score, True), (has_score, null()), else_=was_unread),
    }


def no_of(column: ColumnElement[Any]) -> bool | str:
    """What a `no` looks like in a column that clients can also state to us."""
    return False if isinstance(column.type, Boolean) else Consent.NO.value


def _merge_suppressions(stage: Stage, is_part: IsInPart, count: FileCount, imported_at: datetime) -> int:
    """Put the staged rows on the suppression list, whose own rules decide what is new."""
    staged = stage.table
    query = select(staged.c.email, staged.c.reason, staged.c.since).where(is_part).order_by(staged.c.line)
    wanted = [
        Suppression(email, SuppressionReason(reason), since) for email, reason, since in stage.connection.execute(query)
    ]
    before = _suppressed(stage.connection, wanted)
    suppress_all(stage.connection, wanted, source="import", changed_at=imported_at)
    after = _suppressed(stage.connection, wanted)
    new = len(after.keys() - before.keys())
    changed = sum(after[email] != before[email] for email in before)
    count.new += new
    count.changed += changed
    count.unchanged += len(wanted) - new - changed
    return len(wanted)


def _suppressed(connection: Connection, wanted: Sequence[Suppression]) -> dict[str, tuple[str, date]]:
    addresses = {one.recipient for one in wanted}
    rows = connection.execute(
        select(suppressions.c.email, suppressions.c.reason, suppressions.c.since).where(
            in_values(suppressions.c.email, sorted(addresses))
        )
    )
    return {email: (reason, since) for email, reason, since in rows}

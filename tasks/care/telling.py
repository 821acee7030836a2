"""The lines of care in the database: an act writes its line at once, the next tick tells it."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from models.tables import care_lines
from programme.care.lines import Did, Line

IS_UNTOLD = "at IS NULL"  # the condition of a partial index
_UNTOLD = select(care_lines.c.did, care_lines.c.line).where(text(IS_UNTOLD)).order_by(care_lines.c.id)
IDS = ("case_id", "task_id", "feedback_id")


def tell_later(connection: Connection, lines: Iterable[Line]) -> None:
    """Write the lines of an act; the next tick tells them."""
    _write(connection, lines, None)


def tell(connection: Connection, lines: Iterable[Line], at: datetime) -> None:
    """Write the lines of a tick."""
    _write(connection, lines, at)


def take_untold(connection: Connection, at: datetime) -> list[Line]:
    """The lines of the acts since the last tick, in their order; the tick `at` tells them."""
    rows = connection.execute(_UNTOLD).all()
    if rows:
        connection.execute(update(care_lines).where(text(IS_UNTOLD)).values(at=at))
    return [Line(Did(row.did), json.loads(row.line)) for row in rows]


def read_lines(connection: Connection, at: datetime) -> list[Line]:
    """What the tick `at` told, in its order."""
    query = select(care_lines.c.did, care_lines.c.line).where(care_lines.c.at == at).order_by(care_lines.c.id)
    return [Line(Did(row.did), json.loads(row.line)) for row in connection.execute(query)]


def _write(connection: Connection, lines: Iterable[Line], at: datetime | None) -> None:
    rows: Sequence[dict[str, Any]] = [
        {
            "at": at,
            "did": each.did.value,
            **{name: each.values.get(name) for name in IDS},
            "line": json.dumps(dict(each.values), ensure_ascii=False),
        }
        for each in lines
    ]
    if rows:
        connection.execute(insert(care_lines), rows)

"""Who did what: the acts of a day, the newest first."""

import json
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, select

from models.database.clock import aware
from models.database.engine import reading
from models.tables import acts
from programme.words.dates import midnight_in_amsterdam


class Act(NamedTuple):
    """One act; `before` and `after` hold what changed."""

    at: datetime
    by_name: str
    source: str
    act: str
    subject_id: str
    client_id: str | None
    before: dict[str, Any]
    after: dict[str, Any]


def read_acts(engine: Engine, day: date, first: int, rows: int) -> list[Act]:
    """A page of the acts of a day in Amsterdam."""
    table = acts.c
    until = midnight_in_amsterdam(day + timedelta(days=1))
    query = (
        select(*(table[name] for name in Act._fields))
        .where(table.at >= midnight_in_amsterdam(day), table.at < until)
        .order_by(table.at.desc(), table.id.desc())
    )
    with reading(engine) as connection:
        found = connection.execute(query.offset(first).limit(rows)).all()
    return [
        Act(*row)._replace(at=aware(row.at), before=json.loads(row.before or "{}"), after=json.loads(row.after or "{}"))
        for row in found
    ]

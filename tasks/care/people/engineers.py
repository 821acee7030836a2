"""The engineer whom a task asks first: of its own project, otherwise of the client's latest delivered one."""

from collections.abc import Collection
from datetime import date
from functools import cache

from sqlalchemy import Connection, Select, bindparam, func, select

from models.database.given import in_given
from models.present import is_not_cancelled, projects

Work = tuple[str, str | None]
"""(client id, project id or None)"""


# Made once: a tick asks it, whatever there is to do.
_NAMED = select(*projects.c["client_id", "project_id", "engineer"]).where(in_given(projects.c.project_id, "projects"))


def read_engineers(connection: Connection, asked: Collection[Work], as_of: date) -> dict[Work, str | None]:
    """The engineer of each task's project, as the CRM names him; None where nobody is named.

    A project of another client counts for nothing: the CRM may have moved it.
    """
    if not asked:
        return {}
    wanted = sorted({project_id for _, project_id in asked if project_id})
    named = {(row.client_id, row.project_id): row.engineer for row in connection.execute(_NAMED, {"projects": wanted})}
    others = sorted({client for client, project in asked if (client, project) not in named})
    latest = dict(connection.execute(_latest(), {"clients": others, "day": as_of}).tuples().all())
    return {each: named[each] if each in named else latest.get(each[0]) for each in asked}


@cache
def _latest() -> Select[tuple[str, str | None]]:
    """The engineer of each client's latest delivered project; of one day of the one with the greatest id."""
    own, day = projects.c, bindparam("day", type_=projects.c.delivered_on.type)
    place = func.row_number().over(
        partition_by=own.client_id, order_by=(own.delivered_on.desc(), own.project_id.desc())
    )
    delivered = (
        select(own.client_id, own.engineer, place.label("place"))
        .where(in_given(own.client_id, "clients"), own.delivered_on <= day)
        .where(is_not_cancelled(day))
        .subquery()
    )
    return select(delivered.c.client_id, delivered.c.engineer).where(delivered.c.place == 1)

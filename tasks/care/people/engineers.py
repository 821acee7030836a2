"""The engineer whom a task asks first: of its own project, otherwise of the client's latest delivered one."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import Connection, func, or_, select

from models.database.given import in_values
from models.present import projects

Work = tuple[str, str | None]
"""(client id, project id or None)"""


def read_engineers(connection: Connection, asked: Collection[Work], as_of: date) -> dict[Work, str | None]:
    """The engineer of each task's project, as the CRM names him; None where nobody is named.

    A project of another client counts for nothing: the CRM may have moved it.
    """
    if not asked:
        return {}
    own = projects.c
    wanted = sorted({project_id for _, project_id in asked if project_id})
    named = {
        (row.client_id, row.project_id): row.engineer
        for row in connection.execute(
            select(*own["client_id", "project_id", "engineer"]).where(in_values(own.project_id, wanted))
        )
    }
    latest = _of_latest(
        connection, sorted({client for client, project in asked if (client, project) not in named}), as_of
    )
    return {each: named[each] if each in named else latest.get(each[0]) for each in asked}


def _of_latest(connection: Connection, client_ids: list[str], as_of: date) -> dict[str, str | None]:
    """The engineer of each client's latest delivered project; of one day of the one with the greatest id."""
    own = projects.c
    place = func.row_number().over(
        partition_by=own.client_id, order_by=(own.delivered_on.desc(), own.project_id.desc())
    )
    delivered = (
        select(own.client_id, own.engineer, place.label("place"))
        .where(in_values(own.client_id, client_ids), own.delivered_on <= as_of)
        .where(or_(own.cancelled_on.is_(None), own.cancelled_on > as_of))
        .subquery()
    )
    rows = connection.execute(select(delivered.c.client_id, delivered.c.engineer).where(delivered.c.place == 1))
    return {row.client_id: row.engineer for row in rows}

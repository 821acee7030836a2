"""How the complaints of a client ended."""

import json

from sqlalchemy import Connection, select

from models.database.given import in_values
from models.tables import care_lines, case_feedback
from programme.care.lines import Did


def read_case_ends(connection: Connection, feedback_ids: list[str]) -> tuple[tuple[str, str], ...]:
    """(feedback id, state) of those whose case ended, as care told it then.

    So a case that was resolved, and is reopened by a later answer, reads as resolved.
    """
    taken, told = case_feedback.c, care_lines.c
    query = (
        select(taken.feedback_id, told.line)
        .join(care_lines, told.case_id == taken.case_id)
        .where(in_values(taken.feedback_id, feedback_ids), told.did == Did.CLOSED.value)
    )
    return tuple((row.feedback_id, json.loads(row.line)["state"]) for row in connection.execute(query))

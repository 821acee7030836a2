"""Interim stand-ins until privacy and inbound are merged."""

from datetime import datetime

from sqlalchemy import insert, update

from models.database.engine import writing
from models.tables import clients, interactions
from programme.words.dates import day_in_amsterdam
from programme.words.states import ActivityKind
from tasks.base.workspace import Workspace
from tasks.care.answers import add_activity
from tasks.care.case_acts import end_cases_of_erased


def erase_for_drill(workspace: Workspace, client_id: str, at: datetime) -> None:
    with writing(workspace.engine) as connection:
        end_cases_of_erased(connection, client_id, at)
        own = update(clients).where(clients.c.client_id == client_id)
        connection.execute(
            own.values(erased_on=day_in_amsterdam(at), recipient="", email=None, name="gewist", phone=None)
        )


def add_reply(workspace: Workspace, interaction_id: str, client_id: str, at: datetime) -> None:
    day = day_in_amsterdam(at)
    with writing(workspace.engine) as connection:
        connection.execute(
            insert(interactions).values(
                interaction_id=interaction_id,
                client_id=client_id,
                occurred_on=day,
                occurred_at=at,
                direction="in",
                channel="email",
                origin="reply",
                is_reply=True,
            )
        )
        add_activity(connection, ActivityKind.INTERACTION_IN, client_id, interaction_id, day)

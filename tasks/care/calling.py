"""Consent to be called: what a client told us outranks the export, and a refusal ends the calls that wait."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from models.tables import call_consents, clients, people_tasks
from programme.care.outcomes import TaskChannel
from programme.words.dates import day_in_amsterdam
from programme.words.states import Purpose
from tasks.care.ending import cancel_tasks

SOURCE_CALL, SOURCE_DESK = "call", "desk"


def refuse_calls(connection: Connection, client_id: str, at: datetime, by: str) -> None:
    """The client wants no more calls: no import makes it true again, and the recipient's marketing calls end."""
    note_call_consent(connection, client_id, False, at, by, SOURCE_CALL)


def note_call_consent(
    connection: Connection,
    client_id: str,
    consent: bool,
    at: datetime,
    by: str | None,
    source: str = SOURCE_DESK,
    wording: str | None = None,
    how: str | None = None,
) -> None:
    """Write what a client said about calls for marketing, with its proof."""
    connection.execute(
        insert(call_consents).values(
            client_id=client_id, consent=consent, source=source, wording=wording, how=how, told_at=at, by_name=by
        )
    )
    own = update(clients).where(clients.c.client_id == client_id)
    connection.execute(own.values(phone_consent=consent, phone_consent_told_on=day_in_amsterdam(at)))
    if not consent:
        _cancel_calls(connection, client_id, at)


def _cancel_calls(connection: Connection, client_id: str, at: datetime) -> None:
    """Those of every record of the recipient."""
    recipient = select(clients.c.recipient).where(clients.c.client_id == client_id).scalar_subquery()
    same = select(clients.c.client_id).where(clients.c.recipient == recipient, clients.c.recipient != "")
    own = people_tasks.c
    is_call = (own.purpose == Purpose.MARKETING.value) & (own.channel == TaskChannel.PHONE.value)
    cancel_tasks(connection, is_call & ((own.client_id == client_id) | own.client_id.in_(same)), at)

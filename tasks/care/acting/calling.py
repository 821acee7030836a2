"""Consent to be called: a refusal outranks the export, and ends the calls that wait."""

from datetime import datetime

from sqlalchemy import Connection, select

from models.consent import Proof, state_phone_consent
from models.present import clients
from models.tables import people_tasks
from programme.care.outcomes import TaskChannel
from programme.words.states import Purpose
from tasks.care.cases.ending import cancel_tasks

SOURCE_CALL, SOURCE_DESK = "call", "desk"


def refuse_calls(connection: Connection, client_id: str, at: datetime, by: str) -> None:
    """The client wants no more calls: no import makes it true again, and the recipient's marketing calls end."""
    note_what_was_said(connection, client_id, False, Proof(SOURCE_CALL, at, by_name=by), at)


def note_what_was_said(connection: Connection, client_id: str, consent: bool, proof: Proof, at: datetime) -> None:
    """What a client said about calls for marketing; a refusal also ends the calls that wait.

    Args:
        at: when it is noted, which may be days after it was said.
    """
    state_phone_consent(connection, client_id, consent, proof)
    if not consent:
        _cancel_marketing_calls(connection, client_id, at)


def _cancel_marketing_calls(connection: Connection, client_id: str, at: datetime) -> None:
    """Cancel the open ones of every record of the recipient."""
    recipient = select(clients.c.recipient).where(clients.c.client_id == client_id).scalar_subquery()
    same = select(clients.c.client_id).where(clients.c.recipient == recipient, clients.c.recipient != "")
    own = people_tasks.c
    is_call = (own.purpose == Purpose.MARKETING.value) & (own.channel == TaskChannel.PHONE.value)
    cancel_tasks(connection, is_call & ((own.client_id == client_id) | own.client_id.in_(same)), at)

"""What is known of a client's consent to be called about new plans."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from models.database.clock import aware
from models.present import clients
from models.tables import call_consents


class CallConsent(NamedTuple):
    """The latest that was noted."""

    consent: bool
    source: str
    wording: str | None
    how: str | None
    told_at: datetime
    by_name: str | None


def read_call_consent(connection: Connection, client_id: str) -> CallConsent | None:
    """The latest of a client record; None when nothing was ever noted, whatever the export says."""
    table = call_consents.c
    query = select(*(table[name] for name in CallConsent._fields)).where(table.client_id == client_id)
    row = connection.execute(query.order_by(table.id.desc()).limit(1)).first()
    return CallConsent(*row)._replace(told_at=aware(row.told_at)) if row else None


def may_be_called(connection: Connection, client_id: str) -> bool:
    """Whether a marketing call is allowed now: true on some record of the recipient, false on none, and a number."""
    own = clients.c
    row = connection.execute(select(own.recipient, own.phone).where(own.client_id == client_id)).first()
    if row is None or not row.phone:
        return False
    same = own.recipient == row.recipient if row.recipient else own.client_id == client_id
    said = set(connection.scalars(select(own.phone_consent).where(same)))
    return True in said and False not in said

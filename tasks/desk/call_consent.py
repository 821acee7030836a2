"""What a client said about calls for marketing, noted by somebody at the desk with the words, the place and the day."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select, update

from models.database.clock import aware
from models.tables import call_consents, clients
from programme.words.dates import day_in_amsterdam

SOURCE = "desk"


class CallConsent(NamedTuple):
    """The latest that is known of it."""

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


def note_call_consent(
    connection: Connection, client_id: str, consent: bool, wording: str, how: str, told_at: datetime, by_name: str
) -> None:
    """Note what the client said, for good; from now on it outranks what the export says."""
    connection.execute(
        insert(call_consents).values(
            client_id=client_id,
            consent=consent,
            source=SOURCE,
            wording=wording or None,
            how=how or None,
            told_at=told_at,
            by_name=by_name,
        )
    )
    told_on = day_in_amsterdam(told_at)
    connection.execute(
        update(clients)
        .where(clients.c.client_id == client_id)
        .values(phone_consent=consent, phone_consent_told_on=told_on)
    )

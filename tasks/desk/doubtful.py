"""The messages in doubt: found by their requests, because no index covers the status of a message."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, func, insert, select

from models.database.clock import aware
from models.database.engine import reading
from models.tables import events, left_in_doubt, messages, requests
from programme.sending.state_changes import RequestState
from programme.words.states import MessageStatus
from tasks.sending.resending import was_left_in_doubt


class Doubtful(NamedTuple):
    """A message that may or may not have been sent.

    Attributes:
        since: from when nobody can tell.
        was_heard_of: the provider reported an event of it, so it was sent; that is being worked out.
    """

    message_id: str
    client_id: str
    touchpoint: str
    occasion: str
    subject: str | None
    request_id: str
    since: datetime
    was_heard_of: bool


def _in_doubt(*columns: Any) -> Select[Any]:
    """The messages in doubt that nobody let rest; a request in doubt knows the range of its messages."""
    mail, asked = messages.c, requests.c
    return (
        select(*columns)
        .select_from(requests)
        .join(messages, and_(mail.id.between(asked.first_id, asked.last_id), mail.request_id == asked.request_id))
        .where(asked.state == RequestState.IN_DOUBT.value, mail.status == MessageStatus.IN_DOUBT.value)
        .where(~was_left_in_doubt())
    )


def count_doubtful(connection: Connection) -> int:
    """How many wait for somebody to decide."""
    return int(connection.execute(_in_doubt(func.count())).scalar_one())


def read_doubtful(engine: Engine, first: int, rows: int) -> list[Doubtful]:
    """A page of them, the oldest doubt first."""
    mail = messages.c
    heard = select(events.c.id).where(events.c.message_id == mail.message_id).exists()
    since = func.coalesce(mail.settled_at, requests.c.claimed_at)
    query = _in_doubt(
        mail.message_id, mail.client_id, mail.touchpoint, mail.occasion, mail.subject, mail.request_id, since, heard
    )
    with reading(engine) as connection:
        found = connection.execute(query.order_by(since, mail.id).offset(first).limit(rows)).all()
    return [Doubtful(*row)._replace(since=_moment(row[6])) for row in found]


def leave_in_doubt(connection: Connection, message_id: str, by_name: str, at: datetime) -> bool:
    """Decide not to send it again; returns whether that was still open. Its key stays closed, as for a sent one."""
    if connection.execute(_in_doubt(messages.c.id).where(messages.c.message_id == message_id)).first() is None:
        return False
    connection.execute(insert(left_in_doubt).values(message_id=message_id, by_name=by_name, left_at=at))
    return True


def _moment(found: Any) -> datetime:
    """SQLite gives a computed column as text."""
    return aware(datetime.fromisoformat(found) if isinstance(found, str) else found)

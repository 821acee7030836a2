"""The statements that change the status of messages; their WHERE comes from the table of legal changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Update, and_, bindparam, or_, update
from sqlalchemy.sql.elements import ColumnElement

from models.tables import message_states
from programme.sending.state_changes import Cause, statuses_before
from programme.words.states import MessageStatus


def change_status(
    connection: Connection, cause: Cause, after: MessageStatus, which: ColumnElement[bool], **values: Any
) -> int:
    """Set the status of the messages of `which` to `after`, where `cause` may do so; return the number changed.

    Args:
        which: a condition on message_states.
        values: further columns to set on those.
    """
    return connection.execute(changing(cause, after, which, **values)).rowcount


def changing(cause: Cause, after: MessageStatus, which: ColumnElement[bool], **values: Any) -> Update:
    """The statement of change_status."""
    return update(message_states).where(and_(which, may_become(cause, after))).values(status=after, **values)


def change_status_of_each(
    connection: Connection, cause: Cause, after: MessageStatus, changes: Sequence[dict[str, Any]], **values: Any
) -> None:
    """The same for messages with different further values, given by the message's own number.

    Args:
        changes: `id` and the columns of each; all with the same columns.
        values: further columns that all of them get.
    """
    if not changes:
        return
    own: dict[str, Any] = {name: bindparam(f"to_{name}") for name in changes[0] if name != "id"}
    which = and_(message_states.c.id == bindparam("to_id"), may_become(cause, after))
    statement = update(message_states).where(which).values(status=after, **own, **values)
    connection.execute(statement, [{f"to_{name}": value for name, value in change.items()} for change in changes])


def may_become(cause: Cause, after: MessageStatus) -> ColumnElement[bool]:
    """SQL for the messages that `cause` may lead to `after`, by their present status."""
    return or_(*(message_states.c.status == before for before in statuses_before(cause, after)))

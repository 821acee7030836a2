"""The statements that change the status of messages; their WHERE is read from the table of legal changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, or_, update
from sqlalchemy.sql.elements import ColumnElement

from models.tables import messages
from programme.sending.state_changes import Cause, statuses_before
from programme.words.states import MessageStatus


def change_status(
    connection: Connection, cause: Cause, after: MessageStatus, which: ColumnElement[bool], **values: Any
) -> int:
    """Give the messages of `which` the status `after`, as far as `cause` may; returns how many it changed.

    Args:
        values: further columns to set on those.
    """
    statement = update(messages).where(and_(which, may_become(cause, after))).values(status=after, **values)
    return connection.execute(statement).rowcount


def change_status_of_each(
    connection: Connection, cause: Cause, after: MessageStatus, changes: Sequence[dict[str, Any]], **values: Any
) -> None:
    """The same for messages that get further columns of their own, named by message id.

    Args:
        changes: `message_id` and the columns of each, the same columns for all.
        values: further columns that all of them get.
    """
    if not changes:
        return
    own: dict[str, Any] = {name: bindparam(f"to_{name}") for name in changes[0] if name != "message_id"}
    which = and_(messages.c.message_id == bindparam("to_message_id"), may_become(cause, after))
    statement = update(messages).where(which).values(status=after, **own, **values)
    connection.execute(statement, [{f"to_{name}": value for name, value in change.items()} for change in changes])


def may_become(cause: Cause, after: MessageStatus) -> ColumnElement[bool]:
    """The messages that `cause` may lead to `after`, by their present status."""
    return or_(*(messages.c.status == before for before in statuses_before(cause, after)))

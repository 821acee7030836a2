"""One message of the log, with all that it is rendered from."""

from typing import Any

from sqlalchemy import Engine, Row, select

from models.database.engine import reading
from models.tables import messages


def read_message(engine: Engine, message_id: str) -> Row[Any] | None:
    """The whole row; None when there is no such message."""
    with reading(engine) as connection:
        return connection.execute(select(messages).where(messages.c.message_id == message_id)).first()

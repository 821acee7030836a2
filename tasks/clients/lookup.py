"""Whether a client exists, which clients may have been meant when it does not, and what clients are called."""

from collections.abc import Collection
from difflib import get_close_matches

from sqlalchemy import Connection, Engine, func, or_, select

from models import present
from models.database.engine import reading
from models.database.given import in_values
from models.tables import clients

SHOWN_NEAR = 5
LONGEST_LIST = 50_000  # ids compared by likeness; comparing more takes too long


class UnknownClient(Exception):
    """There is no client with this id; the message names similar ones."""


def require_client(engine: Engine, client_id: str) -> None:
    """Check that the client exists. Raises UnknownClient."""
    with reading(engine) as connection:
        if connection.execute(select(clients.c.client_id).where(clients.c.client_id == client_id)).first():
            return
        near = _near(connection, client_id)
        number = connection.execute(select(func.count()).select_from(clients)).scalar_one()
    if near:
        hint = f"Did you mean {', '.join(near)}?"
    else:
        hint = f"None of the {number:,} clients is like it; ids are those of the CRM export."
    raise UnknownClient(f"there is no client '{client_id}'. {hint}")


def id_meant(connection: Connection, typed: str) -> str:
    """The id of the one client that is there and has it, but for case and spaces; else what was typed."""
    own = present.clients.c
    is_there = own.erased_on.is_(None)
    if connection.execute(select(own.client_id).where(own.client_id == typed, is_there)).first():
        return typed
    plain = func.replace(func.lower(own.client_id), " ", "")  # reads all ids, half a second with a million
    alike = select(own.client_id).where(plain == typed.lower().replace(" ", ""), is_there).limit(2)
    found = connection.execute(alike).scalars().all()
    return found[0] if len(found) == 1 else typed


def names_of(connection: Connection, client_ids: Collection[str]) -> dict[str, str]:
    """The name of each client that has one, whether or not the export still has the client."""
    query = select(clients.c.client_id, clients.c.name).where(in_values(clients.c.client_id, sorted(client_ids)))
    return {row.client_id: row.name for row in connection.execute(query) if row.name}


def _near(connection: Connection, text: str) -> list[str]:
    """Clients whose id, name or address contains this text; otherwise clients with a similar id."""
    wanted = text.strip()
    if len(wanted) >= 3:
        pattern = "%" + wanted.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        columns = (clients.c.client_id, clients.c.name, clients.c.recipient)
        query = (
            select(clients.c.client_id, clients.c.name)
            .where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
            .order_by(clients.c.client_id)
            .limit(SHOWN_NEAR)
        )
        if found := [f"{row.client_id} ({row.name})" for row in connection.execute(query)]:
            return found
    ids = connection.execute(select(clients.c.client_id).order_by(clients.c.client_id).limit(LONGEST_LIST)).scalars()
    return get_close_matches(wanted, list(ids), SHOWN_NEAR)

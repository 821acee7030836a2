"""Each client's own code, stored on first use."""

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from models.database.bulk import insert_rows
from models.database.given import in_given
from models.tables import client_codes
from programme.words.tokens import client_code_of

ATTEMPTS = 20  # two clients share a code once in 10^12 pairs, so twenty in a row is a bug
_CODES = select(client_codes.c.client_id, client_codes.c.code).where(in_given(client_codes.c.client_id, "ids"))


def read_codes(connection: Connection, client_ids: Iterable[str]) -> dict[str, str]:
    """The stored codes by client id; clients without a code are absent."""
    return {row.client_id: row.code for row in connection.execute(_CODES, {"ids": [*client_ids]})}


def claim_codes(connection: Connection, key: bytes, client_ids: Iterable[str]) -> dict[str, str]:
    """The code of each client by client id, made and stored where there was none.

    Safe to run twice, and by two runs at once.

    Raises:
        IntegrityError: no free code was found for a client.
    """
    wanted = set(client_ids)
    codes = read_codes(connection, wanted)
    for attempt in range(ATTEMPTS):
        missing = sorted(wanted - codes.keys())
        if not missing:
            return codes
        rows = [[client_id, client_code_of(key, client_id, attempt)] for client_id in missing]
        insert_rows(connection, client_codes, ["client_id", "code"], rows, ignore_existing=True)
        codes |= read_codes(connection, missing)
    raise IntegrityError("no free client code after many attempts", None, LookupError(", ".join(missing[:3])))

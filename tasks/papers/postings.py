"""Read entries with their legs, for papers; without the reasons that people wrote."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, Row, Select, select

from models.tables import ledger_entries, ledger_legs
from programme.money.entries import Leg
from programme.money.papers import Posting
from programme.money.states import Account, EntryKind

_ENTRY = [ledger_entries.c[name] for name in Posting._fields[:-1]]
ROWS_A_TIME = 10_000


def selected_postings() -> Select[tuple[object, ...]]:
    """Every entry with its legs, one row a leg; the caller narrows and orders it, an entry's legs one after another."""
    return select(*_ENTRY, ledger_legs.c.account, ledger_legs.c.client_id, ledger_legs.c.amount_cents).join_from(
        ledger_entries, ledger_legs, ledger_legs.c.entry_id == ledger_entries.c.id
    )


def read_postings(connection: Connection, query: Select[tuple[object, ...]]) -> Iterator[Posting]:
    """As they come, so that the books of many years need little memory."""
    rows = connection.execution_options(yield_per=ROWS_A_TIME).execute(query)
    for _, legs in groupby(rows, key=lambda row: row.id):
        yield _posting(list(legs))


def _posting(rows: list[Row[tuple[object, ...]]]) -> Posting:
    first = rows[0]
    legs = tuple(Leg(Account(row.account), row.client_id, row.amount_cents) for row in rows)
    entry = Posting._make([*first[: len(_ENTRY)], legs])
    return entry._replace(kind=EntryKind(entry.kind))

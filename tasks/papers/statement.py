"""The year of one referrer, derived anew from the ledger each time: what was owed, each entry, what is owed."""

from datetime import date

from sqlalchemy import Connection, Engine, func, select

from models.database.engine import reading
from models.tables import clients, ledger_entries
from programme.money.papers import Statement, sections_of
from programme.terms.schema import Programme
from programme.words.plain_text import clean
from tasks.clients.lookup import require_client
from tasks.papers.postings import read_postings, selected_postings

LONGEST_NAME = 80


class NoStatement(Exception):
    """There is no statement of that year yet; the message says which can be asked for."""


def read_statement(engine: Engine, programme: Programme, client_id: str, year: int, as_of: date) -> Statement:
    """By the entries dated in the year and up to `as_of`.

    Raises UnknownClient, or NoStatement for a year that has not begun.
    """
    if year > as_of.year:
        raise NoStatement(f"{year} has not begun on {as_of}; ask for {as_of.year} or a year before it")
    require_client(engine, client_id)
    until = min(date(year, 12, 31), as_of)
    entries = ledger_entries.c
    with reading(engine) as connection:
        name = connection.execute(select(clients.c.name).where(clients.c.client_id == client_id)).scalar_one()
        query = selected_postings().where(entries.referrer_id == client_id, entries.day <= until)
        sections = sections_of(read_postings(connection, query.order_by(entries.day, entries.id)), year)
    kept_until = date(year + programme.retention.books_years, 12, 31)
    return Statement(client_id, clean(name or "", LONGEST_NAME), year, until, kept_until, sections)


def years_of(connection: Connection, client_id: str) -> list[int]:
    """The years in which something was booked for a client, the latest first."""
    entries = ledger_entries.c
    bounds = select(func.min(entries.day), func.max(entries.day)).where(entries.referrer_id == client_id)
    first, last = connection.execute(bounds).one()
    return [] if first is None else list(range(last.year, first.year - 1, -1))

"""The database of a history: fresh in a few milliseconds, and looked at as a whole."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, insert, inspect, text

from models.database.engine import open_engine, reading, upgrade_schema, writing
from models.tables import clients, metadata, projects
from programme.terms.schema import Programme
from tests.factories import programme as made_programme

FIRST_DAY = date(2026, 1, 6)
REFERRERS = ("A1", "A2", "A3", "B-architect", "C-partner", "D-partner")
FRIENDS = tuple(f"F{number}" for number in range(1, 15))
IBANS = ("NL91ABNA0417164300", "NL69INGB0123456789", "DE89370400440532013000", "GB29NWBK60161331926819")
OUTSIDE_SEPA = "TR330006100519786457841326"
PEOPLE = ("Jeroen Broersma", "Marije Broersma")  # the approvers of the shipped programme


@cache
def programme() -> Programme:
    """The shipped one, with partners and a minimum, so that every rule has something to do."""
    return made_programme(**{"partners.enabled": True, "referral.payout_minimum_cents": 10_000})


@dataclass
class Snapshot:
    """Every row of every table about money, as plain rows by table."""

    rows: dict[str, list[Any]]

    def __getattr__(self, name: str) -> list[Any]:
        return self.rows[name]


TABLES = (
    "clients",
    "projects",
    "referrals",
    "signups",
    "referral_reviews",
    "payout_blocks",
    "refused_ibans",
    "returned_ibans",
    "iban_changes",
    "ledger_entries",
    "ledger_legs",
    "ledger_bookings",
    "adjustments",
    "settlement_batches",
    "settlement_lines",
    "settlement_left_open",
    "settlement_files",
    "bank_entries",
    "partner_invoices",
)


_WHOLE = {name: metadata.tables[name].select().order_by(*metadata.tables[name].primary_key.columns) for name in TABLES}


def look(connection: Connection) -> Snapshot:
    return Snapshot({name: connection.execute(query).all() for name, query in _WHOLE.items()})


def balances(seen: Snapshot) -> dict[tuple[str, str], int]:
    """In cents by account and client."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for leg in seen.ledger_legs:
        found[leg.account, leg.client_id] += leg.amount_cents
    return found


class World:
    """A database that is as good as new for each history."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def begin(self, with_clients: bool = True) -> None:
        """Empty, or with the same clients for every history."""
        if self.engine.dialect.name == "sqlite":
            raw: Any = self.engine.raw_connection()
            _template().backup(raw.dbapi_connection)
            raw.close()
        else:
            names = ", ".join({*inspect(self.engine).get_table_names()} - {"alembic_version"})
            with writing(self.engine) as connection:
                # A superuser may pass by the triggers; the program cannot.
                connection.execute(text("SET LOCAL session_replication_role = replica"))
                connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        if with_clients:
            with writing(self.engine) as connection:
                connection.execute(insert(clients), [_client(each) for each in (*REFERRERS, *FRIENDS)])

    def look(self) -> Snapshot:
        with reading(self.engine) as connection:
            return look(connection)


def moment(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), UTC)


def order(connection: Connection, project_id: str, client_id: str, **values: Any) -> None:
    row = {"project_id": project_id, "client_id": client_id, "type": "dakkapel", "value_cents": 150_000}
    connection.execute(insert(projects).values(row | values))


@contextmanager
def in_memory() -> Iterator[World]:
    engine = open_engine("sqlite://")
    yield World(engine)
    engine.dispose()


@cache
def _template() -> sqlite3.Connection:
    engine = open_engine("sqlite://")
    upgrade_schema(engine)
    raw: Any = engine.raw_connection()
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    raw.dbapi_connection.backup(copy)
    return copy


def _client(client_id: str) -> dict[str, Any]:
    kinds = {"B": "architect", "C": "aannemer"}
    has_account = client_id[0] in "ABCD"
    return {
        "client_id": client_id,
        "name": f"Klant {client_id}",
        "recipient": f"{client_id.lower()}@voorbeeld.nl",
        "kind": kinds.get(client_id[0], "consument"),
        "consent": "unknown",
        "channel": "email",
        "iban": IBANS[0] if has_account else None,
        "iban_holder": f"H. {client_id}" if has_account else None,
        "partner_since": date(2026, 1, 1) if client_id == "C-partner" else None,
        "id_crc32": 0,
    }

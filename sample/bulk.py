"""A made-up base of many clients, straight into a database: the same rows each time, on SQLite and on PostgreSQL.

Clients and projects are made in Python; what follows from them is derived inside the database. The base looks as
if the daily run had been at work for months: on DAY most keys are closed, some thousands of occasions are due.

The windows of DAY lie full or empty by choice: of every `clients / in_windows` clients one has its project in a
window that is open on DAY, so that a small and a large base can have the same number due.
"""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import cycle, product
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, text

from models.database.engine import open_engine, upgrade_schema
from programme.rules.due import due_anchors
from programme.terms.project_types import SHIPPED_TYPES
from programme.terms.schema import Programme
from programme.words.tokens import client_code_of
from sample.contents.people import FAMILY_NAMES, GIVEN_NAMES
from sample.derived import derive

DAY = date(2026, 2, 27)  # a Friday; no season is open
SEASON_DAY = date(2026, 3, 1)
FIRST_DELIVERY = date(2023, 3, 1)  # 36 months before the season: every delivery is recent enough for its mail
KEY = b"the key of the benchmarks"

TYPES = tuple(SHIPPED_TYPES)
CONSENTS = ("yes", "yes", "yes", "yes", "unknown", "unknown", "unknown", "unknown", "unknown", "no")
KINDS = ("consument",) * 8 + ("aannemer", "architect")
# As a CRM has them: of eight people one by initials, one as a couple, and one is a firm.
NAMES = tuple(
    form.format(given=given, letter=given[0], family=" ".join(filter(None, family)))
    for form, (given, family) in zip(
        cycle(("{given} {family}",) * 5 + ("{letter}. {family}", "{letter}. & M. {family}", "Bouwbedrijf {family} BV")),
        product(GIVEN_NAMES.split(), FAMILY_NAMES),
        strict=False,
    )
)
ENGINEERS = ("ir. S. Wiersma", "ing. T. Postma", "ir. A. van der Veen", None)


class Size(NamedTuple):
    """How many clients there are, and of how many the project lies in a window that is open on DAY."""

    clients: int
    in_windows: int


def make_base(url: str, programme: Programme, size: Size) -> Engine:
    """Fill an empty database, and let it gather its statistics."""
    engine = open_engine(url)
    upgrade_schema(engine)
    load = _load_sqlite if engine.dialect.name == "sqlite" else _load_postgres
    load(engine, programme, size)
    return engine


def _load_sqlite(engine: Engine, programme: Programme, size: Size) -> None:
    """Without journal and indexes, which are made again at the end: sorted, that is several times faster."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        raw: Any = connection.connection.dbapi_connection
        for pragma in ("foreign_keys=OFF", "journal_mode=OFF", "synchronous=OFF"):
            raw.execute(f"PRAGMA {pragma}")
        indexes = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
        raw.execute("BEGIN")
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        for table, columns, rows in _tables(programme, size):
            marks = ", ".join("?" * len(columns))
            raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
        derive(raw.execute, True, programme, DAY)
        for _, sql in indexes:
            raw.execute(sql)
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
            raw.execute(f"PRAGMA {pragma}")
    engine.dispose()


def _load_postgres(engine: Engine, programme: Programme, size: Size) -> None:
    """Without indexes and the checks of foreign keys; the indexes are made again at the end."""
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET maintenance_work_mem = '256MB'"))
        indexes = _drop_indexes(connection)
        cursor = connection.connection.cursor()
        for table, columns, rows in _tables(programme, size):
            with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        derive(cursor.execute, False, programme, DAY)
        for sql in indexes:
            connection.execute(text(sql))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _drop_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that are no constraint, and return the statements that make them."""
    found = connection.execute(
        text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)"
        )
    ).all()
    for name, _ in found:
        connection.execute(text(f"DROP INDEX {name}"))
    return [sql for _, sql in found]


def _tables(programme: Programme, size: Size) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[Any]]]]:
    yield "clients", _CLIENT_COLUMNS, map(_client, range(size.clients))
    numbers = (n for n in range(size.clients) if n // 10 % 2)
    codes = ((_client_id(n), client_code_of(KEY, _client_id(n))) for n in numbers)
    yield "client_codes", ("client_id", "code"), codes
    yield "projects", _PROJECT_COLUMNS, _projects(programme, size)
    yield "referrals", _REFERRAL_COLUMNS, map(_referral, (n for n in range(size.clients - 10) if n // 10 % 50 == 0))


_CLIENT_COLUMNS = (
    "client_id",
    "name",
    "email",
    "recipient",
    "kind",
    "consent",
    "channel",
    "tracking_consent",
    "created_on",
    "id_crc32",
)
_PROJECT_COLUMNS = (
    "project_id",
    "client_id",
    "type",
    "value_cents",
    "ordered_on",
    "delivered_on",
    "engineer",
    "address",
    "postcode",
    "built_year",
    "monument",
)
_REFERRAL_COLUMNS = ("referral_id", "referrer_id", "referred_client_id", "invited_on", "signed_up_on")


def _client_id(n: int) -> str:
    return f"C{n:07d}"


def _client(n: int) -> Sequence[Any]:
    """Of fifty clients one has no address, and two share one; alike for those in windows and the others."""
    client_id, dice, ten = _client_id(n), _dice(n, 1), n // 10 % 50
    owner = n - 10 if ten == 1 else n
    recipient = "" if ten == 25 else f"klant.{owner}@example.nl"
    consent, kind = CONSENTS[dice % 10], KINDS[dice // 10 % 10]
    created_on, crc32 = "2023-01-01", zlib.crc32(client_id.encode())
    name = NAMES[dice % len(NAMES)]
    return (client_id, name, recipient or None, recipient, kind, consent, "email", dice % 3 == 0, created_on, crc32)


def _projects(programme: Programme, size: Size) -> Iterator[Sequence[Any]]:
    """One for each client, and for every tenth project more a second and a third; some of those still running."""
    inside, outside = _delivery_days(programme)
    every = size.clients // size.in_windows
    for n in range(size.clients * 11 // 10):
        is_inside = n % every == 0
        owner = n if n < size.clients else _owner_of_more(n - size.clients, size, is_inside)
        days = inside if is_inside else outside
        delivered_on: date | None = days[_dice(n, 2) % len(days)]
        ordered_on = (delivered_on or DAY) - timedelta(days=10 + n // 10 % 40)
        if n >= size.clients and n // 10 % 10 == 9:
            ordered_on, delivered_on = DAY - timedelta(days=n // 10 % 40), None
        dice = _dice(n, 3)
        yield (
            f"P{n:07d}",
            _client_id(owner),
            TYPES[dice % 6],
            30_000 + dice % 570_000,
            ordered_on.isoformat(),
            delivered_on and delivered_on.isoformat(),
            ENGINEERS[dice // 6 % 4],
            f"Kerkweg {owner}",
            "8921 AB",
            1900 + n // 10 % 125,
            n // 10 % 20 == 0,
        )


def _owner_of_more(extra: int, size: Size, is_inside: bool) -> int:
    """Two projects more fall to one client; those in windows to clients whose first project is in one too."""
    every = size.clients // size.in_windows
    pair = extra // 2 // every if is_inside else extra // 2
    return ((pair * 7919 + 13) * every + (not is_inside)) % size.clients


def _referral(n: int) -> Sequence[Any]:
    """Of fifty clients one was brought by another."""
    return (f"R{n:07d}", _client_id(n), _client_id(n + 10), "2022-12-01", "2023-01-01")


def _delivery_days(programme: Programme) -> tuple[list[date], list[date]]:
    """The days of three years whose deliveries some window on DAY is about, and the others."""
    windows = [
        anchors
        for touchpoint in programme.touchpoints.values()
        if touchpoint.anchor in ("project_delivered", "tier_reached")
        and (anchors := due_anchors(programme, touchpoint, DAY))
    ]
    days = [FIRST_DELIVERY + timedelta(days=n) for n in range((DAY - FIRST_DELIVERY).days)]
    inside = [day for day in days if any(first <= day <= last for first, last in windows)]
    return inside, sorted(set(days) - set(inside))


def _dice(n: int, salt: int) -> int:
    """A number under 2^20 that looks random and is the same each time."""
    return (n * (2_654_435_761, 2_246_822_519, 3_266_489_917, 668_265_263)[salt] % 2**32) >> 12

"""The temporary tables that all figures of a day are counted from; nothing else is written.

people     every client record: its number (in the order of the ids), who it counts as, and the recipient it shares
days       every day on which something was ordered, with its month, its quarter and the ends of the horizons
occasions  what one customer ordered on one day, as of the day of the report
customers  one row a customer: first, second and last occasion, sums
active     of each recipient, whether it was active at the day and a year before, and so for an earlier day

Days and people are whole numbers there, so that both databases count and compare alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    Engine,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    case,
    func,
    insert,
    select,
    text,
    union_all,
)

from models.database.columns import CODE_POINT
from models.present import clients, is_not_cancelled, projects, referrals
from models.tables import activity
from programme.figures.families.cohorts import Period
from programme.figures.families.value import HORIZONS_MONTHS
from programme.figures.report import By
from programme.words.dates import add_months

SORTING_KB = 65_536  # memory for one sort on PostgreSQL, and for SQLite's temporary pages
YEAR_MONTHS = 12  # in which a client must have done something to be active

_TABLES = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(f"figures_{name}", _TABLES, *columns, prefixes=["TEMPORARY"], sqlite_with_rowid=False)


def _key(name: str) -> Column[int]:
    return Column(name, Integer, primary_key=True, autoincrement=False)


def _number(name: str, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=nullable)


people = _table(
    "people",
    Column("client_id", CODE_POINT, primary_key=True),
    _number("number"),
    Column("person", Integer, nullable=False, index=True),
    _number("circle"),
)
days = _table(
    "days",
    Column("ordered_on", Date, primary_key=True),
    Column("day", Integer, nullable=False, unique=True),
    _number("month"),
    _number("quarter"),
    *(_number(f"after_{months}") for months in HORIZONS_MONTHS),
)
occasions = _table(
    "occasions",
    _key("person"),
    _key("day"),
    _number("month"),
    _number("quarter"),
    Column("cents", BigInteger),
    _number("delivered"),
    _number("place"),
)
customers = _table(
    "customers",
    _key("person"),
    _number("first_day"),
    _number("second_day", nullable=True),
    _number("last_day"),
    _number("month"),
    _number("quarter"),
    *(_number(f"after_{months}") for months in HORIZONS_MONTHS),
    _number("occasions"),
    _number("delivered"),
    Column("cents", BigInteger),
    Column("first_cents", BigInteger),
    Column("has_referred", Boolean),
)
active = _table(
    "active", _key("circle"), *(Column(name, Boolean) for name in ("then", "now", "earlier_then", "earlier_now"))
)


class Activity(NamedTuple):
    """Whether a recipient was active at the day, and 12 months before it."""

    then: ColumnElement[bool]
    now: ColumnElement[bool]


NOW = Activity(active.c.then, active.c.now)
EARLIER = Activity(active.c.earlier_then, active.c.earlier_now)


@contextmanager
def steadily(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one state of the database from its first question to its last."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            give_memory(connection)
            yield connection


@contextmanager
def counting(connection: Connection, by: By) -> Iterator[None]:
    """The tables, empty but for the people; gone afterwards."""
    _TABLES.drop_all(connection)
    _TABLES.create_all(connection)
    _fill_people(connection, by)
    yield
    _TABLES.drop_all(connection)


def count_day(connection: Connection, as_of: date) -> None:
    """Fill the tables as of the day; what another day left in them goes."""
    for table in (customers, occasions, days):
        connection.execute(table.delete())
    _fill_days(connection, as_of)
    _fill_occasions(connection, as_of)
    _fill_customers(connection, as_of)


def count_activity(connection: Connection, as_of: date, earlier: date) -> None:
    """Fill `active`, in one pass over the activity of some 27 months, because that is the longest of the tables."""
    own, withdrawal = activity.c, activity.alias("withdrawal").c
    # Read from the index of withdrawals alone, which are few; the log itself is then read from its index of days.
    withdrawals = union_all(
        select(withdrawal.id).where(withdrawal.retracts.is_not(None)),
        select(withdrawal.retracts).where(withdrawal.retracts.is_not(None)),
    )
    ends = {"then": year_before(as_of), "now": as_of, "earlier_then": year_before(earlier), "earlier_now": earlier}
    within = {name: and_(own.occurred_on > year_before(end), own.occurred_on <= end) for name, end in ends.items()}
    rows = (
        select(people.c.circle, *(func.max(case((claim, 1), else_=0)) == 1 for claim in within.values()))
        .join_from(activity, people, people.c.client_id == own.client_id)
        .where(
            own.occurred_on > year_before(year_before(earlier)),
            own.occurred_on <= as_of,
            own.id.not_in(withdrawals),
        )
        .group_by(people.c.circle)
    )
    fill(connection, active, ["circle", *within], rows)


def is_purchase(as_of: date) -> ColumnElement[bool]:
    """A project that is a purchase at the day: ordered by then, and not cancelled."""
    return and_(projects.c.ordered_on <= as_of, is_not_cancelled(as_of))


def year_before(as_of: date) -> date:
    """The 12 months to a day are the days after this one."""
    return add_months(as_of, -YEAR_MONTHS)


def give_memory(connection: Connection) -> None:
    """More memory for this transaction's sorts than a short query needs."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL work_mem = '{SORTING_KB}kB'"))
    else:
        connection.execute(text(f"PRAGMA temp.cache_size = -{SORTING_KB}"))


def _analyze(connection: Connection, table: Table) -> None:
    """Without statistics PostgreSQL plans for a temporary table as if it were small, SQLite as if it were large."""
    schema = "temp." if connection.dialect.name == "sqlite" else ""  # there, another schema is a change of that one
    connection.execute(text(f"ANALYZE {schema}{table.name}"))


def fill(connection: Connection, table: Table, names: list[str], rows: Select[Any]) -> None:
    """Fill a temporary table with the rows of a query, for which it gets statistics."""
    connection.execute(insert(table).from_select(names, rows))
    _analyze(connection, table)


def _fill_people(connection: Connection, by: By) -> None:
    """A recipient's circle is the smallest number among its records; who has no address shares nothing."""
    own = clients.c
    numbered = select(
        own.client_id, own.recipient, func.row_number().over(order_by=own.client_id).label("number")
    ).subquery()
    alone = case((numbered.c.recipient == "", numbered.c.number), else_=0)
    circle = func.min(numbered.c.number).over(partition_by=[numbered.c.recipient, alone])
    person = circle if by is By.RECIPIENT else numbered.c.number
    rows = select(numbered.c.client_id, numbered.c.number, person, circle)
    fill(connection, people, ["client_id", "number", "person", "circle"], rows)


def _fill_days(connection: Connection, as_of: date) -> None:
    found = connection.execute(select(projects.c.ordered_on).where(is_purchase(as_of)).distinct()).scalars()
    rows = [
        {
            "ordered_on": day,
            "day": day.toordinal(),
            "month": Period.MONTH.number_of(day),
            "quarter": Period.QUARTER.number_of(day),
            **{f"after_{months}": add_months(day, months).toordinal() for months in HORIZONS_MONTHS},
        }
        for day in sorted(found)
    ]
    if rows:
        connection.execute(insert(days), rows)
    _analyze(connection, days)


def _fill_occasions(connection: Connection, as_of: date) -> None:
    when = days.c
    is_delivered = case((projects.c.delivered_on <= as_of, 1), else_=0)
    place = func.row_number().over(partition_by=people.c.person, order_by=when.day)
    rows = (
        select(
            people.c.person,
            when.day,
            func.min(when.month),
            func.min(when.quarter),
            func.sum(projects.c.value_cents),
            func.max(is_delivered),
            place,
        )
        .join_from(projects, people, people.c.client_id == projects.c.client_id)
        .join(days, when.ordered_on == projects.c.ordered_on)
        .where(is_purchase(as_of))
        .group_by(people.c.person, when.day)
    )
    fill(connection, occasions, [column.name for column in occasions.c], rows)


def _fill_customers(connection: Connection, as_of: date) -> None:
    own = occasions.c
    is_first = own.place == 1
    summed = (
        select(
            own.person,
            func.min(own.day).label("first_day"),
            func.min(case((own.place == 2, own.day))).label("second_day"),
            func.max(own.day).label("last_day"),
            func.min(own.month).label("month"),
            func.min(own.quarter).label("quarter"),
            func.count().label("occasions"),
            func.sum(own.delivered).label("delivered"),
            func.sum(own.cents).label("cents"),
            func.sum(case((is_first, own.cents))).label("first_cents"),
        )
        .group_by(own.person)
        .subquery()
    )
    referrers = (
        select(people.c.person)
        .join_from(referrals, people, people.c.client_id == referrals.c.referrer_id)
        .where(referrals.c.invited_on <= as_of)
        .distinct()
        .subquery()
    )
    found: dict[str, ColumnElement[Any]] = {column.name: column for column in summed.c}
    found |= {name: days.c[name] for name in (f"after_{months}" for months in HORIZONS_MONTHS)}
    found["has_referred"] = referrers.c.person.is_not(None)
    rows = (
        select(*(found[column.name] for column in customers.c))
        .join_from(summed, days, days.c.day == summed.c.first_day)
        .outerjoin(referrers, referrers.c.person == summed.c.person)
    )
    fill(connection, customers, [column.name for column in customers.c], rows)

"""What customers are worth, and how they divide into types and quintiles, from the tables of tasks.figures.counting."""

from datetime import date
from math import ceil

from sqlalchemy import Connection, and_, case, func, select

from programme.figures.families.rates import quotient, rate_of
from programme.figures.families.value import HORIZONS_MONTHS, ClientTypes, Mean, Value
from programme.terms.tables.figure_terms import FigureTerms
from programme.words.dates import add_months
from tasks.figures.counting import customers, occasions, year_before

DAYS_A_YEAR = 365.25
FIFTHS = 5
RETURNING_MONTHS = 36  # in which a returning customer had the last occasion


def read_value(connection: Connection, terms: FigureTerms, as_of: date, loyalty: Mean) -> Value:
    """All over the customers at the day."""
    own, today = customers.c, as_of.toordinal()
    age = today - own.first_day
    is_asked = age >= terms.repurchase_days
    is_young = age < DAYS_A_YEAR  # less than a year counts as one
    came_back = and_(is_asked, own.second_day - own.first_day <= terms.repurchase_days)
    sums = (
        func.count(),
        func.sum(own.occasions),
        func.sum(own.cents),
        func.sum(case((is_young, 1), else_=0)),
        func.sum(case((is_young, 0), else_=age)),
        func.sum(case((is_asked, 1), else_=0)),
        func.sum(case((came_back, 1), else_=0)),
    )
    row = connection.execute(select(*sums)).one()
    size, number, cents, young, older_days, asked, repeated = (int(each or 0) for each in row)
    return Value(
        customers=size,
        occasions=number,
        revenue_cents=cents,
        gross_margin=terms.gross_margin,
        cac_cents=terms.cac_cents,
        historic={months: _read_historic(connection, as_of, months) for months in HORIZONS_MONTHS},
        customer_years=young + older_days / DAYS_A_YEAR,
        expected_years=terms.expected_years,
        repurchase=rate_of(repeated, asked),
        repurchase_days=terms.repurchase_days,
        loyalty_index=loyalty,
        top_fifth_share=quotient(_read_top(connection, ceil(size / FIFTHS)), cents),
    )


def _read_historic(connection: Connection, as_of: date, months: int) -> Mean:
    """Mean revenue up to so many months after the first occasion, of those who have been customers that long."""
    own, until = customers.c, customers.c[f"after_{months}"]
    is_old_enough = until <= as_of.toordinal()
    size, first = connection.execute(select(func.count(), func.sum(own.first_cents)).where(is_old_enough)).one()
    later = connection.execute(
        select(func.sum(occasions.c.cents))
        .join_from(occasions, customers, own.person == occasions.c.person)
        .where(is_old_enough, occasions.c.place > 1, occasions.c.day <= until)
    ).scalar_one()
    return Mean(size, quotient(int(first or 0) + int(later or 0), size))


def _read_top(connection: Connection, size: int) -> int:
    """What the customers with most revenue brought, so many of them."""
    top = select(customers.c.cents).order_by(customers.c.cents.desc()).limit(size).subquery()
    return int(connection.execute(select(func.sum(top.c.cents))).scalar_one() or 0)


def read_types(connection: Connection, as_of: date) -> ClientTypes:
    """Each customer by the first type that applies."""
    own = customers.c
    is_new = own.first_day > year_before(as_of).toordinal()
    is_back = and_(own.occasions >= 2, own.last_day > add_months(as_of, -RETURNING_MONTHS).toordinal())
    kind = case((is_new, 1), (is_back, 2), else_=3)
    inner = select(kind.label("kind")).subquery()
    found = dict(connection.execute(select(inner.c.kind, func.count()).group_by(inner.c.kind)).tuples().all())
    return ClientTypes(*(found.get(number, 0) for number in (1, 2, 3)))


def read_rfm(connection: Connection) -> dict[str, int]:
    """Customers by code; only codes of somebody. Quintiles are of ranks, so that they are equally large."""
    own = customers.c
    size = select(func.count()).select_from(customers).scalar_subquery()
    # Persons are numbered in the order of their ids, which breaks the ties.
    quintiles = [
        (FIFTHS * func.row_number().over(order_by=[measure, own.person]) + size - 1) // size
        for measure in (own.last_day, own.occasions, own.cents)
    ]
    ranks = select(*(each.label(name) for each, name in zip(quintiles, "rfm", strict=True))).subquery()
    rows = connection.execute(select(*ranks.c, func.count()).group_by(*ranks.c)).all()
    return {f"{int(r)}{int(f)}{int(m)}": number for r, f, m, number in sorted(tuple(row) for row in rows)}


def read_year_revenue(connection: Connection, as_of: date) -> int:
    """Of the occasions of the 12 months to the day."""
    of_the_year = occasions.c.day > year_before(as_of).toordinal()
    return int(connection.execute(select(func.sum(occasions.c.cents)).where(of_the_year)).scalar_one() or 0)

"""Cohorts and curves, counted from the tables of tasks.figures.counting."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Double,
    Integer,
    MetaData,
    Table,
    case,
    cast,
    func,
    insert,
    select,
)

from programme.figures.families.cohorts import DAYS_A_MONTH, LEAST_AGE_DAYS, AtAge, Cell, Cohort, Period, Trend
from programme.figures.families.curves import Step, kaplan_meier
from programme.figures.families.rates import Sample, quotient, rate_of
from programme.figures.report import ALL
from tasks.figures.counting import customers, occasions

# At how many days after the first occasion a cohort is looked at: its own age, and that of the next one.
ages = Table(
    "figures_ages",
    MetaData(),
    Column("cohort", Integer, primary_key=True, autoincrement=False),
    Column("own", Integer, nullable=False),
    Column("next", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)
NEVER = -1  # an age at which nothing has happened yet


def read_curves(connection: Connection, as_of: date) -> dict[str, tuple[Step, ...]]:
    """Kaplan-Meier's curve of all customers, then of each quarter's, in order."""
    own = customers.c
    gap = _followed(as_of)
    has_second = case((own.second_day.is_not(None), 1), else_=0)
    inner = select(own.quarter, gap.label("gap"), has_second.label("has_second")).subquery()
    columns = inner.c["quarter", "gap", "has_second"]
    events: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    censored: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    quarters = set()
    for quarter, days, is_event, number in connection.execute(select(*columns, func.count()).group_by(*columns)):
        quarters.add(quarter)
        for name in (ALL, Period.QUARTER.name_of(quarter)):
            (events if is_event else censored)[name][days] += number
    names = [ALL, *(Period.QUARTER.name_of(quarter) for quarter in sorted(quarters))]
    return {name: kaplan_meier(events[name], censored[name]) for name in names}


def read_in_sight(connection: Connection, as_of: date, least: int) -> int | None:
    """How many days after their first occasion so many customers were still followed; None with fewer customers."""
    followed = _followed(as_of)
    query = select(followed).order_by(followed.desc()).offset(least - 1).limit(1)
    return connection.execute(query).scalar_one_or_none()


def _followed(as_of: date) -> ColumnElement[int]:
    """SQL for the days from a customer's first occasion to the second, or to the day."""
    own = customers.c
    return func.coalesce(own.second_day, as_of.toordinal()) - own.first_day


def read_cohorts(connection: Connection, as_of: date, period: Period) -> tuple[Cohort, ...]:
    """Every cohort with a customer, in order."""
    own = customers.c
    number = own[period.value]
    query = select(
        number,
        func.count(),
        func.sum(own.first_cents),
        func.count(own.second_day),
        func.sum(own.second_day - own.first_day),
        func.sum(case((own.has_referred, 1), else_=0)),
        func.sum(own.cents),
    )
    rows = connection.execute(query.group_by(number).order_by(number)).all()
    cells = read_cells(connection, period)
    trends = _read_trends(connection, as_of, period, [row[0] for row in rows])
    made = []
    for cohort, size, *sums in rows:
        first_cents, repeated, repeat_days, referred, cents = (int(each or 0) for each in sums)
        over, running = _row(cells[cohort], cohort, as_of, period)
        made.append(
            Cohort(
                period.name_of(cohort),
                size,
                first_cents / size,
                rate_of(repeated, size),
                quotient(repeat_days / DAYS_A_MONTH, repeated),
                rate_of(referred, size),
                cents,
                over,
                running,
                trends.get(cohort),
            )
        )
    return tuple(made)


def read_cells(connection: Connection, period: Period) -> dict[int, dict[int, Cell]]:
    """By cohort and by month or quarter: customers with an occasion in it, and its revenue."""
    cohort, when = customers.c[period.value], occasions.c[period.value]
    firsts = select(cohort, func.count(), func.sum(customers.c.first_cents)).group_by(cohort)
    found: dict[int, dict[int, Cell]] = defaultdict(dict)
    for number, size, cents in connection.execute(firsts):
        found[number][number] = Cell(size, int(cents))
    later = (
        select(cohort, when, func.count(occasions.c.person.distinct()), func.sum(occasions.c.cents))
        .join_from(occasions, customers, customers.c.person == occasions.c.person)
        .where(occasions.c.place > 1)
        .group_by(cohort, when)
    )
    for number, month, count, cents in connection.execute(later):
        first = found[number].get(month)  # all customers have an occasion in their cohort's own month
        found[number][month] = (
            Cell(first.active, first.revenue_cents + int(cents)) if first else Cell(count, int(cents))
        )
    return found


def _row(cells: Mapping[int, Cell], cohort: int, as_of: date, period: Period) -> tuple[tuple[Cell, ...], Cell | None]:
    """The cells that are over, 0 too, and the one that the day lies in unless it is its last."""
    last = period.number_of(as_of)
    is_over = period.last_day(last) == as_of
    over = tuple(cells.get(number, Cell()) for number in range(cohort, last + is_over))
    return over, None if is_over else cells.get(last, Cell())


def _read_trends(connection: Connection, as_of: date, period: Period, cohorts: list[int]) -> dict[int, Trend]:
    """Each cohort that is old enough, beside the one before at the same age."""
    age_of = {cohort: (as_of - period.last_day(cohort)).days for cohort in cohorts}
    following = dict(pairwise(cohorts))
    rows = [
        {"cohort": each, "own": max(age_of[each], NEVER), "next": max(age_of.get(following.get(each, 0), NEVER), NEVER)}
        for each in cohorts
    ]
    if not rows:
        return {}
    ages.drop(connection, checkfirst=True)
    ages.create(connection)
    connection.execute(insert(ages), rows)
    reached = _read_ages(connection, period)
    return {
        younger: Trend(age_of[younger], reached[younger][0], reached[older][1])
        for older, younger in following.items()
        if age_of[younger] >= LEAST_AGE_DAYS
    }


def _read_ages(connection: Connection, period: Period) -> dict[int, tuple[AtAge, AtAge]]:
    """What each cohort had done at its own age, and at that of the next one."""
    own = customers.c
    cohort, gap, looked_at = own[period.value], own.second_day - own.first_day, (ages.c.own, ages.c.next)
    query = (
        select(
            cohort,
            func.count(),
            func.sum(own.first_cents),
            func.sum(_squared(own.first_cents)),
            *(func.sum(case((gap <= age, 1), else_=0)) for age in looked_at),
            *(func.sum(case((gap <= age, gap), else_=0)) for age in looked_at),
        )
        .join_from(customers, ages, ages.c.cohort == cohort)
        .group_by(cohort)
    )
    later, found = _read_later(connection, period), {}
    for number, size, cents, squares, *sums in connection.execute(query):
        first = Sample(size, int(cents), squares)
        more = later.get(number, ((0, 0.0), (0, 0.0)))
        at_own, at_next = (
            AtAge(
                size, first, rate_of(int(k), size), int(days), Sample(size, first.total + cents_more, squares + added)
            )
            for k, days, (cents_more, added) in zip(sums[:2], sums[2:], more, strict=True)
        )
        found[number] = (at_own, at_next)
    return found


def _read_later(connection: Connection, period: Period) -> dict[int, tuple[tuple[int, float], tuple[int, float]]]:
    """What later occasions add to a cohort's revenue at both ages, and to the sum of the squares of each customer's."""
    own, one = customers.c, occasions.c
    cohort, since, looked_at = own[period.value], one.day - own.first_day, (ages.c.own, ages.c.next)
    each = (
        select(
            cohort.label("cohort"),
            own.first_cents,
            *(func.sum(case((since <= age, one.cents), else_=0)).label(age.name) for age in looked_at),
        )
        .join_from(occasions, customers, own.person == one.person)
        .join(ages, ages.c.cohort == cohort)
        .where(one.place > 1)
        .group_by(own.person, cohort, own.first_cents)
        .subquery()
        .c
    )
    cents = [each[age.name] for age in looked_at]
    squares = [_squared(each.first_cents + more) - _squared(each.first_cents) for more in cents]
    query = select(each.cohort, *map(func.sum, cents), *map(func.sum, squares)).group_by(each.cohort)
    return {
        number: ((int(own_cents), own_squares), (int(next_cents), next_squares))
        for number, own_cents, next_cents, own_squares, next_squares in connection.execute(query)
    }


def _squared(cents: ColumnElement[int]) -> ColumnElement[float]:
    """As a floating-point number: squares of large orders pass the bounds of whole ones."""
    return cast(cents, Double) * cast(cents, Double)

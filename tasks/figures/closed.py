"""Keeps what a report closed: the cells of monthly cohorts whose month was over, and the purchases behind them.

The flow `report` keeps; the command only reads. A crash leaves versions without their day among the reports, which
nobody reads and the next report removes.
"""

from datetime import date

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    Engine,
    Integer,
    MetaData,
    Subquery,
    Table,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    or_,
    select,
)

from models.database.columns import CODE_POINT
from models.present import clients, projects
from models.tables import closed_cells, closed_purchases, closed_reports
from programme.figures.families.cohorts import Cell, Period
from programme.figures.report import By
from programme.figures.restated import Cells
from tasks.figures.counting import count_day, counting, give_memory, is_purchase
from tasks.figures.families.cohorts import read_cells

PART_ROWS = 50_000  # written at a time, so that on SQLite webhooks and pages wait no longer than a second

news = Table(
    "figures_news",
    MetaData(),
    Column("number", Integer, nullable=False),
    Column("project_id", CODE_POINT, primary_key=True),
    Column("client_id", CODE_POINT, nullable=False),
    Column("ordered_on", Date, nullable=False),
    Column("value_cents", BigInteger),
    prefixes=["TEMPORARY"],
)


def is_kept(engine: Engine, as_of: date) -> bool:
    """Whether this day or a later one was kept before."""
    with engine.connect() as connection:
        latest = latest_report(connection, date.max)
    return latest is not None and latest >= as_of


def keep_closed(engine: Engine, as_of: date) -> bool:
    """Keep the figures that the report of the day closed. Safe to run twice: what was kept first stays.

    Returns:
        False, with nothing kept, where this day or a later one was kept before.
    """
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            latest = latest_report(connection, date.max)
            if latest is not None and latest >= as_of:
                return False
            cells, size = _work_out(connection, latest, as_of)
        connection.execution_options(writes=True)
        with connection.begin():
            _forget_unfinished(connection, latest)
            _write_cells(connection, as_of, cells)
        for first in range(1, size + 1, PART_ROWS):
            with connection.begin():
                _write_purchases(connection, as_of, first)
        with connection.begin():
            connection.execute(insert(closed_reports).values(as_of=as_of))
            news.drop(connection)
    return True


def latest_report(connection: Connection, before: date) -> date | None:
    """The latest day before `before` whose closed figures were kept."""
    day = closed_reports.c.as_of
    return connection.execute(select(func.max(day)).where(day < before)).scalar_one()


def kept_cells(connection: Connection, kept_on: date) -> dict[tuple[int, int], Cell]:
    """The cells as the report of the day `kept_on` closed them, by cohort and month; empty ones are left out."""
    own = closed_cells.c
    place = func.row_number().over(partition_by=[own.cohort, own.month], order_by=own.as_of.desc()).label("place")
    versions = (
        select(own.cohort, own.month, own.active, own.revenue_cents, place).where(own.as_of <= kept_on).subquery()
    )
    query = select(*versions.c["cohort", "month", "active", "revenue_cents"]).where(versions.c.place == 1)
    return {(cohort, month): Cell(*cell) for cohort, month, *cell in connection.execute(query) if any(cell)}


def kept_purchases(kept_on: date) -> Subquery:
    """The purchases as the report of that day counted them."""
    own = closed_purchases.c
    place = func.row_number().over(partition_by=own.project_id, order_by=own.as_of.desc()).label("place")
    versions = select(closed_purchases, place).where(own.as_of <= kept_on).subquery()
    columns = versions.c["project_id", "client_id", "ordered_on", "value_cents"]
    return select(*columns).where(versions.c.place == 1, versions.c.value_cents.is_not(None)).subquery("kept")


def present_purchases(as_of: date, until: date) -> Subquery:
    """The purchases that count at the day `as_of`, of those ordered by `until`."""
    columns = projects.c["project_id", "client_id", "ordered_on", "value_cents"]
    return (
        select(*columns)
        .join_from(projects, clients, clients.c.client_id == projects.c.client_id)
        .where(is_purchase(as_of), projects.c.ordered_on <= until)
        .subquery("present")
    )


def closed_at(connection: Connection, day: date) -> dict[tuple[int, int], Cell]:
    """The cells of the day that is counted whose month was over on `day`, by cohort and month."""
    last = Period.MONTH.number_of(day)
    is_over = Period.MONTH.last_day(last) == day
    cells = read_cells(connection, Period.MONTH)
    return {
        (cohort, month): cell for cohort, row in cells.items() for month, cell in row.items() if month < last + is_over
    }


def _work_out(connection: Connection, latest: date | None, as_of: date) -> tuple[Cells, int]:
    """What differs from the report before: the cells, and the purchases in the table `news`."""
    give_memory(connection)
    with counting(connection, By.CLIENT):
        count_day(connection, as_of)
        cells = closed_at(connection, as_of)
    before = kept_cells(connection, latest) if latest else {}
    changed = {
        place: cells.get(place, Cell())
        for place in {*cells, *before}
        if cells.get(place, Cell()) != before.get(place, Cell())
    }
    news.drop(connection, checkfirst=True)
    news.create(connection)
    return changed, _stage_purchases(connection, latest, as_of)


def _stage_purchases(connection: Connection, latest: date | None, as_of: date) -> int:
    kept, present = kept_purchases(latest or date.min), present_purchases(as_of, as_of)
    names = ("client_id", "ordered_on", "value_cents")
    is_other = or_(kept.c.project_id.is_(None), *(kept.c[name] != present.c[name] for name in names))
    came = select(*present.c).outerjoin_from(present, kept, kept.c.project_id == present.c.project_id).where(is_other)
    went = (
        select(kept.c.project_id, kept.c.client_id, kept.c.ordered_on, cast(null(), BigInteger).label("value_cents"))
        .outerjoin_from(kept, present, kept.c.project_id == present.c.project_id)
        .where(present.c.project_id.is_(None))
    )
    size = 0
    for rows in (came, went):
        numbered = rows.subquery()
        number = func.row_number().over(order_by=numbered.c.project_id) + size
        statement = insert(news).from_select([column.name for column in news.c], select(number, *numbered.c))
        connection.execute(statement)
        size = connection.execute(select(func.count()).select_from(news)).scalar_one()
    return size


def _forget_unfinished(connection: Connection, latest: date | None) -> None:
    for table in (closed_cells, closed_purchases):
        connection.execute(delete(table).where(table.c.as_of > (latest or date.min)))


def _write_cells(connection: Connection, as_of: date, cells: Cells) -> None:
    rows = [
        {"cohort": cohort, "month": month, "as_of": as_of, "active": cell.active, "revenue_cents": cell.revenue_cents}
        for (cohort, month), cell in sorted(cells.items())
    ]
    if rows:
        connection.execute(insert(closed_cells), rows)


def _write_purchases(connection: Connection, as_of: date, first: int) -> None:
    names = ["project_id", "as_of", "client_id", "ordered_on", "value_cents"]
    own = news.c
    rows = select(own.project_id, literal(as_of, Date), own.client_id, own.ordered_on, own.value_cents)
    part = rows.where(own.number >= first, own.number < first + PART_ROWS)
    connection.execute(insert(closed_purchases).from_select(names, part))

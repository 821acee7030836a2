"""What followed a touchpoint before: how many got it lately, and how many of those ordered within the window."""

from datetime import date, timedelta

from sqlalchemy import Engine, case, exists, func, select

from models.present import clients, projects
from models.tables import decisions
from programme.figures.families.rates import Rate, rate_of
from programme.figures.report import By
from programme.words.states import Outcome
from tasks.figures.counting import counting, is_purchase, steadily
from tasks.figures.windows import fill_windows, windows

LOOKED_BACK = timedelta(days=365)


def count_taking_part(engine: Engine, touchpoint: str, days: int, as_of: date) -> int:
    """How many clients it went to in the `days` to the day: as many may be expected in the days to come."""
    with steadily(engine) as connection:
        made = decisions.c
        query = select(func.count(made.client_id.distinct())).where(
            made.touchpoint == touchpoint,
            made.outcome == Outcome.SEND.value,
            made.as_of > as_of - timedelta(days=days),
            made.as_of <= as_of,
        )
        return connection.execute(query).scalar_one()


def read_past_orders(engine: Engine, touchpoint: str | None, window_days: int, as_of: date) -> Rate:
    """Of the clients whom it went to a window or longer ago, those who ordered within the window of their first.

    Args:
        touchpoint: None for all of them together.
    """
    last = as_of - timedelta(days=window_days)
    with steadily(engine) as connection, counting(connection, By.CLIENT):
        fill_windows(connection, last - LOOKED_BACK, last, window_days, as_of)
        made = decisions.c
        place = func.row_number().over(partition_by=made.client_id, order_by=[made.as_of, made.id])
        first = (
            select(made.client_id, windows.c.day, windows.c.until, place.label("place"))
            .join_from(decisions, windows, windows.c.day == made.as_of)
            .join(clients, clients.c.client_id == made.client_id)
            .where(made.outcome == Outcome.SEND.value, *([made.touchpoint == touchpoint] if touchpoint else []))
            .subquery()
        )
        ordered = (
            exists()
            .where(projects.c.client_id == first.c.client_id, is_purchase(as_of))
            .where(projects.c.ordered_on > first.c.day, projects.c.ordered_on <= first.c.until)
        )
        query = select(func.sum(case((ordered, 1), else_=0)), func.count()).where(first.c.place == 1)
        k, n = connection.execute(query).one()
        return rate_of(int(k or 0), n)

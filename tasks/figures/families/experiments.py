"""What came of the experiments, by intention to treat: a client counts by the assignment, whatever became of the mail.

The assignment is the first decision to send, or to hold out, within the days of the experiment.
"""

from datetime import date, timedelta

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from models.present import clients, projects
from models.tables import decisions
from programme.figures.families.funnels import ExperimentResult
from programme.figures.families.rates import Rate, rate_of
from programme.terms.schema import Experiment, Programme
from programme.words.states import Outcome, Reason
from tasks.figures.counting import is_purchase
from tasks.figures.windows import fill_windows, windows


def read_experiments(connection: Connection, programme: Programme, as_of: date) -> tuple[ExperimentResult, ...]:
    """Every experiment of the programme, by its id; without a result before its day."""
    return tuple(
        _read(connection, name, experiment, as_of) for name, experiment in sorted(programme.experiments.items())
    )


def _read(connection: Connection, name: str, experiment: Experiment, as_of: date) -> ExperimentResult:
    arms = _read_arms(connection, experiment, as_of)
    treated, held_out = arms.get(False, rate_of(0, 0)), arms.get(True, rate_of(0, 0))
    result_on = experiment.last_on + timedelta(days=experiment.window_days)
    is_over = as_of >= result_on
    return ExperimentResult(
        experiment=name,
        touchpoint=experiment.touchpoint,
        first_on=experiment.first_on,
        last_on=experiment.last_on,
        window_days=experiment.window_days,
        result_on=result_on,
        assigned_treated=treated.n,
        assigned_held_out=held_out.n,
        treated=treated if is_over else None,
        held_out=held_out if is_over else None,
    )


def _read_arms(connection: Connection, experiment: Experiment, as_of: date) -> dict[bool, Rate]:
    """Who ordered within the window, of those held out (True) and of the others."""
    fill_windows(connection, experiment.first_on, min(experiment.last_on, as_of), experiment.window_days, as_of)
    made = decisions.c
    is_held_out = and_(made.outcome == Outcome.SKIP.value, made.reason == Reason.HELD_OUT.value)
    place = func.row_number().over(partition_by=made.client_id, order_by=[made.as_of, made.id])
    first = (
        select(
            made.client_id,
            windows.c.day,
            windows.c.until,
            case((is_held_out, 1), else_=0).label("held_out"),
            place.label("place"),
        )
        .join_from(decisions, windows, windows.c.day == made.as_of)
        .join(clients, clients.c.client_id == made.client_id)
        .where(made.touchpoint == experiment.touchpoint, or_(made.outcome == Outcome.SEND.value, is_held_out))
        .subquery()
    )
    ordered = (
        exists()
        .where(projects.c.client_id == first.c.client_id, is_purchase(as_of))
        .where(projects.c.ordered_on > first.c.day, projects.c.ordered_on <= first.c.until)
    )
    query = select(first.c.held_out, func.sum(case((ordered, 1), else_=0)), func.count()).where(first.c.place == 1)
    rows = connection.execute(query.group_by(first.c.held_out))
    return {bool(held_out): rate_of(int(k), n) for held_out, k, n in rows}

"""How complaints were dealt with in the 12 months to a day, from the cases that care followed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from models.database.clock import aware
from models.present import clients
from models.tables import case_steps, cases
from programme.care.cases.case import OF_PEOPLE, CaseState, StepState
from programme.care.cases.owners import LEVEL_OF, LEVELS, highest, raised
from programme.figures.families.care import CareFigures
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, rate_of
from programme.inbound.answers import PROMOTER_FROM
from programme.terms.schema import HealthTerms
from programme.words.dates import day_in_amsterdam, midnight_in_amsterdam
from programme.words.states import Level, Severity
from tasks.figures.counting import people, year_before
from tasks.figures.families.steering import latest_scores


def read_care(connection: Connection, terms: HealthTerms, as_of: date) -> CareFigures:
    """Counts of cases, deadlines kept, and what clients say after a solution."""
    first, end = (midnight_in_amsterdam(day + timedelta(days=1)) for day in (year_before(as_of), as_of))
    case = cases.c

    def count(claim: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(cases).join(clients, clients.c.client_id == case.client_id)
        return connection.execute(query.where(claim)).scalar_one()

    by_level, by_step = _read_deadlines(connection, first, end)
    return CareFigures(
        opened=count(and_(case.opened_at >= first, case.opened_at < end)),
        closed=count(and_(case.closed_at >= first, case.closed_at < end)),
        open=count(and_(case.opened_at < end, or_(case.closed_at.is_(None), case.closed_at >= end))),
        by_level=by_level,
        by_step=by_step,
        recovered=_read_recovered(connection, terms, as_of, end),
    )


def _read_deadlines(
    connection: Connection, first: datetime, end: datetime
) -> tuple[Mapping[str, Rate], Mapping[str, Rate]]:
    """Of the deadlines of people in the year, those kept: by the level that had the case then, and by step."""
    step, case = case_steps.c, cases.c
    query = (
        select(case.case_id, case.severity, case.least_level, case.closed_at, step.step, step.state)
        .add_columns(step.deadline_at, step.done_at, step.missed_at)
        .join_from(case_steps, cases, case.case_id == step.case_id)
        .join(clients, clients.c.client_id == case.client_id)
        .where(step.step.in_([name.value for name in OF_PEOPLE]), case.opened_at < end)
        .order_by(case.case_id, step.place)
    )
    rows = list(connection.execute(query))
    missed: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.missed_at is not None:
            missed[row.case_id].append(aware(row.missed_at))
    levels: dict[str, list[bool]] = {level.value: [] for level in LEVELS}
    steps: dict[str, list[bool]] = {name.value: [] for name in OF_PEOPLE}
    for row in rows:
        deadline = aware(row.deadline_at)
        is_kept = row.done_at is not None and aware(row.done_at) <= deadline
        closed_at = aware(row.closed_at) if row.closed_at is not None and aware(row.closed_at) < end else None
        was_skipped = closed_at is not None and (row.state == StepState.SKIPPED or closed_at < deadline)
        if not first <= deadline < end or (was_skipped and not is_kept):
            continue
        rises = sum(moment < deadline for moment in missed[row.case_id])
        base = highest(LEVEL_OF[Severity(row.severity)], Level(row.least_level) if row.least_level else None)
        levels[raised(base, rises).value].append(is_kept)
        steps[row.step].append(is_kept)
    return _rates(levels), _rates(steps)


def _rates(kept: Mapping[str, Iterable[bool]]) -> dict[str, Rate]:
    return {name: rate_of(sum(each), len(list(each))) for name, each in kept.items()}


def _read_recovered(connection: Connection, terms: HealthTerms, as_of: date, end: datetime) -> Nps:
    """The latest score of each client with a solved case, given after the case was closed."""
    scores = latest_scores(as_of).subquery()
    solved = (
        select(people.c.person, func.min(cases.c.closed_at).label("closed_at"))
        .join_from(cases, people, people.c.client_id == cases.c.client_id)
        .where(cases.c.state == CaseState.RESOLVED.value, cases.c.closed_at < end)
        .group_by(people.c.person)
        .subquery()
    )
    query = (
        select(scores.c.score, scores.c.given_on, solved.c.closed_at)
        .join_from(scores, solved, solved.c.person == scores.c.person)
        .where(scores.c.place == 1)
    )
    after = [
        score
        for score, given_on, closed_at in connection.execute(query)
        if given_on >= day_in_amsterdam(aware(closed_at))
    ]
    promoters = sum(score >= PROMOTER_FROM for score in after)
    return Nps(len(after), promoters, sum(score <= terms.negative_score_at_most for score in after))

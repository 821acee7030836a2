"""The eight figures of the page, counted as of the day that the tables of tasks.figures.counting hold."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, select

from models.present import feedback
from programme.figures.families.cohorts import DAYS_A_MONTH
from programme.figures.families.curves import Step, step_at
from programme.figures.families.funnels import Funnel
from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, quotient, rate_of
from programme.figures.lights import FigureKey, MonthsToRepeat, Retention
from programme.inbound.answers import ASKED_BY, PROMOTER_FROM
from programme.terms.schema import HealthTerms
from programme.words.states import FeedbackKind
from tasks.figures.counting import Activity, active, customers, people, year_before

Measured = dict[FigureKey, Rate | MonthsToRepeat | Nps | Retention]


def read_steering(
    connection: Connection,
    terms: HealthTerms,
    as_of: date,
    state: Activity,
    curve: Sequence[Step],
    funnels: Iterable[Funnel],
) -> Measured:
    """Each of the eight as of the day.

    Args:
        state: of the day.
        curve: of all customers.
        funnels: of all mails of the 12 months to the day.
    """
    repeated, referred, months = _of_customers(connection, curve)
    mails = list(funnels)
    asking = [funnel for funnel in mails if funnel.touchpoint in ASKED_BY]
    return {
        FigureKey.REPEAT_CUSTOMER_RATE: repeated,
        FigureKey.MONTHS_TO_REPEAT: months,
        FigureKey.NPS: read_nps(connection, terms, as_of),
        FigureKey.REFERRAL_RATE: referred,
        FigureKey.CHURN_RATE: read_active(connection, state).churn,
        FigureKey.EMAIL_ENGAGEMENT: rate_of(sum(each.opened for each in mails), sum(each.tracked for each in mails)),
        FigureKey.ANSWER_RATE: rate_of(
            sum(each.delivered_answered for each in asking), sum(each.delivered for each in asking)
        ),
        FigureKey.RETENTION_RATE: _read_retention(connection, as_of, state),
    }


def _of_customers(connection: Connection, curve: Sequence[Step]) -> tuple[Rate, Rate, MonthsToRepeat]:
    own = customers.c
    is_delivered = own.delivered >= 1
    row = connection.execute(
        select(
            _count(is_delivered),
            _count(own.delivered >= 2),
            _count(and_(is_delivered, own.has_referred)),
            func.count(own.second_day),
            func.sum(own.second_day - own.first_day),
        )
    ).one()
    delivered, repeated, referred, came_back, days = (int(number or 0) for number in row)
    quartile, median = step_at(curve, 0.75), step_at(curve, 0.5)
    months = MonthsToRepeat(
        quotient(days / DAYS_A_MONTH, came_back),
        came_back,
        quartile and quartile.day,
        median and median.day,
        in_sight=(quartile and quartile.at_risk, median and median.at_risk),
    )
    return rate_of(repeated, delivered), rate_of(referred, delivered), months


def read_nps(connection: Connection, terms: HealthTerms, as_of: date) -> Nps:
    """By the latest score of each client in the 12 months to the day, then the greatest feedback id."""
    latest = latest_scores(as_of).subquery()
    score = latest.c.score
    query = select(func.count(), _count(score >= PROMOTER_FROM), _count(score <= terms.negative_score_at_most))
    n, promoters, detractors = connection.execute(query.where(latest.c.place == 1)).one()
    return Nps(n, int(promoters or 0), int(detractors or 0))


def latest_scores(as_of: date) -> Select[tuple[int, date, int]]:
    """Person, day and score of each NPS answer of the year, numbered from the latest (`place`)."""
    given = feedback.c
    place = func.row_number().over(
        partition_by=people.c.person, order_by=[given.given_on.desc(), given.feedback_id.desc()]
    )
    return (
        select(people.c.person, given.given_on, given.score, place.label("place"))
        .join_from(feedback, people, people.c.client_id == given.client_id)
        .where(
            given.kind == FeedbackKind.NPS.value,
            given.score.is_not(None),
            given.given_on > year_before(as_of),
            given.given_on <= as_of,
        )
    )


class Active(NamedTuple):
    """How many are active at the day, and the churn of those who were a year before."""

    now: int
    churn: Rate


def read_active(connection: Connection, state: Activity) -> Active:
    """Over all clients, whether or not they ever ordered."""
    row = connection.execute(
        select(_count(state.now), _count(state.then), _count(and_(state.then, ~state.now)))
        .join_from(people, active, active.c.circle == people.c.circle)
        .where(people.c.number == people.c.person)
    ).one()
    now, then, lost = (int(number or 0) for number in row)
    return Active(now, rate_of(lost, then))


def _read_retention(connection: Connection, as_of: date, state: Activity) -> Retention:
    row = connection.execute(
        select(_count(state.then), _count(and_(state.then, state.now)), _count(and_(~state.then, state.now)))
        .join_from(customers, people, people.c.number == customers.c.person)
        .join(active, active.c.circle == people.c.circle)
        .where(customers.c.first_day <= year_before(as_of).toordinal())
    ).one()
    then, stayed, came_back = (int(number or 0) for number in row)
    return Retention(rate_of(stayed, then), came_back)


def _count(claim: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((claim, 1), else_=0))

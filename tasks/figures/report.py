"""The report of a day, put together from every family of figures. Reads only, but for its own temporary tables."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection, Engine, func, select

from models.present import feedback, interactions, projects, quotes, referrals
from programme.figures.families.cohorts import Period
from programme.figures.families.funnels import Funnel
from programme.figures.families.value import FirmNumbers, Value
from programme.figures.lights import TREND_MONTHS, Figure, FigureKey
from programme.figures.report import ALL, By, Report
from programme.terms.schema import Programme
from programme.words.dates import add_months
from tasks.clients.facts.preferences import count_choices
from tasks.figures.counting import EARLIER, NOW, count_activity, count_day, counting, steadily
from tasks.figures.families.care import read_care
from tasks.figures.families.cohorts import read_cohorts, read_curves, read_in_sight
from tasks.figures.families.deliveries import Key, Split, read_deliveries
from tasks.figures.families.experiments import read_experiments
from tasks.figures.families.loyalty import read_loyalty
from tasks.figures.families.mails import read_funnels
from tasks.figures.families.referrals import overview_of
from tasks.figures.families.steering import Measured, read_active, read_steering
from tasks.figures.families.worth import read_rfm, read_types, read_value, read_year_revenue
from tasks.figures.restated import read_restated

# What a day of the data can be: every date of these facts.
DATED = (
    projects.c["ordered_on", "delivered_on", "cancelled_on"],
    quotes.c["sent_on", "decided_on"],
    interactions.c["occurred_on",],
    feedback.c["given_on",],
    referrals.c["invited_on", "signed_up_on"],
)


def read_report(
    engine: Engine, programme: Programme, as_of: date, by: By = By.CLIENT, split: Split | None = None
) -> Report:
    """Every figure as of the day, from facts dated on or before it.

    Args:
        split: divide the funnels of mails by this as well.
    """
    with steadily(engine) as connection, counting(connection, by):
        earlier = add_months(as_of, -TREND_MONTHS)
        count_activity(connection, as_of, earlier)
        mails, mails_before = read_deliveries(connection, (as_of, earlier), split)
        before = _read_before(connection, programme, earlier, mails_before)
        count_day(connection, as_of)
        curve = read_curves(connection, as_of)
        funnels = read_funnels(connection, as_of, programme.figures.window_days, mails, split)
        measured = read_steering(connection, programme.health, as_of, NOW, curve[ALL], funnels)
        types = read_types(connection, as_of)
        value = read_value(connection, programme.figures, as_of, read_loyalty(connection, as_of))
        cohorts = {period: read_cohorts(connection, as_of, period) for period in Period}
        return Report(
            as_of=as_of,
            data_until=_read_data_until(connection, as_of),
            by=by,
            small_n=programme.figures.small_n,
            figures=_figures(programme, measured, before),
            value=value,
            rfm=read_rfm(connection),
            types=types,
            cohorts=cohorts,
            curve=curve,
            touchpoints=funnels,
            experiments=read_experiments(connection, programme, as_of),
            referrals=overview_of(connection, programme, as_of),
            care=read_care(connection, programme.health, as_of),
            # What was kept counts client records.
            restated=read_restated(connection, as_of) if by is By.CLIENT else (),
            firm=_firm(connection, as_of, value, measured, types.newcomer),
            in_sight_until=read_in_sight(connection, as_of, programme.figures.small_n),
            preferences=[(*choice, number) for choice, number in count_choices(connection, as_of).items()],
        )


def _read_before(connection: Connection, programme: Programme, earlier: date, mails: Mapping[Key, Funnel]) -> Measured:
    """The eight as they were a quarter ago."""
    count_day(connection, earlier)
    curve = read_curves(connection, earlier)
    return read_steering(connection, programme.health, earlier, EARLIER, curve[ALL], mails.values())


def _figures(programme: Programme, measured: Measured, before: Measured) -> dict[FigureKey, Figure]:
    targets, small_n = programme.figures.targets, programme.figures.small_n
    return {
        key: Figure(
            key, measured[key], getattr(targets, key.value), before[key].number, small_n, before_n=before[key].n
        )
        for key in FigureKey
    }


def _firm(connection: Connection, as_of: date, value: Value, measured: Measured, newcomers: int) -> FirmNumbers:
    active = read_active(connection, NOW)
    return FirmNumbers(
        newcomers=newcomers,
        average_order_cents=value.average_order_cents,
        retention=measured[FigureKey.RETENTION_RATE].number,
        active_clients=active.now,
        churn=active.churn.rate,
        year_revenue_cents=read_year_revenue(connection, as_of),
    )


def _read_data_until(connection: Connection, as_of: date) -> date | None:
    """The latest day on or before `as_of` on which some fact is dated; None without any."""
    latest = (
        connection.execute(select(func.max(column)).where(column <= as_of)).scalar_one()
        for columns in DATED
        for column in columns
    )
    return max((day for day in latest if day is not None), default=None)

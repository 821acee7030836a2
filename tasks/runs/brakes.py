"""The brake before a run's first request: whether the day's plan is far outside the usual band."""

from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from models.settings import Settings
from models.tables import message_plans, message_states, messages
from programme.sending.brakes import BAND_DAYS, BandFault, band_fault
from programme.words.states import COUNTING_STATUSES, HandFlow, MessageStatus
from tasks.sending.claiming.holds import is_free


def band_exceeded(
    connection: Connection, settings: Settings, as_of: date, flow: str, would_send: int
) -> BandFault | None:
    """The fault of sending `would_send` messages of a flow dated `as_of`; None when that is usual.

    The message log is the measure: messages of this flow that went out, are on their way, or were logged. So neither a
    large campaign nor the other flow widens the band.
    """
    first, last = as_of - timedelta(days=BAND_DAYS), as_of - timedelta(days=1)
    query = (
        select(func.count())
        .where(
            messages.c.as_of >= first,
            messages.c.as_of <= last,
            messages.c.flow == flow,
            messages.c.status.in_(sorted(COUNTING_STATUSES)),
        )
        .group_by(messages.c.as_of)
    )
    return band_fault(would_send, connection.execute(query).scalars(), settings.daily_band)


def day_outside_band(
    connection: Connection, settings: Settings, as_of: date, run_id: str | None = None
) -> BandFault | None:
    """The first fault among the flows with messages planned for the day, whichever run is about to send them.

    A run sends everything planned for its day, so it must not let through what another run was stopped for. Campaigns
    have a go of their own.

    Args:
        run_id: the run that asks, which also sends the messages that it holds itself.
    """
    states, plans = message_states, message_plans
    ends = (select(end(states.c.id)).where(states.c.as_of == as_of) for end in (func.min, func.max))
    first, last = map(connection.scalar, ends)
    planned = (
        select(plans.c.flow, func.count())
        .join_from(states, plans, plans.c.id == states.c.id)
        .where(
            states.c.status == MessageStatus.PLANNED,
            states.c.as_of == as_of,
            plans.c.flow != HandFlow.CAMPAIGN,
            is_free(run_id, plans),
            # The day's messages stand together; told so of both tables, PostgreSQL does not read the whole log.
            *(table.c.id.between(first, last) for table in (states, plans)),
        )
        .group_by(plans.c.flow)
        .order_by(plans.c.flow)
    )
    counts = connection.execute(planned).all()
    faults = (band_exceeded(connection, settings, as_of, flow, count) for flow, count in counts)
    return next(filter(None, faults), None)

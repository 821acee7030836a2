"""The brake before a run's first request: is the day's plan far outside the usual band?"""

from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from models.settings import Settings
from models.tables import messages
from programme.sending.brakes import BAND_DAYS, BandFault, band_fault
from programme.words.states import COUNTING_STATUSES, HandFlow, MessageStatus
from tasks.sending.holds import is_free


def band_exceeded(
    connection: Connection, settings: Settings, as_of: date, flow: str, would_send: int
) -> BandFault | None:
    """What is out of the ordinary about sending `would_send` messages of a flow dated `as_of`; None when it is not.

    Days are measured by the message log: what of this flow went out, is on its way, or was logged. So neither a large
    campaign nor the other flow makes room for more.
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

    A run sends all that is planned for its day, so none may let through what another was held for. Campaigns have a
    go of their own.

    Args:
        run_id: the run that asks, which also sends what it holds itself.
    """
    planned = (
        select(messages.c.flow, func.count())
        .where(
            messages.c.status == MessageStatus.PLANNED,
            messages.c.as_of == as_of,
            messages.c.flow != HandFlow.CAMPAIGN,
            is_free(run_id),
        )
        .group_by(messages.c.flow)
        .order_by(messages.c.flow)
    )
    counts = connection.execute(planned).all()
    faults = (band_exceeded(connection, settings, as_of, flow, count) for flow, count in counts)
    return next(filter(None, faults), None)

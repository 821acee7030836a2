"""The brake before a run's first request: is the day's plan far outside the usual band?"""

from datetime import date, timedelta

from sqlalchemy import Connection, func, select

from models.settings import Settings
from models.tables import messages
from programme.sends import BAND_DAYS, BandFault, band_fault
from programme.states import COUNTING_STATUSES


def band_exceeded(connection: Connection, settings: Settings, as_of: date, would_send: int) -> BandFault | None:
    """What is out of the ordinary about sending `would_send` messages dated `as_of`; None when it is not.

    Days are measured by the message log: what went out, is on its way, or was logged.
    """
    first, last = as_of - timedelta(days=BAND_DAYS), as_of - timedelta(days=1)
    query = (
        select(func.count())
        .where(messages.c.as_of >= first, messages.c.as_of <= last, messages.c.status.in_(sorted(COUNTING_STATUSES)))
        .group_by(messages.c.as_of)
    )
    return band_fault(would_send, connection.execute(query).scalars(), settings.daily_band)

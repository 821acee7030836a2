"""The days on which banks in the euro area settle payments: those of TARGET, the ECB's system."""

from datetime import date
from functools import cache
from typing import Any


def next_target_day(after: date) -> date:
    """The first day later than `after` on which TARGET is open: no weekend and none of its six holidays."""
    return date.fromordinal(_calendar().get_nth_working_day(after, 1).toordinal())


@cache
def _calendar() -> Any:
    import holidays

    return holidays.financial_holidays("ECB")

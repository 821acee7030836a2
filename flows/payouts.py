"""The stories of money, told once: booking the rewards of a day, and preparing a settlement.

They import no Prefect and get their steps handed in: a flow hands in Prefect tasks, a command the plain functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from programme.terms.schema import Programme
from tasks.base.workspace import Workspace
from tasks.money import booking
from tasks.money.booking import BookingReport
from tasks.referrals import settlement
from tasks.referrals.settlement import Prepared


@dataclass(frozen=True)
class PayoutSteps:
    """The steps; by default the plain functions, which say what each does."""

    plan_booking: Callable[[Engine, Programme, date], BookingReport] = booking.plan_booking
    book: Callable[[Engine, Programme, date, str, datetime], BookingReport] = booking.book
    prepare: Callable[[Engine, Programme, date, str, datetime], Prepared] = settlement.prepare


PLAIN = PayoutSteps()
CLOCK = "rewards"  # who books when the clock does


def run_rewards(
    steps: PayoutSteps, workspace: Workspace, as_of: date, now: datetime, dry_run: bool, made_by: str = CLOCK
) -> BookingReport:
    """Book the rewards of a day, or only say what that would enter. Raises BookingRefused."""
    if dry_run:
        return steps.plan_booking(workspace.engine, workspace.programme, as_of)
    booking.require_past(as_of, now)
    return steps.book(workspace.engine, workspace.programme, as_of, made_by, now)


def run_settlement(steps: PayoutSteps, workspace: Workspace, as_of: date, made_by: str, now: datetime) -> Prepared:
    """Prepare the batch of a day, or find the one that waits. Raises BookingRefused or SettlementRefused."""
    booking.require_past(as_of, now)
    return steps.prepare(workspace.engine, workspace.programme, as_of, made_by, now)

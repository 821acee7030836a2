"""The stories of money, told once: booking the rewards of a day, preparing a settlement, reading the bank's answer.

They import no Prefect and get their steps handed in: a flow hands in Prefect tasks, a command the plain functions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from programme.money.settling import LeftOpen
from programme.terms.schema import Programme
from tasks.base.workspace import Workspace
from tasks.money import booking
from tasks.money.booking import BookingReport
from tasks.referrals import settlement, statements
from tasks.referrals.mails import sending
from tasks.referrals.mails.sending import MailsReport
from tasks.referrals.settlement import Prepared
from tasks.referrals.statements import StatementReport


@dataclass(frozen=True)
class PayoutSteps:
    """The steps; by default the plain functions, which say what each does."""

    plan_booking: Callable[[Engine, Programme, date], BookingReport] = booking.plan_booking
    book: Callable[[Engine, Programme, date, str, datetime], BookingReport] = booking.book
    prepare: Callable[[Engine, Programme, date, str, datetime], Prepared] = settlement.prepare_settlement
    send_mails: Callable[[Workspace, date, datetime], MailsReport] = sending.send_reward_mails
    send_requests: Callable[[Workspace, date, datetime, Sequence[LeftOpen]], MailsReport] = (
        sending.send_settlement_mails
    )


PLAIN = PayoutSteps()
CLOCK = "rewards"  # who books when the clock does


def run_rewards(
    steps: PayoutSteps, workspace: Workspace, as_of: date, now: datetime, dry_run: bool, made_by: str = CLOCK
) -> BookingReport:
    """Book the rewards of a day and mail who earned one, or only say what that would enter.

    Raises BookingRefused, or DeliveryStopped; then it is booked, and the mails go the next time.
    """
    if dry_run:
        return steps.plan_booking(workspace.engine, workspace.programme, as_of)
    booking.require_past(as_of, now)
    report = steps.book(workspace.engine, workspace.programme, as_of, made_by, now)
    steps.send_mails(workspace, as_of, now)
    return report


def run_settlement(steps: PayoutSteps, workspace: Workspace, as_of: date, made_by: str, now: datetime) -> Prepared:
    """Prepare the batch of a day, or find the one that waits; mail its approvers, and whom it cannot pay.

    Raises BookingRefused or SettlementRefused, or DeliveryStopped; then it is prepared, and the mails go the next time.
    """
    booking.require_past(as_of, now)
    prepared = steps.prepare(workspace.engine, workspace.programme, as_of, made_by, now)
    steps.send_requests(workspace, as_of, now, prepared.settlement.left_open)
    return prepared


def run_statement(workspace: Workspace, data: bytes, name: str, today: date, now: datetime) -> StatementReport:
    """Read what the bank answered, and mail whom it paid.

    Raises StatementRefused or SettlementRefused, or DeliveryStopped; then it is read, and the mails go the next time.
    """
    report = statements.import_statement(workspace.engine, workspace.programme, data, name, now)
    PLAIN.send_mails(workspace, today, now)
    return report

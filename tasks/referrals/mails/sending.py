"""Make every mail about money that is due, and send it by the ordinary delivery."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.database.engine import reading, writing
from programme.money.settling import LeftOpen
from programme.referrals.mails import IBAN_REQUEST, REWARD_EARNED, REWARD_PAID
from tasks.base.workspace import Workspace
from tasks.mail.renderers import renderer_of
from tasks.referrals.mails.accounts import due_requests
from tasks.referrals.mails.approvers import tell_approvers
from tasks.referrals.mails.earned import due_rewards
from tasks.referrals.mails.paid import due_paid
from tasks.runs.outside.direct import DirectMail, deliver_direct, enqueue_direct

KINDS = (REWARD_EARNED, REWARD_PAID, IBAN_REQUEST)
MAILS_A_TIME = 500


@dataclass
class MailsReport:
    """`made` and `stopped` (by rule 1 or 2) count mails to clients, `approvers` the people who were told of a batch."""

    made: int = 0
    stopped: int = 0
    sent: int = 0
    approvers: int = 0


def send_reward_mails(workspace: Workspace, as_of: date, at: datetime) -> MailsReport:
    """Who earned and who was paid, and again the approvers whom nobody could reach before.

    Safe to run twice: a mail is made once for its referral, line or request, and sent once.

    Args:
        as_of: the day that the mails are dated.

    Raises DeliveryStopped; what was not sent stays planned, and goes the next time.
    """
    with reading(workspace.engine) as connection:
        due = [*due_rewards(connection, workspace.programme, as_of), *due_paid(connection, workspace.programme, at)]
    return _send(workspace, due, as_of, at)


def send_settlement_mails(
    workspace: Workspace, as_of: date, at: datetime, left_open: Sequence[LeftOpen]
) -> MailsReport:
    """The approvers of the batch that waits, and whom a settlement could not pay. As send_reward_mails."""
    with reading(workspace.engine) as connection:
        due = due_requests(connection, workspace.programme, as_of, left_open)
    return _send(workspace, due, as_of, at)


def _send(workspace: Workspace, due: Sequence[DirectMail], as_of: date, at: datetime) -> MailsReport:
    report, run_id = MailsReport(), uuid.uuid4().hex
    renderer = renderer_of(workspace)
    for part in _parts(due):
        with writing(workspace.engine) as connection:
            made = enqueue_direct(connection, renderer, workspace.settings.key(), part, as_of, run_id)
        report.made += sum(each.is_new for each in made)
        report.stopped += sum(each.message_id is None for each in made)
    report.approvers = tell_approvers(workspace, at)
    report.sent = deliver_direct(workspace, renderer, KINDS, as_of, run_id).accepted
    return report


def _parts(mails: Sequence[DirectMail]) -> Iterator[Sequence[DirectMail]]:
    for start in range(0, len(mails), MAILS_A_TIME):
        yield mails[start : start + MAILS_A_TIME]

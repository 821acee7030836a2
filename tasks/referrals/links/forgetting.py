"""What must not be kept: sign-ups that nobody became a client of, and the keys of visitors of days that are over."""

from datetime import date

from sqlalchemy import Engine, select, update

from models.database.engine import writing
from models.referrals import TOLD_BY_FRIEND
from models.tables import people_tasks, referrals, signups, task_notes
from programme.care.signals import SignalKind
from programme.terms.tables.payout_terms import ReferralTerms
from programme.words.dates import add_months
from tasks.referrals.links.visits import forget_visitors


def forget_strangers(engine: Engine, terms: ReferralTerms, today: date) -> int:
    """Leave of old sign-ups without a client their id and days alone. Safe to repeat.

    Returns:
        How many were forgotten now.
    """
    own = signups.c
    before = add_months(today, -terms.forget_after_months)
    unlinked = select(referrals.c.referral_id).where(referrals.c.referred_client_id.is_(None))
    nothing = dict.fromkeys(TOLD_BY_FRIEND)
    with writing(engine) as connection:
        forget_visitors(connection, today)
        old = update(signups).where(own.signed_up_on <= before, own.name.is_not(None), own.referral_id.in_(unlinked))
        forgotten = old.values(
            **nothing, recipient="", consent="unknown", consent_wording=None, consent_at=None, name_consent_at=None
        )
        ids = list(connection.scalars(forgotten.returning(own.referral_id)))
        of_referral = update(referrals).where(referrals.c.referral_id.in_(ids))
        connection.execute(of_referral.values(referred_name=None, referred_email=None))
        # What was noted at the call about it is the stranger's too, and its task names no client.
        about = select(people_tasks.c.task_id).where(
            people_tasks.c.kind == SignalKind.LEAD.value, people_tasks.c.cause.in_(ids)
        )
        connection.execute(update(task_notes).where(task_notes.c.task_id.in_(about)).values(note=None))
        return len(ids)

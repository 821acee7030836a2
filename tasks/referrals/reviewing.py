"""What people decide about referrals and referrers: review, block, unblock, and who a sign-up is."""

from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from models.database.engine import writing_durably
from models.tables import payout_blocks, referral_links, referral_reviews, referrals
from programme.referrals.states import ReferralVerdict
from programme.words.dates import day_in_amsterdam
from tasks.clients.lookup import require_client
from tasks.referrals.deciding import require_words


class ReferralRefused(Exception):
    """A decision about a referral or a referrer that cannot be taken; the message says why."""


def review(engine: Engine, referral_id: str, verdict: ReferralVerdict, by: str, reason: str, at: datetime) -> None:
    """Kept with its day; the latest review dated on or before a day holds on that day. Raises ReferralRefused."""
    made_by, why = require_words(by, "--by NAME"), require_words(reason, "--reason TEXT")
    with writing_durably(engine) as connection:
        _require_referral(connection, referral_id)
        connection.execute(
            insert(referral_reviews).values(
                referral_id=referral_id,
                verdict=verdict.value,
                made_by=made_by,
                reason=why,
                day=day_in_amsterdam(at),
                made_at=at,
            )
        )


def block(engine: Engine, client_id: str, by: str, reason: str, at: datetime) -> None:
    """Nothing is paid to this client until somebody unblocks him. Raises UnknownClient or ReferralRefused."""
    require_client(engine, client_id)
    made_by, why = require_words(by, "--by NAME"), require_words(reason, "--reason TEXT")
    with writing_durably(engine) as connection:
        if _open_block(connection, client_id) is not None:
            raise ReferralRefused(f"{client_id} is blocked already; nothing changed")
        values = {"blocked_by": made_by, "reason": why, "blocked_on": day_in_amsterdam(at)}
        connection.execute(insert(payout_blocks).values(client_id=client_id, **values))


def unblock(engine: Engine, client_id: str, by: str, at: datetime) -> None:
    """Raises UnknownClient or ReferralRefused."""
    require_client(engine, client_id)
    made_by = require_words(by, "--by NAME")
    with writing_durably(engine) as connection:
        number = _open_block(connection, client_id)
        if number is None:
            raise ReferralRefused(f"{client_id} is not blocked; nothing changed")
        connection.execute(
            update(payout_blocks)
            .where(payout_blocks.c.id == number)
            .values(unblocked_by=made_by, unblocked_on=day_in_amsterdam(at))
        )


def link(engine: Engine, referral_id: str, client_id: str, by: str, at: datetime) -> None:
    """Join a referral to the client that came of it; an empty cell of a later import leaves that.

    Raises UnknownClient or ReferralRefused.
    """
    require_client(engine, client_id)
    made_by = require_words(by, "--by NAME")
    with writing_durably(engine) as connection:
        _require_referral(connection, referral_id)
        connection.execute(
            insert(referral_links).values(referral_id=referral_id, client_id=client_id, made_by=made_by, made_at=at)
        )
        connection.execute(
            update(referrals).where(referrals.c.referral_id == referral_id).values(referred_client_id=client_id)
        )


def _require_referral(connection: Connection, referral_id: str) -> None:
    known = select(referrals.c.referral_id).where(referrals.c.referral_id == referral_id)
    if connection.execute(known).first() is None:
        raise ReferralRefused(f"there is no referral {referral_id!r}; see: bouwclub rewards, or the export")


def _open_block(connection: Connection, client_id: str) -> int | None:
    table = payout_blocks.c
    query = select(table.id).where(table.client_id == client_id, table.unblocked_on.is_(None))
    return connection.execute(query).scalar()

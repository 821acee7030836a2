"""Drops that our own account or content caused: counted once, so that they raise one alert."""

from sqlalchemy import Connection, Engine, func, insert, or_, select, update

from models.database.engine import writing
from models.tables import events, sync_cursors
from programme.inbound.events import OWN_FAULTS

_CURSOR = "own-faults"  # marks up to which moment of receipt drops have raised an alert


class DroppedForOurSake(Exception):
    """The provider dropped mails because of our account or our content, which a person must mend."""


def take_own_faults(engine: Engine) -> dict[str, int]:
    """Count the dropped messages that have raised no alert yet, by kind, and mark them as taken.

    The caller must raise the alert.
    """
    with writing(engine) as connection:
        found = _count(connection)
        if found:
            newest = select(func.max(events.c.received_at)).where(events.c.kind.in_(sorted(OWN_FAULTS)))
            reached_at = connection.execute(newest).scalar_one()
            mine = sync_cursors.c.name == _CURSOR
            if not connection.execute(update(sync_cursors).where(mine).values(reached_at=reached_at)).rowcount:
                connection.execute(insert(sync_cursors).values(name=_CURSOR, reached_at=reached_at))
        return found


def alert_about(found: dict[str, int]) -> None:
    """Raise DroppedForOurSake, whose message says what to do, when `found` is not empty."""
    if not found:
        return
    parts = {
        "over_quota": "because the account has no mails left: check its plan",
        "withheld": "because of what they say or how they are written: look at the reason in bouwclub explain",
    }
    causes = "; ".join(f"{count} {parts[kind]}" for kind, count in sorted(found.items()))
    raise DroppedForOurSake(
        f"the provider dropped mails that it had taken, for our account's sake: {causes}. When it is mended: "
        "bouwclub resend MESSAGE_ID --by NAME (they are in bouwclub messages --status rejected)"
    )


def _count(connection: Connection) -> dict[str, int]:
    reached_at = select(sync_cursors.c.reached_at).where(sync_cursors.c.name == _CURSOR).scalar_subquery()
    query = (
        select(events.c.kind, func.count(events.c.message_id.distinct()))
        .where(events.c.kind.in_(sorted(OWN_FAULTS)), or_(reached_at.is_(None), events.c.received_at > reached_at))
        .group_by(events.c.kind)
    )
    return dict(connection.execute(query).tuples().all())

"""The provider's rate limit, stored in the database so that all workers on all machines share it."""

from sqlalchemy import Connection, bindparam, case, insert, select, update
from sqlalchemy.exc import IntegrityError

from models.database import clock
from models.tables import limiter
from tasks.sending.messenger import ProviderAnswer

_IS_OURS = limiter.c.name == bindparam("of")
_RATE = (
    select(
        clock.seconds_until(limiter.c.resume_at),
        limiter.c.remaining,
        clock.seconds_until(limiter.c.window_until),
    )
    .where(_IS_OURS)
    .with_for_update()
)
_TAKE = update(limiter).where(_IS_OURS).values(remaining=limiter.c.remaining - bindparam("granted"))


def take(connection: Connection, name: str, wanted: int) -> tuple[int, float]:
    """Take the right to send so many requests now, or as many as may go. The caller must commit to keep it.

    Returns:
        How many may go, and the seconds that the others must wait before asking again: 0 when all may go.
    """
    row = connection.execute(_RATE, {"of": name}).first()
    if row is None:
        return wanted, 0.0
    rest, remaining, window = row
    if rest is not None and rest > 0:
        return 0, float(rest)
    if remaining is None or window is None or window <= 0:
        return wanted, 0.0
    granted = min(wanted, max(remaining, 0))
    if granted:
        connection.execute(_TAKE, {"of": name, "granted": granted})
    return granted, float(window) if granted < wanted else 0.0


def learn(connection: Connection, name: str, answer: ProviderAnswer, rest_seconds: float) -> None:
    """Store what an answer says about the rate; of two waiting times the longer one stays.

    Args:
        rest_seconds: no worker sends for so long; 0 when the answer asks for no rest.
    """
    knows_rate = answer.remaining is not None and answer.window_seconds is not None
    if rest_seconds <= 0 and not knows_rate:
        return
    _make_row(connection, name)
    mine = limiter.c.name == name
    if rest_seconds > 0:
        until = clock.now_plus(rest_seconds)
        later = case((limiter.c.resume_at > until, limiter.c.resume_at), else_=until)
        connection.execute(update(limiter).where(mine).values(resume_at=later))
    if knows_rate:
        window = clock.now_plus(answer.window_seconds or 0.0)
        values = {"remaining": max(answer.remaining or 0, 0), "window_until": window}
        connection.execute(update(limiter).where(mine).values(values))


def _make_row(connection: Connection, name: str) -> None:
    if connection.execute(select(limiter.c.name).where(limiter.c.name == name)).first():
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(limiter).values(name=name))
    except IntegrityError:
        pass  # another worker was first

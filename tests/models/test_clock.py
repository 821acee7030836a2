"""The database's own clock, the same on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, literal, select

from models.database.clock import aware, now, now_plus, read_now, seconds_until
from models.database.engine import reading

DECADE = 3650 * 86_400.0


@pytest.mark.parametrize("seconds", [1e-5, 2.5, 90.5, DECADE])
def test_moments_from_now(engine: Engine, seconds: float) -> None:
    """A moment so many seconds ahead lies so far ahead, one as many back as far back; a fraction counts."""
    shown = select(
        now_plus(seconds), now_plus(-seconds), seconds_until(now_plus(seconds)), seconds_until(now_plus(-seconds))
    )
    with reading(engine) as connection:
        later, earlier, ahead, back = connection.execute(shown).one()

    assert (later - earlier).total_seconds() == pytest.approx(2 * seconds, abs=1)
    assert (ahead, -back) == (pytest.approx(seconds, abs=1), pytest.approx(seconds, abs=1))


def test_it_moves_on_in_a_transaction(engine: Engine) -> None:
    """Now is no earlier than now before it, aware, and in its place among stored moments."""
    past = literal(datetime(2020, 1, 1, tzinfo=UTC))
    with reading(engine) as connection:
        first, second = read_now(connection), read_now(connection)
        is_after, rest = connection.execute(select(now() > past, seconds_until(past))).one()
        no_moment = connection.scalar(select(seconds_until(literal(None))))

    assert first <= second
    assert aware(first).tzinfo is not None
    assert (bool(is_after), rest < 0, no_moment) == (True, True, None)

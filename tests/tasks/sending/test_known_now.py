"""Whom a mail of a past day reaches, it reaches today: what is known by now decides who may be mailed."""

from datetime import date, datetime, time, timedelta
from itertools import chain, repeat

import pytest
from sqlalchemy import Engine, insert

from models.database import clock
from models.database.engine import writing
from models.tables import feedback, suppressions
from programme.words.dates import AMSTERDAM
from tests.tasks.sending.test_delivery import DAY, ScriptedMessenger, add, deliver, statuses

SINCE = date(2026, 3, 9)  # after the day of the messages, and past


def test_a_later_suppression_and_a_later_case_count(engine: Engine) -> None:
    """A message of a past day does not go to who was suppressed or complained since; the others get theirs."""
    add(engine, 4)
    with writing(engine) as connection:
        connection.execute(insert(suppressions).values(email="k0@voorbeeld.nl", reason="unsubscribe", since=SINCE))
        case = {"feedback_id": "f", "client_id": "c1", "given_on": SINCE, "kind": "nps", "score": 2, "origin": "page"}
        connection.execute(insert(feedback).values(**case))
    report = deliver(engine, ScriptedMessenger())
    assert (report.cancelled, report.held, report.accepted) == ({"suppressed": 1}, 1, 2)


def test_who_opts_out_after_midnight_gets_nothing_from_a_run_of_before(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each claim asks for the day: the first of this run sees that of its beginning, those after it the next."""
    late = datetime.combine(DAY, time(23, 50), AMSTERDAM)
    moments = chain([late], repeat(late + timedelta(minutes=20)))
    monkeypatch.setattr(clock, "read_now", lambda connection: next(moments))
    add(engine, 40)
    with writing(engine) as connection:
        opted_out = {"reason": "unsubscribe", "since": DAY + timedelta(days=1)}
        rows = [{"email": f"k{number}@voorbeeld.nl", **opted_out} for number in (0, 39)]
        connection.execute(insert(suppressions), rows)

    messenger = ScriptedMessenger()
    messenger.per_request = 1  # so that one claim looks at fewer than 40
    report = deliver(engine, messenger)

    assert (report.cancelled, report.accepted) == ({"suppressed": 1}, 39)


def test_what_stays_here_is_as_it_was(engine: Engine) -> None:
    """Over a delivery that reaches nobody a past day is as it would have been, later facts left out."""
    add(engine, 2)
    with writing(engine) as connection:
        connection.execute(insert(suppressions).values(email="k0@voorbeeld.nl", reason="unsubscribe", since=SINCE))
    messenger = ScriptedMessenger()
    messenger.leaves_machine = False
    deliver(engine, messenger)
    assert statuses(engine) == {"accepted": 2}

"""What makes a task for people: the queries against a plain twin, day after day, on both databases."""

import json
import random
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from models.database.engine import writing
from models.tables import care_lines, invoices, people_tasks
from programme.care.lines import Did, Line
from programme.care.tick import Tick
from tasks.care.people.daily_look import take_daily_look
from tasks.care.people.prompt import make_prompt_tasks
from tests import factories as make
from tests.tasks.care.people.world import Twin, store

DAY = date(2026, 3, 2)  # a Monday


def tick_of(day: date) -> Tick:
    return Tick(datetime(day.year, day.month, day.day, 7, tzinfo=UTC), make.shipped_programme())


def told(connection: Connection, tick: Tick, lines: Iterable[Line]) -> set[tuple[str, str]]:
    """(task id, channel) of what was made, kept as the tick keeps it."""
    found = set()
    for line in lines:
        if line.did in (Did.TASK, Did.NO_WAY):
            found.add((line.values["task_id"], line.values.get("channel", "")))
            row = {"at": tick.at, "did": str(line.did), "task_id": line.values["task_id"], "line": json.dumps({})}
            connection.execute(insert(care_lines).values(row))
    return found


@pytest.mark.slow
def test_each_day_makes_what_the_rules_say(engine: Engine) -> None:
    """Three weeks of looks over a base that changes: every kind is made and refused, nothing twice."""
    store(engine, 5, DAY)
    pick, kinds = random.Random(5), Counter[str]()
    for days in (0, 1, 9, 21):
        tick = tick_of(DAY + timedelta(days=days))
        twin = Twin(engine, tick)
        with writing(engine) as connection:
            made = told(connection, tick, make_prompt_tasks(connection, tick))
            assert made == twin.prompt()
            assert make_prompt_tasks(connection, tick) == []
        with writing(engine) as connection:
            lines = take_daily_look(connection, tick)
        with writing(engine) as connection:
            looked = told(connection, tick, lines)
            # What the look ended before it made, the twin must see as ended too.
            own = people_tasks.c
            state = dict(connection.execute(select(own.task_id, own.state)).tuples().all())
            twin.tasks = [row for row in twin.tasks if state[row.task_id] == "open"] + [
                row for row in twin.tasks if state[row.task_id] != "open" and row.state != "open"
            ]
            assert looked == twin.daily()
            again = take_daily_look(connection, tick)
            assert {line.did for line in again} <= {Did.DIGEST}
            _change(connection, pick, tick)
        kinds.update(task_id.split(":")[0] for task_id, _ in made | looked)
        kinds.update(f"{channel or 'no way'}" for _, channel in looked)
    wanted = {"contact_asked", "reply", "look", "handover", "many_contacts", "overdue_invoice", "build_check"}
    assert wanted | {"exit_call", "channel_change", "win_back_call", "phone", "letter", "no way"} == set(kinds)


def _change(connection: Connection, pick: random.Random, tick: Tick) -> None:
    """Some tasks are done, some invoices paid."""
    open_ones = connection.scalars(
        people_tasks.select().with_only_columns(people_tasks.c.task_id).order_by(people_tasks.c.task_id)
    ).all()
    for task_id in pick.sample(list(open_ones), len(open_ones) // 3):
        own = update(people_tasks).where(people_tasks.c.task_id == task_id)
        connection.execute(own.values(state="done", outcome="not_needed", ended_at=tick.at))
    ids = connection.scalars(invoices.select().with_only_columns(invoices.c.invoice_id)).all()
    for invoice_id in pick.sample(sorted(ids), 5):
        connection.execute(update(invoices).where(invoices.c.invoice_id == invoice_id).values(paid_on=tick.day))

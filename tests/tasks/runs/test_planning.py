"""The narrowing by SQL against the pure rules, on random histories and both databases."""

from datetime import date, timedelta
from typing import get_args

import pytest
from psycopg import ServerCursor
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DatabaseError

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import activity, clients, messages, projects
from programme.rules.anchors import ANCHORS
from programme.rules.decide import Decision, decide_recipient
from programme.rules.simulation import Simulation
from programme.terms.tables.touchpoint_terms import Anchor
from programme.words.states import Flow
from tasks.clients.anchor_queries import QUERIES
from tasks.clients.facts.audience import read_recipients
from tasks.clients.selection import select_due_clients
from tasks.runs.deciding import planning
from tasks.runs.deciding.planning import decisions_of, plan_day
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.histories import History

DAYS = [date(2026, 3, 2), date(2026, 3, 24), date(2026, 2, 28), date(2026, 9, 1), date(2026, 11, 30), date(2028, 2, 29)]


def decide_all(engine: Engine, flow: Flow, as_of: date, simulation: Simulation) -> list[Decision]:
    """Every client's decisions by the rules alone, without any narrowing: slow, and right by definition."""
    with reading(engine) as connection:
        ids = list(connection.scalars(select(clients.c.client_id)))
        recipients = read_recipients(connection, make.shipped_programme(), ids, as_of)
    decisions = []
    for recipient in recipients:
        decisions += decide_recipient(make.shipped_programme(), flow, simulation.seen_by(recipient), as_of)
    for decision in decisions:
        simulation.record(decision)
    return decisions


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "day"),
    [
        *(("sqlite", day) for day in DAYS),
        *(pytest.param("postgres", day, marks=pytest.mark.postgres) for day in DAYS[:2]),
    ],
    indirect=["engine"],
    ids=str,
)
def test_narrowing_loses_nobody(engine: Engine, day: date) -> None:
    """Over three days, with what each day sent, the plan equals the rules asked about everyone."""
    History(seed=day.toordinal(), clients=250, day=day).store(engine)
    planned, judged = Simulation(), Simulation()

    for offset in range(3):
        as_of = day + timedelta(days=offset)
        for flow in Flow:
            expected = decide_all(engine, flow, as_of, judged)

            assert decisions_of(plan_day(engine, make.shipped_programme(), flow, as_of, planned)) == expected
            assert expected or flow == Flow.WIN_BACK


def test_who_moved_to_a_shared_address_hides_nobody(engine: Engine) -> None:
    """One was told that it has been a while, and then came to live with another, to whom his activity counts."""
    day, last = DAYS[0], date(2025, 8, 25)
    rows = {
        clients: [
            {"client_id": each, "name": "Anna", "recipient": "samen@b.nl", "kind": "consument", "consent": "yes"}
            | {"channel": "email", "id_crc32": 1}
            for each in ("K1", "K2")
        ],
        projects: [
            {"project_id": f"P{each}", "client_id": each, "type": "uitbouw", "value_cents": 1}
            | {"ordered_on": date(2024, 1, 1), "delivered_on": date(2024, 2, 1)}
            for each in ("K1", "K2")
        ],
        activity: [
            {"client_id": "K1", "kind": "interaction_in", "source_id": "I1", "occurred_on": last},
            {"client_id": "K2", "kind": "project_delivered", "source_id": "PK2", "occurred_on": date(2024, 2, 1)},
        ],
        messages: [
            {"message_id": "0" * 32, "client_id": "K1", "recipient": "k1@oud.nl", "touchpoint": "win_back"}
            | {"occasion": last.isoformat(), "flow": "win-back", "purpose": "marketing", "as_of": day}
            | {"due_on": day, "closes_on": day, "status": "accepted", "attempts": 1}
        ],
    }
    with writing(engine) as connection:
        for table, made in rows.items():
            insert_rows(connection, table, list(made[0]), [tuple(row.values()) for row in made])

    found = decisions_of(plan_day(engine, make.shipped_programme(), Flow.WIN_BACK, day))

    assert found == decide_all(engine, Flow.WIN_BACK, day, Simulation())
    assert [each.client_id for each in found] == ["K2"]


def test_a_value_of_many_millions_is_compared(engine: Engine) -> None:
    """Below 30 million euros lies a project of 25 million: more cents than 32 bits hold."""
    client = {"client_id": "K1", "name": "Anna", "recipient": "k1@b.nl", "kind": "consument", "consent": "yes"}
    project = {"project_id": "P1", "client_id": "K1", "type": "overig", "value_cents": 2_500_000_000}
    days = {"ordered_on": date(2024, 1, 1), "delivered_on": date(2025, 3, 3)}
    rows = {clients: client | {"channel": "email", "id_crc32": 1}, projects: project | days}
    with writing(engine) as connection:
        for table, row in rows.items():
            insert_rows(connection, table, list(row), [tuple(row.values())])
    programme = make.programme(**{"touchpoints.small_to_large.value_below_cents": 3_000_000_000})

    due = {row[2] for row in select_due_clients(engine, programme, Flow.DAILY, date(2026, 3, 3))}

    assert "small_to_large" in due


def test_a_search_that_fails_ends_the_plan(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The searches run beside each other; one of which nothing came would be clients whom no mail reaches."""
    broken = text("SELECT client_id, recipient FROM no_such_table")
    monkeypatch.setitem(QUERIES, "quote_rejected", lambda wanted: [(broken, {})])

    with pytest.raises(DatabaseError, match="no_such_table"):
        list(plan_day(engine, make.shipped_programme(), Flow.DAILY, DAYS[0]))


def test_what_may_find_everybody_is_read_bit_by_bit(postgres_engine: Engine) -> None:
    """In mid-season every client may be due, and an ordinary cursor of PostgreSQL holds all that it finds."""
    of_season = []

    @event.listens_for(postgres_engine, "after_cursor_execute")
    def note(_connection: object, cursor: object, _statement: str, given: dict[str, object], *_rest: object) -> None:
        if given.get("touchpoint") == "seasonal":
            of_season.append(cursor)

    select_due_clients(postgres_engine, make.shipped_programme(), Flow.DAILY, date(2026, 3, 4))

    assert of_season
    assert all(isinstance(cursor, ServerCursor) for cursor in of_season)


@pytest.mark.slow
@ON_SQLITE
def test_chunks_change_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning seven clients at a time gives the same decisions in the same order as all at once."""
    History(seed=7, clients=250, day=DAYS[0]).store(engine)
    whole = decisions_of(plan_day(engine, make.shipped_programme(), Flow.DAILY, DAYS[0]))

    monkeypatch.setattr(planning, "CHUNK_CLIENTS", 7)
    chunks = list(plan_day(engine, make.shipped_programme(), Flow.DAILY, DAYS[0]))

    assert decisions_of(chunks) == whole
    assert len(chunks) > 5


def test_every_anchor_has_its_query() -> None:
    """What the programme file may count from has its object, and the query that finds whom it concerns."""
    assert set(get_args(Anchor)) == set(ANCHORS) == set(QUERIES)

"""A campaign whose machine is gone half-way, and one whose moment has come."""

from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import campaigns, clients, messages, projects
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from tasks.base.workspace import today_in_amsterdam
from tests.server.base import crc
from tests.server.settling import sent_to, settle_doubts
from tests.server.stack import Stack, wait_for
from tests.standin.server import StandIn

pytestmark = pytest.mark.server

PEOPLE = 90  # fewer than ask for a go; eighteen requests of five


def add_people(stack: Stack, prefix: str, count: int, postcode: str) -> set[str]:
    """Clients who can be found by their postcode; nothing of the programme is due for them. Returns their addresses."""
    done_on = today_in_amsterdam() - timedelta(days=305)
    ids = [f"{prefix}{number:03d}" for number in range(count)]
    people = [
        [each, f"Klant {each}", f"{each.lower()}@voorbeeld.nl", "consument", "yes", "email", crc(each)] for each in ids
    ]
    work = [[f"P{each}", each, "overig", 90_000, done_on, done_on, postcode] for each in ids]
    with writing(stack.engine) as connection:
        columns = ["client_id", "name", "recipient", "kind", "consent", "channel", "id_crc32"]
        insert_rows(connection, clients, columns, people)
        columns = ["project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on", "postcode"]
        insert_rows(connection, projects, columns, work)
    return {row[2] for row in people}


def form(name: str, postcode: str, **sending: str) -> dict[str, Any]:
    message = {"name": name, "template": "Vrije tekst", "subject": "Nieuws", "body": "Dag."}
    return {"message": message, "audience": {"all_of": {"areas": postcode}}, "sending": sending, "dry_run": False}


def test_killed_half_way_and_started_again_everybody_has_it_once(
    stack: Stack, standin: StandIn, slow_provider: None
) -> None:
    """The marketer presses the same button again: it waits until the dead run is found, and ends the work."""
    people = add_people(stack, "SK", PEOPLE, "3811")
    asked = form("Stroomstoring", "3811")
    with stack.worker("stekker", limit=1) as worker:
        number = stack.begin("campaign", **asked)
        wait_for(lambda: stack.taken_by(number, "stekker"), "the campaign", 120)
        wait_for(lambda: _accepted(stack, "stroomstoring") >= 10, "some sent", 120)
        stack.kill(worker)
    assert _accepted(stack, "stroomstoring") < PEOPLE
    with stack.worker("terug"):
        again = stack.ended(stack.begin("campaign", **asked), 400)
        assert again.state is not None
        assert again.state.is_completed(), again.state.message
        dead = stack.run(number).state
        assert dead is not None
        assert dead.is_crashed()
        settle_doubts(stack, today_in_amsterdam())
        rest = stack.ended(stack.begin("campaign", **asked))

    assert rest.state is not None
    assert rest.state.is_completed(), rest.state.message
    assert _accepted(stack, "stroomstoring") == PEOPLE
    assert sent_to(standin, people) == Counter(people)


def test_a_campaign_goes_when_its_moment_has_come(stack: Stack, worker: None, standin: StandIn) -> None:
    """The run that was made for a moment sends when it starts, also late, and only for the moment that is kept."""
    people = add_people(stack, "MO", 3, "4811")
    tomorrow, yesterday = (today_in_amsterdam() + timedelta(days=days) for days in (1, -1))
    planned = stack.ended(stack.begin("campaign", **form("Moment", "4811", day=f"{tomorrow}", hour="08:30")))
    assert planned.state is not None
    assert planned.state.name == "Ingepland"
    assert sent_to(standin, people) == Counter()

    moment = datetime.combine(yesterday, time(8, 30), AMSTERDAM)
    with writing(stack.engine) as connection:  # as if two days had passed
        values = {"starts_at": moment, "first_on": yesterday, "closes_on": today_in_amsterdam() + timedelta(days=5)}
        connection.execute(update(campaigns).where(campaigns.c.name == "moment").values(values))
    other = stack.ended(stack.begin("campaign", **form("Moment", "4811", day=f"{yesterday}", hour="09:00")))
    late = stack.ended(stack.begin("campaign", **form("Moment", "4811", day=f"{yesterday}", hour="08:30")))

    assert other.state is not None
    assert other.state.is_failed()
    assert "al voorbij" in str(other.state.message)
    assert late.state is not None
    assert late.state.is_completed(), late.state.message
    assert sent_to(standin, people) == Counter(people)


def _accepted(stack: Stack, name: str) -> int:
    query = select(func.count()).where(
        messages.c.occasion == name, messages.c.status == MessageStatus.ACCEPTED, messages.c.flow == "campaign"
    )
    with reading(stack.engine) as connection:
        return int(connection.execute(query).scalar_one())

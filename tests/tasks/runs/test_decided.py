"""A decision to send stands on its message: each is read once, and says the same whatever becomes of the message."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update

from models.database.engine import reading, writing
from models.tables import clients, decisions, message_plans, messages, other_decisions
from programme.words.states import Flow, RunMode
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.runs.deciding.decided import set_apart
from tasks.runs.deciding.planning import plan_day
from tasks.runs.deciding.queueing import enqueue
from tests.tasks.runs.test_left_over import DAY, client
from tests.tasks.runs.test_left_over import workspace as workspace

pytestmark = pytest.mark.slow
NAMES = [column.name for column in decisions.c if column.name != "id"]
_CLIENT, _RUN = NAMES.index("client_id"), NAMES.index("run_id")


def planned(workspace: Workspace, *days: date) -> None:
    """Plan the mails of all clients as runs of these days do that began at the same time."""
    key, renderer = workspace.settings.key(), Renderer(workspace.programme, "https://voorbeeld.nl")
    (chunk,) = plan_day(workspace.engine, workspace.programme, Flow.DAILY, DAY)
    for number, as_of in enumerate(days):
        taken = [one._replace(as_of=as_of) for one in chunk.decisions]
        alike = [each._replace(decision=each.decision._replace(as_of=as_of)) for each in chunk.alike]
        run_id = f"run {number}"
        enqueue(workspace.engine, renderer, key, chunk._replace(decisions=taken, alike=alike), run_id, RunMode.SEND)


def kept(workspace: Workspace, table: Any = decisions) -> list[tuple[Any, ...]]:
    with reading(workspace.engine) as connection:
        query = select(*(table.c[name] for name in NAMES)).order_by(table.c.client_id, table.c.as_of)
        return [tuple(row) for row in connection.execute(query)]


@pytest.fixture
def mailed(workspace: Workspace) -> Workspace:
    for name in ("anna", "bart"):
        client(workspace.engine, name)
    planned(workspace, DAY, DAY)
    return workspace


def test_the_same_decision_again_is_kept_once(mailed: Workspace) -> None:
    """A run that finds the key taken by the same decision of the day adds none."""
    assert [(row[_CLIENT], row[_RUN]) for row in kept(mailed)] == [
        ("anna", "run 0"),
        ("bart", "run 0"),
    ]
    assert kept(mailed, other_decisions) == []


def test_messages_of_one_request_are_neighbours(workspace: Workspace) -> None:
    """Stored by what they say and by whether opens are measured, whatever order their clients have."""
    for number in range(12):
        client(workspace.engine, f"k{number:02}", type=("dakkapel", "uitbouw")[number % 2])
    with writing(workspace.engine) as connection:
        is_followed = clients.c.client_id.in_(["k00", "k03", "k04", "k07", "k08", "k11"])
        connection.execute(update(clients).where(is_followed).values(tracking_consent=True))
    planned(workspace, DAY)

    with reading(workspace.engine) as connection:
        query = select(messages.c.variant, clients.c.tracking_consent).join_from(
            messages, clients, clients.c.client_id == messages.c.client_id
        )
        stored = connection.execute(query.order_by(messages.c.id)).all()
    requests = [key for key, _ in groupby((row.variant, bool(row.tracking_consent)) for row in stored)]
    assert len(stored) == 12
    assert len(requests) == len({*requests}) == 4


def test_one_about_a_message_of_another_day_is_a_row(workspace: Workspace) -> None:
    """The key is taken, by a message that says another day, so the decision has no message to stand on."""
    client(workspace.engine, "anna")
    planned(workspace, DAY, DAY + timedelta(days=1))

    assert [(row[0], row[_RUN]) for row in kept(workspace)] == [(DAY, "run 0"), (DAY + timedelta(days=1), "run 1")]
    assert [row[_RUN] for row in kept(workspace, other_decisions)] == ["run 1"]


def test_moved_off_its_message_it_says_the_same(mailed: Workspace) -> None:
    """Whoever is about to re-date a message moves its decision first; another's stays where it is."""
    before = kept(mailed)
    with writing(mailed.engine) as connection:
        number = connection.scalars(select(messages.c.id).where(messages.c.client_id == "anna")).one()
        set_apart(connection, [number])
        set_apart(connection, [number])
        connection.execute(update(messages).where(messages.c.id == number).values(as_of=DAY + timedelta(days=3)))

    assert kept(mailed) == before
    assert kept(mailed, other_decisions) == before[:1]


def test_one_that_is_changed_or_deleted_leaves_its_message(mailed: Workspace) -> None:
    """An erasure blanks it through the view; the message is not touched by that, and other decisions neither."""
    before = kept(mailed)
    with writing(mailed.engine) as connection:
        connection.execute(update(decisions).where(decisions.c.client_id == "anna").values(recipient=""))
        connection.execute(insert(decisions).values(dict(zip(NAMES, before[1], strict=True)) | {"client_id": "cees"}))
        connection.execute(delete(decisions).where(decisions.c.client_id == "bart"))

    place = NAMES.index("recipient")
    blank = (*before[0][:place], "", *before[0][place + 1 :])
    assert [row for row in kept(mailed) if row[_CLIENT] != "cees"] == [blank]
    assert len(kept(mailed)) == 2
    with reading(mailed.engine) as connection:
        found = connection.execute(
            select(messages.c.recipient, message_plans.c.priority)
            .join(message_plans, message_plans.c.id == messages.c.id)
            .order_by(messages.c.id)
        ).all()
    assert [tuple(row) for row in found] == [("anna@voorbeeld.nl", None), ("bart@voorbeeld.nl", None)]

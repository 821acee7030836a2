"""The plan of a day: every decision of a flow, in the order of judging, with nothing written."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, Engine, select

from models.database.engine import reading
from models.tables import runs
from programme.facts.records import Recipient
from programme.rules.anchors import ANCHORS
from programme.rules.decide import Decision, decide_recipient, order_of_judging
from programme.rules.left_over import Foreseen
from programme.rules.simulation import Simulation
from programme.terms.schema import Programme
from programme.words.states import Flow, Outcome
from tasks.base.memory import without_cycle_search
from tasks.clients.audience import read_recipients
from tasks.clients.handed_over import Leaving
from tasks.clients.selection import DueClient, select_due_clients
from tasks.mail.logged import PreparedMail

CHUNK_CLIENTS = 5_000  # clients whose facts are in memory at once; about 10 MB


Seen = tuple[str, str, str, date]
"""(client id, touchpoint, occasion, day) of a message that a decision knew of."""


class PlanChunk(NamedTuple):
    """The decisions about some recipients, and by client id the recipients who get a message.

    Attributes:
        prepared: by client id, mails that are composed already; their recipients are not among `recipients`.
        seen: the messages that the decisions about those knew of.
    """

    decisions: list[Decision]
    recipients: dict[str, Recipient]
    prepared: Mapping[str, PreparedMail] = {}
    seen: Collection[Seen] = ()

    def known(self) -> set[Seen]:
        """The messages that the decisions to send something knew of."""
        sends = {one.client_id for one in self.decisions if one.outcome == Outcome.SEND}
        of_recipients = (recipient.messages for client_id, recipient in self.recipients.items() if client_id in sends)
        messages = (message for each in of_recipients for message in each)
        return {*self.seen, *((each.client_id, each.touchpoint, each.occasion, each.as_of) for each in messages)}


def plan_day(
    engine: Engine,
    programme: Programme,
    flow: Flow,
    as_of: date,
    simulation: Simulation | None = None,
    leaving: Leaving | None = None,
    left_over: Foreseen | None = None,
) -> Iterator[PlanChunk]:
    """The decisions of one run, recipient by recipient in code point order.

    Clients without an address come first, each a recipient of its own, by client id.

    Args:
        simulation: messages that earlier runs of the same plan would have made; the run's own are added to it.
        leaving: of a run that mails people.
        left_over: for a plan that writes nothing: what the run would take up; what of it would go is among the
            decisions. A run that writes has taken it up before.
    """
    with reading(engine) as connection:
        due = select_due_clients(connection, programme, flow, as_of)
    if left_over:  # their keys are closed, so no query need find them
        due.add(left_over.due(flow))
    for group in _chunks(due):
        with reading(engine) as connection:
            chunk = _plan_chunk(connection, programme, flow, as_of, group, simulation, leaving, left_over)
        if simulation is not None:
            for decision in chunk.decisions:
                simulation.record(decision)
        yield chunk


def plan_again(
    connection: Connection,
    programme: Programme,
    flow: Flow,
    as_of: date,
    decisions: Iterable[Decision],
    leaving: Leaving | None = None,
) -> PlanChunk:
    """The decisions about these recipients, judged again by what the connection sees now."""
    due = sorted({(one.recipient, one.client_id, one.touchpoint) for one in decisions})
    return _plan_chunk(connection, programme, flow, as_of, due, None, leaving)


def plan_win_back(
    engine: Engine,
    programme: Programme,
    as_of: date,
    simulation: Simulation | None = None,
    left_over: Foreseen | None = None,
) -> Iterator[PlanChunk]:
    """The win-back run of a day after the daily run, which is simulated while none has finished."""
    simulation = simulation or Simulation()
    if not has_finished_run(engine, Flow.DAILY, as_of):
        for _ in plan_day(engine, programme, Flow.DAILY, as_of, simulation, left_over=left_over):
            pass
    yield from plan_day(engine, programme, Flow.WIN_BACK, as_of, simulation, left_over=left_over)


def has_finished_run(engine: Engine, flow: Flow, as_of: date) -> bool:
    """Whether a run of the flow as of that day has finished and written its messages."""
    query = select(runs.c.run_id).where(runs.c.flow == flow, runs.c.as_of == as_of, runs.c.finished_at.is_not(None))
    with reading(engine) as connection:
        return connection.execute(query.limit(1)).first() is not None


def decisions_of(chunks: Iterable[PlanChunk]) -> list[Decision]:
    """All decisions of a plan in one list."""
    return [decision for chunk in chunks for decision in chunk.decisions]


def _chunks(due: Iterable[DueClient]) -> Iterator[list[DueClient]]:
    """Groups of whole recipients, about CHUNK_CLIENTS rows each; a client without address is its own recipient."""
    chunk: list[DueClient] = []
    for _, rows in groupby(due, key=lambda row: (row[0], "" if row[0] else row[1])):
        chunk.extend(rows)
        if len(chunk) >= CHUNK_CLIENTS:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


@without_cycle_search()
def _plan_chunk(
    connection: Connection,
    programme: Programme,
    flow: Flow,
    as_of: date,
    due: list[DueClient],
    simulation: Simulation | None,
    leaving: Leaving | None,
    left_over: Foreseen | None = None,
) -> PlanChunk:
    only: dict[str, list[str]] = defaultdict(list)
    for _, client_id, touchpoint_id in due:
        only[client_id].append(touchpoint_id)
    with_activity = any(ANCHORS[anchor].asks_activity for anchor in programme.anchors_asked(flow))
    decisions: list[Decision] = []
    recipients: dict[str, Recipient] = {}
    for recipient in read_recipients(connection, programme, only, as_of, with_activity=with_activity, leaving=leaving):
        seen = left_over.seen_by(recipient) if left_over else recipient
        seen = simulation.seen_by(seen) if simulation else seen
        taken = decide_recipient(programme, flow, seen, as_of, only)
        if left_over and (again := left_over.decisions_of(recipient, flow)):
            taken = sorted([*taken, *again], key=order_of_judging)
        decisions.extend(taken)
        recipients.update((decision.client_id, recipient) for decision in taken if decision.status)
    return PlanChunk(decisions, recipients)

"""The plan of a day: every decision of a flow, in the order of judging, with nothing written."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby

from sqlalchemy import Connection, Engine, select

from models.database.engine import reading, reading_by_key
from models.tables import runs
from programme.facts.records import Recipient
from programme.rules.alike.likeness import Likeness
from programme.rules.anchors import ANCHORS
from programme.rules.decide import Candidate, Decision, candidates, judge_in_turn, order_of_judging, same_for
from programme.rules.left_over import Foreseen
from programme.rules.simulation import Simulation
from programme.terms.schema import Programme
from programme.words.states import Flow
from tasks.base.memory import without_cycle_search
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.handed_over import Leaving
from tasks.clients.facts.plain import CODE, NAME, PlainReader, Split, client_of, project_of
from tasks.clients.selection import DueClient, select_due_clients
from tasks.runs.deciding.alike import AlikeJudge
from tasks.runs.deciding.chunks import PlanChunk, Reading

CHUNK_CLIENTS = 5_000  # clients whose facts are in memory at once; about 10 MB
MOST_KINDS = 20_000  # likenesses remembered at once; a season has hundreds
READING = Reading(NAME, CODE, client_of, project_of)  # of the rows of a day, as PlainReader reads them


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
    due = select_due_clients(engine, programme, flow, as_of)
    planner = Planner(programme, flow, as_of, simulation, leaving, left_over)
    if left_over:  # their keys are closed, so no query need find them
        due.add(left_over.due(flow))
    for group in _chunks(due):
        yield planner.plan_by_itself(engine, group)  # no name for it here: it is gone when its reader has done with it


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
    return Planner(programme, flow, as_of, leaving=leaving, by_rows=False).plan(connection, due)


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
    return [decision for chunk in chunks for decision in chunk.every()]


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


class Planner:
    """Takes the decisions of one run; of plain recipients who are alike one is judged by the rules, for all.

    Args: as of `plan_day`, and
        by_rows: plain clients may stay rows until their mails are composed.
    """

    def __init__(
        self,
        programme: Programme,
        flow: Flow,
        as_of: date,
        simulation: Simulation | None = None,
        leaving: Leaving | None = None,
        left_over: Foreseen | None = None,
        by_rows: bool = True,
    ) -> None:
        self.programme, self.flow, self.as_of = programme, flow, as_of
        self.simulation, self.leaving, self.left_over = simulation, leaving, left_over
        self.likeness = Likeness(programme, as_of)
        # Whom earlier runs of the plan would have sent something is read with all that follows from it.
        self._plain = PlainReader(programme, self.likeness, as_of, leaving, by_rows=by_rows and simulation is None)
        self._alike = AlikeJudge(programme, self._plain.sorts, self._decide_first)
        self._with_activity = any(ANCHORS[anchor].asks_activity for anchor in programme.anchors_asked(flow))
        self._known: dict[Hashable, Decision] = {}

    def plan_by_itself(self, engine: Engine, due: list[DueClient]) -> PlanChunk:
        """The decisions about these recipients, from one reading; those of a simulation are added to it."""
        with reading_by_key(engine) as connection:
            chunk = self.plan(connection, due)
        if self.simulation is not None:
            for decision in chunk.every():
                self.simulation.record(decision)
        return chunk

    @without_cycle_search()
    def plan(self, connection: Connection, due: list[DueClient]) -> PlanChunk:
        """The decisions about these recipients, in their order."""
        only: dict[str, list[str]] = defaultdict(list)
        for _, client_id, touchpoint_id in due:
            only[client_id].append(touchpoint_id)
        if len(self._known) > MOST_KINDS:
            self._known.clear()
        decisions: list[Decision] = []
        recipients: dict[str, Recipient] = {}
        split = self._split(connection, due)
        alike = self._alike.judge(split.rows)
        for recipient, is_plain in self._read(connection, split):
            taken = self._decide(recipient, only, is_plain)
            decisions.extend(taken)
            recipients.update((decision.client_id, recipient) for decision in taken if decision.status)
        seen = {(each.client_id, each.touchpoint, each.occasion, each.as_of) for each in split.seen}
        return PlanChunk(decisions, recipients, alike, seen, READING)

    def _split(self, connection: Connection, due: list[DueClient]) -> Split:
        is_simple = not (self.left_over and self.left_over.fates)  # what is left over has closed its keys
        return self._plain.split(connection, due) if is_simple else Split([], [row[1] for row in due], {}, [])

    def _read(self, connection: Connection, split: Split) -> Iterator[tuple[Recipient, bool]]:
        """The recipients in order but for those who stay rows, each with whether it is plain."""
        whole = read_recipients(
            connection,
            self.programme,
            dict.fromkeys(split.others),
            self.as_of,
            with_activity=self._with_activity,
            leaving=self.leaving,
        )
        found = [*((each, True) for each in split.plain), *((each, False) for each in whole)]
        return iter(sorted(found, key=_order_of_reading))

    def _decide_first(self, recipient: Recipient, touchpoint_id: str) -> list[Decision]:
        return self._decide(recipient, {recipient.clients[0].client_id: [touchpoint_id]}, is_plain=True)

    def _decide(self, recipient: Recipient, only: Mapping[str, list[str]], is_plain: bool) -> list[Decision]:
        seen = self.left_over.seen_by(recipient) if self.left_over else recipient
        seen = self.simulation.seen_by(seen) if self.simulation else seen
        found = candidates(self.programme, self.flow, seen, self.as_of, only)
        if is_plain and len(found) == 1 and (likeness := self.likeness.of(seen, found[0])):
            taken = [self._as_others_alike(seen, found[0], likeness)]
        else:
            taken = judge_in_turn(self.programme, self.flow, seen, self.as_of, found)
        if self.left_over and (again := self.left_over.decisions_of(recipient, self.flow)):
            taken = sorted([*taken, *again], key=order_of_judging)
        return taken

    def _as_others_alike(self, recipient: Recipient, candidate: Candidate, likeness: Hashable) -> Decision:
        known = self._known.get(likeness)
        if known is not None:
            return same_for(known, recipient.address, candidate)
        (decision,) = judge_in_turn(self.programme, self.flow, recipient, self.as_of, [candidate])
        self._known[likeness] = decision
        return decision


def _order_of_reading(found: tuple[Recipient, bool]) -> tuple[str, str]:
    return found[0].address, found[0].clients[0].client_id

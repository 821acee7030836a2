"""Two runs that plan at the same time: the second to write judges again the recipients that the first has written to.

Each run reads its facts, decides, and writes a chunk later. In between, another flow (a campaign during the daily run)
may have planned a message to the same recipient, and both would go within the days of the cap. Writing a chunk is
serialised, so the second run sees what the first wrote. Somebody who was erased in between is left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.database.given import in_values
from models.erased import erased_since
from models.tables import messages, runs
from programme.rules.decide import Decision
from programme.words.states import COUNTING_STATUSES, Outcome
from tasks.clients.facts.handed_over import Leaving
from tasks.runs.deciding.chunks import PlanChunk

PLANNING_LOCK = 7_240_312  # an arbitrary number, the same for all runs; SQLite has only one writer anyway
DEAD_HOURS = 24  # a run that began longer ago and never finished counts as dead
SKEW = timedelta(minutes=10)  # the most that the clocks of two machines may differ

Again = Callable[[Connection, list[Decision]], PlanChunk]


def lock_planning(connection: Connection) -> None:
    """Wait until no run writes a chunk. On SQLite the transaction has waited for that already."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(PLANNING_LOCK)))


@dataclass(frozen=True)
class Turn:
    """A run among those that plan at the same time.

    Attributes:
        gap_days: of the programme's cap, the day itself included.
        begun_at: aware; before the run read its first facts.
        again: judges the recipients of these decisions again, by what the connection sees now.
        leaving: set for a run that mails people.
    """

    run_id: str
    as_of: date
    gap_days: int
    begun_at: datetime
    again: Again
    leaving: Leaving | None = None

    def current(self, connection: Connection, chunk: PlanChunk) -> PlanChunk:
        """The chunk as it may be written in this transaction. Costs next to nothing while no other run is under way."""
        lock_planning(connection)
        if erased := erased_since(connection, self.begun_at - SKEW):
            chunk = chunk.without_clients(erased)
        if not self._is_accompanied(connection):
            return chunk
        overtaken = self._overtaken(connection, chunk)
        if not overtaken:
            return chunk
        anew = self.again(connection, [one for one in chunk.every() if one.recipient in overtaken])
        kept = chunk.without(overtaken)
        return kept._replace(decisions=[*kept.decisions, *anew.decisions], recipients=kept.recipients | anew.recipients)

    def _is_accompanied(self, connection: Connection) -> bool:
        """Whether another run was under way since this one began; a dead run may count for a day."""
        since = self.begun_at - SKEW
        under_way = runs.c.finished_at.is_(None) & (runs.c.started_at > since - timedelta(hours=DEAD_HOURS))
        query = select(runs.c.run_id).where(runs.c.run_id != self.run_id, or_(under_way, runs.c.finished_at > since))
        return connection.execute(query.limit(1)).first() is not None

    def _overtaken(self, connection: Connection, chunk: PlanChunk) -> set[str]:
        """Recipients who would get a message, but have one within the days of the cap that is news to the decision."""
        sends = {one.recipient for one in chunk.every() if one.outcome == Outcome.SEND}
        known = chunk.known()
        columns = [messages.c[name] for name in ("recipient", "client_id", "touchpoint", "occasion", "as_of")]
        query = select(*columns).where(
            in_values(messages.c.recipient, sends),
            or_(messages.c.as_of.between(self.as_of - timedelta(days=self.gap_days - 1), self.as_of), self._held()),
            messages.c.status.in_(sorted(COUNTING_STATUSES)),
        )
        return {row[0] for row in connection.execute(query) if tuple(row[1:]) not in known}

    def _held(self) -> ColumnElement[bool]:
        """SQL for messages that a backfill of another process holds; whatever their date, they go today."""
        holder = "" if self.leaving is None else self.leaving.holder or ""
        return messages.c.run_id.in_(select(runs.c.run_id).where(runs.c.held_by != holder))

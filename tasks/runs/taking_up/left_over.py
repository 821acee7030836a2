"""Messages left over from earlier runs: the run of a day takes them up, or ends them because they no longer hold.

A page of messages is re-dated, rendered from the day's facts and given its codes in one transaction. A killed run
leaves the rest unchanged for the next run to take up, and no text of another day can go out.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, and_, bindparam, func, select, text, update

from models.database import clock
from models.database.bulk import numbers_of
from models.database.engine import writing_durably
from models.database.given import in_values
from models.messages import PLANNED
from models.tables import message_plans, message_states, message_variants, messages
from programme.facts.records import Client
from programme.rules.decide import Decision
from programme.rules.left_over import Fate
from programme.sending.state_changes import Cause
from programme.words.states import HandFlow, MessageStatus, Outcome
from tasks.base.checkpoints import passed
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare
from tasks.mail.render import PreparedMail, Renderer
from tasks.providers.configured import DELIVERIES
from tasks.runs.deciding.decided import set_apart
from tasks.runs.deciding.discounts import discount_ids
from tasks.runs.deciding.queueing import write_decisions
from tasks.runs.taking_up.judging_again import FROM_FACTS, LeftOverPage, read_left_over
from tasks.sending.claiming.claims import CLAIMING_LOCK, ranges_of_claims
from tasks.sending.claiming.holds import goes_until, is_free
from tasks.sending.claiming.rechecking import cancel
from tasks.sending.settling import end_lost_requests
from tasks.sending.status_changes import change_status

# The columns that taking a message up renews, beside its day.
SAID = ("recipient", "due_on", "closes_on", "segment", "tier", "subject", "sender_name", "variant", "fields")

Counts = Counter[tuple[str, str, str]]


class LeftOver(NamedTuple):
    """Message ids: `retaken` are now dated the day of the run, `expired` and `cancelled` never go.

    Attributes:
        counts: the day's decisions to send what was retaken, by touchpoint, outcome and reason.
    """

    retaken: list[str]
    expired: list[str]
    cancelled: list[str]
    counts: Counts


def nothing_left_over() -> LeftOver:
    """An empty result."""
    return LeftOver([], [], [], Counter())


def take_up_day(engine: Engine, renderer: Renderer, key: bytes, as_of: date, run_id: str) -> LeftOver:
    """Judge again all messages that earlier runs left over, and renew those that still hold. Safe to run twice.

    Must run before planning, so that the rules see them. Messages left by an earlier run of the same day are judged
    too, and counted when that changed something. Messages that a backfill holds are left alone.
    """
    left = take_up_left_over(engine, as_of)
    for page in read_left_over(engine, renderer.programme, as_of):
        with writing_durably(engine) as connection:
            _TakingUp(connection, renderer, key, as_of, run_id, left).write(page)
            passed("in_take_up")
        passed("after_take_up")
    return left


def take_up_left_over(
    engine: Engine, as_of: date, *, occasion: str | None = None, kinds: Collection[str] | None = None
) -> LeftOver:
    """Re-date the planned mails of rooms and campaigns of earlier days that may still go on `as_of`; the others expire.

    Their texts and windows were fixed when they were made; none goes with a code that is over. Messages that a backfill
    holds are left alone. A worker that still has a claim on one loses it at its fence. Safe to run twice.

    Args:
        occasion: only messages of this campaign.
        kinds: only messages of these kinds of mail, by id.
    """
    with writing_durably(engine) as connection:
        end_lost_requests(connection, DELIVERIES)
        return _take_up(connection, as_of, occasion, kinds)


def _take_up(connection: Connection, as_of: date, occasion: str | None, kinds: Collection[str] | None) -> LeftOver:
    left = and_(text(f"messages.{PLANNED}"), messages.c.as_of < as_of, ~FROM_FACTS, is_free())
    if occasion is not None:
        left = and_(left, messages.c.flow == HandFlow.CAMPAIGN, messages.c.occasion == occasion)
    if kinds is not None:
        left = and_(left, messages.c.touchpoint.in_(kinds))
    query = select(*messages.c["id", "message_id"], goes_until()).where(left).order_by(messages.c.id)
    rows = connection.execute(query.with_for_update(skip_locked=True)).all()
    retaken = [row for row in rows if row.goes_until >= as_of]
    expired = [row for row in rows if row.goes_until < as_of]
    if retaken:
        _date_anew(connection, (row.id for row in retaken), as_of)
    if expired:
        _expire(connection, (row.id for row in expired))
    return LeftOver([row.message_id for row in retaken], [row.message_id for row in expired], [], Counter())


def _date_anew(connection: Connection, ids: Iterable[int], as_of: date) -> None:
    """Of messages that this transaction has found planned. What was decided about them on their day stays so."""
    found = list(ids)
    set_apart(connection, found)
    these = in_values(message_states.c.id, found)
    connection.execute(update(message_states).where(these).values(as_of=as_of))


def _expire(connection: Connection, ids: Iterable[int]) -> None:
    """Of messages that this transaction has found planned."""
    these = in_values(message_states.c.id, ids)
    change_status(connection, Cause.EXPIRY, MessageStatus.EXPIRED, these, settled_at=clock.now())


@dataclass
class _TakingUp:
    """One page of messages in one transaction; what became of them is added to `left`."""

    connection: Connection
    renderer: Renderer
    key: bytes
    as_of: date
    run_id: str
    left: LeftOver
    said: list[tuple[Decision, PreparedMail]] = field(default_factory=list)

    def write(self, page: LeftOverPage) -> None:
        free = self._free(page)
        pairs = [(row, fate) for row, fate in zip(page.rows, page.fates, strict=True) if row.id in free]
        self._end(pairs)
        self._say_anew(pairs, page)
        sent = {fate.message_id for _, fate in pairs if fate.outcome == Outcome.SEND}
        decided = [decision for decision, mail in self.said if mail.message_id in sent]
        write_decisions(self.connection, decided, self.run_id)
        self.left.counts.update((one.touchpoint, str(one.outcome), "") for one in decided)

    def _free(self, page: LeftOverPage) -> set[int]:
        """The messages of the page that still stand as they were read, and that no worker has its hands on."""
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(select(func.pg_advisory_xact_lock(CLAIMING_LOCK)))
        ids = [row.id for row in page.rows]
        still = and_(in_values(messages.c.id, ids), text(f"messages.{PLANNED}"), is_free())
        query = select(messages.c.id, messages.c.as_of).where(still).with_for_update(skip_locked=True)
        days = dict(self.connection.execute(query).tuples().all())
        # Of an earlier day: whoever has claimed it loses it at the fence, which asks for the day. Of this day, its
        # worker may be about to send the words that it has read.
        claimed = ranges_of_claims(self.connection)
        return {
            row.id
            for row in page.rows
            if days.get(row.id) == row.as_of
            and (row.as_of < self.as_of or not any(first <= row.id <= last for first, last in claimed))
        }

    def _end(self, pairs: Iterable[tuple[Any, Fate]]) -> None:
        expired = [row for row, fate in pairs if fate.outcome == MessageStatus.EXPIRED]
        if expired:
            _expire(self.connection, (row.id for row in expired))
            self.left.expired.extend(row.message_id for row in expired)
        by_reason: dict[str, list[Any]] = {}
        for row, fate in pairs:
            if fate.outcome == MessageStatus.CANCELLED:
                by_reason.setdefault(str(fate.reason), []).append(row)
        for reason, rows in by_reason.items():
            cancel(self.connection, [row.id for row in rows], reason)
            self.left.cancelled.extend(row.message_id for row in rows)

    def _say_anew(self, pairs: Iterable[tuple[Any, Fate]], page: LeftOverPage) -> None:
        staying = [(row, fate) for row, fate in pairs if fate.stays]
        clients = self._clients(page, {row.client_id for row, _ in staying})
        values = [self._said_anew(row, fate, clients[row.client_id], page) for row, fate in staying]
        if not (new := [each for each in values if each]):
            return
        _date_anew(self.connection, [each["id_"] for each in new], self.as_of)
        self._store(new)

    def _store(self, new: Sequence[dict[str, Any]]) -> None:
        numbers = numbers_of(self.connection, message_variants, {each["new_variant"] for each in new})
        days = [decision.as_of for decision, _ in self.said]
        discounts = discount_ids(self.connection, days, [mail.code for _, mail in self.said])
        for each, discount_id in zip(new, discounts, strict=True):
            each |= {"new_variant_id": numbers[each.pop("new_variant")], "new_discount_id": discount_id}
        columns = [name if name in message_plans.c else f"{name}_id" for name in (*SAID, "discount")]
        named: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        plan = update(message_plans).where(message_plans.c.id == bindparam("id_"))
        self.connection.execute(plan.values(named), new)

    def _said_anew(self, row: Any, fate: Fate, client: Client, page: LeftOverPage) -> dict[str, Any] | None:
        """The new values of a row; None where an earlier run of the day says just that."""
        decision = fate.decision
        assert decision is not None  # whoever stays has one
        mail = prepare(self.renderer, decision, client, page.recipients[row.client_id], self.key)
        whom = (decision.recipient, decision.due_on, decision.closes_on, decision.segment, decision.tier)
        words = (mail.subject, mail.sender_name, mail.variant_json, mail.fields_json)
        new = dict(zip(SAID, (*whom, *words), strict=True))
        if row.as_of == self.as_of and all(getattr(row, name) == value for name, value in new.items()):
            return None
        self.said.append((decision, mail))
        self.left.retaken.append(row.message_id)
        return {"id_": row.id} | {f"new_{name}": value for name, value in new.items()}

    def _clients(self, page: LeftOverPage, client_ids: set[str]) -> dict[str, Client]:
        """By id, each with its own code, made where there was none."""
        known = {client_id: page.recipients[client_id].client(client_id) for client_id in client_ids}
        codes = claim_codes(self.connection, self.key, [each.client_id for each in known.values() if not each.code])
        return known | {client_id: replace(known[client_id], code=code) for client_id, code in codes.items()}

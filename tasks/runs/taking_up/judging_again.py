"""What earlier runs left planned, judged by the facts of the day that takes it up; nothing is written here."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, and_, select, text

from models.database.engine import reading
from models.database.given import in_values
from models.messages import PLANNED
from models.tables import messages
from programme.facts.records import Client, Recipient
from programme.rules.anchors import ANCHORS
from programme.rules.closed_keys import is_closed_by_another
from programme.rules.decide import Decision
from programme.rules.due import due_occasions
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import tier_of
from programme.rules.left_over import Fate, Foreseen, fate_by_facts, fate_by_window
from programme.terms.schema import Programme
from programme.words.states import Flow, Outcome
from tasks.base.memory import without_cycle_search
from tasks.clients.facts.audience import read_recipients
from tasks.sending.claiming.holds import goes_until, is_free
from tasks.sending.claiming.rechecking import reason_by_facts

PAGE = 5_000  # messages whose facts are held at once

# Made by the daily and win-back runs: the facts say whether they still hold. Mails of rooms and campaigns have a last
# day alone.
FROM_FACTS = messages.c.flow.in_(list(Flow))


class LeftOverPage(NamedTuple):
    """Some messages as they stand in the log, the fate of each, and the recipients by client id."""

    rows: Sequence[Any]
    fates: Sequence[Fate]
    recipients: dict[str, Recipient]


def foresee_left_over(engine: Engine, programme: Programme, as_of: date) -> Foreseen:
    """What a delivering run of the day would do with all that is left over."""
    fates = [fate for page in read_left_over(engine, programme, as_of) for fate in page.fates]
    with reading(engine) as connection:
        others = and_(left_planned(as_of), ~FROM_FACTS, messages.c.as_of < as_of)
        columns = messages.c["message_id", "client_id", "touchpoint", "occasion"]
        rows = connection.execute(select(*columns, goes_until()).where(others).order_by(messages.c.id)).all()
    return Foreseen([*fates, *_fates_by_window(rows, as_of)], as_of)


def foresee_of(connection: Connection, programme: Programme, recipient: Recipient, as_of: date) -> Foreseen:
    """The same of one recipient's messages.

    Args:
        recipient: with all facts, as of that day.
    """
    ids = [client.client_id for client in recipient.clients]
    query = select(messages, goes_until()).where(left_planned(as_of), in_values(messages.c.client_id, ids))
    rows = connection.execute(query.order_by(messages.c.id)).all()
    from_facts = [row for row in rows if row.flow in set(Flow)]
    others = [row for row in rows if row.flow not in set(Flow) and row.as_of < as_of]
    judged = _judged(programme, from_facts, [recipient], as_of).fates
    return Foreseen([*judged, *_fates_by_window(others, as_of)], as_of)


def _fates_by_window(rows: Sequence[Any], as_of: date) -> Iterator[Fate]:
    for row in rows:
        key = (row.client_id, row.touchpoint, row.occasion)
        yield fate_by_window(row.message_id, key, row.goes_until, as_of)


def read_left_over(engine: Engine, programme: Programme, as_of: date) -> Iterator[LeftOverPage]:
    """The touchpoints' messages that are planned for the day or an earlier one, by id, each judged anew.

    Those of the day itself are there because its earlier run may have stopped hours ago, and the facts changed since.
    """
    after = 0
    while True:
        with reading(engine) as connection:
            query = select(messages).where(left_planned(as_of), FROM_FACTS, messages.c.id > after)
            rows = connection.execute(query.order_by(messages.c.id).limit(PAGE)).all()
            if not rows:
                return
            ids, asks = {row.client_id for row in rows}, _asks_activity(programme, rows)
            found = read_recipients(connection, programme, ids, as_of, with_activity=asks)
        yield _judged(programme, rows, found, as_of)
        after = rows[-1].id


def _asks_activity(programme: Programme, rows: Sequence[Any]) -> bool:
    known = (programme.touchpoints.get(touchpoint) for touchpoint in {row.touchpoint for row in rows})
    return any(ANCHORS[touchpoint.anchor].asks_activity for touchpoint in known if touchpoint)


def left_planned(as_of: date) -> ColumnElement[bool]:
    """A condition on messages: planned for the day or an earlier one, and not held by a backfill."""
    return and_(text(f"messages.{PLANNED}"), messages.c.as_of <= as_of, is_free())


@without_cycle_search()
def _judged(programme: Programme, rows: Sequence[Any], found: Collection[Recipient], as_of: date) -> LeftOverPage:
    known = {client.client_id: (recipient, client) for recipient in found for client in recipient.clients}
    fates = []
    for row in rows:
        decision = stopped_by = None
        if row.client_id in known:
            recipient, client = known[row.client_id]
            decision = _decision_again(programme, row, recipient, client, as_of)
            stopped_by = reason_by_facts(programme, as_of, row, recipient, client, row.occasion)
        key = (row.client_id, row.touchpoint, row.occasion)
        fates.append(fate_by_facts(row.message_id, key, row.closes_on, decision, stopped_by, as_of))
    return LeftOverPage(rows, fates, {client_id: recipient for client_id, (recipient, _) in known.items()})


def _decision_again(
    programme: Programme, row: Any, recipient: Recipient, client: Client, as_of: date
) -> Decision | None:
    """The decision behind a message, dated `as_of`; None when its occasion is not due by the facts of that day.

    It is for the address of that day. Where another record has closed its key for that address, it is due no more.
    """
    touchpoint = programme.touchpoints.get(row.touchpoint)
    if touchpoint is None or not touchpoint.active:
        return None  # the programme asks it no more
    for due in due_occasions(programme, row.touchpoint, client, recipient, as_of):
        if due.occasion == row.occasion and not is_closed_by_another(recipient, row.client_id, row.touchpoint, due):
            tier = tier_of(programme, client, as_of)
            return Decision(
                as_of,
                touchpoint.flow,
                client.client_id,
                recipient.address,
                row.touchpoint,
                due.occasion,
                due.due_on,
                due.closes_on,
                Outcome.SEND,
                None,
                segment_of(programme, client, as_of),
                tier.id if tier else None,
                programme.kinds[row.touchpoint].priority,
                due.project_id,
                due.quote_id,
                programme.kinds[row.touchpoint].purpose,
            )
    return None

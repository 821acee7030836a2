"""The mails of cases: planned in the tick's transaction, sent after it; and those that did not arrive."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, select

from models.database.given import in_values
from models.present import clients
from models.tables import case_steps, cases, events, messages
from programme.care.cases.case import Case, CaseState, StepName, StepState
from programme.care.cases.owners import Owner, raised
from programme.care.mails import CASE_MAILS, MAIL_OF, came_by
from programme.care.outcomes import settled_of
from programme.care.staff_mails import closed_words, when_words
from programme.care.tick import Tick
from programme.inbound.events import EventKind
from programme.terms.kinds import Choice
from programme.words.dates import day_in_amsterdam
from programme.words.states import MessageStatus, Reason
from tasks.base.workspace import Workspace
from tasks.care.cases.ending import CASE_ENDED
from tasks.care.cases.store import read_outcomes
from tasks.mail.render import Renderer
from tasks.runs.outside.direct import DirectMail, deliver_direct, enqueue_direct
from tasks.sending.messenger import DeliveryReport

WATCHED = timedelta(days=30)  # so long after it went a mail of a case may still turn out not to have arrived
NOT_ARRIVED = (MessageStatus.REJECTED.value, MessageStatus.CANCELLED.value, MessageStatus.EXPIRED.value)
REFUSED = (EventKind.BOUNCED.value, EventKind.DROPPED.value)


class CaseMail(NamedTuple):
    """A mail that may go.

    Attributes:
        owner: who has the case now; of `check_in` it signs where nobody is known to have done `fix`.
        higher: who would have the case if the client is not content.
    """

    case: Case
    step: StepName
    owner: Owner
    higher: Owner


class Posted(NamedTuple):
    """A mail that was planned."""

    message_id: str
    recipient: str


def post(
    connection: Connection, renderer: Renderer, key: bytes, tick: Tick, asked: Sequence[CaseMail]
) -> list[Posted | Reason]:
    """Plan these mails; in the order of `asked` the mail, or the rule that stops it."""
    client_ids = sorted({each.case.client_id for each in asked})
    people, known = _read_people(connection, client_ids), _read_known(connection, client_ids)
    outcomes = read_outcomes(connection, [each.case.case_id for each in asked])
    mails = {
        place: _mail(tick, each, people[each.case.client_id][1], known[each.case.client_id], outcomes)
        for place, each in enumerate(asked)
        if each.case.client_id in people
    }
    made = enqueue_direct(connection, renderer, key, list(mails.values()), tick.day, run_id_of(tick.at))
    results = dict(zip(mails, made, strict=True))
    return [
        Posted(done.message_id, people[each.case.client_id][0])
        if (done := results.get(place)) and done.message_id
        else (done.reason if done and done.reason else Reason.NO_ADDRESS)
        for place, each in enumerate(asked)
    ]


def deliver_case_mails(workspace: Workspace, renderer: Renderer, at: datetime) -> DeliveryReport:
    """Send what is planned of these mails, also what an earlier tick could not. Raises DeliveryStopped."""
    return deliver_direct(workspace, renderer, CASE_MAILS, day_in_amsterdam(at), run_id_of(at))


# The mails of cases whose step says that they went: a planned one is still to be sent, a refused one did not arrive.
_MAILS = (
    select(case_steps.c.case_id, case_steps.c.step, messages.c.status, messages.c.reason)
    .join(messages, messages.c.message_id == case_steps.c.message_id)
    .where(case_steps.c.state == StepState.SENT.value)
)
_WAITING = _MAILS.where(messages.c.status == MessageStatus.PLANNED.value).limit(1)
_NOT_ARRIVED = _MAILS.where(case_steps.c.done_at > bindparam("since", type_=case_steps.c.done_at.type)).where(
    messages.c.status.in_(NOT_ARRIVED)
    | exists().where(events.c.message_id == messages.c.message_id, events.c.kind.in_(REFUSED))
)


def has_waiting(connection: Connection) -> bool:
    """Whether a mail of a case is planned."""
    return connection.execute(_WAITING).first() is not None


def read_not_arrived(connection: Connection, at: datetime) -> Mapping[tuple[str, StepName], Reason]:
    """The mails of cases that were refused or bounced, by case and step."""
    rows = connection.execute(_NOT_ARRIVED, {"since": at - WATCHED})
    return {(row.case_id, StepName(row.step)): _why(row.status, row.reason) for row in rows if row.reason != CASE_ENDED}


def run_id_of(at: datetime) -> str:
    """The run of a tick, as the message log names it."""
    return f"care-{at:%Y%m%dT%H%M%z}"


def _why(status: str, reason: str | None) -> Reason:
    """A refused address is none; a bounce, and what a rule cancelled at the claim, is suppressed."""
    if status == MessageStatus.CANCELLED and reason == Reason.NO_ADDRESS:
        return Reason.NO_ADDRESS
    return Reason.NO_ADDRESS if status == MessageStatus.REJECTED else Reason.SUPPRESSED


def _mail(
    tick: Tick,
    asked: CaseMail,
    has_phone: bool,
    known: Collection[str],
    outcomes: Mapping[str, Mapping[str, str]],
) -> DirectMail:
    """Args: known: the ids of all complaints of the client that were one; outcomes: as of read_outcomes."""
    case, kind = asked.case, MAIL_OF[asked.step]
    values: dict[str, Choice] = {"who": asked.owner.person.name, "role": tick.programme.trade.levels[asked.owner.level]}
    if asked.step is StepName.ACK:
        before = "unsolved" if case.previous else "earlier" if {*known} - {case.case_id} else ""
        until = case.step(StepName.CALL).until  # as its owner is told; the deadline may lie before we heard of it
        closed = closed_words(tick.clock.closed_weekdays(tick.day, day_in_amsterdam(until)))
        values |= {"by": when_words(until), "has_phone": has_phone, "closed": closed, "has_closed_days": bool(closed)}
        values |= {"came_by": came_by(case), "before": before}
    else:
        values |= {"settled": settled_of(outcomes.get(case.case_id, {})).value}
    if asked.step is StepName.CHECK_IN:
        values |= {"higher": asked.higher.person.name}
        if (by := case.step(StepName.FIX).done_by) and by != asked.owner.person.name:
            values |= {"who": by, "role": _role_of(tick, by)}
        values |= {"calls_again": values["who"] == values["higher"]}
    late = tick.clock.working_days_after(case.step(asked.step).deadline_at, tick.programme.care.late_mail_days)
    return DirectMail(kind, case.client_id, case.case_id, values, case.project_id, max(late.date(), tick.day))


def _role_of(tick: Tick, name: str) -> str:
    """The word for the lowest level that this person has; "collega" for who has none."""
    roles = next((person.roles for person in tick.programme.people if person.name == name), ())
    return next((words for level, words in tick.programme.trade.levels.items() if level in roles), "collega")


def _read_people(connection: Connection, client_ids: Sequence[str]) -> dict[str, tuple[str, bool]]:
    """By client id the recipient, and whether we know a phone number."""
    own = clients.c
    query = select(own.client_id, own.recipient, own.phone).where(in_values(own.client_id, client_ids))
    return {row.client_id: (row.recipient, bool((row.phone or "").strip())) for row in connection.execute(query)}


def _read_known(connection: Connection, client_ids: Sequence[str]) -> Mapping[str, Collection[str]]:
    """The ids of these clients' complaints by client, without those that were none."""
    found: dict[str, list[str]] = {client_id: [] for client_id in client_ids}
    of_them = in_values(cases.c.client_id, client_ids)
    query = select(cases.c.client_id, cases.c.case_id).where(of_them, cases.c.state != CaseState.WITHDRAWN.value)
    for client_id, case_id in connection.execute(query):
        found[client_id].append(case_id)
    return found


def owners_of(tick: Tick, case: Case, engineer: str | None) -> tuple[Owner, Owner]:
    """Who has the case now, and who would one level higher."""
    return tick.owner(case.level, engineer), tick.owner(raised(case.level, 1), engineer)

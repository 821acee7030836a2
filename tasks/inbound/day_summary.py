"""The counts of a day over all flows: what was mailed, what came back, what clients answered."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, Engine, func, select

from models.database.engine import reading
from models.tables import answers, events, messages, people_tasks
from programme.care.outcomes import TaskState
from programme.facts.cases import SCORED_KINDS
from programme.inbound.answers import FORMS
from programme.inbound.events import EventKind
from programme.terms.schema import HealthTerms
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus

_FATES = (
    MessageStatus.ACCEPTED,
    MessageStatus.REJECTED,
    MessageStatus.IN_DOUBT,
    MessageStatus.PLANNED,
    MessageStatus.SENDING,
)
_OPEN_CASES = {form.question.value for form in FORMS.values() if form.score_kind in SCORED_KINDS}
BACK = (EventKind.BOUNCED, EventKind.BLOCKED, EventKind.DROPPED, EventKind.COMPLAINED, EventKind.UNSUBSCRIBED)


@dataclass(frozen=True)
class DaySummary:
    """The counts of one day in Amsterdam.

    Attributes:
        mails: messages dated that day, by (touchpoint, occasion of a campaign or "", status).
        back: mails about which the provider reported something bad that day, by EventKind.
        answered: answers given that day, by (question, answer).
        low_scores: the number of those answers with a score that opens a case.
        waiting: open tasks of people now, by their kind.
    """

    as_of: date
    mails: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    back: Counter[str] = field(default_factory=Counter)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    low_scores: int = 0
    waiting: Counter[str] = field(default_factory=Counter)


def read_day_summary(engine: Engine, terms: HealthTerms, as_of: date) -> DaySummary:
    """The counts of a day. Reads only."""
    with reading(engine) as connection:
        answered, low = _read_answers(connection, terms, as_of)
        mails, back = _read_mails(connection, as_of), _read_back(connection, as_of)
        return DaySummary(as_of, mails, back, answered, low, _read_waiting(connection))


def _read_mails(connection: Connection, as_of: date) -> Counter[tuple[str, str, str]]:
    """Messages by touchpoint, campaign and status; the occasion counts only where it is a campaign's name."""
    columns = messages.c["touchpoint", "occasion", "flow", "status"]
    mine = (messages.c.as_of == as_of) & messages.c.status.in_([str(fate) for fate in _FATES])
    found: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(select(*columns, func.count().label("number")).where(mine).group_by(*columns)):
        found[row.touchpoint, row.occasion if row.flow == "campaign" else "", row.status] += row.number
    return found


def _read_back(connection: Connection, as_of: date) -> Counter[str]:
    """Distinct messages by kind of event, because the same event may arrive more than once."""
    first = datetime.combine(as_of, time.min, AMSTERDAM)
    last = datetime.combine(as_of + timedelta(days=1), time.min, AMSTERDAM)
    mail = func.coalesce(events.c.message_id, events.c.recipient)
    query = (
        select(events.c.kind, func.count(mail.distinct()))
        .where(events.c.kind.in_([str(kind) for kind in BACK]))
        .where(events.c.occurred_at >= _utc(first), events.c.occurred_at < _utc(last))
        .group_by(events.c.kind)
    )
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def _read_answers(connection: Connection, terms: HealthTerms, as_of: date) -> tuple[Counter[tuple[str, str]], int]:
    columns = answers.c["message_id", "question", "answer", "score"]
    rows = connection.execute(select(*columns).where(answers.c.answered_on == as_of).order_by(answers.c.id))
    latest = {(row.message_id, row.question): row for row in rows}.values()
    counts = [row.score for row in latest if row.question in _OPEN_CASES and row.score is not None]
    low = sum(score <= terms.negative_score_at_most for score in counts)
    return Counter((row.question, row.answer) for row in latest), low


def _read_waiting(connection: Connection) -> Counter[str]:
    own = people_tasks.c
    rows = connection.execute(
        select(own.kind, func.count()).where(own.state == TaskState.OPEN.value).group_by(own.kind)
    )
    return Counter({row[0]: row[1] for row in rows})


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)

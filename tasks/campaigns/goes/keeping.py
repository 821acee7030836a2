"""The questions for a go and their answers, as rows. Each change is one conditional update: the first counts."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, select, update
from sqlalchemy.sql.elements import ColumnElement

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import campaign_goes
from programme.campaigns.go import GoAnswer, GoParts, expires_at
from programme.campaigns.names import written_name
from programme.words.states import Outcome
from tasks.campaigns.checks import AcceptedOrder

GO = campaign_goes.c
MAY_LEAVE = (GoAnswer.YES, GoAnswer.NOT_NEEDED)
Count = tuple[str, str, int]  # outcome, reason, how many
Noted = Callable[[Connection], None]


class Go(NamedTuple):
    """One question, see models.campaigns.CampaignGoRow.

    Attributes:
        marks: a short digest of each part of what is approved.
        counts: who would not get it, the largest number first.
    """

    go_id: str
    name: str
    draft_id: str | None
    form: Mapping[str, Any]
    digest: str
    marks: Mapping[str, str]
    people: int
    counts: Sequence[Count]
    moment: datetime | None
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    answer: GoAnswer | None
    answered_by: str | None
    answered_at: datetime | None
    reason: str | None
    started_at: datetime | None
    run_id: str | None
    stopped_at: datetime | None
    stopped_why: str | None

    @property
    def title(self) -> str:
        """The campaign's name as it was written."""
        return written_name(self.name, self.form)

    def is_waiting(self, at: datetime) -> bool:
        """Whether somebody can still answer."""
        return self.answer is None and at < self.expires_at

    @property
    def later(self) -> int:
        """How many were deferred when it was asked: they may get it on a later day of its window."""
        return sum(number for outcome, _, number in self.counts if outcome == Outcome.DEFER)

    @property
    def covers(self) -> int:
        """How many people a yes is for: who would get it then, and who would get it later."""
        return self.people + self.later

    @property
    def may_leave(self) -> bool:
        """Whether the answer lets the campaign go."""
        return self.answer in MAY_LEAVE


class AlreadyAnswered(Exception):
    """Somebody else answered first, or the time for it is over; `go` is the question as it is now."""

    def __init__(self, go: Go) -> None:
        super().__init__(go.go_id)
        self.go = go


def new_id() -> str:
    """The id of a new question; a form holds it, so that pressing twice asks once."""
    return secrets.token_hex(8)


class GoQuestion(NamedTuple):
    """What is asked of an approver, or started without asking.

    Attributes:
        go_id: of `new_id`; the same id asks once.
        form: the three groups of the order.
        people: how many it reaches in all.
        counts: who would not get it, the largest number first.
        asked_by: a person of [[people]]; "" for a campaign started in Prefect.
        asked_at: aware.
        draft_id: the draft of the desk that it was made of.
    """

    go_id: str
    form: Mapping[str, Any]
    order: AcceptedOrder
    people: int
    counts: Sequence[Count]
    asked_by: str
    asked_at: datetime
    draft_id: str | None = None

    @property
    def name(self) -> str:
        """Of the campaign."""
        return self.order.campaign.name


def put(
    engine: Engine, question: GoQuestion, parts: GoParts, answer: GoAnswer | None = None, noted: Noted = lambda _: None
) -> tuple[Go, bool]:
    """Put a question, or keep a start that needs none; an open question about the same name is replaced by it.

    Args:
        answer: of a start that needs no go.
        noted: writes the act, in the same transaction; not called for a question that is there already.

    Returns:
        The question as it is kept, and whether this call made it.
    """
    values = _values(question, parts) | {"answer": answer.value if answer else None}
    go_id, name = values["go_id"], values["name"]
    with writing(engine) as connection:
        made = insert_rows(connection, campaign_goes, [*values], [[*values.values()]], ignore_existing=True) == 1
        found = connection.execute(select(campaign_goes).where(GO.go_id == go_id)).one()
        if made:
            earlier = update(campaign_goes).where(GO.name == name, GO.go_id != go_id, GO.answer.is_(None))
            connection.execute(earlier.values(answer=GoAnswer.REPLACED, answered_at=question.asked_at))
            noted(connection)
    return _go(found), made


def _values(question: GoQuestion, parts: GoParts) -> dict[str, Any]:
    form, moment = without_test_address(question.form), question.order.moment
    return {
        "go_id": question.go_id,
        "name": question.name,
        "draft_id": question.draft_id,
        "form": json.dumps(form, ensure_ascii=False, sort_keys=True, default=str),
        "digest": parts.digest,
        "marks": json.dumps(parts.marks()),
        "people": question.people,
        "counts": json.dumps([list(count) for count in question.counts]),
        "moment": moment,
        "asked_by": question.asked_by,
        "asked_at": question.asked_at,
        "expires_at": expires_at(question.asked_at, moment),
    }


def without_test_address(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it can be kept and started again: it sends no second test mail."""
    groups = {name: dict(form.get(name) or {}) for name in ("message", "audience", "sending")}
    groups["sending"].pop("test_address", None)
    return groups


def find_go(engine: Engine, go_id: str) -> Go | None:
    """The question of this id; None when there is none."""
    return _first(engine, GO.go_id == go_id)


def find_approved(engine: Engine, name: str, digest: str) -> Go | None:
    """The latest go for exactly this; None when there is none."""
    return _first(engine, GO.name == name, GO.digest == digest, GO.answer.in_(MAY_LEAVE))


def find_started(engine: Engine, name: str) -> Go | None:
    """What the desk started last under this name; None when it started nothing."""
    return _first(engine, GO.name == name, GO.started_at.is_not(None))


def list_waiting(engine: Engine, at: datetime) -> list[Go]:
    """The questions that somebody can still answer, the oldest first."""
    query = select(campaign_goes).where(GO.answer.is_(None), GO.expires_at > at).order_by(GO.asked_at, GO.go_id)
    with reading(engine) as connection:
        return [_go(row) for row in connection.execute(query)]


def count_waiting_goes(connection: Connection, at: datetime) -> int:
    """How many questions somebody can still answer."""
    query = select(func.count()).select_from(campaign_goes).where(GO.answer.is_(None), GO.expires_at > at)
    return int(connection.execute(query).scalar_one())


def list_held_up(engine: Engine, since: datetime) -> list[Go]:
    """Since that moment: what may leave and was not started, and what a run stopped; the latest first."""
    stuck = GO.answer.in_(MAY_LEAVE) & GO.started_at.is_(None)
    query = select(campaign_goes).where(stuck | GO.stopped_at.is_not(None), GO.asked_at > since)
    with reading(engine) as connection:
        return [_go(row) for row in connection.execute(query.order_by(GO.asked_at.desc(), GO.go_id))]


def answer(
    engine: Engine, go_id: str, by_name: str, given: GoAnswer, reason: str, at: datetime, noted: Noted = lambda _: None
) -> Go:
    """Keep the answer: the first one counts.

    Raises:
        AlreadyAnswered: somebody else was first, or the question has expired.
    """
    is_open = (GO.go_id == go_id, GO.answer.is_(None), GO.expires_at > at)
    values = {"answer": given, "answered_by": by_name, "answered_at": at, "reason": reason or None}
    with writing(engine) as connection:
        first = connection.execute(update(campaign_goes).where(*is_open).values(values)).rowcount == 1
        if first:
            noted(connection)
        found = _go(connection.execute(select(campaign_goes).where(GO.go_id == go_id)).one())
    if not first:
        raise AlreadyAnswered(found)
    return found


def keep_started(engine: Engine, go_id: str, run_id: str, at: datetime) -> None:
    """Keep which run carries it; what the desk started before under the name is replaced. Safe to run twice."""
    with writing(engine) as connection:
        connection.execute(update(campaign_goes).where(GO.go_id == go_id).values(started_at=at, run_id=run_id))
        name = select(GO.name).where(GO.go_id == go_id).scalar_subquery()
        digest = select(GO.digest).where(GO.go_id == go_id).scalar_subquery()
        others = (GO.name == name, GO.go_id != go_id, GO.digest != digest, GO.answer.in_(MAY_LEAVE))
        connection.execute(update(campaign_goes).where(*others).values(answer=GoAnswer.REPLACED))


def keep_stopped(engine: Engine, go_id: str, why: str, at: datetime) -> bool:
    """Keep why a run did not send it; whether this is told for the first time."""
    new = (GO.go_id == go_id, (GO.stopped_why.is_(None)) | (GO.stopped_why != why))
    with writing(engine) as connection:
        values = {"stopped_at": at, "stopped_why": why}
        return connection.execute(update(campaign_goes).where(*new).values(values)).rowcount == 1


def _first(engine: Engine, *conditions: ColumnElement[bool]) -> Go | None:
    query = select(campaign_goes).where(*conditions).order_by(GO.asked_at.desc(), GO.go_id).limit(1)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return _go(row) if row else None


def _go(row: Row[Any]) -> Go:
    counts = [(str(outcome), str(reason), int(number)) for outcome, reason, number in json.loads(row.counts)]
    values = dict(row._mapping) | {"form": json.loads(row.form), "marks": json.loads(row.marks), "counts": counts}
    return Go(**values | {"answer": GoAnswer(row.answer) if row.answer else None})

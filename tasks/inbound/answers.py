"""Stores what clients answer on our pages, and updates the tables that the next run reads."""

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from models.database import clock
from models.database.engine import reading, writing, writing_durably
from models.tables import activity, answers, clients, feedback, messages, projects
from programme.facts.records import Client, Feedback
from programme.inbound.answers import (
    FORMS,
    Answer,
    Form,
    Question,
    counts_anew,
    feedback_kind_of,
    feedback_text,
    needs_contact,
)
from programme.mail.variables import BUILDERS
from programme.rules.decide import allows_marketing
from programme.rules.groups.offers import next_reward_words
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from programme.words.states import ActivityKind
from tasks.clients.codes import claim_codes, read_codes
from tasks.clients.facts.audience import read_recipients

PAGE = "page"


class ReferralLine(NamedTuple):
    """The line on the referral programme below a thank-you: the client's own code, and what the next one earns."""

    code: str
    reward: str


class Linked(NamedTuple):
    """The message that a link belongs to, with its answers so far by question."""

    message_id: str
    client_id: str
    recipient: str
    touchpoint: str
    occasion: str
    answers: dict[Question, Answer]


def read_linked(engine: Engine, message_id: str) -> Linked | None:
    """The message of a link; None when it does not exist, or when its client's data were erased."""
    with reading(engine) as connection:
        return _read_linked(connection, message_id)


def read_kind(engine: Engine, client_id: str) -> str:
    """The kind of a client, as the CRM exports it; "" for an unknown one."""
    with reading(engine) as connection:
        return connection.execute(select(clients.c.kind).where(clients.c.client_id == client_id)).scalar() or ""


def page_feedback_id(message_id: str, question: Question) -> str:
    """The id of the feedback as which an answer on our page counts: one for each message and question."""
    return f"{PAGE}-{message_id}-{question.value}"


def record_answer(
    engine: Engine,
    programme: Programme,
    message_id: str,
    form: Form,
    answer: Answer,
    answered_at: datetime,
    *,
    feedback_id: str | None = None,
    asks_contact: bool = False,
) -> Linked | None:
    """Store an answer and its consequences, in one transaction that survives a power cut.

    Safe to repeat: the same answer is stored once, or once more with a wish to be called that came later, and a late
    answer does not replace a newer one.

    Args:
        answered_at: aware; its day in Amsterdam is the day of the activity.
        feedback_id: of the feedback that it counts as; made from message and question when nothing is given.
        asks_contact: the client asked to be called, whatever the answer.

    Returns:
        The message with its present answers; None, with nothing stored, where read_linked returns None.
    """
    today = day_in_amsterdam(answered_at)
    with writing_durably(engine) as connection:
        # The second click of a double click waits here for the first.
        connection.execute(select(messages.c.id).where(messages.c.message_id == message_id).with_for_update())
        linked = _read_linked(connection, message_id)
        if linked is None:
            return None
        _record_activity(connection, linked, today)
        if _was_answered_since(connection, linked, answer, answered_at):
            return linked
        is_same = linked.answers.get(answer.question) == answer
        if not is_same or (asks_contact and not _asked_contact(connection, linked, answer)):
            _insert_answer(connection, linked, answer, answered_at, asks_contact or needs_contact(form, answer))
            feedback_id = feedback_id or page_feedback_id(linked.message_id, answer.question)
            _record_feedback(connection, programme, linked, form, answer, feedback_id, answered_at)
        return linked._replace(answers=linked.answers | {answer.question: answer})


def referral_code(engine: Engine, programme: Programme, key: bytes, client_id: str, as_of: date) -> str | None:
    """The client's own code, made on first use; None for whom the line on the referral programme is not."""
    with writing(engine) as connection:
        if _read_referrer(connection, programme, client_id, as_of) is None:
            return None
        return claim_codes(connection, key, [client_id])[client_id]


def read_referral_line(engine: Engine, programme: Programme, client_id: str, as_of: date) -> ReferralLine | None:
    """The line for this client; it only reads, so it is also None while the client has no code."""
    with reading(engine) as connection:
        client = _read_referrer(connection, programme, client_id, as_of)
        code = client and read_codes(connection, [client_id]).get(client_id)
        return ReferralLine(code, next_reward_words(programme, client, as_of)) if client and code else None


def _read_referrer(connection: Connection, programme: Programme, client_id: str, as_of: date) -> Client | None:
    """The client, where the line may be shown: as in mails, not to contractors, architects and who earns nothing.

    None where rule 3 or a suppression forbids marketing, too.
    """
    recipients = read_recipients(connection, programme, [client_id], as_of)
    if not recipients or recipients[0].suppressed_since or not allows_marketing(programme, recipients[0], as_of):
        return None
    client = recipients[0].client(client_id)
    return client if client.kind not in BUILDERS and programme.referral.rewards(client.kind) else None


def _read_linked(connection: Connection, message_id: str) -> Linked | None:
    row = connection.execute(
        select(*messages.c["message_id", "client_id", "recipient", "touchpoint", "occasion"])
        .join(clients, clients.c.client_id == messages.c.client_id)
        .where(messages.c.message_id == message_id, clients.c.erased_on.is_(None))
    ).one_or_none()
    if row is None:
        return None
    given = connection.execute(
        select(*answers.c["question", "answer", "score", "comment"])
        .where(answers.c.message_id == message_id)
        .order_by(answers.c.id)
    )
    latest = {
        Question(one.question): Answer(Question(one.question), one.answer, one.score, one.comment) for one in given
    }
    message_id, client_id, recipient, touchpoint, occasion = row
    return Linked(message_id, client_id, recipient, touchpoint, occasion, latest)


def _was_answered_since(connection: Connection, linked: Linked, answer: Answer, answered_at: datetime) -> bool:
    """Whether this question of this message has a later answer than this one."""
    latest = connection.execute(
        select(func.max(answers.c.answered_at)).where(
            answers.c.message_id == linked.message_id, answers.c.question == answer.question.value
        )
    ).scalar()
    return latest is not None and clock.aware(latest) > answered_at


def _asked_contact(connection: Connection, linked: Linked, answer: Answer) -> bool:
    """Whether this question brought a wish to be called before: the same answer can come with it later."""
    own = answers.c
    asked = select(own.id).where(
        own.message_id == linked.message_id, own.question == answer.question.value, own.needs_contact
    )
    return connection.execute(asked.limit(1)).first() is not None


def _record_activity(connection: Connection, linked: Linked, today: date) -> None:
    """Add one row per message and day: what counts is that a client answers, not how often."""
    known = select(activity.c.id).where(
        activity.c.kind == ActivityKind.ANSWER,
        activity.c.source_id == linked.message_id,
        activity.c.occurred_on == today,
    )
    if connection.execute(known.limit(1)).first() is None:
        connection.execute(
            insert(activity).values(
                client_id=linked.client_id,
                kind=ActivityKind.ANSWER.value,
                source_id=linked.message_id,
                occurred_on=today,
            )
        )


def _insert_answer(
    connection: Connection, linked: Linked, answer: Answer, answered_at: datetime, asks_contact: bool
) -> None:
    """Add a row, and withdraw the note of an earlier answer that nobody has handled yet."""
    earlier = (answers.c.message_id == linked.message_id) & (answers.c.question == answer.question.value)
    connection.execute(update(answers).where(earlier, answers.c.handled_at.is_(None)).values(needs_contact=False))
    connection.execute(
        insert(answers).values(
            message_id=linked.message_id,
            client_id=linked.client_id,
            question=answer.question.value,
            answer=answer.choice,
            score=answer.score,
            comment=answer.comment,
            scale=FORMS[answer.question].scale,
            wording=FORMS[answer.question].wording,
            answered_at=answered_at,
            answered_on=day_in_amsterdam(answered_at),
            needs_contact=asks_contact,
        )
    )


def _record_feedback(
    connection: Connection,
    programme: Programme,
    linked: Linked,
    form: Form,
    answer: Answer,
    feedback_id: str,
    answered_at: datetime,
) -> None:
    """Update the one feedback row of this message and question, or delete it when the answer is no feedback."""
    today = day_in_amsterdam(answered_at)
    before = connection.execute(select(feedback).where(feedback.c.feedback_id == feedback_id)).one_or_none()
    kind = feedback_kind_of(form, answer)
    if kind is None:
        connection.execute(delete(feedback).where(feedback.c.feedback_id == feedback_id))
        return
    values = {
        "client_id": linked.client_id,
        "project_id": _project_of(connection, linked, form),
        "given_on": today,
        "given_at": answered_at,
        "kind": kind.value,
        "score": answer.score,
        "comment": feedback_text(form, answer),
        "origin": PAGE,
    }
    if before is None:
        connection.execute(insert(feedback).values(feedback_id=feedback_id, **values))
        return
    after = _fact(before, **values)
    if counts_anew(programme.health, _fact(before), after):
        # A closed case does not cover what went wrong later.
        values |= {"resolved_on": None, "settled_on": None}
    else:
        values |= {"given_on": before.given_on, "given_at": before.given_at}
    connection.execute(update(feedback).where(feedback.c.feedback_id == feedback_id).values(**values))


def _project_of(connection: Connection, linked: Linked, form: Form) -> str | None:
    if not form.about_project:
        return None
    query = select(projects.c.project_id).where(projects.c.project_id == linked.occasion)
    return connection.execute(query).scalar()


def _fact(row: Any, **changes: Any) -> Feedback:
    merged = row._asdict() | changes
    return Feedback(**{name: merged[name] for name in Feedback._fields})

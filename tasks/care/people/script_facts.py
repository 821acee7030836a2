"""The facts of one task that its script names, kind by kind; words of clients are kept apart from them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, or_, select

from models.database.clock import aware
from models.present import clients, feedback, interactions, invoices, projects, quotes
from models.tables import (
    answers,
    case_feedback,
    discount_codes,
    inbound_mails,
    message_plans,
    messages,
    signups,
    task_invoices,
)
from programme.care.cases.case import StepName, promise_of
from programme.care.cases.clock import moment_of
from programme.care.outcomes import settled_of
from programme.care.staff_mails import when_words
from programme.care.tick import Tick
from programme.care.words import kind_words
from programme.facts.projects import latest_delivery
from programme.facts.records import Client
from programme.referrals.states import flag_words
from programme.rules.groups import tiers
from programme.words.dates import day_in_amsterdam
from programme.words.states import Direction
from programme.words.wording import date_words, euros
from tasks.care.cases.store import read_case, read_outcomes
from tasks.care.people.listing import Task

Facts = dict[str, Any]


class Told(NamedTuple):
    """The fields of About that a kind knows, and what the client wrote, the oldest first."""

    facts: Facts
    wrote: tuple[str, ...] = ()


class Asking(NamedTuple):
    """What the readers are given; `client` is None for a sign-up nobody knows yet, and for an erased client."""

    connection: Connection
    tick: Tick
    task: Task
    client: Client | None


def read_told(asking: Asking) -> Told:
    """What is known about a task now; of a kind without facts of its own, nothing."""
    reader = _of_case if asking.task.case_id else _READERS.get(asking.task.kind)
    return reader(asking) if reader else Told({})


def _of_case(asking: Asking) -> Told:
    own, given = case_feedback.c, feedback.c
    query = (
        select(*given["score", "kind", "given_on", "given_at", "comment", "project_id", "of_case"])
        .join_from(case_feedback, feedback, given.feedback_id == own.feedback_id)
        .where(own.case_id == asking.task.case_id)
        .order_by(own.place)
    )
    rows = asking.connection.execute(query).all()
    wrote = tuple(row.comment for row in rows if row.comment)
    if not rows:
        return Told({})
    first, tick, case_id = rows[0], asking.tick, asking.task.case_id or ""
    solution = read_case(asking.connection, case_id).step(StepName.SOLUTION)
    promise = promise_of(tick.clock, solution, tick.at)
    facts: Facts = {
        "score": first.score,
        "is_again": first.of_case is not None,
        "settled": settled_of(read_outcomes(asking.connection, [case_id]).get(case_id, {})),
        "happened_on": date_words(
            day_in_amsterdam(moment_of(first.given_on, aware(first.given_at) if first.given_at else None))
        ),
    }
    if promise is not None:
        facts["promise_at"] = when_words(promise)
    return Told({**facts, "subject": _project_words(asking, first.project_id, "het werk aan {}")}, wrote)


def _contact_asked(asking: Asking) -> Told:
    own = answers.c
    query = (
        select(own.answer, own.comment, message_plans.c.touchpoint)
        .outerjoin(message_plans, message_plans.c.message_id == own.message_id)
        .where(own.message_id == asking.task.cause, own.needs_contact)
        .order_by(own.id.desc())
    )
    row = asking.connection.execute(query).first()
    if row is None:
        return Told({})
    kind = asking.tick.programme.kinds.get(row.touchpoint or "")
    promise = asking.tick.clock.working_days_after(asking.tick.at, 1)
    facts = {"answer": row.answer, "mail": kind.label if kind else "", "promise_at": when_words(promise)}
    return Told(facts, (row.comment,) if row.comment else ())


def _interaction(asking: Asking) -> Told:
    own = interactions.c
    day = asking.connection.scalar(select(own.occurred_on).where(own.interaction_id == asking.task.cause))
    came = inbound_mails.c
    words = asking.connection.scalar(select(came.words).where(came.interaction_id == asking.task.cause))
    return Told({"happened_on": date_words(day)} if day else {}, (words,) if words else ())


def _lead(asking: Asking) -> Told:
    row = asking.connection.execute(select(signups).where(signups.c.referral_id == asking.task.cause)).first()
    discount = {"friend_discount": euros(asking.tick.programme.referral.friend_discount_cents)}
    if row is None:
        return Told(discount)
    types = asking.tick.programme.types
    plan = types[row.project_type].a if row.project_type in types else "uw plan"
    facts = {
        **discount,
        "happened_on": date_words(row.signed_up_on),
        "plan": plan,
        "has_phone": bool(row.phone),
        "flags": tuple(flag_words(row.flags)),
    }
    return Told(facts, (row.message,) if row.message else ())


def _many_contacts(asking: Asking) -> Told:
    if asking.client is None:
        return Told({})
    own, days = interactions.c, asking.tick.programme.signals.many_contacts.within_days
    last, person = day_in_amsterdam(asking.task.made_at), asking.client
    same = select(clients.c.client_id).where(clients.c.recipient == person.recipient, clients.c.recipient != "")
    query = select(own.interaction_id).where(
        or_(own.client_id == person.client_id, own.client_id.in_(same)),  # as the signal counts them
        own.direction == Direction.IN.value,
        own.occurred_on.between(last - timedelta(days=days - 1), last),
    )
    return Told({"contacts": len(asking.connection.execute(query).all())})


def _overdue_invoice(asking: Asking) -> Told:
    own, day = invoices.c, asking.tick.day
    query = (
        select(*own["invoice_id", "amount_cents", "due_on"])
        .join_from(task_invoices, invoices, own.invoice_id == task_invoices.c.invoice_id)
        .where(task_invoices.c.task_id == asking.task.task_id, own.paid_on.is_(None) | (own.paid_on > day))
        .order_by(own.due_on, own.invoice_id)
    )
    rows = asking.connection.execute(query).all()
    facts: Facts = {"number": asking.task.cause}
    if rows:
        facts["number"] = " en ".join(row.invoice_id for row in rows)
        facts["amount"] = euros(sum(row.amount_cents for row in rows))
        facts["days_over"] = (day - rows[0].due_on).days
    tier = tiers.tier_of(asking.tick.programme, asking.client, day) if asking.client else None
    return Told({**facts, "tier": tier.label if tier else ""})


def _build_check(asking: Asking) -> Told:
    called = kind_words(asking.tick.programme)["build_check"]
    return Told({"work": _project_words(asking, asking.task.project_id, "{}") or "het project", "called": called})


def _exit_call(asking: Asking) -> Told:
    own = quotes.c
    row = asking.connection.execute(select(own.sent_on, own.type).where(own.quote_id == asking.task.cause)).first()
    if row is None:
        return Told({})
    types = asking.tick.programme.types
    plan = types[row.type].a if row.type in types else "uw plan"
    return Told({"happened_on": date_words(row.sent_on), "plan": plan})


def _win_back_call(asking: Asking) -> Told:
    """The code of the mail about the same occasion, when one went to any record of the address."""
    if asking.client is None:
        return Told({})
    project = latest_delivery(asking.client, asking.tick.day)
    facts: Facts = {}
    if project is not None and project.delivered_on is not None:
        facts = {"year": str(project.delivered_on.year), "work": asking.tick.programme.types[project.type].the}
    own, log = discount_codes.c, messages.c
    query = (
        select(own.code, own.percent, own.valid_until)
        .join_from(messages, discount_codes, own.id == log.discount_id)
        .where(log.touchpoint == "win_back", log.occasion == asking.task.cause)
        .where((log.client_id == asking.client.client_id) | (log.recipient == asking.client.recipient))
        .where(log.recipient != "", own.valid_until >= asking.tick.day)
    )
    row = asking.connection.execute(query).first()
    if row is not None:
        facts |= {"code": row.code, "percent": row.percent, "code_until": date_words(row.valid_until)}
    return Told(facts)


_READERS: Mapping[str, Callable[[Asking], Told]] = {
    "contact_asked": _contact_asked,
    "reply": _interaction,
    "handover": _interaction,
    "lead": _lead,
    "many_contacts": _many_contacts,
    "overdue_invoice": _overdue_invoice,
    "build_check": _build_check,
    "exit_call": _exit_call,
    "win_back_call": _win_back_call,
}


def _project_words(asking: Asking, project_id: str | None, sentence: str) -> str:
    if project_id is None:
        return ""
    kind = asking.connection.scalar(select(projects.c.type).where(projects.c.project_id == project_id))
    return sentence.format(asking.tick.programme.types[kind].the) if kind else ""

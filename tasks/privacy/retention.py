"""What goes by itself when its period is over ([retention]); the rows that figures count stay.

In parts, so that pages and webhooks are served beside it, and a kill leaves the rest for the next night.
"""

import time
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, and_, delete, exists, literal, not_, or_, select, update

from models import tables
from models.database.engine import writing
from models.tables import metadata
from programme.terms.schema import HealthTerms, Programme
from programme.terms.tables.retention_terms import RetentionTerms
from programme.words.dates import add_months, midnight_in_amsterdam
from tasks.clients.facts.open_cases import is_negative
from tasks.privacy.old_books import forget_old_books
from tasks.providers.outbox.files import PAGES_FOLDER
from tasks.runs.deciding.decided import set_apart

ROWS_A_PART = 5_000
GIVE_WAY_SECONDS = 0.11  # a little more than the 0.1 s after which a waiting SQLite writer retries

Forgotten = Counter[str]
"""Rows by what they were of, and files of the outbox."""


def apply_retention(engine: Engine, programme: Programme, outbox: Path, now: datetime, today: date) -> Forgotten:
    """Let everything go whose period is over. Safe to repeat.

    Args:
        now: the present moment, aware; `today` is its day in Amsterdam.
    """
    work = _Work(engine)
    terms = programme.retention
    _forget_words(work, terms, programme.health, today)
    _forget_mails(work, terms, today)
    _forget_states(work, terms, today, now)
    work.counts["books"] += forget_old_books(engine, today, terms.books_years)
    work.counts["outbox"] += _forget_files(outbox, now - timedelta(days=terms.outbox_days))
    return +work.counts


class _Work:
    """The engine, and what went so far."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.counts: Forgotten = Counter()

    def blank(self, table: Table, which: ColumnElement[bool], values: Mapping[str, Any]) -> None:
        """Empty these columns of the rows that have something in the first of them."""
        first = next(iter(values))
        column = table.c[first]
        has_any = column.is_not(None) if values[first] is None else column != values[first]
        self._in_parts(table, and_(has_any, which), values)

    def drop(self, table: Table, which: ColumnElement[bool]) -> None:
        """Delete the rows."""
        self._in_parts(table, which, None)

    def set_apart(self, before: date) -> None:
        """Move decisions to send off messages of days before, which keep the address longer."""
        plans, states = tables.message_plans, tables.message_states
        part = select(plans.c.id).join_from(states, plans, plans.c.id == states.c.id).limit(ROWS_A_PART)
        part = part.where(states.c.as_of < before, plans.c.priority.is_not(None))
        while True:
            with writing(self.engine) as connection:
                found = list(connection.scalars(part))
                set_apart(connection, found)
            if len(found) < ROWS_A_PART:
                return
            time.sleep(GIVE_WAY_SECONDS)

    def _in_parts(self, table: Table, which: ColumnElement[bool], values: Mapping[str, Any] | None) -> None:
        key = list(table.primary_key.columns)
        part = select(*key).where(which).limit(ROWS_A_PART)
        while True:
            with writing(self.engine) as connection:
                found = connection.execute(part).all()
                if not found:
                    return
                these = or_(*(and_(*(c == v for c, v in zip(key, row, strict=True))) for row in found))
                if len(key) == 1:
                    these = key[0].in_([row[0] for row in found])
                statement = delete(table) if values is None else update(table).values(**values)
                connection.execute(statement.where(these))
            self.counts[table.name] += len(found)
            if len(found) < ROWS_A_PART:
                return
            time.sleep(GIVE_WAY_SECONDS)


def _forget_words(work: _Work, terms: RetentionTerms, health: HealthTerms, today: date) -> None:
    """What clients wrote and what was noted of them, counted from the end of their case."""
    before = terms.words_since(today)
    moment = midnight_in_amsterdam(before)
    feedback, notes, cases = tables.feedback.c, tables.task_notes.c, tables.cases.c
    work.blank(tables.feedback, _is_over(health, before, moment), {"comment": None})
    page = literal("page-") + tables.answers.c.message_id + literal("-") + tables.answers.c.question
    waits = exists().where(feedback.feedback_id == page, feedback.comment.is_not(None))
    work.blank(tables.answers, and_(tables.answers.c.answered_on < before, ~waits), {"comment": None})
    own_task = tables.people_tasks.c.task_id == notes.task_id
    is_open = exists().where(own_task, tables.people_tasks.c.state == "open")
    of_case = exists().where(
        own_task,
        cases.case_id == tables.people_tasks.c.case_id,
        or_(cases.closed_at.is_(None), cases.closed_at >= moment),
    )
    work.blank(tables.task_notes, and_(notes.at < moment, ~is_open, ~of_case), {"note": None})
    work.blank(tables.interactions, tables.interactions.c.occurred_on < before, {"topic": None})
    work.blank(tables.signups, tables.signups.c.signed_up_on < before, {"message": None})
    if (mails := metadata.tables.get("inbound_mails")) is not None:
        nothing = {"words": None, "subject": None, "content": None, "content_type": None}
        work.blank(mails, mails.c.received_on < before, nothing)
        # A client's address goes with the client; nobody would ever take away that of a stranger.
        work.blank(mails, and_(mails.c.received_on < before, mails.c.client_id.is_(None)), {"sender": ""})


def _is_over(health: HealthTerms, before: date, moment: datetime) -> ColumnElement[bool]:
    """Of feedback: its case was closed before, or it has none and needs nobody any more."""
    own, cases, joined = tables.feedback.c, tables.cases.c, tables.case_feedback.c
    mine = and_(joined.feedback_id == own.feedback_id, cases.case_id == joined.case_id)
    followed = exists().where(mine)
    running = exists().where(mine, or_(cases.closed_at.is_(None), cases.closed_at >= moment))
    is_harmless = not_(is_negative(health, tables.feedback))
    is_settled = or_(and_(own.resolved_on.is_not(None), own.resolved_on < before), is_harmless)
    return and_(own.given_on < before, ~running, or_(followed, is_settled))


def _forget_mails(work: _Work, terms: RetentionTerms, today: date) -> None:
    """What mails said, the provider's own words about them, and the addresses of decisions."""
    messages, events = tables.messages.c, tables.events.c
    said = and_(messages.as_of < add_months(today, -terms.mails_months), messages.status.not_in(["planned", "sending"]))
    work.blank(tables.messages, said, {"fields": None, "subject": None, "variant": None, "sender_name": None})
    arrived = events.received_at < midnight_in_amsterdam(add_months(today, -terms.events_months))
    work.blank(tables.events, and_(arrived, events.applied_at.is_not(None)), {"payload": None, "reason": None})
    before = add_months(today, -terms.decisions_months)
    work.set_apart(before)
    work.blank(tables.other_decisions, tables.other_decisions.c.as_of < before, {"recipient": ""})


def _forget_states(work: _Work, terms: RetentionTerms, today: date, now: datetime) -> None:
    """States of health that a later one replaced long ago, and sessions of the desk that are over."""
    own = tables.health_snapshots
    before, later = add_months(today, -terms.health_months), own.alias("later")
    replaced = exists().where(later.c.client_id == own.c.client_id, later.c.day > own.c.day, later.c.day <= before)
    work.drop(own, and_(own.c.day < before, replaced))
    for name in ("desk_links", "desk_sessions"):
        if (table := metadata.tables.get(name)) is not None:
            work.drop(table, table.c.expires_at < now - timedelta(days=terms.sessions_days))


def _forget_files(outbox: Path, before: datetime) -> int:
    old = [path for pattern in ("*.eml", f"{PAGES_FOLDER}/*.html") for path in outbox.glob(pattern)]
    old = [path for path in old if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)

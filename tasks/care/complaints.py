"""New negative feedback (step 3): told once as old, joins the case of its recipient, reopens it, or opens one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Select, bindparam, exists, insert, or_, select

from models.present import clients, feedback
from models.tables import care_lines, case_feedback
from programme.care.case import Case, CaseState, StepName, opened
from programme.care.clock import moment_of
from programme.care.lines import Did, Line, line
from programme.care.owners import heavier
from programme.care.tick import Tick
from programme.facts.cases import SCORED_KINDS
from programme.terms.schema import HealthTerms
from programme.words.states import Severity
from tasks.care.ending import end_case
from tasks.care.people.engineers import Work, read_engineers
from tasks.care.store import read_case, write_changes, write_new


class Complaint(NamedTuple):
    """Negative feedback that no case follows; `of_case` is set when it answers the question of a case."""

    feedback_id: str
    client_id: str
    recipient: str
    project_id: str | None
    severity: Severity
    given_at: datetime
    of_case: str | None


def take_complaints(
    connection: Connection, tick: Tick, cases: Mapping[str, Case], recipients: dict[str, str]
) -> tuple[dict[str, Case], list[Line]]:
    """Step (3): take the complaints in the order of their moments, then ids.

    Args:
        cases: those that are followed, after step (2).
        recipients: the present recipient of their clients; those of new cases are added.

    Returns:
        The cases with the new ones, and the lines.
    """
    found = _read_complaints(connection, tick)
    if not found:
        return dict(cases), []
    works = [(each.client_id, each.project_id) for each in found]
    taking = _Taking(connection, tick, dict(cases), recipients, read_engineers(connection, works, tick.day))
    lines = [each for complaint in found for each in taking.take(complaint)]
    return taking.cases, lines


class _Taking:
    """The cases as they change while complaints are taken one after another."""

    def __init__(
        self,
        connection: Connection,
        tick: Tick,
        cases: dict[str, Case],
        recipients: dict[str, str],
        engineers: Mapping[Work, str | None],
    ) -> None:
        self.connection, self.tick = connection, tick
        self.cases, self.recipients, self.engineers = cases, recipients, engineers
        self.open_of: dict[str, set[str]] = defaultdict(set)  # case ids, by client and by recipient
        for case in cases.values():
            self._note_open(case)

    def _note_open(self, case: Case) -> None:
        for key in self._keys(case.client_id, self.recipients.get(case.client_id, "")) if case.is_open else ():
            self.open_of[key].add(case.case_id)

    @staticmethod
    def _keys(client_id: str, recipient: str) -> list[str]:
        """Clients without an address share nothing with each other."""
        return [f"client {client_id}", *([f"recipient {recipient}"] if recipient else [])]

    def take(self, complaint: Complaint) -> Iterable[Line]:
        """Take one complaint; each sees what those before it did."""
        days = timedelta(days=self.tick.programme.care.first_seen_within_days)
        if complaint.given_at.date() < self.tick.day - days:
            return [line(Did.OLD, feedback_id=complaint.feedback_id)]
        standing = self._open_case_of(complaint)
        if standing is None:
            answered = read_case(self.connection, complaint.of_case) if complaint.of_case else None
            return self._open(complaint, answered)
        if not standing.step(StepName.FIX).is_done:
            return self._join(complaint, standing)
        after, lines = end_case(self.connection, standing, CaseState.REOPENED, self.tick.at)
        self.cases[standing.case_id] = after
        answered = read_case(self.connection, complaint.of_case) if complaint.of_case else standing
        return [*lines, *self._open(complaint, answered)]

    def _open_case_of(self, complaint: Complaint) -> Case | None:
        """The first open case of the recipient, by id."""
        keys = self._keys(complaint.client_id, complaint.recipient)
        ids = sorted(case_id for key in keys for case_id in self.open_of[key] if self.cases[case_id].is_open)
        return self.cases[ids[0]] if ids else None

    def _join(self, complaint: Complaint, case: Case) -> list[Line]:
        """The higher severity counts; nothing else of the case changes."""
        severity = heavier(case.severity, complaint.severity)
        after = case if severity is case.severity else replace(case, severity=severity)
        write_changes(self.connection, {case.case_id: case}, [after])
        self.cases[case.case_id] = after
        taken = select(case_feedback.c.feedback_id).where(case_feedback.c.case_id == case.case_id)
        place = len(self.connection.execute(taken).all())
        self.connection.execute(
            insert(case_feedback).values(
                feedback_id=complaint.feedback_id, case_id=case.case_id, place=place, taken_at=self.tick.at
            )
        )
        return [line(Did.JOINED, case_id=case.case_id, feedback_id=complaint.feedback_id)]

    def _open(self, complaint: Complaint, after: Case | None) -> list[Line]:
        tick = self.tick
        root = after.root if after and complaint.of_case else None
        case = opened(
            tick.clock,
            complaint.feedback_id,
            complaint.client_id,
            complaint.project_id,
            complaint.severity,
            complaint.given_at,
            tick.at,
            after,
            root,
        )
        write_new(self.connection, case, complaint.feedback_id)
        self.cases[case.case_id] = case
        self.recipients[case.client_id] = complaint.recipient
        self._note_open(case)
        level = tick.owner(case.level, self.engineers[case.client_id, case.project_id]).level
        return [line(Did.OPENED, case_id=case.case_id, previous=case.previous, level=level.value)]


def negative(table: Any, terms: HealthTerms) -> Any:
    """SQL for: this feedback is negative (programme.facts.cases.is_negative)."""
    scored = table.c.kind.in_([kind.value for kind in SCORED_KINDS])
    return or_(table.c.negative.is_(True), scored & (table.c.score <= terms.negative_score_at_most))


def _read_complaints(connection: Connection, tick: Tick) -> list[Complaint]:
    """Negative feedback in no case, known and not resolved at the tick, not told as old; by moment, then id."""
    found = [
        Complaint(
            row.feedback_id,
            row.client_id,
            row.recipient,
            row.project_id,
            Severity(row.severity) if row.severity else Severity.MEDIUM,
            moment_of(row.given_on, row.given_at),
            row.of_case,
        )
        for row in connection.execute(_unfollowed(tick.programme.health), {"day": tick.day})
    ]
    known = [each for each in found if each.given_at <= tick.at]
    return sorted(known, key=lambda each: (each.given_at, each.feedback_id))


@lru_cache(maxsize=8)
def _unfollowed(terms: HealthTerms) -> Select[Any]:
    own, day = feedback.c, bindparam("day", type_=Date())
    is_followed = exists().where(case_feedback.c.feedback_id == own.feedback_id)
    is_told = exists().where(care_lines.c.did == Did.OLD.value, care_lines.c.feedback_id == own.feedback_id)
    return (
        select(*own["feedback_id", "client_id", "project_id", "severity", "given_on", "given_at", "of_case"])
        .add_columns(clients.c.recipient)
        .join(clients, clients.c.client_id == own.client_id)
        .where(own.given_on <= day, negative(feedback, terms), clients.c.erased_on.is_(None))
        .where(or_(own.resolved_on.is_(None), own.resolved_on > day), ~is_followed, ~is_told)
    )

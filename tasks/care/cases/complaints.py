"""New negative feedback (step 3): told once as old, joins the case of its recipient, reopens it, or opens one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Date, Select, bindparam, exists, insert, select

from models.present import clients, feedback
from models.tables import care_lines, case_feedback
from programme.care.cases.case import Case, CaseState
from programme.care.cases.clock import moment_of
from programme.care.cases.complaints import Complaint, first_open, take_complaint
from programme.care.lines import Did, Line, line
from programme.care.tick import Tick
from programme.terms.schema import HealthTerms
from programme.words.states import Severity
from tasks.care.cases.ending import end_case
from tasks.care.cases.store import read_case, write_changes, write_new
from tasks.care.people.engineers import Work, read_engineers
from tasks.clients.facts.open_cases import is_negative, is_unresolved


class _Found(NamedTuple):
    """A complaint as it was found; `of_case` is set when it answers the question of a case."""

    complaint: Complaint
    recipient: str
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
    works = [(each.client_id, each.project_id) for each, _, _ in found]
    taking = _Taking(connection, tick, dict(cases), recipients, read_engineers(connection, works, tick.day))
    lines = [each for complaint in found for each in taking.take(*complaint)]
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

    def take(self, complaint: Complaint, recipient: str, of_case: str | None) -> Iterable[Line]:
        """Take one complaint; each sees what those before it did."""
        days = timedelta(days=self.tick.programme.care.first_seen_within_days)
        if complaint.given_at.date() < self.tick.day - days:
            return [line(Did.OLD, feedback_id=complaint.feedback_id)]
        keys = self._keys(complaint.client_id, recipient)
        standing = first_open(self.cases[case_id] for key in keys for case_id in self.open_of[key])
        answered = read_case(self.connection, of_case) if of_case else None
        taken = take_complaint(self.tick.clock, complaint, standing, answered, self.tick.at)
        if taken.joined:
            return self._join(taken.joined, taken.case, complaint.feedback_id)
        lines = self._end(taken.ended) if taken.ended else []
        return [*lines, *self._open(taken.case, recipient)]

    def _join(self, before: Case, after: Case, feedback_id: str) -> list[Line]:
        write_changes(self.connection, {before.case_id: before}, [after])
        self.cases[after.case_id] = after
        taken = select(case_feedback.c.feedback_id).where(case_feedback.c.case_id == after.case_id)
        place = len(self.connection.execute(taken).all())
        self.connection.execute(
            insert(case_feedback).values(
                feedback_id=feedback_id, case_id=after.case_id, place=place, taken_at=self.tick.at
            )
        )
        return [line(Did.JOINED, case_id=after.case_id, feedback_id=feedback_id)]

    def _end(self, case: Case) -> list[Line]:
        self.cases[case.case_id], lines = end_case(self.connection, case, CaseState.REOPENED, self.tick.at)
        return lines

    def _open(self, case: Case, recipient: str) -> list[Line]:
        write_new(self.connection, case)
        self.cases[case.case_id] = case
        self.recipients[case.client_id] = recipient
        self._note_open(case)
        level = self.tick.owner(case.level, self.engineers[case.client_id, case.project_id]).level
        return [line(Did.OPENED, case_id=case.case_id, previous=case.previous, level=level.value)]


def _read_complaints(connection: Connection, tick: Tick) -> list[_Found]:
    """Negative feedback in no case, known and not resolved at the tick, not told as old; by moment, then id."""
    found = [
        _Found(
            Complaint(
                row.feedback_id,
                row.client_id,
                row.project_id,
                Severity(row.severity) if row.severity else Severity.MEDIUM,
                moment_of(row.given_on, row.given_at),
            ),
            row.recipient,
            row.of_case,
        )
        for row in connection.execute(_unfollowed(tick.programme.health), {"day": tick.day})
    ]
    known = [each for each in found if each.complaint.given_at <= tick.at]
    return sorted(known, key=lambda each: (each.complaint.given_at, each.complaint.feedback_id))


@lru_cache(maxsize=8)
def _unfollowed(terms: HealthTerms) -> Select[Any]:
    own, day = feedback.c, bindparam("day", type_=Date())
    is_followed = exists().where(case_feedback.c.feedback_id == own.feedback_id)
    is_told = exists().where(care_lines.c.did == Did.OLD.value, care_lines.c.feedback_id == own.feedback_id)
    return (
        select(*own["feedback_id", "client_id", "project_id", "severity", "given_on", "given_at", "of_case"])
        .add_columns(clients.c.recipient)
        .join(clients, clients.c.client_id == own.client_id)
        .where(own.given_on <= day, is_negative(terms, feedback), clients.c.erased_on.is_(None))
        .where(is_unresolved(day, feedback), ~is_followed, ~is_told)
    )

"""The cases as desk and command line show them, each with who has it now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, select, true

from models.database.given import in_values
from models.present import clients
from models.tables import case_feedback
from models.tables import cases as case_table
from programme.care.cases.case import Case, CaseState, Step, StepName
from programme.care.lines import moment_words
from programme.care.tick import Tick
from tasks.care.cases.store import read_cases
from tasks.care.people.engineers import read_engineers


class CaseNow(NamedTuple):
    """One case with what is known of it now.

    Attributes:
        recipient: the present one; "" without a valid address, and for an erased client.
        level, owner: of who has it now, who may stand in for a lower level.
        feedback_ids: in the order taken.
    """

    case: Case
    recipient: str
    level: str
    owner: str
    feedback_ids: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The case as `cases --json` prints it."""
        case = self.case
        return {
            "case_id": case.case_id,
            "client_id": case.client_id,
            "recipient": self.recipient,
            "project_id": case.project_id,
            "feedback_ids": list(self.feedback_ids),
            "severity": case.severity.value,
            "level": self.level,
            "owner": self.owner,
            "given_at": moment_words(case.given_at),
            "opened_at": moment_words(case.opened_at),
            "state": case.state.value,
            "closed_at": moment_words(case.closed_at) if case.closed_at else None,
            "previous": case.previous,
            "steps": [_step(case.step(name)) for name in StepName],
        }


def list_cases(
    connection: Connection, tick: Tick, *, only_open: bool = False, client_id: str | None = None
) -> list[CaseNow]:
    """The cases by id.

    Args:
        tick: the moment for which owners are worked out.
        client_id: only those of this client.
    """
    asked: list[ColumnElement[bool]] = [true()]
    if only_open:
        asked.append(case_table.c.state == CaseState.OPEN.value)
    if client_id is not None:
        asked.append(case_table.c.client_id == client_id)
    return now_of(connection, tick, list(read_cases(connection, and_(*asked)).values()))


def now_of(connection: Connection, tick: Tick, found: Sequence[Case]) -> list[CaseNow]:
    """What is known of these cases now, in their order."""
    engineers = read_engineers(connection, [(case.client_id, case.project_id) for case in found], tick.day)
    recipients = _read_recipients(connection, found)
    feedback = _read_feedback(connection, found)
    listed = []
    for case in found:
        owner = tick.owner(case.level, engineers[case.client_id, case.project_id])
        known = recipients.get(case.client_id, ""), owner.level.value, owner.person.name
        listed.append(CaseNow(case, *known, tuple(feedback[case.case_id])))
    return listed


def _read_recipients(connection: Connection, found: Sequence[Case]) -> Mapping[str, str]:
    ids = in_values(clients.c.client_id, sorted({case.client_id for case in found}))
    query = select(clients.c.client_id, clients.c.recipient).where(ids, clients.c.erased_on.is_(None))
    return {row.client_id: row.recipient for row in connection.execute(query)}


def _read_feedback(connection: Connection, found: Sequence[Case]) -> Mapping[str, list[str]]:
    ids = in_values(case_feedback.c.case_id, [case.case_id for case in found])
    given: dict[str, list[str]] = defaultdict(list)
    query = select(case_feedback).where(ids).order_by(case_feedback.c.case_id, case_feedback.c.place)
    for row in connection.execute(query):
        given[row.case_id].append(row.feedback_id)
    return given


def _step(step: Step) -> dict[str, str | None]:
    return {
        "step": step.name.value,
        "deadline_at": moment_words(step.deadline_at),
        "due_at": moment_words(step.due_at) if step.due_at else None,
        "done_at": moment_words(step.done_at) if step.done_at else None,
        "state": step.state.value,
    }

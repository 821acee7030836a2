"""What a new complaint does: it joins the open case of its recipient, or opens a case, which may end that one.

Step (3) of a tick does it; the page after an answer foretells it, to name who calls and by when.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, TypeGuard

from programme.care.cases.case import Case, StepName, opened
from programme.care.cases.clock import Clock
from programme.care.cases.owners import heavier
from programme.words.states import Severity


class Complaint(NamedTuple):
    """Negative feedback that no case follows."""

    feedback_id: str
    client_id: str
    project_id: str | None
    severity: Severity
    given_at: datetime


class Taken(NamedTuple):
    """What a complaint does.

    Attributes:
        case: the case that follows it from now on.
        joined: the case that it joins, as that stood; None when `case` is new.
        ended: the open case that it ends as reopened, as that stood.
    """

    case: Case
    joined: Case | None = None
    ended: Case | None = None


def first_open(cases: Iterable[Case]) -> Case | None:
    """The open case that a recipient's complaint joins or reopens: the first by id; None when none is open."""
    return min((case for case in cases if case.is_open), key=lambda case: case.case_id, default=None)


def joins(standing: Case | None) -> TypeGuard[Case]:
    """Whether a complaint joins the open case of its recipient: while what that asks for is not carried out."""
    return standing is not None and not standing.step(StepName.FIX).is_done


def take_complaint(
    clock: Clock, complaint: Complaint, standing: Case | None, answered: Case | None, at: datetime
) -> Taken:
    """What a complaint does that is taken at this moment.

    Args:
        standing: the open case of its recipient (`first_open`).
        answered: the case whose question it answers; its answer has ended it, so it is never `standing`.
    """
    if joins(standing):
        severity = heavier(standing.severity, complaint.severity)
        joined = standing if severity is standing.severity else replace(standing, severity=severity)
        return Taken(joined, joined=standing)
    case = opened(
        clock,
        complaint.feedback_id,
        complaint.client_id,
        complaint.project_id,
        complaint.severity,
        complaint.given_at,
        at,
        after=answered or standing,
        root=answered.root if answered else None,
    )
    return Taken(case, ended=standing)

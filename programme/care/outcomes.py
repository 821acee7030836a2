"""What can come of a task for a person, by its kind or else its channel (care.md 8.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from programme.care.cases.case import StepName


class TaskState(StrEnum):
    """Whether a task is open, or how it ended."""

    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class TaskChannel(StrEnum):
    """How a person does it."""

    PHONE = "phone"
    LETTER = "letter"
    WORK = "work"


class TaskOutcome(StrEnum):
    """Everything that can come of a task."""

    REACHED = "reached"
    UNREACHABLE = "unreachable"
    WRONG_NUMBER = "wrong_number"
    NOT_NEEDED = "not_needed"
    NO_COMPLAINT = "no_complaint"
    DONE = "done"
    CONTENT = "content"
    NOT_CONTENT = "not_content"
    COMPLAINT = "complaint"
    HANDOVER = "handover"
    ANSWERED = "answered"
    DO_NOT_CALL = "do_not_call"
    NO_ANSWER = "no_answer"
    VOICEMAIL = "voicemail"
    CALL_BACK = "call_back"


class Settled(StrEnum):
    """What there was between the client and us, as far as a mail or a script may say so."""

    AGREED = "agreed"  # a solution was proposed and taken
    TALKED = "talked"  # a call reached the client, and nothing had to be agreed
    NOTHING = "nothing"  # nobody was reached, or the CRM alone says that it is solved


ATTEMPTS = (TaskOutcome.NO_ANSWER, TaskOutcome.VOICEMAIL, TaskOutcome.CALL_BACK)
# Calls in which somebody was spoken to: each is a contact of ours with the client.
SPOKEN = frozenset(
    {
        TaskOutcome.REACHED,
        TaskOutcome.NO_COMPLAINT,
        TaskOutcome.CONTENT,
        TaskOutcome.NOT_CONTENT,
        TaskOutcome.DO_NOT_CALL,
    }
)
UNSPOKEN = frozenset({TaskOutcome.UNREACHABLE, TaskOutcome.WRONG_NUMBER})


@dataclass(frozen=True)
class Outcomes:
    """What ends a task, and what is an attempt that leaves it open; each in the order of the buttons."""

    ends: tuple[TaskOutcome, ...]
    attempts: tuple[TaskOutcome, ...] = ()


_CALLED = (TaskOutcome.REACHED, TaskOutcome.UNREACHABLE, TaskOutcome.WRONG_NUMBER, TaskOutcome.NOT_NEEDED)
_ASKED = Outcomes(
    (TaskOutcome.CONTENT, TaskOutcome.NOT_CONTENT, TaskOutcome.UNREACHABLE, TaskOutcome.WRONG_NUMBER), ATTEMPTS
)
_DONE = Outcomes((TaskOutcome.DONE, TaskOutcome.NOT_NEEDED))
OF_KIND: Mapping[str, Outcomes] = {
    "case_call": Outcomes((*_CALLED, TaskOutcome.NO_COMPLAINT), ATTEMPTS),
    "case_check_in": _ASKED,
    "case_follow_up": _ASKED,
    "reply": Outcomes(
        (TaskOutcome.COMPLAINT, TaskOutcome.HANDOVER, TaskOutcome.ANSWERED, TaskOutcome.NOT_NEEDED),
    ),
}
OF_CHANNEL: Mapping[str, Outcomes] = {
    TaskChannel.PHONE: Outcomes((*_CALLED, TaskOutcome.DO_NOT_CALL), ATTEMPTS),
    TaskChannel.LETTER: _DONE,
    TaskChannel.WORK: _DONE,
}
CASE_PREFIX = "case_"


def outcomes_of(kind: str, channel: str) -> Outcomes:
    """What can come of a task of this kind and channel."""
    return OF_KIND.get(kind) or OF_CHANNEL[channel]


def task_id_of(kind: str, client_id: str, cause: str) -> str:
    """The id of a task: one a cause, ever."""
    return f"{kind}:{client_id}:{cause}"


def settled_of(outcomes: Mapping[str, str]) -> Settled:
    """What the tasks of a case came to; `outcomes` of those that a person ended, by their step."""
    if outcomes.get(StepName.SOLUTION) == TaskOutcome.DONE:
        return Settled.AGREED
    return Settled.TALKED if outcomes.get(StepName.CALL) == TaskOutcome.REACHED else Settled.NOTHING

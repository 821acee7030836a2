"""Whether a campaign may leave: by the go it was started with, by one for exactly the same, or because it is small.

Counted is everybody whom it reaches: who has it already, and who would get it now. So neither starting it again nor
cutting it in pieces gets past the number that asks for a go.
"""

from enum import StrEnum
from typing import NamedTuple

from programme.campaigns.campaign import go_holds, needs_go
from programme.campaigns.go import GoAnswer, changed_words
from tasks.base.workspace import Workspace
from tasks.campaigns.checks import AcceptedOrder
from tasks.campaigns.goes.keeping import Go, find_approved, find_go
from tasks.campaigns.goes.parts import parts_of
from tasks.campaigns.register import find_campaign
from tasks.campaigns.steps import count_messages


class LeaveVerdict(StrEnum):
    """It goes, somebody has to be asked first, or what was approved is something else."""

    GOES = "goes"
    ASKS = "asks"
    STOPS = "stops"


class Leave(NamedTuple):
    """Whether it may go.

    Attributes:
        people: how many it reaches in all.
        go: what it goes by; None when it needs none, or has none of the desk.
        go_by: who gave the go, to be named in the report.
        why: why it is stopped, as a Dutch sentence; "" when it is not.
    """

    verdict: LeaveVerdict
    people: int
    go: Go | None = None
    go_by: str | None = None
    why: str = ""


def may_leave(workspace: Workspace, order: AcceptedOrder, to_send: int, go_id: str = "") -> Leave:
    """The verdict about an order that would now go to so many more people.

    Args:
        go_id: what the desk started the run with; "" for a run of Prefect's own form.
    """
    people = _reached(workspace, order, to_send)
    if go_id:
        return _by_go(workspace, order, people, go_id)
    kept = find_campaign(workspace.engine, order.campaign, order.moment)
    if not needs_go(workspace.programme, people, kept.go_for if kept else None):
        return Leave(LeaveVerdict.GOES, people, None, kept.go_by if kept else None)
    digest = parts_of(workspace, order.campaign, order.moment).digest
    approved = find_approved(workspace.engine, order.campaign.name, digest)
    if approved and approved.answer == GoAnswer.YES and go_holds(approved.covers, people):
        return Leave(LeaveVerdict.GOES, people, approved, approved.answered_by)
    return Leave(LeaveVerdict.ASKS, people)


def may_follow(workspace: Workspace, order: AcceptedOrder, to_send: int, go_id: str) -> Leave:
    """The verdict about people whom an earlier start deferred: a go was for them too, whatever day it becomes.

    Args:
        go_id: what the desk started the campaign with; "" when Prefect's form did.
    """
    people = _reached(workspace, order, to_send)
    if go_id:
        return _by_go(workspace, order, people, go_id)
    kept = find_campaign(workspace.engine, order.campaign, order.moment)
    go_for = max(kept.go_for, people) if kept and kept.go_for is not None else None
    if needs_go(workspace.programme, people, go_for):
        why = f"Met wie nog wacht erbij zijn het {people} mensen, en dat vraagt akkoord. Start de campagne opnieuw."
        return Leave(LeaveVerdict.STOPS, people, None, None, why)
    return Leave(LeaveVerdict.GOES, people, None, kept.go_by if kept else None)


def _reached(workspace: Workspace, order: AcceptedOrder, to_send: int) -> int:
    return to_send + sum(count_messages(workspace, order.campaign).values())


def _by_go(workspace: Workspace, order: AcceptedOrder, people: int, go_id: str) -> Leave:
    marks = parts_of(workspace, order.campaign, order.moment).marks()
    go = find_go(workspace.engine, go_id)
    why = _why_not(go, order.campaign.name, marks, people, workspace.programme.caps.campaign_go_above)
    return Leave(LeaveVerdict.STOPS if why else LeaveVerdict.GOES, people, go, go.answered_by if go else None, why)


def _why_not(go: Go | None, name: str, marks: dict[str, str], people: int, go_above: int) -> str:
    if go is None or go.name != name:
        return "Het akkoord waarmee deze campagne is gestart, bestaat niet."
    if go.answer == GoAnswer.REPLACED:
        return "Deze campagne is vervangen door een nieuwere versie."
    if not go.may_leave:
        return "Er is geen akkoord voor deze campagne."
    whose = f"dan {go.answered_by} goedkeurde" if go.answered_by else "dan toen de campagne werd gestart"
    if changed := changed_words(go.marks, marks):
        return f"Anders {whose}: {changed}."
    is_covered = go.answer == GoAnswer.YES and go_holds(go.covers, people)
    if people > go_above and not is_covered:
        return f"Er zijn nu meer mensen {whose}: {people} in plaats van {go.covers}."
    return ""

"""Puts the question for a go, and mails people of the firm about it: who may answer, and afterwards who asked."""

from collections.abc import Mapping
from datetime import datetime

from programme.campaigns.audience.audience_words import audience_words
from programme.campaigns.go import approvers
from programme.campaigns.staff_mails import STAFF_CAMPAIGN, answer_values, asking_values, stopped_values
from programme.terms.kinds import Choice
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.naming.people import name_key
from tasks.base.workspace import Workspace
from tasks.campaigns.goes.keeping import Go, GoQuestion, Noted, put
from tasks.campaigns.goes.parts import parts_of
from tasks.runs.outside.to_staff import StaffMailer


def ask_go(workspace: Workspace, question: GoQuestion, noted: Noted = lambda _: None) -> tuple[Go, list[Person]]:
    """Put the question and mail everybody who may answer it. Safe to repeat: the same id asks and mails once.

    Returns:
        The question, and whom a mail could not reach.
    """
    campaign, moment, asked_by, at = (
        question.order.campaign,
        question.order.moment,
        question.asked_by,
        question.asked_at,
    )
    go, made = put(workspace.engine, question, parts_of(workspace, campaign, moment), noted=noted)
    if not made:
        return go, []
    audience = audience_words(workspace.programme, campaign.audience)
    values = asking_values(go.title, audience, question.people, moment, asked_by)
    asked = approvers(workspace.programme.people, asked_by, workspace.programme.campaigns_go.same_person)
    return go, [person for person in asked if not _mail(workspace, person, f"{go.go_id}-ask", values, go, at)]


def tell_answer(workspace: Workspace, go: Go, at: datetime) -> None:
    """Mail the answer to who asked; nobody is mailed about a campaign started in Prefect."""
    values = answer_values(go.title, go.may_leave, go.answered_by or "", go.reason or "")
    if (person := starter_of(workspace, go)) and name_key(person.name) != name_key(go.answered_by or ""):
        _mail(workspace, person, f"{go.go_id}-answer", values, go, at)


def tell_stopped(workspace: Workspace, go: Go, why: str, at: datetime) -> None:
    """Mail to who asked, or else to who approved, why a run did not send it."""
    names = (go.asked_by, go.answered_by or "")
    people = [person for person in (person_named(workspace, name) for name in names) if person]
    if people:
        _mail(workspace, people[0], f"{go.go_id}-stopped-{why}", stopped_values(go.title, why), go, at)


def starter_of(workspace: Workspace, go: Go) -> Person | None:
    """Who asked; None for who is no longer in [[people]], or was never known."""
    return person_named(workspace, go.asked_by)


def person_named(workspace: Workspace, name: str) -> Person | None:
    """The person of this name; None when there is none."""
    return next((each for each in workspace.programme.people if name_key(each.name) == name_key(name)), None)


def go_url(workspace: Workspace, go_id: str) -> str:
    """The page of the question on the desk."""
    return f"{workspace.settings.base_url}/desk/campaigns/goes/{go_id}"


def _mail(
    workspace: Workspace, person: Person, occasion: str, values: Mapping[str, Choice], go: Go, at: datetime
) -> bool:
    said = {**values, "link_url": go_url(workspace, go.go_id)}
    return StaffMailer(workspace, STAFF_CAMPAIGN).send(person, occasion, said, day_in_amsterdam(at))

"""/desk/what-if/proposals/NAME: one proposal as it was kept and how it stands; its author can withdraw it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from models.database.engine import writing
from programme.proposals.changes import clashes, value_at
from programme.proposals.proposal import Proposal, State
from programme.terms.digest import digest_of
from programme.terms.schema import Programme
from tasks.proposals.base import Base
from tasks.proposals.store import (
    ProposalMissing,
    ProposalRefused,
    list_proposals,
    read_proposal,
    withdraw_proposal,
)
from web.desk.gate import DeskRouter
from web.desk.pages.marketing.what_if.view import base_of
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

STATES: Mapping[State, tuple[str, str]] = {
    State.OPEN: ("wait", "wacht op beheer"),
    State.IN_USE: ("ok", "in gebruik"),
    State.OUTDATED: ("late", "verouderd"),
    State.WITHDRAWN: ("", "ingetrokken"),
}
NOT_YOURS = "Intrekken kan alleen wie het voorstel maakte, zolang het niet in gebruik is."


@router.page("/desk/what-if/proposals/{name}")
def show_proposal(visit: Visit) -> Response:
    proposal, base = _proposal(visit), base_of(visit)
    state = proposal.state(base.raw, base.prints)
    return visit.show(
        "what_if_proposal.html",
        here="/desk/what-if",
        proposal=proposal,
        state=state,
        tag=STATES[state],
        label=label_of(base.programme, proposal.mail),
        changes=[
            (each.dotted, _told(each.old), _told(each.new), _told(value_at(base.raw, each.key)))
            for each in proposal.changes
        ],
        clashing={each.dotted for each in clashes(base.raw, proposal.changes)},
        is_same=digest_of(base.programme) == proposal.programme,
        may_withdraw=proposal.made_by == visit.person.name and state in (State.OPEN, State.OUTDATED),
    )


@router.form("/desk/what-if/proposals/{name}")
def withdraw(visit: Visit) -> Response:
    proposal, base = _proposal(visit), base_of(visit)
    name = proposal.name
    if proposal.state(base.raw, base.prints) is State.IN_USE:
        raise Refused(NOT_YOURS, 403)
    try:
        withdraw_proposal(name, visit.person.name, visit.at)
    except ProposalRefused:
        raise Refused(NOT_YOURS, 403) from None
    with writing(visit.engine) as connection:
        visit.record(connection, "withdraw proposal", name)
    return visit.done(f"/desk/what-if/proposals/{name}", "teruggenomen")


def rows_of(visit: Visit, base: Base) -> list[tuple[Proposal, str, tuple[str, str]]]:
    """(proposal, the label of its mail, tag) of every one, the latest first."""
    return [
        (each, label_of(base.programme, each.mail), STATES[each.state(base.raw, base.prints)])
        for each in list_proposals().proposals
    ]


def label_of(programme: Programme, mail: str) -> str:
    """The label of a mail; its id where the programme no longer has it."""
    found = programme.kinds.get(mail)
    return found.label if found else mail


def _proposal(visit: Visit) -> Proposal:
    try:
        return read_proposal(visit.path["name"])
    except ProposalMissing:
        raise NotThere from None


def _told(value: Any) -> str:
    if value is None:
        return "staat er niet"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_told(each)}" for name, each in value.items())
    return str(value)

"""/desk/what-if/proposals/NAME: one proposal as it was kept and how it stands; its author can withdraw it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.responses import Response

from models.database.engine import writing
from programme.proposals.changes import Change, clashes
from programme.proposals.knobs import TRIAL, Knob, knobs_of
from programme.proposals.proposal import Proposal, ProposalState
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
from web.desk.pages.marketing.what_if.view import base_of, is_trial, trial_words
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

STATES: Mapping[ProposalState, tuple[str, str]] = {
    ProposalState.OPEN: ("wait", "wacht op beheer"),
    ProposalState.IN_USE: ("ok", "in gebruik"),
    ProposalState.OUTDATED: ("late", "verouderd"),
    ProposalState.WITHDRAWN: ("", "ingetrokken"),
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
        changes=_changed_words(proposal, base, visit.today),
        is_same=digest_of(base.programme) == proposal.programme,
        may_withdraw=proposal.made_by == visit.person.name and state in (ProposalState.OPEN, ProposalState.OUTDATED),
    )


@router.form("/desk/what-if/proposals/{name}")
def withdraw(visit: Visit) -> Response:
    proposal, base = _proposal(visit), base_of(visit)
    name = proposal.name
    if proposal.state(base.raw, base.prints) is ProposalState.IN_USE:
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


def _changed_words(proposal: Proposal, base: Base, today: date) -> list[tuple[str, str, str, str]]:
    """(label, was, new, now) of every value, as the form showed it; `now` is "" where the programme still has what was.

    A value whose field the form no longer has is told by its key.
    """
    is_known = proposal.mail in base.programme.kinds
    knobs = {knob.key: knob for knob in knobs_of(base.programme, proposal.mail, today)} if is_known else {}
    other = {clash.key: clash.new for clash in clashes(base.raw, proposal.changes)}
    rows = []
    for key, old, new in proposal.changes:
        knob = knobs.get(key)
        label = knob.label if knob else TRIAL if is_trial(new) else Change(key, old, new).dotted
        now = _told(knob, other[key]) if key in other else ""
        rows.append((label, _told(knob, old), _told(knob, new), now))
    return rows


def _told(knob: Knob | None, value: Any) -> str:
    if value is None:
        return "de standaard" if knob and not knob.may_be_empty else "geen"
    if is_trial(value):
        return trial_words(value)
    return knob.words(value) if knob else str(value)

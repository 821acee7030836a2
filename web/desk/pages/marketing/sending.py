"""/desk/campaigns/drafts/{draft_id}/send: everything once more, and then it goes, or another person is asked."""

from starlette.responses import Response

from programme.campaigns.campaign import needs_go
from programme.campaigns.form.posted_form import fields_of
from programme.campaigns.go import GoAnswer, approvers, is_approver
from tasks.campaigns.checks import AcceptedOrder
from tasks.campaigns.drafts import Draft, read_draft
from tasks.campaigns.goes.asking import ask_go
from tasks.campaigns.goes.keeping import GoQuestion, new_id, put
from tasks.campaigns.goes.parts import parts_of
from tasks.campaigns.steps import count_messages
from web.desk.composing.look import Look, look_at
from web.desk.gate import BESIDE_OTHERS, DeskRouter
from web.desk.going.starting import acting, order_of, start
from web.desk.showing.looks import COMPOSER_POLICY
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

SEND = "/desk/campaigns/drafts/{draft_id}/send"
CHANGED = "Het concept of de telling is intussen veranderd. Hieronder staat hoe het nu is; kijk nog eens."


@router.page(SEND)
def show_last_look(visit: Visit) -> Response:
    return _show(visit, _draft(visit))


@router.form(SEND, BESIDE_OTHERS)
def send(visit: Visit) -> Response:
    """Without a button of this page (from the composer): look. With it: start, or ask another person."""
    draft = _draft(visit)
    if not visit.choice("do", ("", "start", "ask")):
        return _show(visit, draft)
    order = order_of(visit, draft.form)
    look = _look(visit, draft)
    parts = parts_of(visit.workspace, order.campaign, order.moment)
    if look.count is None or not look.is_ready or visit.word("seen", 100) != _seen(parts.digest, look.count.to_send):
        return _show(visit, draft, 409, CHANGED)
    go_id = visit.word("go_id", 16)
    if not (len(go_id) == 16 and go_id.isalnum() and go_id.isascii()):
        raise Refused("Dit formulier is niet heel. Open het concept opnieuw.", 422)
    people = _reached(visit, order, look.count.to_send)
    counts, by, at = look.count.reasons(), visit.person.name, visit.at
    question = GoQuestion(go_id, draft.form, order, people, counts, by, at, draft.draft_id)
    if needs_go(visit.programme, people, None):
        go, missed = ask_go(visit.workspace, question, acting(visit, "ask go", question))
        return visit.done(f"/desk/campaigns/goes/{go.go_id}", "gevraagdzonder" if missed else "gevraagd")
    go, _ = put(visit.engine, question, parts, GoAnswer.NOT_NEEDED, acting(visit, "start campaign", question))
    why = start(visit, go)
    note = "nietgestart" if why else "gestart"
    return visit.done(f"/desk/campaigns/goes/{go.go_id}", note)


def _show(visit: Visit, draft: Draft, status: int = 200, note: str = "") -> Response:
    look, programme = _look(visit, draft), visit.programme
    same_person = programme.campaigns_go.same_person
    order = None if look.faults else order_of(visit, draft.form)
    people = _reached(visit, order, look.count.to_send) if order and look.count else 0
    digest = parts_of(visit.workspace, order.campaign, order.moment).digest if order else ""
    answer = visit.show(
        "campaign_send.html",
        status,
        here="/desk/campaigns",
        path=f"/desk/campaigns/drafts/{draft.draft_id}",
        draft=draft,
        look=look,
        order=order,
        people=people,
        needs_go=needs_go(programme, people, None),
        go_above=programme.caps.campaign_go_above,
        others=[each.name for each in approvers(programme.people, visit.person.name, same_person)],
        is_approver=is_approver(visit.person),
        go_id=new_id(),
        seen=_seen(digest, look.count.to_send if look.count else 0),
        note=note,
    )
    answer.headers["content-security-policy"] = COMPOSER_POLICY
    return answer


def _look(visit: Visit, draft: Draft) -> Look:
    return look_at(visit, draft.draft_id, fields_of(visit.programme, draft.form))


def _reached(visit: Visit, order: AcceptedOrder, to_send: int) -> int:
    """Who has it already counts too: sending in pieces does not get past the number that asks for a go."""
    return to_send + sum(count_messages(visit.workspace, order.campaign).values())


def _seen(digest: str, to_send: int) -> str:
    """What the page showed, so that a button is for that and nothing else."""
    return f"{digest}-{to_send}"


def _draft(visit: Visit) -> Draft:
    draft = read_draft(visit.engine, visit.path["draft_id"])
    if draft is None:
        raise NotThere
    return draft

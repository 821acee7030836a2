"""/desk/campaigns/goes/{go_id}: a campaign waits for a yes or a no of another person, who sees exactly what goes."""

from starlette.responses import Response

from programme.campaigns.form.posted_form import fields_of
from programme.campaigns.go import GoAnswer, is_approver, may_answer, may_stop
from programme.words.naming.people import name_key
from programme.words.wording import reason_text
from tasks.campaigns.goes.asking import tell_answer
from tasks.campaigns.goes.keeping import AlreadyAnswered, Go, answer, find_go
from web.desk.composing.look import look_at
from web.desk.gate import BESIDE_OTHERS, DeskRouter
from web.desk.going.standing import answer_words, standing_of, what_changed
from web.desk.going.starting import acting, start
from web.desk.showing.looks import COMPOSER_POLICY
from web.desk.showing.words import WHY_NOT
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

GO = "/desk/campaigns/goes/{go_id}"
LONGEST_REASON = 1000
NOT_YOU = "Antwoorden kan alleen iemand die campagnes mag goedkeuren en deze niet zelf heeft gevraagd."
OVER = "De tijd om te antwoorden is voorbij. Vraag opnieuw akkoord."


@router.page(GO)
def show_go(visit: Visit) -> Response:
    go = _go(visit)
    return _show(visit, go)


@router.form(GO, BESIDE_OTHERS)
def decide(visit: Visit) -> Response:
    """Yes or no; the first answer counts. After a yes the campaign starts."""
    go, said = _go(visit), visit.choice("go", ("yes", "no"), "Kies ja of nee.")
    if not may_answer(visit.person, go.asked_by, visit.programme.campaigns_go.same_person):
        raise Refused(NOT_YOU, 403)
    if visit.word("digest", 64) != go.digest:
        raise Refused("Deze vraag is intussen een andere. Bekijk de campagne opnieuw.")
    reason = visit.word("reason", LONGEST_REASON)
    if said == "no" and not reason:
        return _show(visit, go, 422, fault="Schrijf bij nee kort op waarom. Wie vroeg, leest dit.")
    if said == "yes" and go.answer is None and (changed := what_changed(visit, go)):
        raise Refused(f"Intussen is iets anders geworden: {changed}. Vraag opnieuw akkoord.")
    return _answered(visit, go, GoAnswer.YES if said == "yes" else GoAnswer.NO, reason)


@router.form(GO + "/start", BESIDE_OTHERS)
def start_again(visit: Visit) -> Response:
    """Start what may leave and could not start before."""
    go = _go(visit)
    if not go.may_leave:
        raise Refused("Deze campagne heeft geen akkoord.", 403)
    if not may_stop(visit.person, go.asked_by):  # who may stop it may start it too
        raise Refused("Starten kan alleen wie de campagne maakte of campagnes mag goedkeuren.", 403)
    why = start(visit, go)
    return _show(visit, go, 503, note=why) if why else visit.done(visit.request.url.path[:-6], "gestart")


def _answered(visit: Visit, go: Go, given: GoAnswer, reason: str) -> Response:
    act = "give go" if given == GoAnswer.YES else "refuse go"
    try:
        go = answer(visit.engine, go.go_id, visit.person.name, given, reason, visit.at, acting(visit, act, go))
    except AlreadyAnswered as earlier:
        raise Refused(_too_late(visit, earlier.go)) from None
    why = start(visit, go) if go.may_leave else ""
    tell_answer(visit.workspace, go, visit.at)
    if why:
        return _show(visit, go, 503, note=f"Uw ja is bewaard. {why}")
    return visit.done(visit.request.url.path, "ja" if go.may_leave else "nee")


def _too_late(visit: Visit, go: Go) -> str:
    if go.answer is None:
        return OVER
    if go.answer not in (GoAnswer.YES, GoAnswer.NO):
        return "Er is een nieuwere versie van deze campagne. Deze vraag geldt niet meer."
    is_own = name_key(go.answered_by or "") == name_key(visit.person.name)
    return f"{answer_words(visit, go)} {'U had al geantwoord.' if is_own else 'Uw antwoord telt niet meer mee.'}"


def _go(visit: Visit) -> Go:
    go = find_go(visit.engine, visit.path["go_id"])
    if go is None:
        raise NotThere
    return go


def _show(visit: Visit, go: Go, status: int = 200, fault: str = "", note: str = "") -> Response:
    look = look_at(visit, f"go {go.go_id}", fields_of(visit.programme, go.form))
    held = [
        (WHY_NOT.get(reason, reason_text(reason)), outcome == "defer", number) for outcome, reason, number in go.counts
    ]
    answer = visit.show(
        "campaign_go.html",
        status,
        here="/desk/campaigns",
        go=go,
        look=look,
        standing=standing_of(visit, go),
        held=held,
        others=sum(number for *_, number in held),
        fault=fault,
        note=note,
        reason=visit.word("reason", LONGEST_REASON),
        may_stop=may_stop(visit.person, go.asked_by) and go.started_at is not None,
        is_approver=is_approver(visit.person),
    )
    answer.headers["content-security-policy"] = COMPOSER_POLICY
    return answer

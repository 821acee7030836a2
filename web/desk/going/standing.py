"""What a go's page says of it: waiting, answered, started or stopped, in one word and one sentence."""

from typing import NamedTuple

from programme.campaigns.go import GoAnswer, approvers, changed_words, is_approver, may_answer
from programme.words.wording import listed
from tasks.campaigns.goes.keeping import Go
from tasks.campaigns.goes.parts import parts_of
from web.desk.going.starting import order_of
from web.desk.showing.moments import moment_words
from web.desk.visit import Refused, Visit


class GoStanding(NamedTuple):
    """Where a go stands for whoever looks at it.

    Attributes:
        tag: (kind, word) for the head of the page.
        sentence: what happened, or what is to happen.
        may_answer: this person may say yes or no now.
        why_not: why this person, or nobody, may; "" when this person may or it is over.
        may_start: it may leave and has not started.
    """

    tag: tuple[str, str]
    sentence: str
    may_answer: bool = False
    why_not: str = ""
    may_start: bool = False


def standing_of(visit: Visit, go: Go) -> GoStanding:
    """The standing of the go for the person of this visit."""
    if go.answer is not None:
        return _answered(visit, go)
    if not go.is_waiting(visit.at):
        when = moment_words(go.expires_at, visit.today)
        return GoStanding(("late", "verlopen"), f"Niemand antwoordde op tijd; de vraag verliep {when}. Vraag opnieuw.")
    if changed := what_changed(visit, go):
        why = f"Intussen is iets anders geworden: {changed}. Wat hieronder staat, is dus niet meer wat gevraagd werd."
        return GoStanding(("late", "vervallen"), "Deze vraag kan niet meer met ja worden beantwoord.", False, why)
    until = f"Antwoorden kan tot {moment_words(go.expires_at, visit.today)}."
    if may_answer(visit.person, go.asked_by, visit.programme.campaigns_go.same_person):
        return GoStanding(("today", "wacht op u"), until, True)
    return GoStanding(("wait", "wacht op een ander"), until, False, _whose(visit, go))


def what_changed(visit: Visit, go: Go) -> str:
    """Which parts are no longer what was asked about, in words; "" when all are."""
    try:
        order = order_of(visit, go.form)
    except Refused as refusal:
        return refusal.sentence.rstrip(".")
    return changed_words(go.marks, parts_of(visit.workspace, order.campaign, order.moment).marks())


def answer_words(visit: Visit, go: Go) -> str:
    """ "Esther van Dam zei vandaag 10.12 uur ja."."""
    said = "ja" if go.answer == GoAnswer.YES else "nee"
    when = moment_words(go.answered_at, visit.today) if go.answered_at else ""
    return f"{go.answered_by or 'Iemand'} zei {when} {said}."


def _answered(visit: Visit, go: Go) -> GoStanding:
    if go.answer == GoAnswer.REPLACED:
        return GoStanding(("wait", "vervangen"), "Er is een nieuwere versie. Deze vraag geldt niet meer.")
    if go.answer == GoAnswer.NO:
        return GoStanding(("late", "nee"), answer_words(visit, go))
    said = f"{answer_words(visit, go)} " if go.answer == GoAnswer.YES else ""
    if go.stopped_why:
        return GoStanding(("late", "tegengehouden"), f"{said}Daarna is een start tegengehouden: {go.stopped_why}")
    if go.started_at is None:
        return GoStanding(("today", "nog niet gestart"), f"{said}De campagne is nog niet gestart.", may_start=True)
    when = f"Gaat uit {moment_words(go.moment, visit.today)}." if go.moment and go.moment > visit.at else "Gestart."
    return GoStanding(("ok", "akkoord" if go.answer == GoAnswer.YES else "gestart"), f"{said}{when}")


def _whose(visit: Visit, go: Go) -> str:
    names = [each.name for each in approvers(visit.programme.people, go.asked_by, False)]
    who = f"Dat {'kan' if len(names) == 1 else 'kunnen'} {listed(names)}." if names else "Er is nu niemand die dat kan."
    if is_approver(visit.person):
        return f"U vroeg dit zelf. Een ander moet antwoorden. {who}"
    return f"Antwoorden kan alleen wie campagnes mag goedkeuren. {who}"

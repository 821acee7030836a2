"""/desk/what-if: change a mail by fields, see who gains, loses or moves one, and keep it as a proposal."""

from urllib.parse import urlencode

from starlette.responses import Response

from models.database.engine import writing
from programme.figures.families.rates import Estimate
from programme.insight.differences import ChangeKind, MessageChange
from programme.insight.outlook import Outlook
from programme.proposals.proposal import LONGEST_REASON, Proposal, SeenCounts, Text, print_of
from programme.proposals.sentences import BLOCKS
from programme.proposals.typed import UNITS
from programme.terms.digest import digest_of
from programme.words.numerals import dotted
from programme.words.wording import date_words, reason_text
from tasks.proposals.store import ProposalRefused, keep_proposal
from web.desk.gate import DeskRouter, FormTerms
from web.desk.pages.marketing.what_if.proposals import rows_of
from web.desk.pages.marketing.what_if.view import AskedMail, asked_of, base_of
from web.desk.visit import Refused, Visit

router = DeskRouter()

TERMS = FormTerms(size=131_072, fields=120)  # all words of a mail, sentence by sentence

HERE = "/desk/what-if"
KIND_WORDS = {
    ChangeKind.GAINED: "Krijgen een mail erbij",
    ChangeKind.LOST: "Krijgen een mail minder",
    ChangeKind.MOVED: "Krijgen een mail op een andere dag",
}
NOTHING = "Verander eerst iets. Wat hier staat, geldt nu al."
NO_REASON = "Schrijf op waarom."
NOT_READY = "De uitkomst is er nog niet. Reken opnieuw uit en bewaar daarna."
CHANGED = "Het programma is intussen veranderd. Reken opnieuw uit; uw waarden staan er nog."
NOT_KEPT = "Het voorstel kon niet worden opgeslagen: de map .bouwclub is niet te beschrijven. Vraag het beheer."


@router.page("/desk/what-if")
def choose_mail(visit: Visit) -> Response:
    base = base_of(visit)
    return visit.show(
        "what_if.html",
        touchpoints=base.programme.touchpoints,
        campaigns=base.programme.campaigns,
        proposals=rows_of(visit, base),
    )


@router.page("/desk/what-if/mail/{mail}")
def show_mail(visit: Visit) -> Response:
    return _page(asked_of(visit, visit.query))


@router.form("/desk/what-if/mail/{mail}", TERMS)
def propose(visit: Visit) -> Response:
    asked = asked_of(visit, visit.fields)
    reason = visit.word("reden", LONGEST_REASON)
    is_whole = visit.word("precies") == "1"
    if not asked.check():
        return _page(asked, 422)
    text = asked.new_text()
    if visit.word("gezien") != asked.digest:
        asked.faults["formulier"] = CHANGED
    if not asked.changes and text is None:
        asked.faults["formulier"] = NOTHING
    if not reason:
        asked.faults["reden"] = NO_REASON
    outlook = asked.outlook(is_whole) if asked.changes and asked.is_touchpoint else None
    if asked.changes and asked.is_touchpoint and outlook is None:
        asked.faults["formulier"] = NOT_READY
    if asked.faults:
        return _page(asked, 422)
    proposal = Proposal(
        name="",
        mail=asked.mail,
        made_by=visit.person.name,
        made_at=visit.at,
        reason=" ".join(reason.split()),
        programme=digest_of(asked.base.programme),
        changes=tuple(asked.changes),
        texts=(Text(asked.file, print_of(asked.base.texts[asked.file]), text),) if text is not None else (),
        seen=_seen(outlook) if outlook else None,
    )
    try:
        kept = keep_proposal(proposal, visit.today)
    except OSError:
        raise Refused(NOT_KEPT) from None
    except ProposalRefused:
        raise Refused("Er zijn vandaag al te veel voorstellen over deze mail.") from None
    with writing(visit.engine) as connection:
        visit.record(connection, "make proposal", kept.name)
    return visit.done(f"/desk/what-if/proposals/{kept.name}", "voorgesteld")


def _page(asked: AskedMail, status: int = 200) -> Response:
    visit = asked.visit
    is_sound = bool(asked.faults) or asked.check()
    is_sound = is_sound and not asked.faults.keys() - {"reden", "formulier"}
    everybody = asked.fields.get("precies") == "1"
    has_changes = is_sound and bool(asked.changes)
    outlook = asked.outlook(everybody) if has_changes and asked.is_touchpoint else None
    return visit.show(
        "what_if_mail.html",
        status,
        here=HERE,
        asked=asked,
        digest=asked.digest if is_sound else "",
        has_changes=has_changes,
        outlook=outlook,
        everybody=everybody,
        whole_path=_whole_path(asked),
        again_path=f"{visit.request.url.path}?{urlencode(_kept_fields(asked))}",
        kinds=KIND_WORDS,
        units=tuple(UNITS.items()),
        blocks=BLOCKS,
        estimate=estimate_words,
        fate=fate_words,
        label_of=lambda name: asked.base.programme.kinds[name].label,
        highest=max((max(week.now, week.new) for week in outlook.weeks()), default=0) if outlook else 0,
    )


def _kept_fields(asked: AskedMail) -> dict[str, str]:
    ids = {name for knob in asked.knobs for name in (knob.id, f"{knob.id}_unit")} | {"precies"}
    return {name: text for name, text in asked.fields.items() if name in ids}


def _whole_path(asked: AskedMail) -> str:
    return f"{asked.visit.request.url.path}?{urlencode(_kept_fields(asked) | {'precies': '1'})}"


def _seen(outlook: Outlook) -> SeenCounts:
    return SeenCounts(
        first=outlook.now.first,
        last=outlook.now.last,
        gained=outlook.clients(ChangeKind.GAINED).number,
        lost=outlook.clients(ChangeKind.LOST).number,
        moved=outlook.clients(ChangeKind.MOVED).number,
        mails_now=outlook.scaled(outlook.now.total),
        mails_new=outlook.scaled(outlook.new.total),
        asked=outlook.asked,
        clients=outlook.recipients,
    )


def estimate_words(estimate: Estimate) -> str:
    """ "112", or "ongeveer 1.240, eerlijk gezegd tussen 1.080 en 1.420"."""
    if estimate.is_exact:
        return dotted(estimate.number)
    return (
        f"ongeveer {dotted(estimate.number)}, eerlijk gezegd tussen {dotted(estimate.low)} en {dotted(estimate.high)}"
    )


def fate_words(change: MessageChange) -> str:
    """What becomes of one mail, in a sentence without its subject."""
    now, new = change.now, change.new
    if change.kind is ChangeKind.MOVED and now.on and new.on:
        return f"op {date_words(new.on)} in plaats van {date_words(now.on)}"
    if change.kind is ChangeKind.GAINED and new.on:
        return f"op {date_words(new.on)}, nu niet" + _because(now.reason)
    if now.on:
        return f"nu op {date_words(now.on)}, straks niet" + _because(new.reason)
    return ""


def _because(reason: str | None) -> str:
    if reason is None or reason == "not_due":
        return ""
    words = reason_text(reason).rstrip(".")
    return f" ({words[:1].lower()}{words[1:]})"

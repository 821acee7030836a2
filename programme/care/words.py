"""The Dutch that colleagues read for the codes of care: no screen and no mail shows a code."""

from collections.abc import Mapping

from programme.terms.schema import Programme
from programme.terms.trade import TradeTerms
from programme.words.wording import duration_words

SEVERITY_WORDS: Mapping[str, str] = {"minor": "klein", "medium": "gewoon", "major": "groot"}
SEVERITY_HELP = (
    "klein = kleine vertraging; gewoon = er is iets mis met het werk; groot = klacht met gevolgen of dreiging"
)

# Of our own terms; `step_words`, `kind_words` and `outcome_words` say them as a programme has them.
STEP_WORDS: Mapping[str, str] = {
    "ack": "ontvangst bevestigd",
    "call": "bellen",
    "solution": "oplossing voorstellen",
    "fix": "oplossing uitvoeren",
    "check_in": "navragen",
    "follow_up": "na een maand",
}

STEP_STATE_WORDS: Mapping[str, str] = {
    "open": "open",
    "done": "gedaan",
    "missed": "te laat",
    "sent": "mail verstuurd",
    "phone": "wordt gebeld",
    "skipped": "vervalt",
}

CASE_STATE_WORDS: Mapping[str, str] = {
    "open": "loopt",
    "resolved": "opgelost",
    "withdrawn": "ingetrokken",
    "reopened": "opnieuw begonnen",
    "erased": "klant gewist",
}

# How a complaint ended, to follow "Klacht" or what it is about.
CASE_END_WORDS: Mapping[str, str] = {**CASE_STATE_WORDS, "erased": "afgesloten: klant gewist"}

OUTCOME_WORDS: Mapping[str, str] = {
    "reached": "gesproken",
    "no_answer": "geen gehoor",
    "voicemail": "voicemail ingesproken",
    "call_back": "later terugbellen",
    "wrong_number": "verkeerd nummer",
    "unreachable": "niet bereikbaar",
    "not_needed": "niet nodig",
    "content": "tevreden",
    "not_content": "niet tevreden",
    "done": "gedaan",
    "answered": "beantwoord",
    "complaint": "dit is een klacht",
    "handover": f"wil naar {TradeTerms().other_firm}",
    "do_not_call": "wil niet gebeld worden",
    "no_complaint": "geen klacht",
}

TASK_STATE_WORDS: Mapping[str, str] = {
    "open": "open",
    "done": "gedaan",
    "cancelled": "vervallen",
    "expired": "verlopen",
}

CHANNEL_WORDS: Mapping[str, str] = {"phone": "bellen", "letter": "brief", "work": "uitvoeren"}

KIND_WORDS: Mapping[str, str] = {
    "case_call": "Klacht: bellen",
    "case_solution": "Klacht: oplossing voorstellen",
    "case_fix": "Klacht: oplossing uitvoeren",
    "case_check_in": "Klacht: navragen",
    "case_follow_up": "Klacht: na een maand",
    "contact_asked": "Klant vroeg om contact",
    "reply": "Een klant schreef",
    "lead": "Bel deze aanvraag",
    "look": "Kijk naar deze naam",
    "handover": "Klant vraagt om overdracht",
    "many_contacts": "Vaak contact",
    "overdue_invoice": "Factuur staat open",
    "build_check": "Hoe gaat de bouw",
    "exit_call": "Offerte afgewezen",
    "channel_change": "Onze mail komt niet aan",
    "win_back_call": "Het is even geleden",
}


def kind_words(programme: Programme) -> Mapping[str, str]:
    """KIND_WORDS, with the call beside a mail called as the programme calls that mail."""
    words = {**KIND_WORDS, "case_follow_up": follow_up_title(_follow_up_after(programme))}
    mail = programme.touchpoints.get("build_check")
    return {**words, "build_check": mail.label.rstrip("?")} if mail else words


def outcome_words(trade: TradeTerms) -> Mapping[str, str]:
    """OUTCOME_WORDS in the words of the trade."""
    return {**OUTCOME_WORDS, "handover": f"wil naar {trade.other_firm}"}


def step_words(programme: Programme) -> Mapping[str, str]:
    """STEP_WORDS, with the last step named by when the programme has it."""
    return {**STEP_WORDS, "follow_up": f"na {_follow_up_after(programme)}"}


def follow_up_title(after: str) -> str:
    """What the last call of a complaint is called: "Klacht: na een maand"."""
    return f"Klacht: na {after}"


def _follow_up_after(programme: Programme) -> str:
    after = programme.care.follow_up_after
    return duration_words(after.days, after.months)

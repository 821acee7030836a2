"""What a client got and what not, in one list by day: mails with their fate, decisions with every reason."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from programme.care.mails import STEP_OF
from programme.inbound.events import EventKind
from programme.insight.explaining import lowered, period_words
from programme.terms.schema import Programme
from programme.words.states import MessageStatus, Outcome
from programme.words.wording import capitalised, date_words, status_text
from tasks.insight.explain import Explanation
from tasks.insight.telling import JudgedDays, Mailed, judged, mailed
from web.desk.showing.words import WHY_NOT

SENT, NOT_SENT = "verstuurd", "niet"
_LEFT = (MessageStatus.ACCEPTED, MessageStatus.LOGGED)
_WENT_WRONG = {EventKind.BOUNCED, EventKind.BLOCKED, EventKind.DROPPED}
_READ = {EventKind.OPENED, EventKind.CLICKED}


class StoryLine(NamedTuple):
    """One line of the list.

    Attributes:
        state, shape: the word of its tag, and how that looks (ok, late, wait or "").
        lines: sentences below the heading; the first says why.
        message_id: of a mail that can be looked at; "" for none.
    """

    on: date
    what: str
    state: str
    shape: str
    lines: tuple[str, ...]
    message_id: str
    is_sent: bool


def story_of(programme: Programme, told: Explanation, part: str = "") -> list[StoryLine]:
    """The newest first; `part` is SENT, NOT_SENT or "" for all."""
    entries = [_of_mail(programme, each) for each in mailed(programme, told)]
    entries += [entry for each in judged(programme, told) if (entry := _of_decision(each))]
    entries.sort(key=lambda entry: (entry.on, entry.is_sent), reverse=True)
    return [entry for entry in entries if not part or entry.is_sent is (part == SENT)]


def _of_mail(programme: Programme, each: Mailed) -> StoryLine:
    row = each.row
    # The occasion of a case's mail is an id that says nothing to a reader.
    what = programme.kinds.in_log(row.touchpoint).label if row.touchpoint in STEP_OF else each.what
    state, shape = _state_of(each)
    lines = tuple(capitalised(fate) + "." for fate in each.fate) or (f"{status_text(row.status)}.",)
    if row.subject:
        lines = (what if what.endswith("?") else f"{what}.", *lines)
    if each.owner:
        lines = (*lines, f"Onder klantnummer {each.owner}.")
    return StoryLine(row.as_of, row.subject or what, state, shape, lines, row.message_id, row.status in _LEFT)


def _state_of(each: Mailed) -> tuple[str, str]:
    """The last thing that became of a mail, in a word and a shape."""
    if EventKind.COMPLAINED in each.events:
        return "ongewenst", "late"
    if each.events & _WENT_WRONG:
        return "niet aangekomen", "late"
    match each.row.status:
        case MessageStatus.ACCEPTED if each.events & _READ:
            return "gelezen", "ok"
        case MessageStatus.ACCEPTED if EventKind.DELIVERED in each.events:
            return "bezorgd", "ok"
        case MessageStatus.ACCEPTED:
            return "verstuurd", "ok"
        case MessageStatus.REJECTED:
            return "geweigerd", "late"
        case MessageStatus.IN_DOUBT:
            return "in twijfel", "wait"
        case MessageStatus.PLANNED | MessageStatus.SENDING:
            return "staat klaar", "wait"
        case MessageStatus.LOGGED:
            return "alleen vastgelegd", ""
        case _:
            return "niet verstuurd", ""


def _of_decision(each: JudgedDays) -> StoryLine | None:
    """A decision to send is told by its mail."""
    spell = each.spell
    if spell.outcome == Outcome.SEND:
        return None
    state, shape = ("wacht", "wait") if spell.outcome == Outcome.DEFER else ("niet", "")
    return StoryLine(spell.last_on, each.what, state, shape, tuple(_why(each)), "", False)


def _why(each: JudgedDays) -> Iterator[str]:
    spell = each.spell
    if spell.reason:
        yield WHY_NOT[spell.reason]
    if spell.first_on != spell.last_on:
        yield f"Zo besloten {period_words(spell.first_on, spell.last_on)}."
    if each.also:
        also = " ".join(WHY_NOT[reason] for reason in each.also)
        yield f"Ook zonder dat ging deze mail niet. {also}"
    if each.until:
        yield f"Kan weer vanaf {lowered(date_words(each.until))}."

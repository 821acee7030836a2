"""An explanation told line by line: decisions as spells, the fate of each mail, what comes and what does not.

The command prints these lines, and the desk shows them; the words are the same in both.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from programme.facts.records import Client
from programme.inbound.event_words import EVENT_WORDS
from programme.inbound.events import status_before_arrival
from programme.insight.explaining import condition_words, lowered, occasion_words, period_words, spell_words
from programme.insight.forecast import NotDue, Prospect, Spell, spells_of
from programme.terms.schema import Programme
from programme.words.states import MessageStatus, Outcome
from programme.words.wording import date_words, reason_text, status_text
from tasks.insight.explain import Explanation

_REASONS = frozenset({"no_address", "suppressed", "no_consent", "not_wanted", "open_case"})


class JudgedDays(NamedTuple):
    """Days in a row on which an occasion got the same decision.

    Attributes:
        what: the mail and its occasion.
        also: the reasons that would have stopped it as well on the last of these days.
        until: the day from which nothing that ends by itself stops it; None when nothing of that kind did.
    """

    spell: Spell
    what: str
    also: tuple[str, ...]
    until: date | None


class Mailed(NamedTuple):
    """A message of the log, with what became of it in words.

    Attributes:
        owner: "" for the client's own record.
        events: the kinds of what the provider told of it, without what a program did.
    """

    row: Any
    what: str
    owner: str
    fate: tuple[str, ...]
    events: frozenset[str]


class Ahead(NamedTuple):
    """A mail that is to come on a day, or that could have come in a window and does not; `why` is "" when it comes."""

    on: date
    window: str
    what: str
    why: str


def judged(programme: Programme, told: Explanation) -> list[JudgedDays]:
    """The decisions, one line an occasion and answer, the newest first."""
    found = []
    by_occasion = sorted(told.decisions, key=lambda row: (row.touchpoint, row.occasion, row.as_of))
    for (touchpoint, occasion), rows in groupby(by_occasion, key=lambda row: (row.touchpoint, row.occasion)):
        what = _what(programme, touchpoint, occasion, told.client)
        by_day = {row.as_of: row for row in rows}
        for spell in spells_of((row.as_of, Outcome(row.outcome), row.reason or None) for row in by_day.values()):
            last = by_day[spell.last_on]
            found.append(JudgedDays(spell, what, tuple(filter(None, last.also.split(","))), last.until))
    return sorted(found, key=lambda each: (each.spell.last_on, each.spell.first_on), reverse=True)


def mailed(programme: Programme, told: Explanation) -> Iterator[Mailed]:
    """The messages, the newest first."""
    clients = {client.client_id: client for client in told.recipient.clients}
    for row in reversed(told.messages):
        what = _what(programme, row.touchpoint, row.occasion, clients.get(row.client_id))
        owner = row.client_id if row.client_id != told.client.client_id else ""
        events = frozenset(each.kind for each in told.events.get(row.message_id, []) if not each.is_machine)
        yield Mailed(row, what, owner, tuple(_fate(told, row)), events)


def coming(programme: Programme, told: Explanation) -> list[Ahead]:
    """What is to come if nothing changes, by day; `why` says what makes it wait first."""
    found = []
    sent = [each for each in told.forecast.prospects if each.send_on]
    for prospect in sorted(sent, key=lambda each: (each.send_on or date.max, each.touchpoint)):
        waits = [spell_words(spell).rstrip(".") for spell in prospect.spells if spell.outcome != Outcome.SEND]
        day = prospect.send_on or told.as_of
        found.append(Ahead(day, _window(prospect), _subject(programme, told, prospect), "; ".join(waits)))
    return found


def not_coming(programme: Programme, told: Explanation) -> list[Ahead]:
    """Occasions whose moment is there but that go nowhere: judged and stopped, or not judged at all."""
    found = []
    for prospect in told.forecast.prospects:
        if prospect.send_on is None:
            alone = len(prospect.spells) == 1
            why = "; ".join(_spell(spell, alone).rstrip(".") for spell in prospect.spells)
            found.append(Ahead(prospect.due_on, _window(prospect), _subject(programme, told, prospect), why))
    for missed in told.forecast.not_due:
        why = condition_words(programme, missed.touchpoint, missed.condition)
        found.append(Ahead(missed.due_on, _window(missed), _subject(programme, told, missed), why))
    return sorted(found, key=lambda each: (each.on, each.window, each.what, each.why))


def _fate(told: Explanation, row: Any) -> Iterator[str]:
    if row.status == MessageStatus.CANCELLED and row.reason:
        yield lowered(reason_text(row.reason)).rstrip(".") if row.reason in _REASONS else row.reason
    if before := status_before_arrival(row.reason):
        yield f"toch verstuurd, terwijl hij als {status_text(before)} in het logboek stond"
    for event in told.events.get(row.message_id, []):
        if event.kind in EVENT_WORDS:
            by = " door een programma" if event.is_machine else ""
            yield f"{EVENT_WORDS[event.kind]}{by} op {date_words(event.on)}"


def _spell(spell: Spell, alone: bool) -> str:
    """A spell that is the only one of its window need not say when it was."""
    words = spell_words(spell)
    return words.removeprefix(period_words(spell.first_on, spell.last_on) + " ") if alone else words


def _window(each: Prospect | NotDue) -> str:
    return period_words(each.due_on, each.closes_on)


def _subject(programme: Programme, told: Explanation, each: Prospect | NotDue) -> str:
    owner = f" [{each.client_id}]" if each.client_id != told.client.client_id else ""
    return _what(programme, each.touchpoint, each.occasion, told.recipient.client(each.client_id)) + owner


def _what(programme: Programme, touchpoint_id: str, occasion: str, client: Client | None) -> str:
    label = programme.kinds.in_log(touchpoint_id).label
    return f"{label} ({occasion_words(programme, touchpoint_id, occasion, client)})"

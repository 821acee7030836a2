"""An explanation on the screen: short sections, the day in front, the reason behind."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from cli.printing.console import plain, say, show
from programme.facts.records import Client
from programme.inbound.events import EventKind, status_before_arrival
from programme.insight.explaining import (
    BAND_WORDS,
    CHANNEL_WORDS,
    KIND_WORDS,
    condition_words,
    hold_words,
    indicator_words,
    lowered,
    occasion_words,
    period_words,
    segment_words,
    spell_words,
    standing_words,
    tier_words,
)
from programme.insight.forecast import NotDue, Prospect, Spell, spells_of
from programme.insight.set_aside import held_client_words, set_aside_words
from programme.terms.schema import Programme
from programme.words.states import COUNTING_STATUSES, MessageStatus, Outcome
from programme.words.wording import date_words, reason_text, status_text
from tasks.insight.explain import FORECAST_DAYS, MOST_RECORDS, Card, Explanation

Line = tuple[str, str]
"""What stands in front (a day, a label), and the text behind it."""

EVENT_WORDS = {
    EventKind.DELIVERED: "bezorgd",
    EventKind.OPENED: "geopend",
    EventKind.CLICKED: "op een link gekozen",
    EventKind.BOUNCED: "niet bezorgd, het adres bestaat niet",
    EventKind.BLOCKED: "tegengehouden door de ontvanger",
    EventKind.DROPPED: "niet verstuurd door de verzenddienst",
    EventKind.OVER_QUOTA: "niet verstuurd: het tegoed van ons account bij de verzenddienst was op",
    EventKind.WITHHELD: "niet verstuurd: de verzenddienst hield deze mail tegen, niet om het adres",
    EventKind.COMPLAINED: "gemeld als ongewenst",
    EventKind.UNSUBSCRIBED: "daarna uitgeschreven",
}


def print_explanation(programme: Programme, told: Explanation) -> None:
    """The whole story, on standard output."""
    own = next(card for card in told.cards if card.client_id == told.client.client_id)
    say(f"{own.name} · {own.client_id} · op {date_words(told.as_of)}", bold=True)
    _section("Wie", _who(programme, told))
    _section("Wat er is gebeurd", _facts(told))
    _section("Gezondheid", _health(programme, told))
    _section("Besluiten, de nieuwste eerst", _decisions(programme, told))
    _section("Mails, de nieuwste eerst", _messages(programme, told))
    _section(f"Wat eraan komt in {FORECAST_DAYS} dagen, als er niets verandert", _coming(programme, told))
    _section("Wat niet komt", _not_coming(programme, told))


def print_held(client_id: str, since: date) -> None:
    """All there is to say of a client that the export no longer has."""
    say(client_id, bold=True)
    say(held_client_words(since))


def _section(heading: str, lines: Iterable[Line]) -> None:
    from rich.table import Table
    from rich.text import Text

    say()
    say(heading, bold=True)
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for front, text in lines:
        grid.add_row(Text(plain(front), style="dim"), Text(plain(text)))
    show(grid)


def _who(programme: Programme, told: Explanation) -> Iterator[Line]:
    crowd = len(told.cards) > MOST_RECORDS
    for card in told.cards:
        if crowd and card.client_id != told.client.client_id:
            continue
        label = "Klant" if card.client_id == told.client.client_id else "Zelfde adres"
        yield label, _card_words(card)
    if crowd:
        yield (
            "Let op",
            (
                f"dit adres staat bij {len(told.cards):,} klanten".replace(",", ".")
                + "; wat hieronder staat, gaat over deze klant alleen"
            ),
        )
    yield "Segment", segment_words(programme, told.client, told.as_of)
    yield "Trede", tier_words(programme, told.client, told.as_of)
    off = told.suppression
    reason, earlier = (off.reason, off.earlier_address) if off else (None, None)
    yield "Mag mail?", standing_words(programme, told.recipient, reason, told.as_of, earlier)
    for row in told.set_aside:
        yield "Let op", set_aside_words(row)
    for hold in hold_words(programme, told.recipient, told.as_of):
        yield "Let op", hold


def _card_words(card: Card) -> str:
    if card.erased_on:
        return f"{card.client_id}, gewist op {date_words(card.erased_on)}"
    details = [
        f"{card.name} ({card.client_id})",
        KIND_WORDS.get(card.kind, card.kind),
        card.email or "geen geldig e-mailadres",
        card.phone,
        f"liefst per {CHANNEL_WORDS.get(card.channel, card.channel)}",
        "bellen voor reclame mag" if card.phone_consent else None,
    ]
    return ", ".join(detail for detail in details if detail)


def _facts(told: Explanation) -> Iterator[Line]:
    several = len(told.cards) > 1
    for fact in told.facts:
        owner = f" [{fact.client_id}]" if several and fact.client_id else ""
        yield date_words(fact.on), f"{fact.text}{owner}"
    if not told.facts:
        yield "", "Nog niets."
    if told.later_facts:
        what = "gegeven van later telt" if told.later_facts == 1 else "gegevens van later tellen"
        yield "", f"({told.later_facts} {what} op deze dag nog niet mee.)"


def _health(programme: Programme, told: Explanation) -> Iterator[Line]:
    yield f"{told.health.score} van 100", BAND_WORDS[told.health.band]
    for sign in told.health.signs:
        points, _, text = indicator_words(programme, sign).partition(": ")
        yield points, text


def _decisions(programme: Programme, told: Explanation) -> Iterator[Line]:
    """One entry an occasion: days in a row with the same answer are one spell."""
    spells = []
    by_occasion = sorted(told.decisions, key=lambda row: (row.touchpoint, row.occasion, row.as_of))
    for (touchpoint, occasion), rows in groupby(by_occasion, key=lambda row: (row.touchpoint, row.occasion)):
        what = _what(programme, touchpoint, occasion, told.client)
        by_day = {row.as_of: row for row in rows}
        for spell in spells_of((row.as_of, Outcome(row.outcome), row.reason or None) for row in by_day.values()):
            spells.append((spell, what, _beside(by_day[spell.last_on])))
    for spell, what, beside in sorted(spells, key=lambda each: (each[0].last_on, each[0].first_on), reverse=True):
        answer = "versturen" if spell.outcome == Outcome.SEND else lowered(reason_text(spell.reason))
        kind = {Outcome.DEFER: "wacht: ", Outcome.SKIP: "niet: "}.get(spell.outcome, "")
        yield period_words(spell.first_on, spell.last_on), f"{what} — {kind}{answer}{beside}"
    if not spells:
        yield "", "Er is nog niets besloten."


def _beside(row: Any) -> str:
    """What else stopped it on that day, and from when on nothing that ends by itself does."""
    also = "; ".join(lowered(reason_text(reason)).rstrip(".") for reason in row.also.split(",") if reason)
    until = f" Kan weer vanaf {date_words(row.until)}." if row.until else ""
    return f"{f' Ook: {also}.' if also else ''}{until}"


def _messages(programme: Programme, told: Explanation) -> Iterator[Line]:
    clients = {client.client_id: client for client in told.recipient.clients}
    for row in reversed(told.messages):
        what = _what(programme, row.touchpoint, row.occasion, clients.get(row.client_id))
        owner = f" [{row.client_id}]" if row.client_id != told.client.client_id else ""
        parts = [status_text(row.status), *_fate(told, row)]
        if row.subject and row.status in COUNTING_STATUSES:
            parts.append(f"onderwerp “{row.subject}”")
        yield date_words(row.as_of), f"{what}{owner} — {'; '.join(parts)}"
    if not told.messages:
        yield "", "Nog geen enkele."


def _fate(told: Explanation, row: Any) -> Iterator[str]:
    if row.status == MessageStatus.CANCELLED and row.reason:
        yield lowered(reason_text(row.reason)).rstrip(".") if row.reason in _REASONS else row.reason
    if before := status_before_arrival(row.reason):
        yield f"toch verstuurd, terwijl hij als {status_text(before)} in het logboek stond"
    for event in told.events.get(row.message_id, []):
        if event.kind in EVENT_WORDS:
            by = " door een programma" if event.is_machine else ""
            yield f"{EVENT_WORDS[EventKind(event.kind)]}{by} op {date_words(event.on)}"


def _coming(programme: Programme, told: Explanation) -> Iterator[Line]:
    coming = [each for each in told.forecast.prospects if each.send_on]
    for prospect in sorted(coming, key=lambda each: (each.send_on or date.max, each.touchpoint)):
        waits = [spell_words(spell) for spell in prospect.spells if spell.outcome != Outcome.SEND]
        first = f" (eerst {'; '.join(each.rstrip('.') for each in waits)})" if waits else ""
        yield date_words(prospect.send_on or told.as_of), f"{_subject(programme, told, prospect)}{first}"
    if not coming:
        yield "", "Niets."


def _not_coming(programme: Programme, told: Explanation) -> Iterator[Line]:
    """Occasions whose moment is there but that go nowhere: judged and stopped, or not judged at all."""
    lines: list[tuple[date, Line]] = []
    for prospect in told.forecast.prospects:
        if prospect.send_on is None:
            why = "; ".join(_spell(spell, alone=len(prospect.spells) == 1).rstrip(".") for spell in prospect.spells)
            lines.append((prospect.due_on, (_window(prospect), f"{_subject(programme, told, prospect)} — {why}")))
    for missed in told.forecast.not_due:
        why = condition_words(programme, missed.touchpoint, missed.condition)
        lines.append((missed.due_on, (_window(missed), f"{_subject(programme, told, missed)} — {why}")))
    yield from (line for _, line in sorted(lines))
    if not lines:
        yield "", "Niets wat had kunnen komen."


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


_REASONS = frozenset({"no_address", "suppressed", "no_consent", "open_case"})

"""An explanation on the screen: short sections, the day in front, the reason behind."""

from collections.abc import Iterable, Iterator
from datetime import date

from cli.printing.console import plain, say, show
from programme.insight.explaining import (
    BAND_WORDS,
    CHANNEL_WORDS,
    KIND_WORDS,
    hold_words,
    indicator_words,
    lowered,
    period_words,
    segment_words,
    standing_words,
    tier_words,
)
from programme.insight.set_aside import held_client_words, set_aside_words
from programme.terms.schema import Programme
from programme.words.states import COUNTING_STATUSES, Outcome
from programme.words.wording import date_words, reason_text, status_text
from tasks.insight.explain import FORECAST_DAYS, MOST_RECORDS, ClientCard, Explanation
from tasks.insight.telling import JudgedDays, coming, judged, mailed, not_coming

Line = tuple[str, str]
"""What stands in front (a day, a label), and the text behind it."""


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


def _card_words(card: ClientCard) -> str:
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
    if told.health is None:
        yield "", "Gewist: geen score."
        return
    yield f"{told.health.score} van 100", BAND_WORDS[told.health.band]
    for sign in told.health.signs:
        points, _, text = indicator_words(programme, sign).partition(": ")
        yield points, text


def _decisions(programme: Programme, told: Explanation) -> Iterator[Line]:
    """One entry an occasion: days in a row with the same answer are one spell."""
    lines = judged(programme, told)
    for each in lines:
        spell = each.spell
        answer = "versturen" if spell.outcome == Outcome.SEND else lowered(reason_text(spell.reason))
        kind = {Outcome.DEFER: "wacht: ", Outcome.SKIP: "niet: "}.get(spell.outcome, "")
        yield period_words(spell.first_on, spell.last_on), f"{each.what} — {kind}{answer}{_beside(each)}"
    if not lines:
        yield "", "Er is nog niets besloten."


def _beside(each: JudgedDays) -> str:
    """What else stopped it on that day, and from when on nothing that ends by itself does."""
    also = "; ".join(lowered(reason_text(reason)).rstrip(".") for reason in each.also)
    until = f" Kan weer vanaf {date_words(each.until)}." if each.until else ""
    return f"{f' Ook: {also}.' if also else ''}{until}"


def _messages(programme: Programme, told: Explanation) -> Iterator[Line]:
    for each in mailed(programme, told):
        row, owner = each.row, f" [{each.owner}]" if each.owner else ""
        parts = [status_text(row.status), *each.fate]
        if row.subject and row.status in COUNTING_STATUSES:
            parts.append(f"onderwerp “{row.subject}”")
        yield date_words(row.as_of), f"{each.what}{owner} — {'; '.join(parts)}"
    if not told.messages:
        yield "", "Nog geen enkele."


def _coming(programme: Programme, told: Explanation) -> Iterator[Line]:
    lines = coming(programme, told)
    for each in lines:
        yield date_words(each.on), f"{each.what}{f' (eerst {each.why})' if each.why else ''}"
    if not lines:
        yield "", "Niets."


def _not_coming(programme: Programme, told: Explanation) -> Iterator[Line]:
    lines = not_coming(programme, told)
    for each in lines:
        yield each.window, f"{each.what} — {each.why}"
    if not lines:
        yield "", "Niets wat had kunnen komen."

"""What a person reads of his own data: one page in Dutch, without script, for screen and paper."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from programme.terms.schema import Programme
from programme.terms.trade import TradeTerms
from programme.words.dates import AMSTERDAM
from programme.words.plain_text import clean
from programme.words.wording import capitalised, date_words, euros, outcome_text, reason_text, status_text
from tasks.base.pages import pages
from tasks.mail.templating.palette import dark_palette, light_palette
from tasks.privacy.person import PersonRecords
from tasks.privacy.sections import Section

LONGEST = 20_000  # characters of one cell

_WORDS: dict[str, str] = {
    "consument": "particulier",
    "aannemer": "aannemer",
    "architect": "architect",
    "yes": "ja",
    "no": "nee",
    "unknown": "onbekend",
    "on": "aan",
    "off": "uit",
    "email": "e-mail",
    "phone": "telefoon",
    "post": "post",
    "in": "van u",
    "out": "van ons",
    "accepted": "gekozen",
    "rejected": "niet gekozen",
    "service": "over uw project",
    "marketing": "reclame",
    "suppressed": "geen mail meer",
    "lifted": "weer mail",
    "chosen": "voorkeur",
    "stated": "toestemming",
    "unsubscribe": "afgemeld",
    "bounce": "onbestelbaar",
    "spam_report": "als spam gemeld",
    "invalid": "ongeldig adres",
    "manual": "door ons vastgelegd",
    "import": "uit onze administratie",
    "page": "op onze pagina",
    "one_click": "met de knop van uw mailprogramma",
    "preferences": "op de voorkeurenpagina",
    "webhook": "gemeld door de verzenddienst",
    "sync": "gemeld door de verzenddienst",
    "desk": "aan de balie",
    "call": "aan de telefoon",
    "email_consent": "reclame per mail",
    "tracking_consent": "meten of mail wordt geopend",
    "phone_consent": "bellen voor reclame",
    "less_often": "minder vaak",
    "channel": "liever via",
    "pause": "pauze in maanden",
    "topic:project": "over uw project",
    "topic:ideas": "ideeën en nieuws",
    "topic:events": "bijeenkomsten",
    "topic:research": "vragen over ons",
    "delivered": "bezorgd",
    "opened": "geopend",
    "clicked": "aangeklikt",
    "bounced": "teruggestuurd",
    "minor": "klein",
    "medium": "gewoon",
    "major": "groot",
    "open": "loopt",
    "resolved": "opgelost",
    "withdrawn": "ingetrokken",
    "reopened": "opnieuw begonnen",
    "erased": "gewist",
    "done": "gedaan",
    "missed": "te laat",
    "sent": "mail verstuurd",
    "skipped": "vervalt",
    "cancelled": "vervallen",
    "expired": "verlopen",
    "letter": "brief",
    "work": "uitvoeren",
}


def personal_page(programme: Programme, person: PersonRecords, sections: list[Section], at: datetime) -> str:
    """The page; sections without a title, which say nothing to a reader, are in the other file alone."""
    named = {
        "touchpoint": {name: kind.label for name, kind in programme.kinds.items()},
        "type": programme.types.labels,
    }
    trade = programme.trade
    said = _WORDS | {"built": f"{trade.own_work} is klaar", "topic:club": trade.club}
    shown = [
        (
            section.belonging.title,
            [heading for _, heading in _columns(section, trade)],
            [
                [
                    (heading, _cell(section.table, name, row[name], named, said))
                    for name, heading in _columns(section, trade)
                ]
                for row in section.rows
            ],
        )
        for section in sections
        if section.belonging.title
    ]
    return (
        pages()
        .get_template("papers/personal_data.html")
        .render(
            brand=programme.brand,
            light=light_palette(programme.brand.colours),
            dark=dark_palette(programme.brand.colours),
            person=person,
            sections=shown,
            made_on=date_words(at.astimezone(AMSTERDAM).date()),
        )
    )


def _columns(section: Section, trade: TradeTerms) -> list[tuple[str, str]]:
    headings = {**section.belonging.shown, "engineer": capitalised(trade.engineer)}
    return [(name, headings[name]) for name in section.belonging.shown if name in section.rows[0]]


def _cell(table: str, name: str, value: Any, named: Mapping[str, Mapping[str, str]], said: Mapping[str, str]) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(AMSTERDAM)
        return f"{date_words(local.date())}, {local:%H.%M} uur"
    if isinstance(value, date):
        return date_words(value)
    if name.endswith("_cents"):
        return euros(value)
    if translated := _BY_COLUMN.get((table, name)):
        return translated(str(value))
    text = str(value)
    if name in named:
        return named[name].get(text, text)
    return said.get(text) or clean(text, LONGEST)


_BY_COLUMN: Mapping[tuple[str, str], Callable[[str], str]] = {
    ("messages", "status"): status_text,
    ("decisions", "outcome"): outcome_text,
    ("decisions", "reason"): reason_text,
}

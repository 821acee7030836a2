"""The mail with the figures to people of the firm: numbers and a link, and no client's name."""

from collections.abc import Mapping

from programme.figures.lights import FigureKey
from programme.figures.page.cards import Card
from programme.figures.page.page import FiguresPage
from programme.terms.kinds import Choice, MailKind
from programme.words.states import Purpose

# To people of the firm, outside the message log: no rule of clients is asked.
FIGURES_READY = MailKind(
    "staff_figures",
    "Cijfers",
    Purpose.SERVICE,
    "report",
    fields=frozenset({"title", "lead", "act", "link_url", *(key.value for key in FigureKey)}),
)


def figures_mail(page: FiguresPage, link_url: str) -> Mapping[str, Choice]:
    """The values of FIGURES_READY: what the head of the page says, a line a figure, and the first thing to do."""
    act = page.changes[0].lever.does if page.changes else f"Niets. {page.unchanged}"
    lines = {card.key.value: figure_line(card) for card in page.cards}
    return {"title": page.title, "lead": str(page.lead), "act": act, "link_url": link_url, **lines}


def figure_line(card: Card) -> str:
    """ "● Klanten die terugkomen: 25% (89 van 358), het doel is 15%"."""
    told = f"{card.told} ({card.beside})" if card.number else card.few
    return f"{card.sign} {card.title}: {told}" + (f", het doel is {card.target}" if card.target else "")

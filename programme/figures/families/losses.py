"""From the audience of a campaign to what came of it: the stages with their losses, and what can be done about them."""

from collections.abc import Mapping
from dataclasses import dataclass

from programme.figures.families.funnels import Funnel
from programme.figures.page.sections.mails import WHY
from programme.words.states import Reason

LARGEST = 3
REFUSED, NOT_GONE, NOT_ARRIVED = "refused", "not_gone", "not_arrived"

_WHY: Mapping[str, str] = {
    **WHY,
    REFUSED: "omdat de verzenddienst de mail weigerde",
    NOT_GONE: "omdat de mail nog niet weg is, is ingetrokken of te laat was",
    NOT_ARRIVED: "omdat de mail niet is aangekomen, of dat nog niet bekend is",
}
_TODO: Mapping[str, str] = {
    Reason.NO_ADDRESS: "Vraag het mailadres bij het volgende contact en zet het in het CRM.",
    Reason.SUPPRESSED: "Hier valt niets te doen: deze mensen hebben zich afgemeld, of het adres bestaat niet meer.",
    Reason.NO_CONSENT: "Vraag toestemming bij de volgende offerte of oplevering.",
    Reason.NOT_WANTED: "Hier valt niets te doen: deze mensen hebben gekozen.",
    Reason.NO_DELIVERY: "Hier valt niets te doen: zij kunnen er nog geen mening over hebben.",
    Reason.SUPERSEDED: "Hier valt niets te doen: zij kregen de mail die beter past.",
    Reason.REPEATED: "Wacht langer met dezelfde soort mail.",
    Reason.OPEN_CASE: "Los eerst de klacht op. Kijk bij Klachten wat er loopt.",
    Reason.SURVEY_BUDGET: "Vraag het later: niemand krijgt vaak achter elkaar een vraag.",
    Reason.OVERDUE_INVOICE: "Zodra de factuur is betaald, kan deze klant weer mail krijgen.",
    Reason.PAUSED: "Hier valt niets te doen: zij vroegen om een pauze.",
    Reason.RUNNING_PROJECT: "Stuur de mail wanneer het project klaar is.",
    Reason.OUTRANKED: "Kies een dag waarop minder andere mail gaat. Kijk bij Kalender.",
    Reason.FREQUENCY_CAP: "Kies een rustiger week. Kijk bij Kalender.",
    Reason.HELD_OUT: "Hier valt niets te doen: zo is te zien wat de mail uitmaakt.",
    REFUSED: "Laat beheer nakijken waarom de verzenddienst weigert.",
    NOT_GONE: "Kijk bij In twijfel of er iets op een besluit wacht.",
    NOT_ARRIVED: "Vraag het mailadres opnieuw wanneer u deze klant spreekt.",
}
FALLBACK = "Kijk bij Klanten wat er bij een van hen staat."


@dataclass(frozen=True)
class Loss:
    """So many people less, and why; `why` follows on "12 mensen niet, "."""

    reason: str
    number: int
    why: str
    todo: str


@dataclass(frozen=True)
class Stage:
    """How many people were left, and who fell away since the stage before.

    Attributes:
        note: what this stage counts, where that is not plain.
    """

    label: str
    number: int
    losses: tuple[Loss, ...] = ()
    note: str = ""


def audience_of(funnel: Funnel) -> int:
    """Everybody of whom something was decided."""
    return funnel.planned + sum(funnel.skipped.values()) + sum(funnel.deferred.values())


def stages_of(funnel: Funnel, window_days: int) -> list[Stage]:
    """From the audience to the orders after it."""
    allowed = audience_of(funnel) - sum(funnel.skipped.values())
    not_sent = {REFUSED: funnel.refused, NOT_GONE: funnel.planned - funnel.accepted - funnel.refused}
    not_arrived = {NOT_ARRIVED: funnel.accepted - funnel.delivered}
    return [
        Stage("Doelgroep", audience_of(funnel)),
        Stage("Mocht deze mail krijgen", allowed, _losses(funnel.skipped)),
        Stage("Kon hem op dat moment krijgen", funnel.planned, _losses(funnel.deferred)),
        Stage("Verstuurd", funnel.accepted, _losses(not_sent)),
        Stage("Bezorgd", funnel.delivered, _losses(not_arrived)),
        Stage("Geantwoord", funnel.answered, note="Telt een reactie op de mail of op de pagina."),
        Stage(f"Besteld binnen {window_days} dagen", funnel.ordered, note="Erna, niet erdoor."),
    ]


def largest_losses(stages: list[Stage]) -> list[Loss]:
    """The three that cost most between the audience and the delivery."""
    every = [loss for stage in stages for loss in stage.losses]
    return sorted(every, key=lambda loss: (-loss.number, loss.reason))[:LARGEST]


def _losses(counts: Mapping[str, int]) -> tuple[Loss, ...]:
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Loss(reason, number, _WHY.get(reason, "om een andere reden"), _TODO.get(reason, FALLBACK))
        for reason, number in found
        if number > 0
    )

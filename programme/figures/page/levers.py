"""What changed since last quarter, and what can be done about it: the key of the programme that moves each figure.

A lever is chosen by what the programme has and by what its mails did; where nothing can be turned, the sentence says
what a person can do.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from programme.figures.families.funnels import Funnel
from programme.figures.families.nps import Nps
from programme.figures.lights import LESS_IS_BETTER, Figure, FigureKey, Status
from programme.figures.page.cards import card_of, is_changed
from programme.figures.page.words import WORDS, between_words, number_in_words
from programme.figures.report import Report
from programme.terms.schema import Programme, Touchpoint
from programme.words.numerals import dotted
from programme.words.states import Purpose, Reason
from programme.words.wording import number_words


@dataclass(frozen=True)
class Lever:
    """Something that can be done.

    Attributes:
        does: one Dutch sentence.
        key: of the programme file, such as "touchpoints.win_back.offset"; "" where a person does it.
        now: what stands there today, as the file would have it.
        section: the anchor of the page where one sees whether it helps.
    """

    does: str
    key: str = ""
    now: str = ""
    section: str = "mails"


@dataclass(frozen=True)
class FigureChange:
    """One thing that a director should know, with what can be done."""

    name: str
    title: str
    note: str
    status: Status
    lever: Lever


# The key that a reason for not mailing can be eased with, below the touchpoint or of the programme as a whole.
_EASED_BY: Mapping[str, tuple[str, str]] = {
    Reason.FREQUENCY_CAP: ("caps.marketing_gap_days", "omdat er net een mail was"),
    Reason.OUTRANKED: ("touchpoints.{id}.priority", "omdat er die dag een andere mail voorging"),
    Reason.RUNNING_PROJECT: ("touchpoints.{id}.pause", "omdat er een project liep"),
    Reason.REPEATED: ("touchpoints.{id}.repeat_days", "omdat zij deze mail pas nog kregen"),
    Reason.OVERDUE_INVOICE: ("caps.held_by_invoice_from_tier", "omdat er een factuur openstond"),
    Reason.NO_CONSENT: ("", "omdat zij geen toestemming gaven"),
}


def changes_of(report: Report, programme: Programme) -> list[FigureChange]:
    """What lies outside the bounds of a quarter ago, then what is below its target, the furthest from it first."""
    figures = [report.figures[key] for key in FigureKey]
    changed = [figure for figure in figures if is_changed(figure)]
    below = [each for each in figures if each.status in (Status.AMBER, Status.RED) and each not in changed]
    below.sort(key=_way_to_target)
    return [_change(figure, report, programme) for figure in (*changed, *below)]


def furthest_from_target(report: Report) -> Figure | None:
    """The figure with most to win; None when each stands at its target, or none is judged."""
    below = [each for each in report.figures.values() if each.status in (Status.AMBER, Status.RED)]
    return min(below, key=_way_to_target, default=None)


def _way_to_target(figure: Figure) -> float:
    assert figure.number is not None
    assert figure.target is not None
    if figure.key in LESS_IS_BETTER:
        return figure.target / figure.number
    return figure.number / figure.target


def _change(figure: Figure, report: Report, programme: Programme) -> FigureChange:
    title, number = WORDS[figure.key].title, number_in_words(figure, figure.number or 0)
    card = card_of(figure, programme)
    if is_changed(figure):
        assert figure.compared is not None
        head = f"{title}: van {number_in_words(figure, figure.compared)} naar {number}"
    else:
        head = f"{title}: {number}, het doel is {card.target}"
    done = Lever("Niets doen. Kijk over drie maanden opnieuw.", section="acht")
    lever = done if figure.status in (Status.GREEN, Status.NONE) else LEVERS[figure.key](report, programme)
    counted = f"Gemeten: {card.beside}" + (
        f", eerlijk gezegd {between}. " if (between := between_words(figure)) else ". "
    )
    return FigureChange(figure.key.value, head, counted + card.before_says, figure.status, lever)


def _of_family(programme: Programme, *families: str) -> dict[str, Touchpoint]:
    return {name: each for name, each in programme.touchpoints.items() if each.family in families}


def _come_back(report: Report, programme: Programme) -> Lever:
    """The mails that offer a next project: ease what holds most of them back."""
    offering = {
        name: each for name, each in programme.touchpoints.items() if each.target or each.offer and each.flow == "daily"
    }
    held: Counter[tuple[str, str]] = Counter()
    for funnel in _whole(report):
        if funnel.touchpoint in offering:
            for reason, number in (*funnel.skipped.items(), *funnel.deferred.items()):
                if reason in _EASED_BY:
                    held[funnel.touchpoint, reason] += number
    if not held:
        return _sooner("De vervolgmails kunnen eerder gaan", offering)
    (touchpoint, reason), number = min(held.items(), key=lambda item: (-item[1], item[0]))
    key, why = _EASED_BY[reason]
    label = programme.touchpoints[touchpoint].label
    people = f"“{label}” bleef {dotted(number)} keer liggen, {why}."
    if not key:
        return Lever(f"{people} Vraag bij de oplevering of u mag mailen met ideeën.")
    key = key.format(id=touchpoint)
    return Lever(f"{people} Dat kan soepeler.", key, value_of(programme, key))


def _sooner(says: str, touchpoints: Mapping[str, Touchpoint]) -> Lever:
    if not touchpoints:
        return Lever("Het programma heeft hier nog geen mail voor. Voeg er een toe.", "touchpoints")
    name = max(touchpoints, key=lambda each: (_days(touchpoints[each]), each))
    key = f"touchpoints.{name}.offset"
    return Lever(f"{says}, te beginnen met “{touchpoints[name].label}”.", key, str(touchpoints[name].offset))


def _days(touchpoint: Touchpoint) -> int:
    return touchpoint.offset.days + 30 * touchpoint.offset.months


def _months(_report: Report, programme: Programme) -> Lever:
    return _sooner("De vervolgmails kunnen eerder gaan", _of_family(programme, "cross-sell"))


def _score(report: Report, _programme: Programme) -> Lever:
    nps = report.figures[FigureKey.NPS].measured
    assert isinstance(nps, Nps)
    if not nps.detractors:
        return Lever("Niemand gaf een 6 of lager. Vraag wie een 7 of 8 gaf wat er beter kan.", section="klachten")
    who = "die ene schreef" if nps.detractors == 1 else f"die {_counted(nps.detractors)} schreven"
    return Lever(f"Lees wat {who}: daar staat wat er beter moet.", section="klachten")


def _counted(number: int) -> str:
    return number_words(number) if number <= 12 else dotted(number)


def _refer(report: Report, programme: Programme) -> Lever:
    """The line about referrals also below the mail that most people get and that has none."""
    without = {name for name, each in programme.touchpoints.items() if not each.ends_with_referral}
    open_to = [each for each in _whole(report) if each.touchpoint in without and each.planned]
    if not open_to:
        return Lever("Kijk of de beloning mensen aanspreekt.", "referral.steps", section="aanbevelen")
    # The question whether somebody would recommend us comes first: who says yes there is thinking of it already.
    asked = [each for each in open_to if programme.touchpoints[each.touchpoint].purpose is Purpose.SERVICE]
    best = max(asked or open_to, key=lambda each: (each.answered, each.planned, each.touchpoint))
    label, key = programme.touchpoints[best.touchpoint].label, f"touchpoints.{best.touchpoint}.ends_with_referral"
    return Lever(f"Zet de regel over aanbevelen ook onder “{label}”.", key, "false", "aanbevelen")


def _stay(_report: Report, programme: Programme) -> Lever:
    return _sooner("Laat eerder iets horen aan wie stil wordt", _of_family(programme, "win-back"))


def _read(report: Report, programme: Programme) -> Lever:
    """The subject of the mail that fewest of those who were measured opened."""
    least = programme.figures.small_n
    measured = [each for each in _whole(report) if each.tracked >= least and each.touchpoint in programme.touchpoints]
    if not measured:
        return Lever("Stuur minder vaak reclame, of schrijf andere onderwerpen.", "caps.marketing_gap_days",
                     str(programme.caps.marketing_gap_days))  # fmt: skip
    worst = min(measured, key=lambda each: (each.opened / each.tracked, each.touchpoint))
    label = programme.touchpoints[worst.touchpoint].label
    opened = f"{dotted(worst.opened)} van {dotted(worst.tracked)}"
    return Lever(f"Schrijf een ander onderwerp voor “{label}”: {opened} werden geopend.",
                 f"templates/mail/{worst.touchpoint}.jinja")  # fmt: skip


def _answer(report: Report, programme: Programme) -> Lever:
    return Lever("Een vraag die meer antwoorden krijgt, is een betere vraag. Herschrijf de vraag met de minste.")


LEVERS: Mapping[FigureKey, Callable[[Report, Programme], Lever]] = {
    FigureKey.REPEAT_CUSTOMER_RATE: _come_back,
    FigureKey.MONTHS_TO_REPEAT: _months,
    FigureKey.NPS: _score,
    FigureKey.REFERRAL_RATE: _refer,
    FigureKey.CHURN_RATE: _stay,
    FigureKey.EMAIL_ENGAGEMENT: _read,
    FigureKey.ANSWER_RATE: _answer,
    FigureKey.RETENTION_RATE: _stay,
}


def value_of(programme: Programme, key: str) -> str:
    """What stands in the programme under a key with dots; "" where nothing does."""
    value: object = programme
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _whole(report: Report) -> Iterator[Funnel]:
    """The touchpoints as a whole, without campaigns and parts of them."""
    return (each for each in report.touchpoints if each.campaign is None and not (each.segment or each.tier))

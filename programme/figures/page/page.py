"""The whole page of figures, and what its head says in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass

from programme.figures.families.cohorts import Period
from programme.figures.lights import FigureKey, Status
from programme.figures.page.cards import Card, Says, card_of
from programme.figures.page.levers import FigureChange, changes_of, furthest_from_target
from programme.figures.page.sections import pairs
from programme.figures.page.sections.cohorts import MONTHS_SHOWN, QUARTERS_SHOWN, Groups, groups_of
from programme.figures.page.sections.curve import Curve, curve_of
from programme.figures.page.sections.customers import Customers, customers_of
from programme.figures.page.sections.mails import Mails, mails_of
from programme.figures.page.sections.pairs import Changed, Pair
from programme.figures.page.sections.trials import Trial, trials_of
from programme.figures.page.words import WORDS, customers_in_words, number_in_words, rate_in
from programme.figures.report import By, Report
from programme.terms.schema import Programme
from programme.words.dates import add_months
from programme.words.numerals import dotted
from programme.words.wording import date_words, listed, number_words, weekday_words


@dataclass(frozen=True)
class FiguresPage:
    """Everything that the page shows, in words; the template adds marks alone.

    Attributes:
        unchanged, unrestated: what stands where there is nothing in `changes` and in `restated`.
    """

    title: str
    heading: str
    lead: Says
    standing: str
    cards: Sequence[Card]
    changes: Sequence[FigureChange]
    unchanged: str
    curve: Curve
    quarters: Groups
    months: Groups
    restated: Sequence[Changed]
    unrestated: str
    mails: Mails
    trials: Sequence[Trial]
    value_says: str
    value_assumed: str
    value: Sequence[Pair]
    history: Sequence[Pair]
    customers: Customers
    referrals: Sequence[Pair]
    care: Sequence[Pair]
    about: str
    command: str


def figures_page(report: Report, programme: Programme) -> FiguresPage:
    """The page of one report. Equal reports give equal pages."""
    cards = [card_of(report.figures[key], programme) for key in FigureKey]
    value = report.value
    return FiguresPage(
        f"Cijfers van {date_words(report.as_of)}",
        "Komen klanten terug?",
        lead_of(report),
        _standing(report),
        cards,
        changes_of(report, programme),
        _unchanged(report),
        curve_of(report, programme),
        groups_of(report, Period.QUARTER, QUARTERS_SHOWN),
        groups_of(report, Period.MONTH, MONTHS_SHOWN),
        pairs.restated_of(report),
        _unrestated(report),
        mails_of(report, programme),
        trials_of(report, programme),
        pairs.value_sentence(value, report.small_n),
        pairs.value_assumed(value),
        list(pairs.value_pairs(value, report.small_n)),
        list(pairs.history_pairs(value, report.small_n)),
        customers_of(report),
        list(pairs.referral_pairs(report)),
        list(pairs.care_pairs(report, programme)),
        _about(report),
        f"bouwclub report --as-of {report.as_of}" + (" --by recipient" if report.by is By.RECIPIENT else ""),
    )


def lead_of(report: Report) -> Says:
    """Whether customers come back, how the eight figures stand, and where most is to be won."""
    figure = report.figures[FigureKey.REPEAT_CUSTOMER_RATE]
    rate = rate_in(figure)
    assert rate is not None
    if not rate.n:
        return Says(
            "Er is nog geen project geleverd. De cijfers vullen zich vanzelf, te beginnen bij de eerste levering."
        )
    gave = "gaf" if 1 in (rate.k, rate.n) else "gaven"
    after = f" {_customers(rate.n)} {gave} ons vaker dan één keer opdracht. {_lights(report)}{_most_to_win(report)}"
    if figure.is_small:
        return Says("Te vroeg om te zeggen: ", f"{dotted(rate.k)} van de {dotted(rate.n)}", after)
    opening = {
        Status.GREEN: "Ja, op doel: ",
        Status.AMBER: "Onderweg: ",
        Status.RED: "Nog te weinig: ",
        Status.NONE: "",
    }[figure.status]
    return Says(opening, f"{dotted(rate.k)} van de {dotted(rate.n)}", after)


def _customers(n: int) -> str:
    return "klant" if n == 1 else "klanten"


def _lights(report: Report) -> str:
    """ "Van de acht cijfers staan er twee op doel, drie zijn onderweg en één staat onder doel."."""
    count = {status: sum(each.status is status for each in report.figures.values()) for status in Status}
    if not any(count[status] for status in (Status.GREEN, Status.AMBER, Status.RED)):
        return "Over de andere cijfers is nog niets te zeggen."
    parts = [
        f"{number_words(count[status])} {words}"
        for status, words in (
            (Status.GREEN, "op doel"),
            (Status.AMBER, "onderweg"),
            (Status.RED, "onder doel"),
            (Status.NONE, "zonder oordeel"),
        )
        if count[status]
    ]
    return f"Van de acht cijfers: {listed(parts)}."


def _most_to_win(report: Report) -> str:
    furthest = furthest_from_target(report)
    if furthest is None or furthest.number is None or furthest.target is None:
        return ""
    words = WORDS[furthest.key]
    name = words.title if words.title.endswith(")") else f"“{words.title}”"
    number, target = number_in_words(furthest, furthest.number), words.unit.target_words(furthest.target)
    return f" De meeste ruimte zit bij {name}: {number}, het doel is {target}."


def _standing(report: Report) -> str:
    if report.data_until is None:
        return f"Stand van {weekday_words(report.as_of)}, zonder gegevens."
    until = f", met gegevens tot en met {date_words(report.data_until)}"
    people = " Klanten met hetzelfde mailadres tellen als één." if report.by is By.RECIPIENT else ""
    before = date_words(add_months(report.as_of, -3))
    return f"Stand van {weekday_words(report.as_of)}{until}. Verschillen zijn met {before}.{people}"


def _unchanged(report: Report) -> str:
    if all(figure.is_small for figure in report.figures.values()):
        return "Er is nog te weinig om te zeggen wat veranderde."
    return "Er veranderde niets dat buiten de grenzen van nu valt, en geen cijfer ligt onder zijn doel."


def _unrestated(report: Report) -> str:
    """True also where no earlier report was kept; what was kept counts client records."""
    if report.by is By.RECIPIENT:
        return "Eerder afgesloten cijfers worden alleen per klant vergeleken, niet per mailadres."
    return "Geen eerder afgesloten cijfer is nu anders."


def _about(report: Report) -> str:
    customers = report.value.customers
    until = f", met gegevens tot en met {date_words(report.data_until)}" if report.data_until else ""
    return (
        f"Alle cijfers gaan over {customers_in_words(customers)}{until}. “Eerlijk gezegd tussen” is een "
        "95%-betrouwbaarheidsinterval: meten wij honderd keer opnieuw, dan vallen de grenzen ongeveer 95 keer om het "
        f"echte cijfer heen. Onder de {dotted(report.small_n)} noemen wij geen percentage."
    )

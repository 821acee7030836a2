"""Experiments in a sentence each: what we know and what we do not. Before the day of the result only that day."""

from dataclasses import dataclass
from datetime import date, timedelta

from programme.figures.families.funnels import ExperimentResult
from programme.figures.families.rates import Difference, newcombe
from programme.figures.page.words import k_of_n
from programme.figures.planning import Plan
from programme.figures.report import Report
from programme.terms.schema import Programme
from programme.words.numerals import decimal_words, dotted, percent_number, share_words
from programme.words.plain_text import clean
from programme.words.wording import date_words


@dataclass(frozen=True)
class Trial:
    """One experiment: its name, the mail that it is about, and what can be said; `bold` stands out at the end."""

    name: str
    mail: str
    says: str
    bold: str


def trials_of(report: Report, programme: Programme) -> list[Trial]:
    """In the order of the report."""
    return [_trial(each, programme, report) for each in report.experiments]


def _trial(each: ExperimentResult, programme: Programme, report: Report) -> Trial:
    known = programme.kinds.get(each.touchpoint)
    mail = clean(known.label if known else each.touchpoint)
    name = each.experiment.replace("-", " ")
    return Trial(name[:1].upper() + name[1:], mail, *result_words(each, report.as_of, report.small_n))


def result_words(each: ExperimentResult, as_of: date, small_n: int) -> tuple[str, str]:
    """(what was measured, what that means); until there is a result, where it stands."""
    if each.treated is None or each.held_out is None:
        has_begun = each.first_on <= as_of
        stands = "Loopt nog. Eerder kijken zou misleiden." if has_begun else f"Begint op {date_words(each.first_on)}."
        return stands, f"De uitslag is er op {date_words(each.result_on)}."
    treated, held_out = each.treated, each.held_out
    counted = (
        f"Zonder de mail bestelde {k_of_n(held_out.k, held_out.n)}, met de mail {k_of_n(treated.k, treated.n)} "
        f"binnen {each.window_days} dagen."
    )
    found = newcombe(treated, held_out)
    if found is None or min(treated.n, held_out.n) < small_n:
        return counted, "Dat zijn er te weinig om iets te zeggen."
    assert treated.rate is not None
    assert held_out.rate is not None
    places = _places(found)
    measured = (
        f"Zonder de mail bestelde {share_words(held_out.rate, places)} ({k_of_n(held_out.k, held_out.n)}), met de mail "
        f"{share_words(treated.rate, places)} ({k_of_n(treated.k, treated.n)}). Het verschil is "
        f"{percent_number(found.difference, places)} procentpunt, eerlijk gezegd tussen "
        f"{percent_number(found.low, places)} en {percent_number(found.high, places)}."
    )
    if found.low <= 0 <= found.high:
        return measured, "Wij weten nu niet of de mail iets doet."
    what = "met de mail bestellen er meer" if found.low > 0 else "met de mail bestellen er minder"
    return measured, f"De mail doet waarschijnlijk iets: {what}."


def _places(found: Difference) -> int:
    """As many as the interval bears; more where a bound would read as the nought that lies beyond it."""
    least = 0 if found.high - found.low >= 0.02 else 1
    nearest = min(abs(found.low), abs(found.high))
    if found.low <= 0 <= found.high:
        return least
    return next((places for places in (least, 1, 2) if float(f"{100 * nearest:.{places}f}")), 2)


def plan_words(plan: Plan, label: str, first: date) -> list[str]:
    """What an experiment that begins on `first` could show, a sentence a line."""
    last = first + timedelta(days=plan.days - 1)
    result_on = last + timedelta(days=plan.window_days)
    ordered, clients = plan.ordered, dotted(plan.clients)
    low, high = dotted(plan.expected.low), dotted(plan.expected.high)
    asked = f" (geschat uit {dotted(plan.asked)} adressen: tussen {low} en {high} klanten)" if plan.asked else ""
    got = "een van onze mails" if plan.of_all_mails else "deze mail"
    lines = [
        f"Van {date_words(first)} tot en met {date_words(last)} krijgt {share_words(plan.holdout_share)} van de "
        f"klanten “{clean(label)}” niet.",
        f"Naar verwachting doen {clients} klanten mee: {dotted(plan.treated)} met de mail, "
        f"{dotted(plan.held_out)} zonder{asked}.",
        f"Van wie eerder {got} kreeg, bestelde {k_of_n(ordered.k, ordered.n)} binnen {plan.window_days} dagen.",
    ]
    if plan.smallest is not None and ordered.rate:
        part = plan.smallest / ordered.rate
        points = percent_number(plan.smallest, 1 if plan.smallest >= 0.001 else 2)
        lines += [
            f"Met {clients} klanten is een verschil kleiner dan {points} procentpunt niet te zien.",
            f"Dat valt op als {_part_words(part)} bestellingen er zonder de mail niet zouden zijn; "
            "is het minder, dan zeggen de cijfers straks dat wij het niet weten.",
            f"De uitslag is er op {date_words(result_on)}. Eerder kijken zou misleiden.",
        ]
    return lines


def _part_words(part: float) -> str:
    """Of the orders that follow today."""
    return (
        "vrijwel alle" if part > 0.95 else f"ten minste {decimal_words(part * 10, 0 if part >= 0.1 else 1)} van de 10"
    )

"""Short lists of a name and a number: the value of a customer, referrals, complaints; and what was restated."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from programme.care.words import step_words
from programme.figures.families.rates import Rate
from programme.figures.families.value import Value
from programme.figures.page.sections.cohorts import cohort_words
from programme.figures.page.words import customers_in_words, k_of_n, too_few
from programme.figures.report import Report
from programme.figures.restated import Restated, Why
from programme.terms.schema import Programme
from programme.words.numerals import decimal_words, dotted, money_words, percent_number, places_between, share_words

WHY: Mapping[Why, str] = {
    Why.LATE: "later ingevoerd",
    Why.CANCELLED: "geannuleerd",
    Why.CORRECTED: "verbeterd",
    Why.ERASED: "klant gewist",
}


class Pair(NamedTuple):
    """A name, what stands beside it, and below that what it rests on."""

    name: str
    text: str
    beside: str = ""


class Changed(NamedTuple):
    """A figure that an earlier report had otherwise."""

    figure: str
    old: str
    new: str
    why: str


def value_sentence(value: Value, small_n: int) -> str:
    """What a customer brings and what finding one costs; "" while there are none."""
    worth, ratio = value.ltv_simple_cents, value.ltv_cac
    if value.customers < small_n or worth is None:
        return ""
    turnover = money_words(value.revenue_cents / value.customers)
    says = f"Een klant levert gemiddeld {turnover} omzet, {money_words(worth)} marge."
    if ratio is not None:
        says += f" Elke euro om een klant te vinden levert {decimal_words(ratio, 1)} euro marge op."
    return says


def value_assumed(value: Value) -> str:
    """What the sums of the value take for granted."""
    return (
        f"Gerekend met een marge van {share_words(value.gross_margin)}, {money_words(value.cac_cents)} kosten per "
        f"nieuwe klant en {_years(value.expected_years)} als klant. Klopt dat niet, pas het dan aan onder [figures]."
    )


def value_pairs(value: Value, small_n: int) -> Iterator[Pair]:
    """The sums of the source document, then what can be audited to the invoice."""
    if value.customers < small_n:
        yield Pair("Klanten", dotted(value.customers))
        yield Pair("Omzet", money_words(value.revenue_cents))
        yield Pair("Waarde", too_few(customers_in_words(value.customers)))
        return
    yield Pair("Klanten", dotted(value.customers))
    yield Pair("Opdrachten", dotted(value.occasions))
    yield Pair("Omzet", money_words(value.revenue_cents))
    if value.average_order_cents is not None:
        yield Pair("Gemiddelde opdracht", money_words(value.average_order_cents))
    if value.orders_per_customer is not None:
        yield Pair("Opdrachten per klant", decimal_words(value.orders_per_customer, 2))
    yield Pair("Marge", share_words(value.gross_margin))
    if value.ltv_simple_cents is not None:
        yield Pair("Waarde per klant", money_words(value.ltv_simple_cents))
    if value.ltv_cac is not None:
        yield Pair(f"Tegen werving van {money_words(value.cac_cents)}", f"{decimal_words(value.ltv_cac, 1)} ×")
    if value.clv_cents is not None:
        yield Pair(f"Omzet in {_years(value.expected_years)}, berekend", money_words(value.clv_cents))


def history_pairs(value: Value, small_n: int) -> Iterator[Pair]:
    """Counted, not reckoned."""
    for months, mean in value.historic.items():
        few = mean.n < small_n or mean.value is None
        worth = "te weinig" if few else money_words(mean.value or 0)
        yield Pair(f"Omzet in de eerste {months} maanden", worth, customers_in_words(mean.n))
    yield rate_pair(f"Tweede opdracht binnen {dotted(value.repurchase_days)} dagen", value.repurchase, small_n)
    loyal = value.loyalty_index
    few = loyal.n < small_n or loyal.value is None
    yield _of_answers("Trouw, van 0 tot 10", "" if few else decimal_words(loyal.value or 0, 1), loyal.n)


def rate_pair(name: str, rate: Rate, small_n: int) -> Pair:
    """ "5%" above "15 van 284, tussen 3 en 9%"; of few the count alone."""
    if rate.rate is None or rate.low is None or rate.high is None:
        return Pair(name, "–")
    told = k_of_n(rate.k, rate.n)
    if rate.n < small_n:
        return Pair(name, told)
    places = places_between(rate.low, rate.high)
    between = f"tussen {percent_number(rate.low, places)} en {share_words(rate.high, places)}"
    return Pair(name, share_words(rate.rate, places), f"{told}, {between}")


def referral_pairs(report: Report) -> Iterator[Pair]:
    """All time, as `bouwclub referrals` has it."""
    found = report.referrals
    yield Pair("Bezoeken aan een uitnodiging", dotted(sum(month.visits for month in found.months)))
    yield Pair("Aangemeld", dotted(sum(month.signed_up for month in found.months)))
    yield Pair("Werd klant", dotted(found.qualified))
    yield rate_pair("Klanten die iemand aanbrachten", found.clients_who_referred, report.small_n)
    cost = found.cost_per_client_cents
    yield Pair("Kosten per nieuwe klant", "–" if cost is None else money_words(cost))
    days = found.median_days
    places = 0 if days is None or days == int(days) else 1
    counted = "dag" if days == 1 else "dagen"
    yield Pair(
        "Van aanmelding tot levering, midden", "–" if days is None else f"{decimal_words(days, places)} {counted}"
    )
    yield Pair("Nog uit te betalen", money_words(found.open_cents))
    if found.open_commission_cents:
        yield Pair("Nog te betalen commissie", money_words(found.open_commission_cents))


def care_pairs(report: Report, programme: Programme) -> Iterator[Pair]:
    """Complaints of the 12 months: by level and step, never by person."""
    care, steps = report.care, step_words(programme)
    yield Pair("Begonnen in 12 maanden", dotted(care.opened))
    yield Pair("Afgerond in 12 maanden", dotted(care.closed))
    yield Pair("Nu open", dotted(care.open))
    for name, rate in care.by_level.items():
        yield rate_pair(f"Op tijd, {programme.trade.levels.get(name, name)}", rate, report.small_n)
    for name, rate in care.by_step.items():
        yield rate_pair(f"Op tijd, stap “{steps.get(name, name)}”", rate, report.small_n)
    nps = care.recovered
    few = nps.n < report.small_n or nps.value is None
    yield _of_answers("NPS na een opgeloste klacht", "" if few else decimal_words(nps.value or 0), nps.n)


def restated_of(report: Report) -> list[Changed]:
    """Each closed figure that differs from the last report that was kept."""
    return [_changed(each) for each in report.restated]


def _changed(each: Restated) -> Changed:
    is_money = "revenue" in each.figure or each.figure.endswith("cents")
    old, new = (money_words(number) if is_money else dotted(number) for number in (each.old, each.new))
    return Changed(_place(each.figure), old, new, WHY[each.why])


def _place(figure: str) -> str:
    """ "Groep januari 1997, +3" of "cohorts.month.1997-01.active.3"; another one stands as it is."""
    parts = figure.split(".")
    if parts[0] != "cohorts" or len(parts) < 4:
        return figure
    what = {"active": "klanten", "revenue": "omzet", "customers": "klanten", "revenue_cents": "omzet"}
    later = (
        f", {parts[1].replace('month', 'maand').replace('quarter', 'kwartaal')} +{parts[4]}" if len(parts) > 4 else ""
    )
    return f"Groep {cohort_words(parts[2])}{later}: {what.get(parts[3], parts[3])}"


def _years(years: float) -> str:
    return f"{decimal_words(years, 0 if years == int(years) else 1)} jaar"


def _of_answers(name: str, number: str, n: int) -> Pair:
    """ "8,4" above "31 antwoorden"; without a number that says so."""
    return Pair(name, number or "te weinig", f"{dotted(n)} {'antwoord' if n == 1 else 'antwoorden'}")

"""Two sums that a director can do with other numbers: what keeping clients is worth, and what their leaving costs.

They stand on the desk alone, begin with the firm's own numbers, and are worked out anew from what somebody typed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from programme.figures.calculators import five_year_value, monthly_churn_of, yearly_leak
from programme.figures.families.value import FirmNumbers
from programme.figures.page.sections.pairs import Pair
from programme.words.numerals import decimal_words, whole_money_words

MOST = 1_000_000_000  # clients or euros; more is a slip of the finger
POINTS = 5  # of retention, in what if

_TYPED = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?|\d+\.\d{1,2}", re.ASCII)


@dataclass(frozen=True)
class SumField:
    """A field of the form: its name there, its label, what stands in it, and what is wrong with that."""

    name: str
    label: str
    text: str
    fault: str = ""


@dataclass(frozen=True)
class Sum:
    """One sum: its fields, and what comes of them; nothing while one is empty or wrong."""

    title: str
    says: str
    entries: Sequence[SumField]
    results: Sequence[Pair]


@dataclass(frozen=True)
class _Field:
    name: str
    label: str
    own: float | None
    most: float = MOST


def sums_of(firm: FirmNumbers, typed: Mapping[str, str]) -> Sequence[Sum]:
    """Both sums. `typed`: by the names of the fields; a field that was not typed has the firm's own number."""
    keeping = (
        _Field("klanten", "Nieuwe klanten", firm.newcomers),
        _Field("eerste_jaar", "Omzet in het eerste jaar, in euro", _euros(firm.average_order_cents)),
        _Field("behoud", "Blijft elk jaar, in procent", _percent(firm.retention), 100),
    )
    yearly = firm.year_revenue_cents / firm.active_clients if firm.active_clients else None
    leaving = (
        _Field("actief", "Actieve klanten", firm.active_clients),
        _Field("verloop", "Gaat elke maand weg, in procent",
               None if firm.churn is None else _percent(monthly_churn_of(firm.churn)), 100),
        _Field("jaarwaarde", "Omzet per klant per jaar, in euro", _euros(yearly)),
    )  # fmt: skip
    return (
        _sum("Wat blijven waard is", "Over vijf jaar, als elk jaar hetzelfde deel blijft.", keeping, typed, _kept),
        _sum("Wat weggaan kost", "Per jaar, als elke maand hetzelfde deel weggaat.", leaving, typed, _lost),
    )


def _sum(
    title: str,
    says: str,
    fields: Sequence[_Field],
    typed: Mapping[str, str],
    work_out: Callable[[float, float, float], Sequence[Pair]],
) -> Sum:
    entries, numbers = [], []
    for field in fields:
        text = typed.get(field.name, "" if field.own is None else decimal_words(field.own, _places(field.own)))
        number, fault = read_number(text, field.most)
        entries.append(SumField(field.name, field.label, text.strip()[:20], fault if field.name in typed else ""))
        numbers.append(number)
    known = [number for number in numbers if number is not None]
    return Sum(title, says, entries, work_out(*known) if len(known) == len(fields) else ())


def read_number(text: str, most: float = MOST) -> tuple[float | None, str]:
    """The number that somebody typed the Dutch way, or what is wrong with it: ("1.250,50") is 1250.5."""
    plain = text.replace("€", "").replace("%", "").strip()
    if not _TYPED.fullmatch(plain):
        return None, "Vul een getal in, bijvoorbeeld 1.250 of 12,5."
    decimal = plain if re.fullmatch(r"\d+\.\d{1,2}", plain) else plain.replace(".", "").replace(",", ".")
    number = float(decimal)
    if number > most:
        return None, f"Vul een getal in van hooguit {decimal_words(most)}."
    return number, ""


def _kept(clients: float, first_year: float, stays: float) -> Sequence[Pair]:
    worth = five_year_value(clients, first_year * 100, stays / 100)
    more = five_year_value(clients, first_year * 100, min(stays + POINTS, 100) / 100)
    return (
        Pair("Omzet in vijf jaar", whole_money_words(worth)),
        Pair(
            f"Als er {POINTS} procentpunt meer blijft",
            whole_money_words(more),
            f"{whole_money_words(more - worth)} meer",
        ),
    )


def _lost(clients: float, leaves: float, yearly: float) -> Sequence[Pair]:
    leak = yearly_leak(clients, leaves / 100, yearly * 100, POINTS / 100)
    return (
        Pair("Klanten die in een jaar weggaan", decimal_words(leak.lost_clients)),
        Pair("Omzet die met hen weggaat", whole_money_words(leak.leak_cents)),
        Pair(f"Daarvan terug bij {POINTS} procentpunt meer behoud", whole_money_words(leak.better_by_cents)),
    )


def _euros(cents: float | None) -> float | None:
    return None if cents is None else cents / 100


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _places(number: float) -> int:
    return 0 if number == round(number) else 2

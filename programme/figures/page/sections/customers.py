"""Who the customers are: newcomers, those who come back and the rest; and how recent, frequent and large they order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from programme.figures.report import Report
from programme.words.numerals import dotted, share_words

BAR_WIDTH, GAP = 600.0, 2.0
QUINTILES = (5, 4, 3, 2, 1)  # 5 is best
SHADES = (0.0, 0.02, 0.05, 0.10)


@dataclass(frozen=True)
class Part:
    """One type of client: its share of the bar, and its words. `says` explains who that is."""

    name: str
    number: str
    share: str
    says: str
    x: float
    width: float


@dataclass(frozen=True)
class Field:
    """Customers of one recency and frequency."""

    text: str
    shade: str


@dataclass(frozen=True)
class Row:
    """The customers of one fifth in recency, the most frequent first."""

    name: str
    cells: Sequence[Field]


@dataclass(frozen=True)
class Customers:
    """The bar of types, and the square of recency and frequency, which few customers have not."""

    parts: Sequence[Part]
    rows: Sequence[Row]
    best: str


def customers_of(report: Report) -> Customers:
    """Empty without customers."""
    total = sum(report.types)
    few = total < report.small_n
    if not total:
        return Customers((), (), "")
    if few:
        return Customers(_parts(report, total, few), (), "")
    return Customers(_parts(report, total, few), _rows(report.rfm), _best(report))


def _parts(report: Report, total: int, few: bool) -> list[Part]:
    types = report.types
    told = (
        ("nieuw", types.newcomer, "eerste opdracht in de laatste 12 maanden"),
        ("komt terug", types.returning, "twee of meer opdrachten, de laatste in de laatste 36 maanden"),
        ("stil", types.latent, "alle anderen"),
    )
    parts, x = [], 0.0
    for name, number, says in told:
        width = number / total * BAR_WIDTH
        share = "" if few else share_words(number / total)
        parts.append(Part(name, dotted(number), share, says, round(x, 1), round(max(width - GAP, 0.0), 1)))
        x += width
    return parts


def _rows(rfm: Mapping[str, int]) -> list[Row]:
    """Sums over the third letter, the revenue: a square of 25 can be read, a cube of 125 cannot."""
    total = sum(rfm.values())
    sums = {
        (recency, frequency): sum(rfm.get(f"{recency}{frequency}{money}", 0) for money in QUINTILES)
        for recency in QUINTILES
        for frequency in QUINTILES
    }
    return [
        Row(
            str(recency),
            [_field(sums[recency, frequency], total) for frequency in QUINTILES],
        )
        for recency in QUINTILES
    ]


def _field(number: int, total: int) -> Field:
    share = number / total if total else 0.0
    return Field(dotted(number), f"q{sum(share > least for least in SHADES)}")


def _best(report: Report) -> str:
    number = report.rfm.get("555", 0)
    share = report.value.top_fifth_share
    told = (
        f"{dotted(number)} {'klant hoort' if number == 1 else 'klanten horen'} op alle drie bij het beste vijfde deel."
    )
    if share is None:
        return told
    return f"{told} De 20% klanten met de meeste omzet brengen {share_words(share)} van alle omzet."

"""How each of the eight figures is named and told in Dutch. Never "because of", only "after"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from programme.figures.families.nps import Nps
from programme.figures.families.rates import Rate, rate_of
from programme.figures.lights import Figure, FigureKey, MonthsToRepeat, Retention, Status
from programme.words.numerals import decimal_words, dotted, places_between, share_words
from programme.words.wording import counted_words

LIGHT_WORDS: Mapping[Status, str] = {
    Status.GREEN: "op doel",
    Status.AMBER: "onderweg",
    Status.RED: "onder doel",
    Status.NONE: "geen oordeel",
}
LIGHT_SIGNS: Mapping[Status, str] = {Status.GREEN: "●", Status.AMBER: "◐", Status.RED: "○", Status.NONE: "–"}


class Unit(StrEnum):
    """What the number of a figure is."""

    SHARE = "share"
    MONTHS = "months"
    SCORE = "score"

    def words(self, number: float, places: int) -> str:
        """ "5%", "14,2 maanden", "43"."""
        if self is Unit.SHARE:
            return share_words(number, places)
        if self is Unit.MONTHS:
            return f"{decimal_words(number, places)} {'maand' if number == 1 else 'maanden'}"
        return decimal_words(number, places)

    def parts(self, number: float, places: int) -> tuple[str, str]:
        """The number and what it counts, where that is written smaller: ("5%", ""), ("14,2", "maanden")."""
        number_alone, _, counted = self.words(number, places).partition(" ")
        return number_alone, counted

    def target_words(self, target: float) -> str:
        """Without a comma where there is nothing behind it."""
        hundredfold = target * 100 if self is Unit.SHARE else target
        return self.words(target, 0 if round(hundredfold, 6) == round(hundredfold) else 1)

    def step_words(self, points: str) -> str:
        """What lies between two such numbers, from its number: "10 procentpunt", "1 punt"."""
        if self is Unit.SHARE:
            return f"{points} procentpunt"
        one, many = ("maand", "maanden") if self is Unit.MONTHS else ("punt", "punten")
        return f"{points} {one if points == '1' else many}"


@dataclass(frozen=True)
class FigureWords:
    """The words of one figure.

    Attributes:
        title: its heading, a noun.
        counted: what n counts, to stand behind a number.
        appears_after: what has to happen before there is anything to measure.
        tell: the count in plain words, without a full stop.
    """

    title: str
    unit: Unit
    counted: str
    appears_after: str
    tell: Callable[[Figure], str]


def _rate_teller(one: str, many: str) -> Callable[[Figure], str]:
    def tell(figure: Figure) -> str:
        rate = rate_in(figure)
        assert rate is not None
        return f"{k_of_n(rate.k, rate.n)} {one if rate.k == 1 else many}"

    return tell


def _tell_months(figure: Figure) -> str:
    return "Wie terugkwam, deed dat na gemiddeld"


def _tell_score(figure: Figure) -> str:
    nps = figure.measured
    assert isinstance(nps, Nps)
    gave = "gaf" if nps.promoters == 1 else "gaven"
    return (
        f"Van {dotted(nps.n)} antwoorden {gave} {dotted(nps.promoters)} een 9 of 10 "
        f"en {dotted(nps.detractors)} een 6 of lager"
    )


WORDS: Mapping[FigureKey, FigureWords] = {
    FigureKey.REPEAT_CUSTOMER_RATE: FigureWords(
        "Klanten die terugkomen", Unit.SHARE, "klanten", "de eerste levering",
        _rate_teller("klanten kocht vaker dan één keer", "klanten kochten vaker dan één keer"),
    ),
    FigureKey.MONTHS_TO_REPEAT: FigureWords(
        "Tijd tot het volgende project", Unit.MONTHS, "klanten", "de eerste klant die terugkomt", _tell_months,
    ),
    FigureKey.NPS: FigureWords(
        "Aanbeveling (NPS)", Unit.SCORE, "antwoorden",
        "het eerste antwoord op de vraag of klanten ons aanbevelen", _tell_score,
    ),
    FigureKey.REFERRAL_RATE: FigureWords(
        "Aanbevolen door klanten", Unit.SHARE, "klanten", "de eerste levering",
        _rate_teller("klanten beval ons aan", "klanten bevalen ons aan"),
    ),
    FigureKey.CHURN_RATE: FigureWords(
        "Weggegaan", Unit.SHARE, "klanten", "een jaar met gegevens",
        _rate_teller(
            "klanten die een jaar geleden actief waren, is dat nu niet meer",
            "klanten die een jaar geleden actief waren, zijn dat nu niet meer",
        ),
    ),
    FigureKey.EMAIL_ENGAGEMENT: FigureWords(
        "Mail gelezen", Unit.SHARE, "mails", "de eerste mail aan iemand bij wie wij mogen meten",
        _rate_teller("gemeten mails is door een mens geopend", "gemeten mails zijn door een mens geopend"),
    ),
    FigureKey.ANSWER_RATE: FigureWords(
        "Antwoord op een vraag", Unit.SHARE, "mails", "de eerste bezorgde mail met een vraag",
        _rate_teller("mails met een vraag kreeg een antwoord", "mails met een vraag kregen een antwoord"),
    ),
    FigureKey.RETENTION_RATE: FigureWords(
        "Klanten gebleven", Unit.SHARE, "klanten", "een jaar met gegevens",
        _rate_teller("klanten van een jaar geleden is nog actief", "klanten van een jaar geleden zijn nog actief"),
    ),
}  # fmt: skip


def rate_in(figure: Figure) -> Rate | None:
    """The rate that the figure measured; None for months and a score."""
    if isinstance(figure.measured, Retention):
        return figure.measured.rate
    return figure.measured if isinstance(figure.measured, Rate) else None


def bounds_of(figure: Figure) -> tuple[float, float] | None:
    """The 95 % interval, in the figure's own unit; months have none."""
    if isinstance(figure.measured, Nps):
        return figure.measured.interval
    rate = rate_in(figure)
    if rate is None or rate.low is None or rate.high is None:
        return None
    return rate.low, rate.high


def places_of(figure: Figure) -> int:
    """How many decimals its number bears."""
    if isinstance(figure.measured, MonthsToRepeat):
        return 1
    bounds = bounds_of(figure)
    if bounds is None or isinstance(figure.measured, Nps):
        return 0
    return places_between(*bounds)


def number_in_words(figure: Figure, number: float) -> str:
    """A number of this figure's unit, as precise as its interval bears."""
    return WORDS[figure.key].unit.words(number, places_of(figure))


def between_words(figure: Figure) -> str:
    """ "tussen 3 en 9%"; empty without an interval."""
    bounds = bounds_of(figure)
    if bounds is None:
        return ""
    low, high = bounds
    places = places_of(figure)
    if WORDS[figure.key].unit is Unit.SHARE:
        return shares_between(low, high)
    return f"tussen {decimal_words(low, places)} en {decimal_words(high, places)}"


def shares_between(low: float, high: float) -> str:
    """ "tussen 3 en 9%", as precise as the interval bears."""
    places = places_between(low, high)
    return f"tussen {share_words(low, places).removesuffix('%')} en {share_words(high, places)}"


def rate_words(k: int, n: int, small_n: int) -> str:
    """What stands behind the number of k: "van 309: 15%, tussen 12 en 20%".

    Of fewer than `small_n`, that they are too few. Empty where there is nobody, or where the k are not among the n.
    """
    if not 0 <= k <= n or n == 0:
        return ""
    if n < small_n:
        return f"van {dotted(n)}; te weinig om iets te zeggen"
    share, low, high = rate_of(k, n).shares
    return f"van {dotted(n)}: {share_words(share, places_between(low, high))}, {shares_between(low, high)}"


def k_of_n(k: int, n: int) -> str:
    """ "15 van 1.284"."""
    return f"{dotted(k)} van {dotted(n)}"


def count_beside(figure: Figure) -> str:
    """What the number stands on: "15 van 284", "21 klanten", "96 antwoorden"."""
    if rate := rate_in(figure):
        return k_of_n(rate.k, rate.n)
    n, counted = figure.measured.n, WORDS[figure.key].counted
    return f"{dotted(n)} {counted if n != 1 else {'klanten': 'klant', 'antwoorden': 'antwoord'}[counted]}"


def customers_in_words(n: int) -> str:
    """ "1 klant", "1.284 klanten"."""
    return f"{dotted(n)} {'klant' if n == 1 else 'klanten'}"


def too_few(counted: str) -> str:
    """What stands in the place of a number that would say nothing. `counted`: "9 van 14", "15 klanten"."""
    return f"Te weinig om iets te zeggen ({counted})"


def days_in_months(days: int) -> str:
    """ "19 maanden", "vier weken" and "drie dagen" for what is shorter than two months."""
    if days < 14:
        return counted_words(days, "dag", "dagen")
    if days < 61:
        return counted_words(round(days / 7), "week", "weken")
    return counted_words(round(days / 30.4375), "maand", "maanden")

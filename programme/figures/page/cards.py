"""The eight figures as cards: light, number, k of n, picture, and a sentence in a fixed order.

The order: the count in plain words, how sure it is, what it means against the target, what it was three months ago.
"""

from dataclasses import dataclass
from decimal import Decimal

from programme.figures.lights import LESS_IS_BETTER, Figure, FigureKey, MonthsToRepeat, Retention, Status
from programme.figures.page.axes import Scale, scale_of
from programme.figures.page.words import (
    LIGHT_SIGNS,
    LIGHT_WORDS,
    WORDS,
    Unit,
    between_words,
    bounds_of,
    count_beside,
    days_in_months,
    number_in_words,
    places_of,
    too_few,
)
from programme.terms.schema import Programme
from programme.words.numerals import MINUS, decimal_words, dotted


@dataclass(frozen=True)
class Says:
    """A sentence with one part that stands out; any part may be empty."""

    before: str
    bold: str = ""
    after: str = ""

    def __str__(self) -> str:
        return f"{self.before}{self.bold}{self.after}"


@dataclass(frozen=True)
class Card:
    """One figure as it stands on the page.

    Attributes:
        number: "5%"; empty where it would say nothing, and then `few` says so.
        unit: "maanden", where it is written smaller than the number.
        beside: "15 van 284".
        trend: "was 4%, +1 procentpunt"; empty without.
        before_says: what the number of three months ago means, in a sentence.
        is_changed: whether that number lies outside the bounds of now.
    """

    key: FigureKey
    title: str
    status: Status
    light: str
    sign: str
    number: str
    unit: str
    beside: str
    few: str
    target: str
    trend: str
    scale: Scale | None
    says: Says
    before_says: str
    is_changed: bool

    @property
    def told(self) -> str:
        """The number with its unit, for a table and a mail."""
        return f"{self.number} {self.unit}".rstrip() or self.few


def card_of(figure: Figure, programme: Programme) -> Card:
    """What the page says of one figure."""
    words, few = WORDS[figure.key], _few(figure)
    shown = None if few else figure.number
    number, unit = ("", "") if shown is None else words.unit.parts(shown, places_of(figure))
    return Card(
        key=figure.key,
        title=words.title,
        status=figure.status,
        light=LIGHT_WORDS[figure.status],
        sign=LIGHT_SIGNS[figure.status],
        number=number,
        unit=unit,
        beside=count_beside(figure) if number else "",
        few=few,
        target="" if figure.target is None else words.unit.target_words(figure.target),
        trend=_trend(figure) if number else "",
        scale=scale_of(figure),
        says=_says(figure, programme),
        before_says=_before_says(figure) if number else "",
        is_changed=is_changed(figure),
    )


def is_changed(figure: Figure) -> bool:
    """Whether the number of three months ago lies outside the bounds of now."""
    bounds = bounds_of(figure)
    if figure.is_small or figure.compared is None or bounds is None:
        return False
    return not bounds[0] <= figure.compared <= bounds[1]


def step_between(figure: Figure, number: float, other: float) -> str:
    """How far `number` lies from `other`, as both are shown; "" where they are shown alike, and never a sign."""
    shown = [_shown(figure, each) for each in (number, other)]
    distance = abs(shown[0] - shown[1])
    return decimal_words(float(distance), places_of(figure)) if distance else ""


def _shown(figure: Figure, number: float) -> Decimal:
    hundredfold = Decimal(repr(number)) * (100 if WORDS[figure.key].unit is Unit.SHARE else 1)
    text = decimal_words(float(hundredfold), places_of(figure))
    return Decimal(text.replace(".", "").replace(",", ".").replace(MINUS, "-"))


def _few(figure: Figure) -> str:
    if figure.measured.n == 0:
        return "Niet gemeten" if figure.key is FigureKey.EMAIL_ENGAGEMENT else "Nog niets te meten"
    return too_few(count_beside(figure)) if figure.is_small else ""


def _says(figure: Figure, programme: Programme) -> Says:
    words = WORDS[figure.key]
    if figure.measured.n == 0:
        return Says(f"Dit cijfer verschijnt na {words.appears_after}.")
    if figure.is_small:
        least = dotted(programme.figures.small_n)
        says = f"Onder de {least} {words.counted} noemen wij geen {_what(words.unit)} en geven wij geen oordeel."
        return Says(f"{says}{_aim(figure)}{_quartile(figure)}")
    assert figure.number is not None
    number = number_in_words(figure, figure.number)
    told, more = words.tell(figure), _more(figure, programme)
    if words.unit is Unit.MONTHS:
        return Says(f"{told} ", number, f" ({count_beside(figure)}). {_goal_says(figure)}{more}")
    measured = f"een score van {number}" if words.unit is Unit.SCORE else number
    after = f". {_goal_says(figure)}{more}".rstrip()
    return Says(f"{told}: {measured}, eerlijk gezegd ", between_words(figure), after)


def _what(unit: Unit) -> str:
    return {Unit.SHARE: "percentage", Unit.MONTHS: "gemiddelde", Unit.SCORE: "score"}[unit]


def _goal_says(figure: Figure) -> str:
    if figure.target is None:
        return ""
    unit, goal = WORDS[figure.key].unit, _aim(figure).strip().removesuffix(".")
    if figure.status is Status.GREEN:
        return f"{goal}: gehaald."
    assert figure.number is not None
    step = step_between(figure, figure.number, figure.target)
    bounds = bounds_of(figure)
    if bounds and bounds[0] <= figure.target <= bounds[1]:
        return f"{goal}; dat valt binnen deze grenzen."
    return f"{goal}, nog {unit.step_words(step)} te gaan." if step else f"{goal}, net niet gehaald."


def _more(figure: Figure, programme: Programme) -> str:
    """What belongs to one figure alone."""
    if isinstance(figure.measured, MonthsToRepeat):
        return _quartile(figure)
    if isinstance(figure.measured, Retention) and (back := figure.measured.came_back):
        who = "klant die toen niet actief was, is" if back == 1 else "klanten die toen niet actief waren, zijn"
        counts = "telt" if back == 1 else "tellen"
        return f"{dotted(back)} {who} terug; die {counts} hier niet mee."
    if figure.key is FigureKey.EMAIL_ENGAGEMENT and programme.tracking.opens == "consented":
        return " Wij meten alleen bij wie daar toestemming voor gaf."
    return ""


def _aim(figure: Figure) -> str:
    if figure.target is None:
        return ""
    most = "hooguit " if figure.key in LESS_IS_BETTER else ""
    return f" Het doel is {most}{WORDS[figure.key].unit.target_words(figure.target)}."


def _quartile(figure: Figure) -> str:
    """Of all customers, also those who have not come back yet; therefore more honest than the mean."""
    measured = figure.measured
    if not isinstance(measured, MonthsToRepeat):
        return ""
    days, _ = measured.days_told(figure.small_n)
    if days is not None:
        return f" Een kwart van alle klanten was binnen {days_in_months(days)} terug."
    why = "nog niet bereikt" if measured.quartile_days is None else "nog niet te zeggen"
    return f" Wanneer een kwart van alle klanten terug is: {why}."


def _trend(figure: Figure) -> str:
    if figure.compared is None or figure.number is None:
        return ""
    was = number_in_words(figure, figure.compared)
    step = step_between(figure, figure.number, figure.compared)
    if not step:
        return f"was {was}, gelijk"
    sign = "+" if figure.number > figure.compared else MINUS
    return f"was {was}, {sign}{WORDS[figure.key].unit.step_words(step)}"


def _before_says(figure: Figure) -> str:
    if figure.compared is None:
        return f"Drie maanden geleden waren er te weinig {WORDS[figure.key].counted} om te vergelijken."
    was = f"Drie maanden geleden: {number_in_words(figure, figure.compared)}."
    if bounds_of(figure) is None:
        return was
    if is_changed(figure):
        return f"{was} Dat valt buiten de grenzen van nu; er lijkt iets veranderd."
    return f"{was} Dat valt binnen de grenzen van nu; er hoeft niets veranderd te zijn."

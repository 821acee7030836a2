"""An interval on its scale: where band, dot and target stand in the picture of a card. The same scale every month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from programme.figures.lights import Figure, FigureKey, MonthsToRepeat
from programme.figures.page.words import WORDS, Unit, between_words, bounds_of, number_in_words

WIDTH, LEFT, RIGHT = 420.0, 8.0, 412.0  # of the picture and the ends of its axis
EDGE = 24.0  # a label nearer to an end than this is written from there inwards
NARROWEST = 6.0
LABEL = 110.0  # between two labels on one line
MONTHS_SHOWN = 36.0

# From narrow to wide: the first that holds interval and target. A month later it is nearly always the same.
SCALES: Mapping[Unit, Sequence[tuple[float, float]]] = {
    Unit.SHARE: ((0, 0.2), (0, 0.3), (0, 0.6), (0, 1)),
    Unit.SCORE: ((-20, 80), (-100, 100)),
    Unit.MONTHS: ((0, MONTHS_SHOWN), (0, 60), (0, 120)),
}
OF_RETENTION = ((0.5, 1), (0, 1))


class Mark(NamedTuple):
    """A place on the axis with its label.

    Attributes:
        anchor: start, middle or end, so that no label leaves the picture.
    """

    x: float
    text: str
    anchor: str


@dataclass(frozen=True)
class Scale:
    """The picture of one figure; places in its own units, 420 wide.

    Attributes:
        band: (left, width) of the interval; None where there is none.
        dot: the number itself; never without the band.
        others: further marks, with a word each: when a quarter had come back.
        says: the same for whoever does not see it.
    """

    ticks: Sequence[Mark]
    band: tuple[float, float] | None
    dot: float | None
    goal: Mark | None
    others: Sequence[Mark]
    says: str


def scale_of(figure: Figure) -> Scale | None:
    """None where nothing can be drawn: too few, or months of which no quarter has come back."""
    if figure.is_small or figure.number is None:
        return None
    if isinstance(figure.measured, MonthsToRepeat):
        return _months(figure, figure.measured)
    bounds = bounds_of(figure)
    assert bounds is not None
    low, high = bounds
    ends = _ends(figure, low, high)
    left, right = _at(ends, low), _at(ends, high)
    # Of very many clients the interval is narrow; it is drawn all the same, and the dot is made to fit in.
    width = max(right - left, NARROWEST)
    band = (round((left + right - width) / 2, 1), round(width, 1))
    says = f"Gemeten {number_in_words(figure, figure.number)}, {between_words(figure)}{_goal_says(figure)}"
    return Scale(_ticks(figure, ends), band, _at(ends, figure.number), _goal(figure, ends), (), says)


def _months(figure: Figure, measured: MonthsToRepeat) -> Scale | None:
    reached = [
        (days / 30.4375, text)
        for days, text in zip(measured.days_told(figure.small_n), ("een kwart terug", "de helft terug"), strict=True)
        if days is not None
    ]
    if not reached:
        return None
    ends = _ends(figure, 0, max(months for months, _ in reached))
    goal = _goal(figure, ends)
    marks = [_mark(_at(ends, months), text) for months, text in reached]
    if goal:
        goal, marks[0] = _apart(goal, marks[0])
    says = "; ".join(f"{text} na {round(months)} maanden" for months, text in reached) + _goal_says(figure)
    return Scale(_ticks(figure, ends), None, None, goal, marks[:1], says)


def _apart(one: Mark, other: Mark) -> tuple[Mark, Mark]:
    """Two labels that would run into each other, each written away from the other."""
    if abs(one.x - other.x) > LABEL:
        return one, other
    left, right = ("end", "start") if one.x <= other.x else ("start", "end")
    return one._replace(anchor=left), other._replace(anchor=right)


def _ends(figure: Figure, low: float, high: float) -> tuple[float, float]:
    is_retention = figure.key is FigureKey.RETENTION_RATE
    scales = OF_RETENTION if is_retention else SCALES[WORDS[figure.key].unit]
    target = figure.target if figure.target is not None else high
    # The target's label needs room before the end.
    highest = max(high, target + (0 if is_retention else 0.1 * target))
    return next((ends for ends in scales if ends[0] <= min(low, target) and highest <= ends[1]), scales[-1])


def _at(ends: tuple[float, float], number: float) -> float:
    share = (number - ends[0]) / (ends[1] - ends[0])
    return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 1)


def _ticks(figure: Figure, ends: tuple[float, float]) -> list[Mark]:
    unit = WORDS[figure.key].unit
    middle = (ends[0] + ends[1]) / 2
    if unit is Unit.MONTHS:  # the unit once is enough
        return [
            _mark(_at(ends, each), words)
            for each, words in zip(
                (ends[0], middle, ends[1]), (f"{ends[0]:g}", f"{middle:g}", unit.target_words(ends[1])), strict=True
            )
        ]
    return [_mark(_at(ends, number), unit.target_words(number)) for number in (ends[0], middle, ends[1])]


def _goal(figure: Figure, ends: tuple[float, float]) -> Mark | None:
    if figure.target is None:
        return None
    return _mark(_at(ends, figure.target), f"doel {WORDS[figure.key].unit.target_words(figure.target)}")


def _goal_says(figure: Figure) -> str:
    return "" if figure.target is None else f", doel {WORDS[figure.key].unit.target_words(figure.target)}"


def _mark(x: float, text: str) -> Mark:
    anchor = "start" if x < LEFT + EDGE else "end" if x > RIGHT - EDGE else "middle"
    return Mark(x, text, anchor)

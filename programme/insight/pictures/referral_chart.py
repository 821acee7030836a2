"""How far the sign-ups of each month came, as a picture: four bars a month, each within the one before it."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from programme.figures.families.referrals import Month
from programme.insight.pictures.drawing import FAINT, INK, WIDTH, picture, square_at, words_at
from programme.words.numerals import dotted, round_steps
from programme.words.wording import MONTHS

MOST_MONTHS = 24  # more would leave no room for a name below each
LEFT, TOP, HEIGHT = 64, 60, 240  # of the field with the bars, in pixels

# Okabe and Ito's colours, which people with any kind of colour blindness can tell apart; ever darker on the way.
STAGES = (
    ("signed_up", "aangemeld", "#9ad0f0"),
    ("quoted", "offerte", "#56b4e9"),
    ("ordered", "opdracht", "#0072b2"),
    ("qualified", "geleverd", "#00314d"),
)


class MonthPlace(NamedTuple):
    """Where a month stands, and how high its bars may be."""

    x: float
    width: float
    highest: int


def referrals_svg(months: Sequence[Month], title: str) -> str:
    """The last two years at most; below each month its visits."""
    shown = months[-MOST_MONTHS:]
    step, steps = round_steps(max((month.signed_up for month in shown), default=0) or 1)
    parts = [*_scale(step, steps), *_legend()]
    room = (WIDTH - LEFT - 10) / max(len(shown), 6)
    for number, month in enumerate(shown):
        parts += _month(month, MonthPlace(LEFT + number * room, room, step * steps))
    return picture(TOP + HEIGHT + 70, title, parts)


def _scale(step: int, steps: int) -> Iterator[str]:
    for number in range(steps + 1):
        y = TOP + HEIGHT - number / steps * HEIGHT
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - 10}" stroke="{FAINT}"/>'
        yield words_at(LEFT - 8, y + 4, dotted(number * step), anchor="end")


def _month(month: Month, place: MonthPlace) -> Iterator[str]:
    year, number = month.month.split("-")
    name = MONTHS[int(number) - 1]
    bar = place.width * 0.8 / len(STAGES)
    for order, (field, label, colour) in enumerate(STAGES):
        count: int = getattr(month, field)
        height = count / place.highest * HEIGHT
        x = place.x + place.width * 0.1 + order * bar
        tip = escape(f"{name} {year}: {dotted(count)} {label}")
        yield (
            f'<rect x="{x:.1f}" y="{TOP + HEIGHT - height:.1f}" width="{bar:.1f}" height="{height:.1f}" '
            f'fill="{colour}"><title>{tip}</title></rect>'
        )
    middle = place.x + place.width / 2
    yield f'<path d="M{place.x:.1f} {TOP + HEIGHT}v6" stroke="{INK}"/>'
    yield words_at(middle, TOP + HEIGHT + 20, f"{name[:3]} {year[2:]}", anchor="middle", size=11)
    yield words_at(middle, TOP + HEIGHT + 36, dotted(month.visits), anchor="middle", size=11)


def _legend() -> Iterator[str]:
    for order, (_, label, colour) in enumerate(STAGES):
        yield square_at(LEFT + order * 130, 46, colour, label)
    yield words_at(LEFT - 8, TOP + HEIGHT + 36, "bezoek", anchor="end", size=11)

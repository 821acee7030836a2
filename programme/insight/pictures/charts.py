"""The pictures of a look ahead: the days of an agenda, and two programmes side by side."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby

from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import TouchpointDifference
from programme.insight.pictures.drawing import (
    FAINT,
    INK,
    WIDTH,
    picture,
    square_at,
    words_at,
)
from programme.terms.schema import Programme
from programme.words.numerals import dotted, round_steps
from programme.words.wording import MONTHS, date_words, family_text

LEFT = 64  # room for the numbers beside the vertical axis, in pixels
BAR_AREA_HEIGHT = 240
ROW_HEIGHT = 34  # one touchpoint in the comparison
LABEL_WIDTH = 250
NUMBERS_WIDTH = 280

# The colours of Okabe and Ito: people with any kind of colour blindness can distinguish them.
FAMILY_COLOURS: Mapping[str, str] = {
    "lifecycle": "#0072b2",
    "cross-sell": "#009e73",
    "loyalty": "#e69f00",
    "churn": "#cc79a7",
    "win-back": "#d55e00",
}
NOW_COLOUR, NEW_COLOUR = "#9aa5ab", "#0072b2"


def agenda_svg(agenda: Agenda) -> str:
    """A chart with one bar for each day, stacked by touchpoint family."""
    title = f"{dotted(agenda.total)} mails van {date_words(agenda.first)} tot en met {date_words(agenda.last)}"
    step, steps = round_steps(max(agenda.on(day) for day in agenda.days))
    bars = _day_bars(agenda, step * steps)
    parts = [*_scale(step, steps), *bars, *_months(agenda.days), *_legend(agenda.programme)]
    return picture(BAR_AREA_HEIGHT + 110, title, parts)


def differences_svg(lines: Sequence[TouchpointDifference], labels: Mapping[str, str], title: str) -> str:
    """A chart with two bars for each touchpoint, the present one above the new one, and the numbers that differ.

    Args:
        labels: the Dutch label of each touchpoint, by its id.
    """
    shown = [line for line in lines if line.now or line.new]
    highest = max((max(line.now, line.new) for line in shown), default=0) or 1
    parts = [
        part
        for place, line in enumerate(shown)
        for part in _pair(line, labels[line.touchpoint], 60 + place * ROW_HEIGHT, highest)
    ]
    legend = [square_at(LABEL_WIDTH, 48, NOW_COLOUR, "nu"), square_at(LABEL_WIDTH + 60, 48, NEW_COLOUR, "nieuw")]
    return picture(70 + len(shown) * ROW_HEIGHT, title, [*legend, *parts])


def _day_bars(agenda: Agenda, highest: int) -> Iterator[str]:
    days = agenda.days
    step = (WIDTH - LEFT - 10) / len(days)
    for place, day in enumerate(days):
        base = 40.0 + BAR_AREA_HEIGHT
        for family, number in _by_family(agenda, day):
            height = number / highest * BAR_AREA_HEIGHT
            base -= height
            tip = f"{date_words(day)}: {dotted(number)} {family_text(family, agenda.programme.trade.club).lower()}"
            yield (
                f'<rect x="{LEFT + place * step:.2f}" y="{base:.2f}" width="{max(step * 0.85, 0.5):.2f}" '
                f'height="{height:.2f}" fill="{FAMILY_COLOURS[family]}"><title>{escape(tip)}</title></rect>'
            )


def _by_family(agenda: Agenda, day: date) -> Iterator[tuple[str, int]]:
    touchpoints = agenda.programme.touchpoints
    for family in FAMILY_COLOURS:
        number = sum(agenda.sends[day, name] for name, each in touchpoints.items() if each.family == family)
        if number:
            yield family, number


def _scale(step: int, steps: int) -> Iterator[str]:
    for number in range(steps + 1):
        y = 40 + BAR_AREA_HEIGHT - number / steps * BAR_AREA_HEIGHT
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - 10}" stroke="{FAINT}"/>'
        yield words_at(LEFT - 8, y + 4, dotted(number * step), anchor="end")


def _months(days: Sequence[date]) -> Iterator[str]:
    """A tick where each month begins, with the month's name where there is room."""
    step = (WIDTH - LEFT - 10) / len(days)
    y = 40 + BAR_AREA_HEIGHT
    for _, group in groupby(enumerate(days), key=lambda pair: pair[1].replace(day=1)):
        month = list(group)
        place, first = month[0]
        x = LEFT + place * step
        yield f'<path d="M{x:.1f} {y}v8" stroke="{INK}"/>'
        if len(month) * step > 110:
            yield words_at(x + 3, y + 20, f"{first.day} {MONTHS[first.month - 1]} {first.year}")


def _legend(programme: Programme) -> Iterator[str]:
    club = programme.trade.club
    used = {touchpoint.family for touchpoint in programme.touchpoints.values()}
    for place, family in enumerate(name for name in FAMILY_COLOURS if name in used):
        yield square_at(LEFT + place * 150, BAR_AREA_HEIGHT + 80, FAMILY_COLOURS[family], family_text(family, club))


def _pair(line: TouchpointDifference, label: str, y: int, highest: int) -> Iterator[str]:
    room = WIDTH - LABEL_WIDTH - NUMBERS_WIDTH
    yield words_at(LABEL_WIDTH - 10, y + 17, _cut(label), anchor="end")
    for offset, number, colour in ((2, line.now, NOW_COLOUR), (14, line.new, NEW_COLOUR)):
        width = number / highest * room
        yield f'<rect x="{LABEL_WIDTH}" y="{y + offset}" width="{width:.1f}" height="11" fill="{colour}"/>'
    numbers = f"{dotted(line.now)} → {dotted(line.new)}"
    if line.gained or line.lost or line.moved:
        numbers += f"  (+{dotted(line.gained)} −{dotted(line.lost)}, {dotted(line.moved)} verzet)"
    yield words_at(WIDTH - NUMBERS_WIDTH + 10, y + 17, numbers, size=11)


def _cut(label: str) -> str:
    return label if len(label) <= 36 else label[:35] + "…"

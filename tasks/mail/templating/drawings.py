"""Drawings of table cells, made from letters: every mail program shows them, also where it blocks images.

`mark`, and one for each project type that has one, stand in templates/layout/drawings.txt; the stairs of the club are
made for the number of its levels.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from markupsafe import Markup

PIXEL = 4  # one letter's side
STAIR_WIDTH, STAIR_HEIGHT, STAIR_GAP = 9, 3, 1  # letters
NOTHING = "."
_NAME = re.compile(r"[a-z_]+")

# By letter: the colour's name in the palette. The style in the mail's head gives each its dark colour, by the class
# b-<letter>.
COLOURS: Mapping[str, str] = {"w": "primary", "n": "accent", "h": "tint", "o": "card", "g": "earth"}


def read_drawings(text: str) -> Mapping[str, tuple[str, ...]]:
    """The drawings of a file by name, each as its lines of letters."""
    found: dict[str, list[str]] = {}
    name = ""
    for block in text.split("\n\n"):
        lines = block.strip("\n").split("\n")
        if _NAME.fullmatch(lines[0]):
            name, lines = lines[0], lines[1:]
            found[name] = lines
    return {name: tuple(lines) for name, lines in found.items()}


def stairs(levels: int, reached: int) -> tuple[str, ...]:
    """The club as stairs: one step a level, those up to `reached` (from 1) in metal."""
    height = levels * STAIR_HEIGHT
    lines = []
    for row in range(height):
        steps = []
        for level in range(1, levels + 1):
            is_there = height - row <= level * STAIR_HEIGHT
            steps.append(("z" if level <= reached else "h") * STAIR_WIDTH if is_there else NOTHING * STAIR_WIDTH)
        lines.append((NOTHING * STAIR_GAP).join(steps))
    width = levels * (STAIR_WIDTH + STAIR_GAP) - STAIR_GAP
    return (*lines, "g" * width)


def draw(lines: Sequence[str], colours: Mapping[str, str], metal: str = "", level: int = 0) -> Markup:
    """The drawing as tables: equal lines are one row, runs of a letter one cell.

    Args:
        colours: the palette of light mode; `metal` and `level` are those of the letter z.
    """
    return Markup(_draw(tuple(lines), tuple((letter, colours[name]) for letter, name in COLOURS.items()), metal, level))


@lru_cache(maxsize=256)
def _draw(lines: tuple[str, ...], colours: tuple[tuple[str, str], ...], metal: str, level: int) -> str:
    paint = {letter: (f"b-{letter}", colour) for letter, colour in colours} | {"z": (f"b-z{level}", metal)}
    rows = []
    for line, equal in groupby(lines):
        height = PIXEL * len(list(equal))
        cells = "".join(
            _cell(letter, PIXEL * len(list(run)), height, paint) for letter, run in groupby(line.rstrip("."))
        )
        rows.append(f'<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>{cells}</tr></table>')
    return f'<div aria-hidden="true" style="line-height:0;font-size:0;">{"".join(rows)}</div>'


def _cell(letter: str, width: int, height: int, paint: Mapping[str, tuple[str, str]]) -> str:
    size = f'width="{width}" height="{height}"'
    if letter == NOTHING:
        return f'<td {size} style="font:1px/{height}px a">&nbsp;</td>'
    name, colour = paint[letter]
    return f'<td {size} class="{name}" bgcolor="{colour}" style="font:1px/{height}px a">&nbsp;</td>'

"""Building blocks of small charts as SVG, without scripts: they open in a browser, in a mail, and in the Prefect UI."""

import base64
from collections.abc import Sequence
from html import escape

WIDTH = 960  # pixels
INK, FAINT = "#22303a", "#d9dfe2"


def data_uri(svg: str) -> str:
    """The chart as a data URI, which needs no file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def picture(height: int, title: str, parts: Sequence[str]) -> str:
    """A whole SVG picture, WIDTH wide and `height` pixels high, with a title at its head."""
    heading = words_at(10, 22, title, size=15)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" font-family="sans-serif" fill="{INK}"><title>{escape(title)}</title>'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{heading}{"".join(parts)}</svg>\n'
    )


def square_at(x: int, y: int, colour: str, text: str) -> str:
    """A small square of the colour, with its text to the right: one entry of a legend."""
    return f'<rect x="{x}" y="{y - 10}" width="12" height="12" fill="{colour}"/>' + words_at(x + 18, y, text)


def words_at(x: float, y: float, text: str, *, anchor: str = "start", size: int = 12) -> str:
    """Text at this place, in pixels; `y` is its base line."""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'

"""[brand.colours]: the colours of mails and pages, in light and in dark."""

from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Part

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class DarkColours(Part):
    """The colours of mails and pages in dark mode; the design's where the file says nothing."""

    primary: Colour = "#9fd3e6"  # links, and buttons with `background` as their words
    accent: Colour = "#f0a283"
    text: Colour = "#e9edef"
    background: Colour = "#13181b"
    card: Colour = "#1d252a"  # what the words of a mail or page stand on
    box: Colour = "#2a343a"  # what is set apart on the card


class Colours(Part):
    """The colours of mails and pages, as #rrggbb."""

    primary: Colour
    accent: Colour
    text: Colour
    background: Colour
    dark: DarkColours = DarkColours()

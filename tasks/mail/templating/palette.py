"""The colours of a mail by name, in light mode and in dark mode: the firm's own, and those that go with them."""

from collections.abc import Mapping

from programme.terms.colour_terms import Colours
from programme.words.colours import DARK_MUTED, WHITE

# The metals of the club's levels, from low to high; a level beyond the last has the last.
METALS = ("#8a5a2b", "#5f6f7a", "#7a5d06", "#3d4f63")


def light_palette(colours: Colours) -> Mapping[str, str]:
    """The firm's colours and the colours that go with them, by name, as #rrggbb."""
    return {
        **colours.model_dump(exclude={"dark"}),
        "card": WHITE,
        "on_primary": WHITE,
        "box": "#f6f4ef",
        "muted": "#55616a",
        "tint": "#c9d8dd",
        "earth": "#cfc9bd",
        "track": "#dfe3e4",
    }


def dark_palette(colours: Colours) -> Mapping[str, str]:
    """The same of dark mode; `programme check` sees to it that its words can be read on its grounds."""
    dark = colours.dark
    return {
        "page": dark.background,
        "card": dark.card,
        "box": dark.box,
        "text": dark.text,
        "muted": DARK_MUTED,
        "link": dark.primary,
        "accent": dark.accent,
        "tint": "#3d5a66",
        "earth": "#4a565c",
    }

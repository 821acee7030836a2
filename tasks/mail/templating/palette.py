"""The colours of a mail: the firm's own in light mode, ours in dark mode."""

from collections.abc import Mapping

from programme.terms.schema import Colours
from programme.words.colours import WHITE

# Fixed, because a firm chooses its colours for a light page. Each pair of a text and its ground has a contrast of at
# least 4.5.
DARK: Mapping[str, str] = {
    "page": "#13181b",
    "card": "#1d252a",
    "box": "#2a343a",
    "text": "#e9edef",
    "muted": "#b3bec4",
    "link": "#9fd3e6",
    "accent": "#f0a283",
    "tint": "#3d5a66",
    "earth": "#4a565c",
}

# The metals of the club's levels, from low to high; a level beyond the last has the last.
METALS = ("#8a5a2b", "#5f6f7a", "#7a5d06", "#3d4f63")
DARK_METALS = ("#dba777", "#b8c6cf", "#e2c065", "#c3d0e0")


def light_palette(colours: Colours) -> Mapping[str, str]:
    """The firm's colours and the colours that go with them, by name, as #rrggbb."""
    return {
        **colours.model_dump(),
        "card": WHITE,
        "on_primary": WHITE,
        "box": "#f6f4ef",
        "muted": "#55616a",
        "tint": "#c9d8dd",
        "earth": "#cfc9bd",
        "track": "#dfe3e4",
    }

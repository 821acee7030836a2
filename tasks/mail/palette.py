"""The colours of a mail: the firm's own in light mode, ours in dark mode."""

from collections.abc import Mapping

from programme.terms.schema import Colours

WHITE = "#ffffff"

# Fixed, because a firm chooses its colours for a light page. Each pair has a contrast of at least 4.5.
DARK: Mapping[str, str] = {
    "page": "#13181b",
    "card": "#1d252a",
    "box": "#2a343a",
    "text": "#e9edef",
    "muted": "#b3bec4",
    "link": "#9fd3e6",
}


def light_palette(colours: Colours) -> Mapping[str, str]:
    """The firm's colours and the colours that go with them, by name, as #rrggbb."""
    return {
        **colours.model_dump(),
        "card": WHITE,
        "on_accent": WHITE,
        "box": "#f6f4ef",
        "muted": "#55616a",
    }

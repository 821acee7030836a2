"""The colours of a mail: the firm's own in the light, ours in the dark."""

from collections.abc import Mapping

from programme.terms.schema import Colours

WHITE = "#ffffff"

# Fixed, because a firm's own colours are chosen for a light page; each pair has a contrast of at least 4.5.
DARK: Mapping[str, str] = {
    "page": "#13181b",
    "card": "#1d252a",
    "box": "#2a343a",
    "text": "#e9edef",
    "muted": "#b3bec4",
    "link": "#9fd3e6",
}


def light_palette(colours: Colours) -> Mapping[str, str]:
    return {
        **colours.model_dump(),
        "card": WHITE,
        "on_accent": WHITE,
        "box": "#f6f4ef",
        "muted": "#55616a",
    }


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours "#rrggbb", 1 to 21 (WCAG 2.2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

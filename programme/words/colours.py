"""How well one colour can be read on another, by WCAG 2.2, and the words in dark mode that no firm can colour."""

LEAST_CONTRAST = 4.5  # of text of normal size: WCAG 2.2, success criterion 1.4.3
WHITE = "#ffffff"

# Of words in dark mode, whatever the firm's own colours are: quiet ones, and the metals of the club's levels.
DARK_MUTED = "#b3bec4"
DARK_METALS = ("#dba777", "#b8c6cf", "#e2c065", "#c3d0e0")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written #rrggbb, from 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, from 0 (black) to 1 (white)."""
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    """A channel of 0 to 1 without the gamma of sRGB."""
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

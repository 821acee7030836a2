"""Draws golden mails with headless Chromium, for people to look at: python -m tests.tasks.mail.pictures FOLDER [NAME]…

Each mail at 700 and 375 px, light and dark, and without its style, as mail programs that strip it would show it.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

GOLDEN = Path(__file__).parents[2] / "golden"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEIGHT = 1700  # px; longer than any mail at 375 px
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class View(NamedTuple):
    """How a mail is looked at."""

    name: str
    width: int
    is_dark: bool = False
    is_plain: bool = False


VIEWS = (
    View("700", 700), View("375", 375), View("700-dark", 700, is_dark=True), View("375-dark", 375, is_dark=True),
    View("700-without-style", 700, is_plain=True), View("375-without-style", 375, is_plain=True),
)  # fmt: skip


def main(folder: Path, names: list[str], say: Callable[[str], None] = print) -> int:
    """Draw the named mails, or all; the exit code is 2 without a browser."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        say(f"no browser found; install one of {', '.join(BROWSERS)}")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    mails = [path for path in sorted(GOLDEN.glob("*/*.html")) if not names or path.stem in names]
    with tempfile.TemporaryDirectory() as scratch:
        for path in mails:
            for view in VIEWS:
                _draw(browser, Path(scratch), path, view, folder / f"{path.stem}-{view.name}.png")
            say(f"{path.stem}: {len(VIEWS)} pictures")
    return 0


def _draw(browser: str, scratch: Path, source: Path, view: View, target: Path) -> None:
    html = source.read_text("utf-8").replace(">\n<", "><")
    if view.is_plain:
        html = re.sub(r"(?s)<style.*?</style>", "", html)
    (scratch / "mail.html").write_text(html, "utf-8")
    # A window cannot be narrower than some 500 px, a frame in it can.
    frame = f'<iframe src="mail.html" style="border:0;width:{view.width}px;height:{HEIGHT}px"></iframe>'
    (scratch / "page.html").write_text(f'<body style="margin:0">{frame}</body>', "utf-8")
    scheme = ["--blink-settings=preferredColorScheme=0"] if view.is_dark else []
    size = [f"--user-data-dir={scratch / 'profile'}", f"--window-size={view.width},{HEIGHT}", f"--screenshot={target}"]
    page = (scratch / "page.html").as_uri()
    subprocess.run([browser, *QUIET, *scheme, *size, page], check=True, capture_output=True, timeout=60)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"), sys.argv[2:]))

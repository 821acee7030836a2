"""Draws every mail with headless Chromium, for people to look at: python -m tests.tasks.mail.pictures FOLDER [NAME]…

Each mail at 700, 375 and 320 px, light and dark, and without its style, as mail programs that strip it would show it;
its plain text lies beside it. No picture loads anything, so each is also the mail with images off.
"""

import base64
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from selenium.webdriver import Chrome

from tasks.mail.render import Mail
from tests.server.browser import browser_program, headless
from tests.tasks.campaigns.test_mails import CASES as CAMPAIGN_CASES
from tests.tasks.campaigns.test_mails import mail_of_case
from tests.tasks.mail.cases import CASES, renderer
from tests.tasks.mail.staff_cases import STAFF_CASES


class View(NamedTuple):
    """How a mail is looked at."""

    name: str
    width: int
    is_dark: bool = False
    is_plain: bool = False


VIEWS = (
    View("700", 700), View("375", 375), View("320", 320),
    View("700-dark", 700, is_dark=True), View("375-dark", 375, is_dark=True),
    View("700-without-style", 700, is_plain=True), View("375-without-style", 375, is_plain=True),
)  # fmt: skip


def main(folder: Path, names: list[str], say: Callable[[str], None] = print) -> int:
    """Draw the named mails, or all; the exit code is 2 without a browser."""
    program = browser_program()
    if program is None:
        say("no browser found; install chromium and its driver (Debian: apt-get install chromium chromium-driver)")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with headless(program) as browser, tempfile.TemporaryDirectory() as scratch:
        for name, mail in _mails(names):
            (folder / f"{name}.txt").write_text(f"{mail.subject}\n\n{mail.text}", "utf-8")
            for view in VIEWS:
                (folder / f"{name}-{view.name}.png").write_bytes(_drawn(browser, Path(scratch), mail.html, view))
            say(f"{name}: {len(VIEWS)} pictures")
    return 0


def _mails(names: list[str]) -> Iterator[tuple[str, Mail]]:
    """Those of touchpoints and rooms, of campaigns, and to staff."""
    made = renderer()
    for name, case in CASES.items():
        if not names or name in names:
            yield name, case.mail(made)
    for name in CAMPAIGN_CASES:
        if not names or name in names:
            yield name, mail_of_case(name)
    for name, staff in STAFF_CASES.items():
        if not names or name in names:
            yield name, staff.mail()


def _drawn(browser: Chrome, scratch: Path, html: str, view: View) -> bytes:
    """The whole mail as PNG, in a window of the view's width."""
    if view.is_plain:
        html = re.sub(r"(?s)<style.*?</style>", "", html)
    page = scratch / "mail.html"
    page.write_text(html, "utf-8")
    scheme = {"name": "prefers-color-scheme", "value": "dark" if view.is_dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    size = {"width": view.width, "height": 100, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri())
    browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    asked = {"format": "png", "captureBeyondViewport": True}
    return base64.b64decode(browser.execute_cdp_cmd("Page.captureScreenshot", asked)["data"])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"), sys.argv[2:]))

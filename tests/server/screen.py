"""Our own pages in a browser, at the widths and in the schemes that people use, and what axe finds on them."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from starlette.types import ASGIApp

WIDTHS = (375, 1280)
_AXE = (Path(__file__).parents[1] / "data/axe-core/axe.min.js").read_text("utf-8")
# The frames of mails may run nothing, so axe cannot ask them; mails are looked at by tests of their own.
_RUN = """
const [rules, done] = arguments;
axe.run(document, {resultTypes: ["violations"], iframes: false, ...(rules && {runOnly: rules})}).then(
    found => done(found.violations.map(each => each.id + ": " + each.nodes.map(node => node.html).join(" "))));
"""
OF_COLOURS = ["color-contrast", "link-in-text-block"]  # all that a scheme changes: our sheets turn colours alone
_IS_TOO_WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"


class Screen:
    """A browser on our own pages.

    Args:
        url: what the paths of the pages begin with.
        pictures: the folder of what `look` saw; None keeps none.
        name: what the names of the pictures begin with.
    """

    def __init__(self, driver: webdriver.Chrome, url: str, pictures: Path | None, name: str = "") -> None:
        self.driver, self.url, self._pictures, self._name = driver, url, pictures, name
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)

    def show(self, path: str, width: int = 375, scheme: str = "light") -> None:
        """Open a page on a telephone or a desk, by day or at night."""
        self.resize(width, 900)
        self.turn(scheme)
        self.driver.get(self.url + path)

    def resize(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)

    def turn(self, scheme: str) -> None:
        """By day or at night; at once, because a colour half-way between the two has a contrast of its own."""
        wanted = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
        media = {"features": [{"name": name, "value": value} for name, value in wanted.items()]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)

    def look(self, name: str) -> None:
        """Keep a picture of what the window shows: one beyond it sometimes never comes, and hangs the browser."""
        if self._pictures:
            self.driver.save_screenshot(str(self._pictures / f"{self._name}{name}.png"))

    def faults(self, rules: list[str] | None = None) -> list[str]:
        """What axe finds, whether the page is wider than the screen, and what the browser refused to load or run.

        Args:
            rules: axe's rules, by id; None means all that it has.
        """
        if not self.driver.execute_script("return 'axe' in window"):
            self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": _AXE})
        found: list[str] = self.driver.execute_async_script(_RUN, rules)
        found += ["wider than the screen"] if self.driver.execute_script(_IS_TOO_WIDE) else []
        said = [line["message"] for line in self.driver.get_log("browser")]
        return found + [words for words in said if "status of 4" not in words]  # pages of faults are looked at as well

    def faults_everywhere(self, bring: Callable[[int], None], name: str, widths: Iterable[int] = WIDTHS) -> list[str]:
        """The faults of a page at each width, light and, of its colours, dark; a picture of each may be kept.

        Args:
            bring: shows the page at a width, light.
        """
        found = []
        for width in widths:
            bring(width)
            for scheme, rules in (("light", None), ("dark", OF_COLOURS)):
                self.turn(scheme)
                self.look(f"{name}-{width}-{scheme}")
                found += [f"{name} {width} {scheme}: {fault}" for fault in self.faults(rules)]
        return found

    def tap(self, css: str) -> None:
        self.driver.find_element(By.CSS_SELECTOR, css).click()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def tab_to(self, css: str) -> None:
        """By the tabulator alone, as far as it takes."""
        wanted = self.driver.find_element(By.CSS_SELECTOR, css)
        for _ in range(80):
            if self.driver.switch_to.active_element == wanted:
                return
            self.press(Keys.TAB)
        raise AssertionError(f"{css} cannot be reached by the keyboard")

    def await_focus(self, element_id: str) -> None:
        """A page sets it a moment after its text is there."""
        waited = WebDriverWait(self.driver, 10, ignored_exceptions=[StaleElementReferenceException])
        waited.until(lambda driver: driver.switch_to.active_element.get_attribute("id") == element_id, element_id)


@contextmanager
def serving(app: ASGIApp, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    yield
    server.should_exit = True
    thread.join(10)

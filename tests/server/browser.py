"""Prefect's UI as a person uses it: labels are clicked, fields are filled, text is read."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_SECONDS = 60


def browser_program() -> str | None:
    """The Chromium of the system, when its driver is there as well."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    return found if found and shutil.which("chromedriver") else None


@contextmanager
def headless(program: str) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in ("--headless=new", "--disable-dev-shm-usage", "--window-size=1400,1200"):
        options.add_argument(argument)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium refuses to start as root with it
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


class Ui:
    """Args: screenshots: where `look` leaves its pictures."""

    def __init__(self, driver: webdriver.Chrome, url: str, screenshots: Path) -> None:
        self._driver, self._url, self._screenshots = driver, url, screenshots
        screenshots.mkdir(parents=True, exist_ok=True)

    def open(self, path: str) -> None:
        self._driver.get(f"{self._url}/v2/{path}")

    def look(self, name: str) -> None:
        self._driver.save_screenshot(str(self._screenshots / f"{name}.png"))

    def text(self) -> str:
        return self._driver.find_element(By.TAG_NAME, "body").text

    def await_text(self, *wanted: str) -> str:
        """The page's text, once it holds all of these."""
        self._until(lambda _: all(each in self.text() for each in wanted), f"{wanted} on the page")
        return self.text()

    def click(self, what: str, role: str = "*") -> None:
        """Click the thing with exactly this text; role: button, a, tab, menuitem …"""
        kind = f"*[@role='{role}']" if role in ("tab", "menuitem", "switch") else role
        path = f"//{kind}[normalize-space(.)='{what}']"
        self._until(lambda driver: _clicked(driver.find_elements(By.XPATH, path)), f"{role} {what!r}")

    def start_form(self, flow: str) -> None:
        """From the list of deployments to the form of a custom run, as a person goes."""
        self.open("deployments?limit=50")  # more than the ten of a page
        self.click(flow, "a")
        self.click("Run", "button")
        self.click("Custom run", "menuitem")
        self.await_text("Submit", "Run Name")

    def write(self, field: str, text: str) -> None:
        """Fill in a text field by its label."""
        self._until(lambda _: self._near(field, "textarea"), f"text field {field}")[0].send_keys(text)

    def fill_date(self, field: str, day: date) -> None:
        """Fill a date field; an optional one has first to be switched from None to date."""
        tab, picker = "button[@role='tab'][normalize-space(.)='date']", "button[@aria-haspopup='dialog']"
        self._until(lambda _: self._near(field, tab) or self._near(field, picker), f"date field {field}")
        _clicked(self._near(field, tab))
        self._until(lambda _: _clicked(self._near(field, picker)), f"date field {field}")
        path = "//*[@role='dialog']//input"

        def typed(driver: object) -> bool:
            """Typed into the calendar's field; one that is closing may take the field away meanwhile."""
            fields = self._driver.find_elements(By.XPATH, path)
            if fields:
                fields[0].send_keys(Keys.CONTROL, "a")
                fields[0].send_keys(day.isoformat(), Keys.ENTER)
            return bool(fields)

        self._until(typed, f"calendar of {field}")
        self._driver.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)
        self._until(lambda driver: not driver.find_elements(By.XPATH, path), f"calendar of {field} closed")

    def open_artifact(self, key: str) -> None:
        """The newest version of an artifact: the UI lists the versions of a key first."""
        self.open(f"artifacts/key/{key}")
        newest = "//a[contains(@href, '/artifacts/artifact/')]"
        self._until(lambda driver: _clicked(driver.find_elements(By.XPATH, newest)), f"artifact {key}")

    def is_on(self, field: str) -> bool:
        """Whether a switch is on."""
        found = self._until(lambda _: self._near(field, "button[@role='switch']"), f"switch {field}")
        return bool(found[0].get_attribute("aria-checked") == "true")

    def _near(self, field: str, what: str) -> list[WebElement]:
        """The things behind a field's label, up to the next label."""
        label = f"//label[starts-with(normalize-space(.), '{field}')]"
        return self._driver.find_elements(By.XPATH, f"({label}/following::{what})[1]")

    def _until(self, found: object, what: str) -> list[WebElement]:
        patience = WebDriverWait(
            self._driver, PATIENCE_SECONDS, ignored_exceptions=[StaleElementReferenceException, WebDriverException]
        )
        return patience.until(found, f"{what}: not there; see {self._screenshots}")  # type: ignore[arg-type,return-value]


def _clicked(found: list[WebElement]) -> bool:
    for element in found:
        if element.is_displayed():
            element.click()
            return True
    return False

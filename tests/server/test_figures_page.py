"""The page of figures in a browser: axe finds nothing in any state, and on A4 the director's page is the first."""

from functools import partial
from pathlib import Path

import pytest
from selenium import webdriver

from tasks.figures.page import page_html
from tests import factories as make
from tests.sample_report import sample_report
from tests.sample_reports import big_report, empty_report, hostile_report, one_client_report
from tests.server.screen import OF_COLOURS, Screen

pytestmark = [pytest.mark.server, pytest.mark.browser]

STATES = {
    "nothing": empty_report,
    "one": one_client_report,
    "sample": sample_report,
    "big": big_report,
    "hostile": hostile_report,
}
A4 = (688, 1020)  # CSS pixels within the margins
# How far the eight reach, and what is wider than the paper: Chromium would shrink the whole page for it.
ON_PAPER = """
const width = document.documentElement.clientWidth;
return [document.querySelector(".eight").getBoundingClientRect().bottom,
        [...document.querySelectorAll("*")].filter(each => each.getBoundingClientRect().right > width + 1).length];
"""


@pytest.fixture(scope="module")
def screen(browser: webdriver.Chrome, pictures: Path | None) -> Screen:
    return Screen(browser, "", pictures, "figures-")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of each state's file."""
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for name, made in STATES.items():
        path: Path = folder / f"{name}.html"
        path.write_text(page_html(made(), make.programme()), "utf-8")
        found[name] = path.as_uri()
    return found


def test_axe_finds_nothing(screen: Screen, pages: dict[str, str]) -> None:
    """Every state, on a phone and on a desk, light and dark; nothing scrolls sideways but what says so."""

    def open_all(url: str, width: int) -> None:
        screen.show(url, width)
        screen.driver.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")

    found = [screen.faults_everywhere(partial(open_all, url), name) for name, url in pages.items()]
    assert sum(found, []) == []


def test_it_is_no_wider_than_a_tablet(screen: Screen, pages: dict[str, str]) -> None:
    """The table of mails has eight columns as soon as its rows are no cards."""
    for name, url in pages.items():
        screen.show(url, 640)
        assert screen.faults(OF_COLOURS) == [], name


def test_the_eight_fit_on_the_first_sheet(screen: Screen, pages: dict[str, str]) -> None:
    """With long numbers too; and nothing is wider than the paper."""
    driver = screen.driver
    screen.resize(*A4)
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for name, url in pages.items():
        driver.get(url)
        bottom, too_wide = driver.execute_script(ON_PAPER)
        assert bottom <= A4[1], name
        assert too_wide == 0, name
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})

"""The figures at the desk: the page in the frame, under the desk's content policy, with sums to do oneself."""

from datetime import date, timedelta

import pytest

from tests.web.desk.conftest import BAS, Desk


@pytest.fixture
def peopled(desk: Desk) -> Desk:
    desk.add_client("K1", "Anna de Vries")
    desk.add_project("K1", ordered_on=date(2025, 6, 1), delivered_on=date(2025, 7, 1))
    return desk


def test_the_page_stands_in_the_frame(peopled: Desk) -> None:
    """One h1, its own style sheet as a file, no style and no script in it, and no client's name."""
    browser = peopled.as_person(BAS)
    page = browser.get("/desk/figures")

    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert "Komen klanten terug?" in page.text
    assert "<style" not in page.text
    assert "<script" not in page.text
    assert "Anna de Vries" not in page.text
    assert "style-src 'self'" in page.headers["content-security-policy"]
    sheet = page.text.partition('figures.css"')[0].rpartition('href="')[2] + "figures.css"
    assert ".figures" in browser.get(sheet).text


def test_nobody_sees_it_without_a_login(peopled: Desk) -> None:
    """As with every page of the desk."""
    assert peopled.browser().get("/desk/figures").status_code == 303


def test_the_sums_are_done_with_what_was_typed(peopled: Desk) -> None:
    """The source document's: 1,000 clients at € 500, of whom 20 % stay; what is no number is said and escaped."""
    browser = peopled.as_person(BAS)
    page = browser.get("/desk/figures", params={"klanten": "1.000", "eerste_jaar": "500", "behoud": "20"})
    assert "€\u00a0624.800" in page.text

    wrong = browser.get("/desk/figures", params={"klanten": '"><script>'})
    assert "Vul een getal in" in wrong.text
    assert "<script" not in wrong.text


def test_the_report_is_made_once_a_quarter_of_an_hour(peopled: Desk) -> None:
    """A large base is not counted anew for each visitor; tomorrow it is another report."""
    browser = peopled.as_person(BAS)
    assert "Alle cijfers gaan over 1 klant," in browser.get("/desk/figures").text
    peopled.add_client("K2")
    peopled.add_project("K2")
    assert "Alle cijfers gaan over 1 klant," in browser.get("/desk/figures").text
    peopled.now[0] += timedelta(minutes=16)
    assert "Alle cijfers gaan over 2 klanten," in browser.get("/desk/figures").text

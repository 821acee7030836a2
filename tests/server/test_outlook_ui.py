"""Looking ahead from the forms: which mails are coming, and what if the programme changed."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from selenium import webdriver

from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.browser import Ui
from tests.server.stack import Stack

pytestmark = [pytest.mark.server, pytest.mark.browser]

DAY = date(2026, 6, 3)
PEOPLE = 4


@pytest.fixture(scope="module")
def ui(stack: Stack, worker: None, browser: webdriver.Chrome, screenshots: Path) -> Ui:
    add_delivered(stack.engine, "OL", PEOPLE, DAY - timedelta(days=FEEDBACK_DAYS))
    return Ui(browser, stack.url, screenshots)


def test_the_mails_to_come_from_their_form(ui: Ui) -> None:
    """A day and a number of days are filled in; the answer is a sentence, a picture and a table."""
    ui.start_form("forecast")
    ui.fill_date("Eerste dag", DAY)
    ui.look("10-forecast-form")
    ui.click("Submit", "button")
    ui.click("View run")
    ui.await_text("forecast-90-dagen", "Completed")
    ui.open_artifact(f"verwachting-{DAY}-{DAY + timedelta(days=89)}")
    ui.await_text("mails als er verder niets gebeurt", "Versturen", "Waarvan later")
    ui.look("11-forecast")


def test_what_if_from_its_form(ui: Ui) -> None:
    """Two days and one changed line: four people would lose their mail, as the picture and the table say."""
    ui.start_form("what-if")
    ui.fill_date("Eerste dag", DAY)
    ui.fill_date("Laatste dag", DAY)
    ui.write("Tekst", 'touchpoints.feedback_request.offset = "5 days"')
    ui.look("12-what-if-form")
    ui.click("Submit", "button")
    ui.click("View run")
    ui.await_text("what-if-2026-06-03-2026-06-03", "Completed")
    ui.open_artifact(f"wat-als-{DAY}-{DAY}")
    ui.await_text("touchpoints.feedback_request")
    ui.look("13-what-if")

"""A marketer's and an engineer's minutes in the Prefect UI, in headless Chromium."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from selenium import webdriver

from tests.server.base import FEEDBACK_DAYS, add_delivered
from tests.server.browser import Ui
from tests.server.stack import Stack

pytestmark = [pytest.mark.server, pytest.mark.browser]

DAY = date(2025, 11, 5)
PEOPLE = 7


@pytest.fixture(scope="module")
def ui(stack: Stack, worker: None, browser: webdriver.Chrome, screenshots: Path) -> Ui:
    add_delivered(stack.engine, "UI", PEOPLE, DAY - timedelta(days=FEEDBACK_DAYS))
    return Ui(browser, stack.url, screenshots)


def test_the_clock_can_be_read(ui: Ui, stack: Stack) -> None:
    """The list of deployments has each flow by its name; a deployment tells in Dutch what it does, and its hour.

    The pages were unpacked into the server's home, not into Prefect's package, which it may not be able to write.
    """
    ui.open("deployments?limit=50")
    ui.await_text("daily", "win-back", "campaign", "backfill", "housekeeping", "bouwclub")
    ui.look("1-deployments")
    ui.click("daily", "a")
    ui.await_text("At 09:05 AM", "Concurrency Limit")
    ui.click("Description", "tab")
    ui.await_text("Stuurt elke klant die vandaag aan een bericht toe is")
    ui.look("2-daily")
    assert {"v1", "v2"} <= {path.name for path in (Path(stack.environment["PREFECT_HOME"]) / "ui").iterdir()}


def test_a_dry_run_from_the_form_to_its_table(ui: Ui) -> None:
    """Fields with Dutch help and harmless defaults; the run's page shows the counts, its table the reasons."""
    ui.start_form("daily")
    ui.await_text("De dag waarvoor wordt gekeken", "Alleen kijken", "veel meer zijn dan gewoonlijk")
    ui.fill_date("as_of", DAY)
    assert ui.is_on("dry_run")
    assert not ui.is_on("confirm")
    ui.look("3-form")

    ui.click("Submit", "button")
    ui.click("View run")
    ui.await_text(f"daily-{DAY}", "Completed")
    ui.click("Artifacts", "tab")
    ui.await_text(f"plan-daily-{DAY}", f"Versturen {PEOPLE}, wacht 0, niet 0")
    ui.look("4-artifacts")

    ui.open_artifact(f"plan-daily-{DAY}")
    ui.await_text("Bericht", "Versturen", "Hoe is het gegaan?", str(PEOPLE))
    ui.look("5-table")


def test_a_backfill_from_the_form_to_its_days(ui: Ui) -> None:
    """An engineer looks at three days: each is a run with its date, the summary adds them up."""
    ui.start_form("backfill")
    ui.fill_date("first", DAY)
    ui.fill_date("last", DAY + timedelta(days=2))
    ui.look("6-backfill-form")

    ui.click("Submit", "button")
    ui.click("View run")
    ui.await_text("backfill-2025-11-05-2025-11-07-plan", "Completed")
    ui.click("Subflow Runs", "tab")
    ui.await_text("backfill-2025-11-05", "backfill-2025-11-06", "backfill-2025-11-07")
    ui.look("7-backfill-days")
    ui.open_artifact("periode")
    ui.await_text("Alle dagen", "2025-11-06")
    ui.look("8-backfill-summary")


def test_a_missing_date_is_told_before_a_run_exists(ui: Ui, stack: Stack) -> None:
    """The form of a backfill without its days stays where it is and says what is missing."""
    before = len(stack.runs(name={"like_": "backfill"}))
    ui.start_form("backfill")
    ui.click("Submit", "button")
    ui.await_text("required")
    ui.look("9-refused")
    assert len(stack.runs(name={"like_": "backfill"})) == before

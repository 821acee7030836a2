"""A marketer's day in a browser: fill in the form, look, start in earnest, give the go, see it complete."""

import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import select

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import campaigns, clients, messages, projects, suppressions
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from tasks.base.workspace import today_in_amsterdam
from tests.server.browser import PATIENCE_SECONDS, Ui, browser_program, headless
from tests.server.stack import Stack, wait_for

pytestmark = pytest.mark.server

PEOPLE, REFUSED = 120, 15  # more than the programme lets go without a go
DIALOG = "//*[@role='dialog']"


@pytest.fixture
def driver() -> Iterator[Chrome]:
    program = browser_program()
    if program is None:
        pytest.fail("no Chromium with its driver; Debian: apt-get install chromium chromium-driver")
    with headless(program) as driver:
        yield driver


class Form:
    """The fields of the form by their labels, as a person finds them."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def write(self, label: str, text: str) -> None:
        self._after(label, "textarea").send_keys(text)

    def choose(self, label: str, option: str) -> None:
        self._after(label, "button[@aria-haspopup='listbox']").click()
        self._wait(f"//*[@role='option'][normalize-space(.)='{option}']").click()
        self._driver.find_element(By.TAG_NAME, "body").send_keys(Keys.ESCAPE)

    def switch(self, label: str) -> None:
        self._after(label, "button[@role='switch']").click()

    def answer(self, option: str, name: str) -> None:
        """Fill in the question of a waiting run, and go on."""
        for place, chosen in enumerate((option, name), start=1):
            self._wait(f"({DIALOG}//button[@aria-haspopup='listbox'])[{place}]").click()
            self._wait(f"//*[@role='option'][normalize-space(.)='{chosen}']").click()
        self._wait(f"{DIALOG}//button[normalize-space(.)='Resume']").click()

    def open_menu(self) -> None:
        self._wait("(//button[@aria-haspopup='menu'])[1]").click()

    def _after(self, label: str, what: str) -> WebElement:
        return self._wait(f"(//label[starts-with(normalize-space(.), '{label}')]/following::{what})[1]")

    def _wait(self, path: str) -> WebElement:
        patience = WebDriverWait(self._driver, PATIENCE_SECONDS)
        return patience.until(lambda driver: driver.find_element(By.XPATH, path), path)


@pytest.fixture
def audience(stack: Stack) -> set[str]:
    """Clients with a monument, delivered ten months ago; the last of them have unsubscribed."""
    ids = [f"MC{number:04d}" for number in range(PEOPLE + REFUSED)]
    delivered_on = today_in_amsterdam() - timedelta(days=300)
    addresses = [f"{each.lower()}@voorbeeld.nl" for each in ids]
    people = [
        [each, f"Klant {each}", address, address, "consument", "yes", "email", zlib.crc32(each.encode())]
        for each, address in zip(ids, addresses, strict=True)
    ]
    work = [[f"P{each}", each, "overig", 90_000, delivered_on, delivered_on, True] for each in ids]
    columns = ["client_id", "name", "email", "recipient", "kind", "consent", "channel", "id_crc32"]
    with writing(stack.engine) as connection:
        insert_rows(connection, clients, columns, people)
        columns = ["project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on", "monument"]
        insert_rows(connection, projects, columns, work)
        refused = [[address, "unsubscribe", delivered_on] for address in addresses[PEOPLE:]]
        insert_rows(connection, suppressions, ["email", "reason", "since"], refused)
    return set(addresses[:PEOPLE])


def fill_in(ui: Ui, form: Form) -> None:
    ui.start_form("campaign")
    form.write("Naam van de campagne", "Monumentenbrief")
    form.choose("Soort mail", "Nieuwsbrief")
    form.write("Onderwerp", "Nieuws over monumenten")
    form.write("Inleiding", "Wij weten wat er mag, ook met <b>oude</b> muren.")
    form.switch("Monument")


@pytest.mark.usefixtures("worker")
def test_a_marketers_day(stack: Stack, audience: set[str], driver: Chrome, tmp_path: Path) -> None:
    """The form is filled in, the dry run read, the campaign started, a go given by name; all get it, once."""
    page, form = Ui(driver, stack.url, tmp_path), Form(driver)

    fill_in(page, form)
    page.look("form")
    page.click("Submit", "button")
    looked = stack.ended(run_named(stack, "campaign-monumentenbrief-proef"))
    page.open(f"runs/flow-run/{looked.id}")
    page.click("Artifacts", "tab")
    page.await_text("120 krijgen de mail", "Wie de mail nu niet krijgt")
    page.look("artifacts")
    told = stack.artifacts(looked)["campagne-monumentenbrief"]
    assert "**120** mensen krijgen deze mail; 135 adressen vallen in de doelgroep." in told
    assert told.count("## Voorbeeld") == 3
    assert messages_of(stack) == {}

    fill_in(page, form)
    form.switch("Proefdraaien")
    page.click("Submit", "button")
    number = run_named(stack, "campaign-monumentenbrief")
    wait_for(lambda: stack.run(number).state.is_paused(), "the question for a go", 120)
    assert messages_of(stack) == {}
    page.open(f"runs/flow-run/{number}")
    form.open_menu()
    page.click("Resume", "menuitem")
    page.await_text("gaat naar 120 mensen")
    page.look("go")
    form.answer("Ja, versturen", "Jeroen Broersma")
    sent = stack.ended(number)
    page.open(f"runs/flow-run/{number}")
    page.await_text("Completed")
    page.look("sent")

    assert sent.state is not None
    assert sent.state.is_completed()
    assert messages_of(stack) == dict.fromkeys(audience, MessageStatus.ACCEPTED)
    with reading(stack.engine) as connection:
        kept = connection.execute(select(campaigns).where(campaigns.c.name == "monumentenbrief")).one()
    assert (kept.go_by, kept.go_for) == ("Jeroen Broersma", PEOPLE)


@pytest.mark.usefixtures("worker")
def test_a_later_moment_is_one_run_in_the_clock(stack: Stack) -> None:
    """Started twice for tomorrow, one run is waiting for its moment, and nothing has gone."""
    day = (today_in_amsterdam() + timedelta(days=1)).isoformat()
    message = {"name": "Morgenbrief", "template": "Vrije tekst", "subject": "Morgen", "body": "Tot morgen."}
    form = {"message": message, "audience": {"all_of": {"areas": "1"}}, "sending": {"day": day, "hour": "08:30"}}
    told = [stack.ended(stack.begin("campaign", **form, dry_run=False)) for _ in range(2)]

    assert [run.state.name for run in told if run.state] == ["Ingepland", "Ingepland"]
    own = (run for run in stack.runs() if "gepland" in run.tags)
    waiting = [run for run in own if run.parameters["message"]["name"] == message["name"]]
    assert len(waiting) == 1
    assert waiting[0].state is not None
    assert waiting[0].state.is_scheduled()
    moment = waiting[0].expected_start_time
    assert moment is not None
    assert f"{moment.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}" == f"{day} 08:30"
    assert waiting[0].parameters["sending"]["test_address"] == ""


def run_named(stack: Stack, name: str) -> UUID:
    """The number of the run of this name, once it is there."""

    def found() -> UUID | None:
        return next((run.id for run in stack.runs() if run.name == name), None)

    return wait_for(found, f"run {name}", 120)


def messages_of(stack: Stack) -> dict[str, str]:
    query = select(messages.c.recipient, messages.c.status).where(messages.c.occasion == "monumentenbrief")
    with reading(stack.engine) as connection:
        return dict(connection.execute(query).tuples().all())

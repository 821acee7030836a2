"""The desk in a browser: a day of the office on a phone and at a desk, light and dark; axe finds nothing anywhere."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from models import tables
from models.database.engine import open_engine
from models.settings import Settings
from programme.proposals.changes import Change
from programme.proposals.proposal import Proposal
from programme.verdict.findings import Verdict
from programme.words.dates import AMSTERDAM
from tasks.base.workspace import Workspace
from tasks.campaigns.drafts import begin_draft
from tasks.desk.sessions import make_link, person_by_name
from tasks.inbound.journal import Journal
from tasks.mail.render import Renderer
from tasks.proposals.store import keep_proposal
from tests.factories import shipped_programme
from tests.server.postgres import free_port
from tests.server.screen import OF_COLOURS, WIDTHS, Screen, serving
from tests.web.desk.conftest import BAS, KEY, NOW
from tests.web.desk.test_care import Office
from tests.web.desk.test_results import add_campaign
from web.desk import login
from web.desk.composing import look
from web.desk.pages.marketing.what_if import view as what_if_view
from web.server.app import create_app

pytestmark = [pytest.mark.server, pytest.mark.browser]

PATIENCE_SECONDS = 20
DAY = NOW.date()


class Desk(Screen):
    """The desk and the office behind it."""

    def __init__(self, driver: webdriver.Chrome, url: str, pictures: Path | None, office: Office) -> None:
        super().__init__(driver, url, pictures, "desk-")
        self.office = office

    def await_words(self, words: str) -> None:
        """Whatever page is being left meanwhile."""
        waiting = WebDriverWait(self.driver, PATIENCE_SECONDS, ignored_exceptions=[StaleElementReferenceException])
        waiting.until(lambda driver: words in driver.find_element(By.TAG_NAME, "body").text, words)

    def log_in(self) -> None:
        people = self.office.programme.people
        token = make_link(self.office.engine, person_by_name(people, BAS), self.office.now[0])
        self.show(f"/desk/in/{token}")
        self.tap("main button")
        self.await_words("Vandaag")


@pytest.fixture(scope="module")
def screen(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, browser: webdriver.Chrome, pictures: Path | None
) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    shutil.copy(sqlite_template, folder / "desk.db")
    engine, port, now = open_engine(f"sqlite:///{folder}/desk.db"), free_port(), [NOW]
    url, programme = f"http://127.0.0.1:{port}", shipped_programme()
    settings = Settings(
        _env_file=None, secret_key=KEY, base_url=url, desk="mail", desk_hours=300, outbox_dir=folder / "outbox"
    )
    app = create_app(settings, engine, programme, lambda: now[0], journal=Journal(folder / "wishes"))
    office = Office(app, engine, programme, folder / "outbox", now)
    office.workspace = Workspace(settings, programme, engine)
    office.renderer = Renderer(programme, url)
    _fill(office)
    with pytest.MonkeyPatch.context() as patch, serving(app, port):
        patch.setattr(login, "BURST", 1000)
        patch.setattr(what_if_view, "PATIENCE_SECONDS", 20.0)
        patch.chdir(folder)
        keep_proposal(
            Proposal("", "win_back", BAS, NOW, "Minder mail.", "x", (Change(("caps", "service_gap_days"), 2, 3),)), DAY
        )
        screen = Desk(browser, url, pictures, office)
        screen.log_in()
        yield screen
    engine.dispose()


def _fill(office: Office) -> None:
    """Two complaints, a mail in doubt, a stranger's mail, a batch, and a client with a hostile name."""
    office.add_client("K1", phone="06-48719105")
    office.add_project("K1", "P1")
    office.add_client("K2", f'<b>"Karin"</b> Müller {"van" * 60}', phone="06-22718840")
    office.add_project("K2", "P2", engineer=BAS)
    given = {"kind": "nps", "origin": "page", "given_on": date(2026, 3, 2)}
    moment = datetime(2026, 3, 2, 20, 0, tzinfo=AMSTERDAM)
    first = {"feedback_id": "F1", "client_id": "K1", "score": 3, "comment": "Twee keer teruggebeld moeten worden."}
    office.add(tables.feedback, **given, **first, project_id="P1", given_at=moment)
    second = {"feedback_id": "F2", "client_id": "K2", "score": 6, "comment": None, "severity": "minor"}
    office.add(tables.feedback, **given, **second, project_id="P2", given_at=moment)
    office.until(2, "20.15")
    office.until(3, "10.40")
    batch = {"batch_id": "S20260301-1", "as_of": date(2026, 3, 1), "number": 1, "state": "prepared"}
    who = {"prepared_by": "Jeroen Broersma", "preparer_key": "jeroenbroersma", "prepared_at": NOW}
    office.add(tables.settlement_batches, **batch, **who)
    _fill_campaigns(office)


def _fill_campaigns(office: Office) -> None:
    """One campaign that went to some, waits for some and passed by others; one that reached nobody; one to come."""
    first = date(2026, 2, 17)
    for name, day in (("voorjaar-2026", first), ("leeg", first), ("open-dag", date(2026, 3, 29))):
        add_campaign(office, name, first_on=day, closes_on=day + timedelta(days=30), go_by=BAS, go_for=41)
    for number in range(90):
        client_id = f"M{number:02d}"
        office.add_client(client_id)
        delivered = date(2025, 3, 1) + timedelta(days=number)
        office.add_project(client_id, ordered_on=date(2024, 12, 1), delivered_on=delivered)
        key: dict[str, Any] = {
            "client_id": client_id,
            "recipient": f"{client_id.lower()}@voorbeeld.nl",
            "touchpoint": "newsletter",
        }
        key |= {"occasion": "voorjaar-2026", "flow": "campaign", "segment": ("starter", "verbouwer")[number % 2]}
        key |= {"tier": ("brons", None)[number % 3 == 0], "due_on": first, "as_of": first}
        outcome, reason = (("send", ""), ("send", ""), ("skip", "no_consent"), ("defer", "frequency_cap"))[number % 4]
        until = date(2026, 3, 5) if outcome == "defer" else None
        office.add(tables.decisions, **key, outcome=outcome, reason=reason, priority=1, until=until)
        if outcome == "send":
            status, log = ("accepted", "rejected")[number % 8 == 0], {"purpose": "marketing", "closes_on": first}
            office.add(tables.messages, **key, **log, message_id=f"{number:032x}", status=status, is_tracked=True)
        if number % 8 == 1:
            told = {"message_id": f"{number:032x}", "occurred_at": NOW, "received_at": NOW, "is_machine": False}
            office.add(tables.events, **told, provider_event_id=f"e{number}", kind="opened", recipient="")


PAGES = (
    "/desk",
    "/desk?all=1",
    "/desk/tasks",
    "/desk/tasks/case_call:K1:F1",
    "/desk/cases",
    "/desk/cases/F1",
    "/desk/cases?toon=afgesloten",
    "/desk/clients",
    "/desk/clients?q=niemand",
    "/desk/clients/K1",
    "/desk/clients/K2",
    "/desk/replies",
    "/desk/messages",
    "/desk/payouts",
    "/desk/campaigns",
    "/desk/campaigns/results/voorjaar-2026",
    "/desk/calendar",
    "/desk/calendar/2026-03-29",
    "/desk/what-if",
    "/desk/what-if/mail/win_back?offset=8&offset_unit=months",
    "/desk/what-if/mail/feedback_request?grace_days=99&holdout_share=0",
    "/desk/what-if/proposals/win_back-2026-03-03",
    "/desk/figures",
    "/desk/acts",
    "/desk/nergens",
)


def test_axe_finds_nothing(screen: Desk) -> None:
    """Every page, on a phone and at a desk, light and dark; nothing scrolls sideways, nothing is refused by policy."""
    found = [screen.faults_everywhere(partial(screen.show, path), _name_of(path)) for path in PAGES]
    screen.show("/desk")
    screen.tap(".menu summary")
    found.append([f"menu: {fault}" for fault in screen.faults()])

    assert sum(found, []) == []


def _name_of(path: str) -> str:
    """The name of a page's picture."""
    return re.sub(r"\W+", "-", path.removeprefix("/desk")).strip("-") or "today"


def test_a_task_is_done_in_two_taps_on_a_phone(screen: Desk) -> None:
    """The number and the outcome stand in reach from the first moment; the note after it says what was noted."""
    screen.show("/desk")
    screen.driver.find_element(By.LINK_TEXT, "Sjaak Mulder").click()
    screen.await_words("Twee keer teruggebeld moeten worden.")
    call = screen.driver.find_element(By.CSS_SELECTOR, ".dock .call")
    assert call.is_displayed()
    assert call.get_attribute("href") == "tel:0648719105"
    assert call.rect["height"] >= 44
    screen.look("dock")
    screen.tap(".dock button[value=no_answer]")
    screen.await_words("Genoteerd. De taak blijft staan.")
    screen.await_words("één poging")
    assert screen.faults() == []


_OVER_NOTHING = """
const isEmpty = section => ![...section.children].some(each => each.tagName !== "H2" && each.checkVisibility());
return [...document.querySelectorAll("main section")].filter(each => each.checkVisibility() && isEmpty(each))
    .map(each => each.innerText);
"""


@pytest.mark.parametrize("path", ["/desk/cases/F1", "/desk/clients/K1", "/desk/payouts"])
def test_no_heading_is_printed_over_nothing(screen: Desk, path: str) -> None:
    """Forms are not printed, and neither is what stands over them."""
    screen.show(path, 1280)
    screen.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    assert screen.driver.execute_script(_OVER_NOTHING) == []
    screen.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


# The labels of cells with a word that is wider than its cell, which the browser would cut in two.
_CUT = """
const pen = document.createElement("canvas").getContext("2d");
return [...document.querySelectorAll("td[data-l]")].filter(cell => {
    const style = ["::before", "::after"].map(of => getComputedStyle(cell, of)).find(each => each.content !== "none");
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    return cell.dataset.l.split(" ").some(word => pen.measureText(word).width > cell.clientWidth);
}).map(cell => cell.dataset.l);
"""


@pytest.mark.parametrize("path", ["/desk", "/desk/campaigns", "/desk/figures"])
def test_no_word_is_cut_on_the_smallest_telephone(screen: Desk, path: str) -> None:
    """Four numbers beside each other become two there."""
    screen.show(path, 320)
    assert screen.driver.execute_script(_CUT) == []
    assert screen.faults(OF_COLOURS) == []


@pytest.mark.parametrize("width", [640, 768, 1024])
def test_the_widest_table_slides_on_a_tablet(screen: Desk, width: int) -> None:
    """Its nine columns do not make the page wider than the screen."""
    screen.show("/desk/campaigns", width)
    assert screen.driver.find_elements(By.CSS_SELECTOR, ".sideways td")
    assert screen.faults(OF_COLOURS) == []


def test_the_longest_step_of_a_case_stays_in_its_panel(screen: Desk) -> None:
    """Beside the tasks of the day there is little room for a step and its moment."""
    screen.show("/desk", 1280)
    longest = "oplossing voorstellen, vrijdag 25 september 10.00 uur"
    screen.driver.execute_script("document.querySelector('.mini .tag').lastChild.data = arguments[0]", longest)
    assert screen.faults(OF_COLOURS) == []


def test_a_draft_has_room_for_its_name_on_a_telephone(screen: Desk) -> None:
    """Who saved it last, and when, stands below it."""
    form = {"message": {"name": "Zomervoordeel"}, "audience": {}, "sending": {}}
    begin_draft(screen.office.engine, form, BAS, NOW)
    screen.show("/desk/campaigns", 375)
    (name,) = screen.driver.find_elements(By.LINK_TEXT, "Zomervoordeel")
    assert name.rect["height"] < 40


def test_a_fault_is_led_to_by_the_keyboard(screen: Desk) -> None:
    """Without a mouse: open the form, press the button, hear what lacks, go to the field, and do it right."""
    screen.show("/desk/clients/K1", 1280)
    screen.tab_to(".second details summary")
    screen.press(Keys.ENTER)
    screen.tab_to("button[value=consent]")
    screen.press(Keys.ENTER)
    screen.await_words("Nog één ding")
    screen.await_focus("fouten")
    assert screen.faults() == []
    screen.tab_to('#fouten a[href="#wording"]')
    screen.press(Keys.ENTER)
    screen.tab_to("#wording")
    screen.press("Mogen wij u later bellen? Ja.")
    screen.tab_to("button[value=consent]")
    screen.press(Keys.ENTER)
    screen.await_words("Toestemming om te bellen is genoteerd.")


def test_a_campaign_is_written_while_it_is_counted(screen: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The number follows each change; until it does no number stands there; and axe finds nothing anywhere."""
    monkeypatch.setattr(look, "check_kind", lambda *_: Verdict((), 54))
    screen.show("/desk/campaigns/new", 1280)
    screen.tap("button[value=newsletter]")
    screen.await_words("Nieuwsbrief aan alle klanten, alle postcodes; 90 mensen.")
    draft = screen.driver.current_url.partition("?")[0].removeprefix(screen.url)
    for field, text in (("name", "Lente 2026"), ("subject", "Nieuws"), ("body", "Hallo.")):
        screen.driver.find_element(By.ID, field).send_keys(text)
    screen.await_words("Klaarzetten voor 90 mensen")
    screen.driver.find_element(By.ID, "all_of.areas").send_keys("8921")
    assert "90 mensen" not in screen.driver.find_element(By.TAG_NAME, "main").text
    screen.await_words("Nieuwsbrief aan klanten met postcode 8921; 0 mensen.")
    screen.driver.find_element(By.ID, "all_of.areas").clear()
    screen.driver.find_element(By.ID, "all_of.areas").send_keys(Keys.TAB)
    screen.tap("button[value=save]")
    screen.await_words("Het concept is bewaard.")
    found = [
        screen.faults_everywhere(
            partial(screen.show, path), _name_of(path.replace(draft, "/desk/draft")), (320, *WIDTHS)
        )
        for path in (draft, "/desk/campaigns/new", f"{draft}/people", f"{draft}/send", "/desk/campaigns/audiences")
    ]
    assert sum(found, []) == []

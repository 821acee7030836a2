"""The pages of the referral programme in a browser: axe finds nothing, and a keyboard does all that a mouse does."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import Engine, insert
from starlette.testclient import TestClient

from models import tables
from models.database.engine import writing
from programme.words.tokens import token_hash
from tasks.inbound.journal import Journal
from tests import factories as make
from tests.server.postgres import free_port
from tests.server.screen import OF_COLOURS, Screen, serving
from tests.web.conftest import settings
from tests.web.public.club import Club
from web.server.app import create_app

pytestmark = [pytest.mark.server, pytest.mark.browser]


class Site(Screen):
    """The served pages and the club behind them."""

    def __init__(self, driver: webdriver.Chrome, url: str, pictures: Path | None, club: Club) -> None:
        super().__init__(driver, url, pictures)
        self.club = club

    def await_heading(self, text: str) -> None:
        WebDriverWait(self.driver, 20).until(lambda driver: driver.find_element(By.TAG_NAME, "h1").text == text)


@pytest.fixture(scope="module")
def site(
    module_engine: Engine, tmp_path_factory: pytest.TempPathFactory, browser: webdriver.Chrome, pictures: Path | None
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    port = free_port()
    own = settings(base_url=f"http://127.0.0.1:{port}", outbox_dir=folder / "outbox")
    programme = make.programme(**{"partners.enabled": True, "referral.posts_an_hour": 50, "referral.posts_a_day": 60})
    app = create_app(own, module_engine, programme, journal=Journal(folder / "wishes"))
    club = Club(TestClient(app), module_engine, [datetime.now(UTC)])
    with serving(app, port):
        yield Site(browser, f"http://127.0.0.1:{port}", pictures, club)


@pytest.fixture(scope="module")
def module_engine(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    import shutil

    from models.database.engine import open_engine

    path = tmp_path_factory.mktemp("club") / "club.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def states(site: Site) -> dict[str, Callable[[int], None]]:
    """Each page in each of its states, by the name of its picture: what brings the browser there."""
    club, today = site.club, site.club.today
    empty, full = club.add_client("C1"), club.add_client("C2", iban="NL91ABNA0417164300", iban_holder="W. Zijlstra")
    architect = club.add_client("C3", "Atelier Noord architecten", kind="architect")
    partner = club.add_client("C4", "Van Dam B.V.", kind="aannemer", partner_since=date(2020, 1, 1))
    for number in range(5):
        club.add_won(number, "C2", today - timedelta(days=200 - 45 * number))
        club.add_won(10 + number, "C4", today - timedelta(days=200 - 45 * number))
    club.add_won(20, "C3", today - timedelta(days=30))
    club.add_project("P2", "C2", date(2024, 1, 1), delivered_on=date(2024, 5, 1))
    with writing(club.engine) as connection:
        for token, minutes in (("open", 30), ("over", -1)):
            at = club.now[0]
            row = {"token_hash": token_hash(token), "client_id": "C2", "made_at": at}
            connection.execute(insert(tables.iban_links).values(**row, expires_at=at + timedelta(minutes=minutes)))
        voucher = {"referral_id": "R0", "code": empty, "recipient": "x@y.nl", "voucher": "VRIEND-7K2M9QXC"}
        connection.execute(insert(tables.signups).values(**voucher, signed_up_on=today, signed_up_at=club.now[0]))
        for number in range(60):
            post = {"code": architect, "visitor": str(number), "posted_at": club.now[0]}
            connection.execute(insert(tables.form_posts).values(post))
    own = {code: club.own_page(code) for code in (empty, full, architect, partner)}

    def opening(path: str) -> Callable[[int], None]:
        return partial(site.show, path)

    def sending(path: str, **fields: str) -> Callable[[int], None]:
        def send(width: int) -> None:
            site.show(path, width)
            for name, text in fields.items():
                site.driver.find_element(By.ID, name).send_keys(text)
            site.driver.find_element(By.CSS_SELECTOR, "main form button").click()

        return send

    return {
        "own-page-empty": opening(own[empty]),
        "own-page-full": opening(f"{own[full]}?gedaan=gemaild"),
        "own-page-problem": opening(f"{own[full]}?gedaan=genoeg"),
        "own-page-partner": opening(own[partner]),
        "own-page-architect": opening(own[architect]),
        "invitation": opening(f"/ref/{empty}"),
        "invitation-partner": opening(f"/ref/{partner}"),
        "invitation-unknown": opening("/ref/AAAAAAAA"),
        "invitation-thanks": opening(f"/ref/{empty}?dank=VRIEND-7K2M9QXC"),
        "invitation-too-fast": sending(f"/ref/{empty}", naam="Vera", email="nee", postcode="12"),
        "invitation-too-many": sending(f"/ref/{architect}", naam="Vera"),
        "account": opening("/mijn/rekening/open"),
        "account-faults": sending("/mijn/rekening/open", iban="NL00 BANK"),
        "account-expired": opening("/mijn/rekening/over"),
    }


def test_axe_finds_nothing(site: Site, states: dict[str, Callable[[int], None]]) -> None:
    """Every state, on a phone and on a desk, light and dark; nothing scrolls sideways."""
    found = [site.faults_everywhere(bring, name) for name, bring in states.items()]
    assert sum(found, []) == []


def test_axe_would_find_something(site: Site, states: dict[str, Callable[[int], None]]) -> None:
    """A page without its labels has faults, and at night one in dark ink, so that none above means none."""
    states["invitation"](375)
    site.driver.execute_script("document.querySelectorAll('label').forEach(each => each.remove())")
    assert any(fault.startswith("label") for fault in site.faults())

    states["invitation"](375)
    site.driver.execute_script("document.querySelectorAll('p').forEach(each => each.style.color = '#333')")
    assert site.faults() == []
    site.turn("dark")
    assert any(fault.startswith("color-contrast") for fault in site.faults(OF_COLOURS))


def test_signing_up_by_keyboard(site: Site, states: dict[str, Callable[[int], None]]) -> None:
    """Faults are named, focus is on them, and a tap of Enter leads to the field; then the thanks with the voucher."""
    code = site.club.add_client("C8")
    site.show(f"/ref/{code}")
    opened = datetime.now(UTC)
    site.tab_to("#naam")
    site.press("Vera Postma", Keys.TAB, "geen adres")
    while datetime.now(UTC) - opened < timedelta(seconds=4):
        threading.Event().wait(0.2)
    site.press(Keys.ENTER)
    site.driver.find_element(By.ID, "email-fout")
    site.await_focus("fouten")
    site.look("invitation-faults")
    assert site.faults() == []
    opened = datetime.now(UTC)
    site.tab_to('a[href="#email"]')
    site.press(Keys.ENTER)
    site.tab_to("#email")
    site.press(Keys.CONTROL + "a", "vera@voorbeeld.nl")
    site.tab_to('[name="toestemming"]')
    site.press(Keys.SPACE)
    site.tab_to("button[type=submit]")
    while datetime.now(UTC) - opened < timedelta(seconds=4):
        threading.Event().wait(0.2)
    site.press(Keys.ENTER)
    site.await_heading("Dank u wel")

    row = next(row for row in site.club.rows(tables.signups) if row["recipient"] == "vera@voorbeeld.nl")
    assert row["consent"] == "yes"
    assert row["voucher"] in site.driver.find_element(By.TAG_NAME, "main").text


def test_the_own_page_by_keyboard(site: Site, states: dict[str, Callable[[int], None]]) -> None:
    """The link is copied and said to be; the code opens; the choice is kept."""
    states["own-page-full"](1280)
    site.tab_to("#copy")
    site.press(Keys.ENTER)
    said = WebDriverWait(site.driver, 10).until(lambda driver: driver.find_element(By.ID, "copied").text)
    assert said in ("Gekopieerd.", "De link is geselecteerd. Kopieer die zelf.")
    site.tab_to("summary")
    site.press(Keys.ENTER)
    assert site.driver.find_element(By.CSS_SELECTOR, ".qr svg").is_displayed()
    site.look("own-page-code")
    site.tab_to('[name="voornaam"]')
    site.press(Keys.SPACE, Keys.TAB, Keys.ENTER)
    WebDriverWait(site.driver, 10).until(lambda driver: "gedaan=genoemd" in driver.current_url)
    assert site.driver.find_element(By.CSS_SELECTOR, "[role=status]").text.startswith("Genoteerd.")


def test_the_own_page_without_script(site: Site, states: dict[str, Callable[[int], None]]) -> None:
    """No button that does nothing; the link can be reached and holds all of itself."""
    site.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        states["own-page-full"](375)
        assert not site.driver.find_element(By.ID, "copy").is_displayed()
        site.tab_to("#link")
        assert "/ref/" in site.driver.switch_to.active_element.get_attribute("value")
    finally:
        site.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})

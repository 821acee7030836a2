"""A day for real: sent by HTTP, killed half-way, run again; then the clients answer in a browser."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from sqlalchemy import Engine, select

from models.database.engine import open_engine, reading
from models.tables import feedback, messages, suppressions
from tests.conftest import DATA
from tests.standin.mailbox import Mail, mails, read_log
from tests.standin.provider_events import EventSender, delivered_events
from tests.standin.server import API_KEY, StandIn

pytestmark = pytest.mark.server

DAY = "2026-03-02"
PUBLIC = "https://bouwclub.voorbeeld.nl"
PERMIT_ANSWERS = {
    "akkoord": "Gefeliciteerd",
    "in-behandeling": "Dank u wel, dan weten wij het",
    "vragen": "zonder kosten",
    "geweigerd": "lezen wij het besluit samen",
    "niet-nodig": "Dank u wel",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("real-day")


@pytest.fixture(scope="module")
def standin(folder: Path) -> Iterator[StandIn]:
    with StandIn(folder / "accepted.jsonl") as server:
        yield server


@pytest.fixture(scope="module")
def sender() -> EventSender:
    return EventSender()


@pytest.fixture(scope="module")
def environment(folder: Path, standin: StandIn, sender: EventSender) -> dict[str, str]:
    """What the command line and the web part are told; requests of five, so that a kill lies between requests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("BOUWCLUB_", "PREFECT_"))}
    return own | {
        "BOUWCLUB_DATABASE_URL": f"sqlite:///{folder}/day.db",
        "BOUWCLUB_DELIVERY": "sendgrid",
        "BOUWCLUB_SENDGRID_HOST": standin.url,
        "BOUWCLUB_SENDGRID_API_KEY": API_KEY,
        "BOUWCLUB_SENDGRID_WEBHOOK_KEY": sender.public_key,
        "BOUWCLUB_SECRET_KEY": "a key for tests",
        "BOUWCLUB_BASE_URL": PUBLIC,
        "BOUWCLUB_SEND_BATCH": "5",
    }


class Ended(NamedTuple):
    code: int
    said: str


COMMAND = ("-m", "cli")
COMMAND_KILLED_AFTER_ITS_SECOND_ANSWER = (
    "-c",
    "from cli.__main__ import main; from tasks.base import checkpoints; checkpoints.arm('after_answer', 1); main()",
)


def bouwclub(folder: Path, environment: dict[str, str], *words: str, program: tuple[str, ...] = COMMAND) -> Ended:
    """Run a command to its end. The Prefect server that a killed run leaves behind goes with it."""
    root = Path(__file__).resolve().parents[2]
    said = folder / "said.txt"
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=folder,
            env=environment | {"PYTHONPATH": str(root)},
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            code = process.wait(400)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return Ended(code, said.read_text())


@pytest.fixture(scope="module")
def day(folder: Path, environment: dict[str, str], standin: StandIn) -> Engine:
    """The example's clients imported, the day's run killed after its second answer came, and run again."""
    # Two cancellations of the example lie ahead of today: they count from today, and are reported.
    assert bouwclub(folder, environment, "import", str(DATA / "club")).code == 3
    deadly = COMMAND_KILLED_AFTER_ITS_SECOND_ANSWER

    killed = bouwclub(folder, environment, "run", "daily", "--as-of", DAY, "--confirm", program=deadly)
    assert killed.code == -signal.SIGKILL, killed.said
    assert 0 < len(read_log(standin.mailbox.path)) < 10  # of a dozen and more
    again = bouwclub(folder, environment, "run", "daily", "--as-of", DAY, "--confirm")

    assert again.code == 0, again.said
    return open_engine(environment["BOUWCLUB_DATABASE_URL"])


@pytest.fixture(scope="module")
def web(folder: Path, environment: dict[str, str], day: Engine) -> Iterator[str]:
    """The web part as a process of its own; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "web", "--port", str(port)],
        cwd=folder,
        env=environment | {"PYTHONPATH": str(root)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(url)
        yield url
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(flag)
    options.add_argument("--window-size=390,900")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def wait_until_healthy(url: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.25)
    raise AssertionError("the web part did not become healthy within a minute")


def statuses(engine: Engine) -> Counter[str]:
    with reading(engine) as connection:
        sent = select(messages.c.status).where(messages.c.subject.is_not(None))
        return Counter(connection.execute(sent).scalars())


def mail_of(standin: StandIn, touchpoint: str) -> Mail:
    return next(mail for mail in mails(standin.mailbox.path) if mail.categories == (touchpoint,))


def link_in(mail: Mail, path: str, web: str) -> str:
    """The first link of that kind in the text part, at the address where the web part listens here."""
    found = re.search(rf"{re.escape(PUBLIC)}({path}[^\s>]+)", mail.text)
    assert found, mail.text
    return web + found[1]


def picture(browser: webdriver.Chrome, folder: Path, name: str) -> None:
    browser.save_screenshot(str(folder / f"{name}.png"))
    if kept := os.environ.get("BOUWCLUB_TEST_PICTURES"):
        browser.save_screenshot(f"{kept}/{name}.png")


def submit(browser: webdriver.Chrome) -> str:
    """Press the page's button and return what the next page says."""
    before = browser.find_element(By.TAG_NAME, "html")
    browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    WebDriverWait(browser, 20).until(lambda driver: driver.find_element(By.TAG_NAME, "html") != before)
    return str(browser.find_element(By.TAG_NAME, "main").text)


def test_a_kill_half_way_sends_nothing_twice(day: Engine, standin: StandIn) -> None:
    """Every planned mail was taken once; what the killed process had on the wire waits in doubt, visibly."""
    taken = Counter(message_id for entry in read_log(standin.mailbox.path) for message_id, _ in entry["people"])

    assert set(taken.values()) == {1}
    assert standin.invalid == []
    found = statuses(day)
    assert found["planned"] == found["sending"] == 0
    assert 0 < found["in_doubt"] <= 20
    assert found["accepted"] + found["in_doubt"] == sum(found.values()) > 40


def test_the_providers_events_clear_the_doubt(day: Engine, standin: StandIn, sender: EventSender, web: str) -> None:
    """After SendGrid's own events every message that it took is accepted; posting them again changes nothing."""
    events = delivered_events(standin.mailbox.path)
    taken = {event["message_id"] for event in events}
    for _ in range(2):
        assert sender.post(f"{web}/webhooks/sendgrid/events", events) // 100 == 2

    WebDriverWait(None, 60).until(lambda _: not taken & in_doubt(day))  # type: ignore[type-var]

    assert set(statuses(day)) <= {"accepted", "in_doubt"}  # in doubt stays what the kill kept from the wire


def in_doubt(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        query = select(messages.c.message_id).where(messages.c.status == "in_doubt")
        return set(connection.execute(query).scalars())


def test_a_forged_event_is_refused(web: str) -> None:
    """Events of somebody with another key are refused."""
    with pytest.raises(urllib.error.HTTPError, match="403"):
        EventSender().post(f"{web}/webhooks/sendgrid/events", [{"event": "delivered", "email": "a@b.nl"}])


@pytest.mark.parametrize("answer", PERMIT_ANSWERS)
def test_each_permit_answer(
    answer: str, folder: Path, standin: StandIn, web: str, browser: webdriver.Chrome, day: Engine
) -> None:
    """Opening a button of the mail records nothing; pressing the page's own button does, and says what follows."""
    mail = mail_of(standin, "permit_check")
    base = link_in(mail, "/a/", web).split("?")[0]
    browser.get(f"{base}?antwoord={answer}")
    chosen = browser.find_element(By.CSS_SELECTOR, "input[name=antwoord]:checked").get_attribute("value")
    picture(browser, folder, f"vergunning-{answer}-vraag")

    said = submit(browser)

    picture(browser, folder, f"vergunning-{answer}-dank")
    assert chosen == answer
    assert PERMIT_ANSWERS[answer].lower() in said.lower(), said


def test_a_low_score_is_heard(folder: Path, standin: StandIn, web: str, browser: webdriver.Chrome, day: Engine) -> None:
    """A 3 with a hostile comment becomes feedback as it was typed, and the page stays a page."""
    hostile = "<script>alert(1)</script> {{7*7}}"
    browser.get(f"{link_in(mail_of(standin, 'check_in'), '/a/', web).split('?')[0]}?score=3")
    browser.find_element(By.NAME, "opmerking").send_keys(hostile)

    submit(browser)

    picture(browser, folder, "cijfer-dank")
    with reading(day) as connection:
        rows = connection.execute(select(feedback).where(feedback.c.origin == "page", feedback.c.score == 3)).all()
    assert [(row.kind, row.comment) for row in rows] == [("nps", hostile)]


def test_unsubscribing_takes_a_press_of_the_button(
    folder: Path, standin: StandIn, web: str, browser: webdriver.Chrome, day: Engine
) -> None:
    """Looking at the page changes nothing; the button puts the address on the suppression list."""
    mail = mail_of(standin, "seasonal")
    browser.get(link_in(mail, "/u/", web))
    picture(browser, folder, "afmelden")
    assert mail.to not in suppressed(day)

    said = submit(browser)

    picture(browser, folder, "afgemeld")
    assert "afgemeld" in said.lower()
    assert mail.to in suppressed(day)


def suppressed(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        return set(connection.execute(select(suppressions.c.email)).scalars())

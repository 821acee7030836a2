"""A campaign from the desk over a real Prefect server: approved and sent; changed and stopped; stopped half-way."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from models.database.engine import reading
from models.settings import Settings
from models.tables import campaign_drafts, campaign_goes, campaigns, messages
from programme.verdict.findings import Verdict
from programme.words.states import MessageStatus
from tasks.base.prefect_api import PrefectApi
from tasks.base.programme_file import load_programme
from tasks.campaigns.drafts import begin_draft
from tasks.campaigns.goes.starting import tags_of
from tasks.inbound.journal import Journal
from tests.server.conftest import SECRET_KEY
from tests.server.settling import sent_to
from tests.server.stack import Stack, wait_for
from tests.server.test_campaign_stopped import add_people
from tests.standin.server import API_KEY, StandIn
from tests.web.desk.conftest import BAS, HOST, JEROEN, MARIJE, Desk
from tests.web.desk.test_goes import decide, press
from web.desk import login
from web.server.app import create_app

pytestmark = pytest.mark.server

PEOPLE = 110  # more than go without a go


@pytest.fixture
def desk(stack: Stack, standin: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The desk on the stack's database, which starts runs on its server."""
    monkeypatch.setattr(login, "BURST", 1000)
    monkeypatch.setattr("web.desk.composing.look.COUNT_SECONDS", 60.0)
    monkeypatch.setattr("web.desk.composing.look.VERDICT_SECONDS", 60.0)
    monkeypatch.setattr("web.desk.composing.look.check_kind", lambda *_: Verdict((), 1))
    monkeypatch.setenv("PREFECT_API_URL", f"{stack.url}/api")
    settings = Settings(
        _env_file=None,
        secret_key=SECRET_KEY,
        base_url=HOST,
        desk="mail",
        delivery="sendgrid",
        sendgrid_host=standin.url,
        sendgrid_api_key=API_KEY,
    )
    programme = load_programme(Path(stack.environment["BOUWCLUB_PROGRAMME"]))
    now = [datetime.now(UTC)]
    app = create_app(settings, stack.engine, programme, lambda: now[0], journal=Journal(tmp_path / "wishes"))
    return Desk(app, stack.engine, programme, tmp_path, now)


def approved(desk: Desk, name: str, postcode: str) -> str:
    """A draft of Marije's, asked and approved by Jeroen on the desk; returns the go's path."""
    message = {"name": name, "template": "Vrije tekst", "subject": "Nieuws", "body": "Dag allemaal."}
    form = {"message": message, "audience": {"all_of": {"areas": postcode}}, "sending": {}}
    draft = begin_draft(desk.engine, form, MARIJE, desk.now[0])
    asked = press(desk.as_person(MARIJE), f"/desk/campaigns/drafts/{draft.draft_id}/send", "ask")
    path = str(asked.headers["location"]).partition("?")[0]
    answered = decide(desk.as_person(JEROEN), path, "yes")
    assert answered.headers["location"].endswith("gedaan=ja"), answered.text
    return path


def row(desk: Desk, name: str) -> Any:
    with reading(desk.engine) as connection:
        return connection.execute(select(campaign_goes).where(campaign_goes.c.name == name)).one()


def by_status(desk: Desk, name: str) -> Counter[str]:
    query = select(messages.c.status, func.count()).where(messages.c.occasion == name).group_by(messages.c.status)
    with reading(desk.engine) as connection:
        return Counter(dict(connection.execute(query).tuples().all()))


@pytest.mark.usefixtures("worker")
def test_from_a_draft_to_peoples_mailboxes(stack: Stack, standin: StandIn, desk: Desk) -> None:
    """Asked, approved on the desk, run by Prefect without a question, and everybody has it once."""
    people = add_people(stack, "GO", PEOPLE, "5811")
    path = approved(desk, "Akkoordbrief", "5811")
    run = stack.ended(UUID(row(desk, "akkoordbrief").run_id))

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    assert sent_to(standin, people) == Counter(people)
    with reading(stack.engine) as connection:
        kept = connection.execute(select(campaigns).where(campaigns.c.name == "akkoordbrief")).one()
        drafts = connection.execute(select(func.count()).select_from(campaign_drafts)).scalar_one()
    assert (kept.go_by, kept.go_for, drafts) == (JEROEN, PEOPLE, 0)
    assert desk.as_person(JEROEN).get(path).text.count("akkoord") > 0


@pytest.mark.usefixtures("worker")
def test_another_text_than_was_approved_stops(stack: Stack, standin: StandIn, desk: Desk) -> None:
    """A run with the go's tag for other people fails in Dutch, sends nothing, and is told on the desk."""
    people = add_people(stack, "AN", PEOPLE, "5911")
    path = approved(desk, "Anders", "5911")
    stack.ended(UUID(row(desk, "anders").run_id))
    assert sent_to(standin, people) == Counter(people)
    others = add_people(stack, "AX", PEOPLE, "5921")
    go = row(desk, "anders")
    api = PrefectApi(f"{stack.url}/api")
    deployment = api.get("deployments/name/campaign/campaign", 30)["id"]
    message = {"name": "Anders", "template": "Vrije tekst", "subject": "Nieuws", "body": "Dag allemaal."}
    asked = {
        "parameters": {"message": message, "audience": {"all_of": {"areas": "5921"}}, "dry_run": False},
        "tags": tags_of("anders", go.go_id),
    }
    made = api.post(f"deployments/{deployment}/create_flow_run", asked, 30)
    run = stack.ended(UUID(made["id"]))

    assert run.state is not None
    assert run.state.is_failed()
    assert "wie de mail krijgt" in str(run.state.message)
    assert sent_to(standin, others) == Counter()
    assert "wie de mail krijgt" in row(desk, "anders").stopped_why
    assert "is een start tegengehouden" in desk.as_person(MARIJE).get(path).text
    assert "wie de mail krijgt" in desk.as_person(BAS).get("/desk/campaigns").text


@pytest.mark.usefixtures("worker")
def test_stopped_on_the_desk_while_it_sends(stack: Stack, standin: StandIn, desk: Desk, slow_provider: None) -> None:
    """The requests on the wire go, no other does; the page says how many got it, and starting it again is refused."""
    people = add_people(stack, "ST", PEOPLE, "5951")
    approved(desk, "Stopbrief", "5951")
    wait_for(lambda: by_status(desk, "stopbrief")[MessageStatus.ACCEPTED] >= 5, "some sent", 120)
    browser = desk.as_person(MARIJE)
    token = browser.get("/desk/campaigns/results/stopbrief").text.partition('name="token" value="')[2].partition('"')[0]
    done = browser.post("/desk/campaigns/results/stopbrief/stop", data={"token": token})
    assert done.headers["location"].endswith("gedaan=gestopt")
    run = stack.ended(UUID(row(desk, "stopbrief").run_id))

    assert run.state is not None
    assert run.state.is_completed(), run.state.message
    found = by_status(desk, "stopbrief")
    assert found[MessageStatus.ACCEPTED] == sum(sent_to(standin, people).values()) < PEOPLE
    assert found[MessageStatus.PLANNED] == 0
    assert found[MessageStatus.CANCELLED] == PEOPLE - found[MessageStatus.ACCEPTED]  # how many hangs on the machine
    page = browser.get("/desk/campaigns/results/stopbrief").text
    assert f"{found[MessageStatus.ACCEPTED]} mensen kregen de mail al" in page

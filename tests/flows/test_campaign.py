"""The campaign flow on a real Prefect server: looked at, refused, sent; the go and the clock are asked for."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from models.tables import campaigns, decisions, messages, runs
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from programme.words.wording import reason_text
from tasks.campaigns.checks import OrderRefused
from tests.tasks.histories import History

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]

NOW = datetime.combine(date(2026, 3, 2), time(12), AMSTERDAM)
MESSAGE = {"name": "Lentebrief 2026", "template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Hallo <b>|x|</b>."}
DORMERS = {"all_of": {"bought": ["Dakkapel"]}}


@pytest.fixture
def base(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A base of 160 clients, on 2 March 2026 at noon."""
    History(seed=11, clients=160, day=NOW.date()).store(sqlite_engine)
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", str(sqlite_engine.url))
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", str(tmp_path / "outbox"))
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", "a key for tests")
    monkeypatch.setattr("flows.campaign.now_in_amsterdam", lambda: NOW)
    return sqlite_engine


def count(engine: Engine, table: Any) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def artifact(key: str) -> str:
    from prefect.artifacts import Artifact

    found = Artifact.get(key)
    assert found is not None
    return str(found.data)


def people(key: str) -> list[str]:
    """The rows of an artifact's table, without its headings."""
    return [line for line in artifact(key).splitlines() if line.startswith("| ")][2:]


def start(**parameters: Any) -> Any:
    from flows.campaign import campaign

    return campaign(**({"message": MESSAGE, "audience": DORMERS} | parameters), return_state=True)


def test_a_dry_run_is_the_default_and_tells_all(base: Engine, tmp_path: Path) -> None:
    """How many, who, why others not and three mails, as artifacts; nothing is written, nothing goes."""
    report = start().result()

    key = "campagne-lentebrief-2026"
    told, tables = artifact(key), artifact(f"{key}-wie") + artifact(f"{key}-wie-niet")
    who, others = people(f"{key}-wie"), people(f"{key}-wie-niet")
    assert report.to_send == len(who) > 5
    assert f"**{report.to_send}** mensen krijgen deze mail; {report.candidates} adressen" in told
    assert len(others) == report.candidates - report.to_send
    assert "| Klant | Segment | Trede |" in tables
    assert "| Klant | Gevolg | Waarom |" in tables
    assert told.count("![Zo ziet de mail eruit](data:image/svg+xml;base64,") == 3
    assert "Hallo <b>|x|</b>." in told  # inside the fence, where it is text
    assert "@" not in tables
    assert [count(base, table) for table in (decisions, messages, runs, campaigns)] == [0, 0, 0, 0]
    assert not (tmp_path / "outbox").exists()


def test_the_real_run_sends_and_a_second_finds_nothing(base: Engine, tmp_path: Path) -> None:
    """Sent, recorded, told in an artifact; started again, nobody gets it twice."""
    done = start(dry_run=False).result()
    again = start(dry_run=False).result()

    assert done.delivered == {"accepted": done.to_send}
    assert (again.to_send, again.delivered) == (0, {})
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == done.to_send
    told = artifact("campagne-lentebrief-2026-verzonden")
    assert f"in totaal verstuurd: {done.to_send}" in told
    assert artifact("in-twijfel").startswith("# In twijfel\n\nNiets")
    assert f"| Nieuwsbrief: lentebrief-2026 | {done.to_send} | 0 | 0 |" in artifact("vandaag")  # at once
    with reading(base) as connection:
        kept = connection.execute(select(campaigns)).one()
        statuses = set(connection.scalars(select(messages.c.status)))
    assert (kept.name, kept.template, kept.go_by) == ("lentebrief-2026", "newsletter", None)
    assert statuses == {MessageStatus.ACCEPTED}


def test_what_happened_names_the_audience_and_why_others_wait(base: Engine) -> None:
    """The artifact of a real run says for whom it was, how many went, and why others did not get it now."""
    done = start(dry_run=False).result()
    told = artifact("campagne-lentebrief-2026-verzonden")
    dormers = "Doelgroep: klanten met een project van het soort dakkapel, alle postcodes"
    assert f"{dormers}; {done.to_send} mensen." in told
    assert f"- {done.delivered['accepted']} verstuurd" in told
    held = {reason: count for (_, _, reason), count in done.counts.items() if reason}
    assert held
    for reason, count in held.items():
        assert f"| {reason_text(reason)} |" in told
        assert f"| {count} |" in told


def test_an_audience_that_excludes_itself_is_refused(base: Engine) -> None:
    """It fails as a fault of the form, in Dutch, with nothing planned."""
    state = start(audience={"all_of": {"monument": True}, "none_of": {"monument": True}})
    assert state.is_failed()
    assert "Doelgroep, Monument: wat onder" in artifact("campagne-fouten")


def test_the_flow_checks_what_the_form_did_not(base: Engine) -> None:
    """With the UI's checks off, the run fails with every fault in Dutch, and they stand in an artifact."""
    state = start(message={"name": "", "template": "Folder", "subject": 3}, audience={"all_of": {"tiers": ["Diamant"]}})

    assert state.is_failed()
    with pytest.raises(OrderRefused):
        state.result()
    told = artifact("campagne-fouten")
    for label in ("Naam van de campagne", "Soort mail", "Onderwerp", "Tekst", "Alle kenmerken, Trede in de club"):
        assert f"- {label}: " in told


def test_a_test_mail_goes_to_the_test_address_alone(base: Engine, tmp_path: Path) -> None:
    """A dry run with a test address leaves one mail, marked as a test, and no row anywhere."""
    start(sending={"test_address": "ik@firma.nl"}).result()

    (mail,) = (tmp_path / "outbox").glob("*.eml")
    assert "To: ik@firma.nl" in mail.read_text()
    assert "Subject: [TEST] Nieuws" in mail.read_text()
    assert [count(base, table) for table in (decisions, messages, runs, campaigns)] == [0, 0, 0, 0]


def large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The programme, with a go above three people."""
    from models.settings import ROOT

    shipped = (ROOT / "programme.toml").read_text("utf-8")
    text = re.sub(r"campaign_go_above = \d+", "campaign_go_above = 3", shipped)
    (tmp_path / "small.toml").write_text(text, "utf-8")
    monkeypatch.setenv("BOUWCLUB_PROGRAMME", str(tmp_path / "small.toml"))


def test_without_a_ui_nobody_can_give_a_go(base: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A large campaign outside a deployment fails with what to do, and nothing goes."""
    from flows.campaign_go import GoNeeded

    large(monkeypatch, tmp_path)
    state = start(dry_run=False)

    with pytest.raises(GoNeeded, match="start it from the Prefect UI"):
        state.result()
    assert count(base, messages) == 0


@pytest.mark.parametrize("decision", ["Nee, niet versturen", "Ja, versturen"])
def test_a_go_is_asked_and_recorded(
    base: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, decision: str
) -> None:
    """A no ends the run with nothing sent; a yes sends, and the name of who said it is kept."""
    from flows.ui.campaign_form import GoInput

    large(monkeypatch, tmp_path)
    answer = GoInput(decision=decision, approved_by="A. de Boer")
    monkeypatch.setattr("flows.campaign.ask_for_go", lambda *_: answer)
    state = start(dry_run=False)

    assert state.is_completed()
    with reading(base) as connection:
        kept = connection.execute(select(campaigns)).one()
    if answer.is_yes:
        assert (kept.go_by, kept.go_for) == ("A. de Boer", state.result().to_send)
        assert "Akkoord van A. de Boer" in artifact("campagne-lentebrief-2026-verzonden")
    else:
        assert (state.name, kept.go_by, count(base, messages)) == ("Afgewezen", None, 0)


def test_a_yes_is_for_as_many_as_were_asked_about(
    base: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A run that waited and reaches far more by now stops with nothing sent, and says whose yes was for how many."""
    from flows import campaign_go
    from flows.ui.campaign_form import GoInput

    large(monkeypatch, tmp_path)
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "of the form")
    answer = GoInput(decision="Ja, versturen", approved_by="Bas Hoekstra")
    monkeypatch.setattr(campaign_go, "suspend_flow_run", lambda **_: answer)
    with monkeypatch.context() as before:
        before.setattr(campaign_go, "read_flow_run_input", lambda _: 4)
        state = start(dry_run=False)

    with pytest.raises(campaign_go.GoNeeded, match="Bas Hoekstra zei ja tegen 4 mensen, en nu zijn het er"):
        state.result()
    assert count(base, messages) == 0

    assert start(dry_run=False).is_completed()
    assert count(base, messages) > 4


def test_tried_again_after_nobody_answered_it_says_so(
    base: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Prefect asks once a run: a retry of one whose time was over finds no answer, which is no go."""
    from flows import campaign_go
    from flows.ui.campaign_form import GoInput

    large(monkeypatch, tmp_path)
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "of the form")
    monkeypatch.setattr(campaign_go, "suspend_flow_run", lambda **_: GoInput())
    state = start(dry_run=False)

    with pytest.raises(campaign_go.GoNeeded, match="kreeg geen antwoord; er is niets verstuurd. Start"):
        state.result()
    assert count(base, messages) == 0


def test_nobody_who_may_answer_is_told_in_dutch(base: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The marketer reads whom to give the role, and that nothing went."""
    from flows import campaign_go

    large(monkeypatch, tmp_path)
    monkeypatch.setattr(campaign_go, "approvers", lambda *_: [])
    state = start(dry_run=False)

    with pytest.raises(campaign_go.GoNeeded, match="niemand mag campagnes goedkeuren; er is niets verstuurd"):
        state.result()


def test_a_later_moment_is_scheduled(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing goes now; a run of the same campaign is made for that moment, without a test address."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "flows.campaign._scheduled", lambda parameters, moment, key, name: made.append(locals()) or Run()
    )
    state = start(dry_run=False, sending={"day": "2026-03-03", "hour": "08:30", "test_address": "ik@firma.nl"})

    assert state.name == "Ingepland"
    assert count(base, messages) == 0
    (asked,) = made
    assert asked["moment"] == datetime(2026, 3, 3, 8, 30, tzinfo=AMSTERDAM)
    assert asked["parameters"]["sending"] == {"day": "2026-03-03", "hour": "08:30", "test_address": ""}
    assert asked["parameters"]["dry_run"] is False

    monkeypatch.setattr("flows.campaign.now_in_amsterdam", lambda: NOW + timedelta(days=1))
    done = start(**asked["parameters"]).result()
    assert done.delivered["accepted"] == done.to_send > 0
    assert done.as_of == date(2026, 3, 3)


def test_a_campaign_can_be_withdrawn(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look says how much can still be stopped; in earnest it is stopped, and no start of that name follows."""
    from flows.campaign_withdrawal import CampaignUnknown, campaign_withdrawal
    from flows.ui.fields import FieldsRefused

    with pytest.raises(CampaignUnknown, match="nog nooit"):
        campaign_withdrawal("Lentebrief 2026", "A. de Boer")
    with monkeypatch.context() as asked:
        waiting = [SimpleNamespace(name="lentebrief-2026")]
        asked.setattr("flows.campaign_withdrawal.list_waiting", lambda *_: waiting)
        with pytest.raises(CampaignUnknown, match="wordt nog akkoord gevraagd, .* balie nee zeggen"):
            campaign_withdrawal("Lentebrief 2026", "A. de Boer")
    done = start(dry_run=False).result()
    assert campaign_withdrawal("Lentebrief 2026", "A. de Boer") == 0
    with pytest.raises(FieldsRefused, match="Uw naam is leeg"):
        campaign_withdrawal("Lentebrief 2026", "   ", dry_run=False)
    assert start().is_completed()

    taken_back: list[str] = []
    monkeypatch.setattr("flows.campaign_withdrawal.cancel_runs", lambda _, name, __: taken_back.append(name))
    assert campaign_withdrawal("Lentebrief 2026", "A. de Boer", dry_run=False) == 0
    assert taken_back == ["lentebrief-2026"]  # its run that waits for a moment; the looks before took none
    assert campaign_withdrawal("Lentebrief 2026", "P. Smit", dry_run=False) == 0
    for look in (False, True):  # neither a second person nor a look takes the place of what was done
        told = artifact("campagne-lentebrief-2026-ingetrokken")
        assert told.startswith("# lentebrief-2026 is ingetrokken\n\nDoor A. de Boer op ")
        assert f"| Verstuurd | {done.to_send} |" in told
        assert look or campaign_withdrawal("Lentebrief 2026", "P. Smit") == 0
    state = start()
    with pytest.raises(OrderRefused, match="naam van een campagne die is gestopt door A. de Boer"):
        state.result()
    assert count(base, messages) >= done.to_send


class Run:
    """As Prefect gives back a run that it made."""

    name = "campaign-lentebrief-2026"
    state = None


def test_the_form_has_dutch_fields() -> None:
    """Each field of the form has a Dutch label and help, and a type that the UI renders as a proper field."""
    from flows.campaign import campaign

    schema = campaign.parameters.model_dump()
    groups = schema["properties"]
    assert [groups[name]["title"] for name in groups] == ["Proefdraaien", "Bericht", "Doelgroep", "Verzending"]
    assert groups["dry_run"]["default"] is True
    for model in schema["definitions"].values():
        for name, field in model["properties"].items():
            assert field["title"] != name
            assert field["description"]
            shapes = [field, *field.get("anyOf", ())]
            kinds = {each.get("type") for each in shapes}
            assert any("$ref" in each for each in shapes) or kinds & {"string", "array", "boolean", "integer"}
    message = schema["definitions"]["MessageForm"]
    assert message["properties"]["template"]["enum"][0] == "Nieuwsbrief"
    assert message["required"] == ["name", "template"]

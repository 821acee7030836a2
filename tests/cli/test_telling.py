"""explain and preview as they are typed, on the worked example."""

import email
import email.policy
import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, update

from models import tables
from models.database.engine import open_engine, reading, writing
from models.settings import ROOT
from tests.cli.conftest import Run, file_with_runs

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)
_MADE_UNDER_ANOTHER_ID = {
    "message_id": "0" * 32,
    "client_id": "C99999",
    "recipient": "anna.smit.69@example.nl",
    "touchpoint": "check_in",
    "occasion": "P00070-1",
    "flow": "daily",
    "purpose": "service",
    "as_of": date(2026, 1, 2),
    "due_on": date(2026, 1, 2),
    "closes_on": date(2026, 1, 9),
    "status": "accepted",
    "attempts": 1,
}


@pytest.fixture(scope="module")
def logged_file(club_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example with the runs up to the day logged."""
    return file_with_runs(club_file, tmp_path_factory.mktemp("logged"), date(2026, 2, 20), DAY)


@pytest.fixture
def logged(logged_file: Path, working_folder: Path) -> Engine:
    """A working folder whose database is a copy of it."""
    shutil.copy(logged_file, working_folder / "bouwclub.db")
    return open_engine(f"sqlite:///{working_folder}/bouwclub.db")


def anyone(engine: Engine, reason: str) -> str:
    """Some client about whom a decision with this reason was kept."""
    query = select(tables.decisions.c.client_id).where(
        tables.decisions.c.reason == reason, tables.decisions.c.recipient != ""
    )
    with reading(engine) as connection:
        return str(connection.execute(query.order_by(tables.decisions.c.client_id)).scalars().first())


def test_explain_tells_the_story_in_dutch(run: Run, logged: Engine) -> None:
    """Who, what happened, health, decisions, mails, what comes and what does not, each with its reason."""
    result = run("explain", "C00070", "--as-of", DAY)
    assert (result.code, result.err) == (0, "")
    for words in (
        "Anna Smit · C00070 · op 2 maart 2026",
        "Starter: één opgeleverd project en een gebouw jonger dan vijf jaar.",
        "Brons sinds 19 december 2025, verdiend met één opgeleverd project. Voor Zilver: nog één project",
        "Opgeleverd: dakkapel P00070-1",
        "95 van 100  gaat goed",
        "Seizoensbericht (voorjaar 2026)",
        "19 april 2026  Hoe gaat de bouw? (dakkapel P00070-1)",
    ):
        assert words in result.out


def test_equal_decisions_of_days_in_a_row_are_one_line(run: Run, logged: Engine) -> None:
    """A wait of days is told once, from … to …."""
    shown = run("explain", anyone(logged, "open_case"), "--as-of", DAY).out
    assert "Er loopt een klacht sinds" in shown
    decisions = shown.split("Besluiten, de nieuwste eerst")[1].split("Mails, de nieuwste eerst")[0]
    assert decisions.count("er loopt een klacht") < len(decisions.splitlines())
    assert "van 1 t/m 2 maart 2026" in shown or "op 2 maart 2026" in shown


def test_explain_as_json(run: Run, logged: Engine) -> None:
    """Facts, segment, tier, health, decisions and messages in the contract's shapes, and what is coming."""
    result = run("explain", "C00070", "--as-of", DAY, "--json")
    found = json.loads(result.out)
    assert (found["client_id"], found["as_of"], found["segment"], found["tier"]) == (
        "C00070",
        "2026-03-02",
        "starter",
        "brons",
    )
    (delivery,) = (fact["on"] for fact in found["facts"] if fact["kind"] == "project_delivered")
    cause = {"indicator": "no_review", "cause": "P00070-1", "on": delivery}
    assert found["health"] == {"score": 95, "band": "healthy", "indicators": ["no_review"], "causes": [cause]}
    assert [fact["kind"] for fact in found["facts"]] == ["project_ordered", "project_delivered"]
    own = json.loads(run("decisions", "--client", "C00070", "--json").out)
    assert found["decisions"] == own
    coming = {each["touchpoint"]: each["send_on"] for each in found["coming"]}
    assert coming["build_check"] == "2026-04-19"


def test_the_day_counts(run: Run, club: Path) -> None:
    """As of an earlier day the later facts are left out, and it says how many there are."""
    shown = run("explain", "C00070", "--as-of", "2025-12-10").out
    assert "Opgeleverd" not in shown
    assert "(1 gegeven van later telt op deze dag nog niet mee.)" in shown
    assert "Nog geen trede." in shown
    assert json.loads(run("explain", "C00070", "--as-of", "2025-12-10", "--json").out)["later_facts"] == 1


def test_without_a_day_it_is_today(run: Run, club: Path) -> None:
    """Only here the calendar is asked."""
    from tasks.base.workspace import today_in_amsterdam

    assert json.loads(run("explain", "C00070", "--json").out)["as_of"] in (
        today_in_amsterdam().isoformat(),
        date.fromordinal(today_in_amsterdam().toordinal() - 1).isoformat(),
    )


def test_the_fate_of_a_mail(run: Run, logged: Engine) -> None:
    """What the provider told of a message stands behind it, an open by a machine apart."""
    with writing(logged) as connection:
        row = connection.execute(select(tables.messages).where(tables.messages.c.status == "logged")).first()
        assert row is not None
        for kind, is_machine in (("delivered", False), ("opened", True), ("opened", False)):
            at = datetime(2026, 2, 27, 8, tzinfo=UTC)
            connection.execute(
                insert(tables.events).values(
                    provider_event_id=f"{kind}{is_machine}",
                    kind=kind,
                    message_id=row.message_id,
                    recipient=row.recipient,
                    occurred_at=at,
                    received_at=at,
                    is_machine=is_machine,
                )
            )
        connection.execute(update(tables.messages).where(tables.messages.c.id == row.id).values(status="accepted"))
    shown = " ".join(run("explain", row.client_id, "--as-of", DAY).out.split())
    assert "Verstuurd; bezorgd op 27 februari 2026; geopend" in shown
    assert "geopend door een programma op 27 februari 2026" in shown


def test_hostile_names_do_not_steer_the_terminal(run: Run, logged: Engine) -> None:
    """Markup in a name is shown as text, and control characters are replaced."""
    with writing(logged) as connection:
        connection.execute(
            update(tables.clients)
            .where(tables.clients.c.client_id == "C00070")
            .values(name="[red]Jan[/] \x1b[2J\u202e")
        )
    shown = run("explain", "C00070", "--as-of", DAY).out
    assert "[red]Jan[/] \ufffd[2J\ufffd" in shown
    assert "\x1b" not in shown


def test_an_erased_client(run: Run, logged: Engine) -> None:
    """Nothing is told of the person but that the data are gone."""
    with writing(logged) as connection:
        connection.execute(
            update(tables.clients)
            .where(tables.clients.c.client_id == "C00070")
            .values(name="", email=None, recipient="", phone=None, erased_on=date(2026, 2, 1))
        )
    shown = run("explain", "C00070", "--as-of", DAY).out
    assert "C00070, gewist op 1 februari 2026" in shown
    assert "op verzoek gewist" in shown


def test_a_suppressed_address(run: Run, club: Path) -> None:
    """The reason and the day stand in the sentence, and in the timeline when no history was kept."""
    engine = open_engine(f"sqlite:///{club}/bouwclub.db")
    with reading(engine) as connection:
        client_id = connection.execute(
            select(tables.clients.c.client_id).join_from(
                tables.clients, tables.suppressions, tables.suppressions.c.email == tables.clients.c.recipient
            )
        ).scalars()
        client = str(next(iter(client_id)))
    shown = run("explain", client, "--as-of", DAY).out
    assert "Krijgt geen mail meer sinds" in shown
    assert "Krijgt geen mail meer: " in shown


@pytest.mark.parametrize("name", ["mail.html", "mail.txt", "mail.eml", "new/folder/mail.HTML"])
def test_preview_writes_the_mail(run: Run, club: Path, name: str) -> None:
    """HTML, text or the whole message by the file's name, and where it stands."""
    result = run("preview", "seasonal", "--client", "C00070", "--as-of", "2026-03-03", "--out", name)
    assert (result.code, result.err) == (0, "")
    assert "subject  Nu rekenen, na de zomer bouwen" in result.out
    assert "due 2026-03-03 … 2026-03-24; a run of 2026-03-03 would decide: send" in result.out
    content = (club / name).read_bytes()
    if name.endswith("eml"):
        parsed = email.message_from_bytes(content, policy=email.policy.default)
        assert parsed["Subject"] == "Nu rekenen, na de zomer bouwen"
        assert parsed["To"] == "anna.smit.69@example.nl"
    else:
        assert "Anna Smit" in content.decode()
        assert content.startswith(b"<!") == name.lower().endswith("html")


@pytest.mark.parametrize(
    ("touchpoint", "as_of", "words"),
    [
        ("check_in", "2026-03-02", "not due any more on 2026-03-02: its window was 2026-01-02 … 2026-01-09"),
        ("anniversary", "2026-03-02", "not due yet on 2026-03-02: its window is 2026-12-19 … 2027-01-02"),
        ("check_in", "2026-01-03", "due 2026-01-02 … 2026-01-09; a run of 2026-01-03 would decide: send"),
        ("tier_upgrade", "2025-12-20", "although within its window: the condition 'tier_at_least' does not hold"),
    ],
)
def test_preview_says_whether_it_is_due(run: Run, club: Path, touchpoint: str, as_of: str, words: str) -> None:
    """Before, within and after its window, and when a condition fails."""
    assert words in run("preview", touchpoint, "--client", "C00070", "--as-of", as_of, "--out", "a.html").out


def test_preview_says_why_no_run_judges_the_client(run: Run, club: Path) -> None:
    """A note of death, the same mail under another record of the address, and a touchpoint that is switched off."""
    words = ("preview", "check_in", "--client", "C00070", "--as-of", "2026-01-03", "--out", "a.html")
    engine = open_engine(f"sqlite:///{club}/bouwclub.db")
    own = tables.clients.c.client_id == "C00070"
    with writing(engine) as connection:
        connection.execute(update(tables.clients).where(own).values(name="Anna Smit (overleden)"))
    assert "within its window: the name of C00070 notes a death" in run(*words).out

    with writing(engine) as connection:
        connection.execute(update(tables.clients).where(own).values(name="Anna Smit"))
        connection.execute(insert(tables.messages).values(_MADE_UNDER_ANOTHER_ID))
    assert "within its window: the mail about it was made under another client id" in run(*words).out

    shipped = (ROOT / "programme.toml").read_text(encoding="utf-8")
    (club / "off.toml").write_text(shipped.replace("[touchpoints.check_in]", "[touchpoints.check_in]\nactive = false"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BOUWCLUB_PROGRAMME", str(club / "off.toml"))
        assert "within its window: check_in is switched off" in run(*words).out


def test_preview_for_a_client_who_is_held(run: Run, club: Path) -> None:
    """One line says that the export has the client no more."""
    engine = open_engine(f"sqlite:///{club}/bouwclub.db")
    with writing(engine) as connection:
        own = update(tables.clients).where(tables.clients.c.client_id == "C00070")
        connection.execute(own.values(held_on=date(2026, 2, 1)))
    result = run("preview", "check_in", "--client", "C00070", "--as-of", "2026-01-03", "--out", "a.html")
    assert result.code == 2
    assert result.err.startswith("bouwclub: the export has not had this client since 2026-02-01")


def test_preview_of_a_mail_that_was_made(run: Run, logged: Engine) -> None:
    """What the log already has is not made twice, and it says so."""
    with reading(logged) as connection:
        row = connection.execute(
            select(tables.messages).where(tables.messages.c.status == "logged", tables.messages.c.recipient != "")
        ).first()
    assert row is not None
    words = ["preview", row.touchpoint, "--client", row.client_id, "--as-of", row.as_of, "--occasion", row.occasion]
    result = run(*words, "--out", "a.txt")
    assert f"already in the message log: logged, dated {row.as_of}" in result.out
    assert row.subject in result.out


def test_preview_writes_nothing_to_the_database(run: Run, club: Path) -> None:
    """Not even the client's code."""
    engine = open_engine(f"sqlite:///{club}/bouwclub.db")
    run("preview", "seasonal", "--client", "C00070", "--as-of", "2026-03-03", "--out", "a.html")
    with reading(engine) as connection:
        for table in (tables.messages, tables.decisions, tables.client_codes, tables.discount_codes):
            assert connection.execute(select(table)).first() is None

"""The week of an unhappy client, as the office plays it at the desk; the ticks of care run between the clicks."""

import email
import email.policy
import json
import re
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from models import tables
from models.database.engine import writing
from models.settings import Settings
from programme.care.tick import quarter_before
from programme.words.dates import AMSTERDAM
from programme.words.tokens import LinkPurpose, message_id_of, message_token
from tasks.base.workspace import Workspace
from tasks.care.tick import run_tick
from tasks.mail.render import Renderer
from tests.factories import shipped_programme
from tests.web.conftest import message_row
from tests.web.desk.conftest import ANKE, BAS, HOST, JEROEN, KEY, Desk
from web.desk.visit import BEFORE_LAST_TICK, UNKNOWN


class Office(Desk):
    """The desk with the ticks of care beside it."""

    def tick(self) -> None:
        run_tick(self.workspace, self.renderer, quarter_before(self.now[0]))

    def until(self, day: int, clock: str) -> None:
        """Go to a moment in March 2026, with the tick of its quarter hour."""
        hour, minute = map(int, clock.split("."))
        self.now[0] = datetime(2026, 3, day, hour, minute, tzinfo=AMSTERDAM)
        self.tick()

    def question(self, touchpoint: str, occasion: str = "") -> str:
        """The page to which the buttons of the latest such mail lead; with an occasion, of one that is made here."""
        if occasion:
            message_id = message_id_of(KEY.encode(), "K1", touchpoint, occasion)
            self.add(
                tables.messages, **message_row("K1", touchpoint, message_id=message_id, recipient="k1@voorbeeld.nl")
            )
        sent = [row for row in self.rows(tables.messages) if row["touchpoint"] == touchpoint]
        return f"/a/{message_token(KEY.encode(), LinkPurpose.ANSWER, sent[-1]['message_id'])}"

    def case(self) -> str:
        (case,) = [row["case_id"] for row in self.rows(tables.cases) if row["state"] == "open"]
        return f"/desk/cases/{case}"

    def open_task(self) -> str:
        (task,) = [row["task_id"] for row in self.rows(tables.people_tasks) if row["state"] == "open"]
        return f"/desk/tasks/{task}"


@cache
def shared_renderer() -> Renderer:
    """One for all tests: compiling a mail takes longer than such a test."""
    return Renderer(shipped_programme(), HOST)


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Office:
    office = Office(desk.app, desk.engine, desk.programme, desk.outbox, desk.now)
    settings = Settings(_env_file=None, secret_key=KEY, base_url=HOST, outbox_dir=tmp_path / "outbox")
    office.workspace = Workspace(settings, desk.programme, desk.engine)
    office.renderer = shared_renderer()
    office.add_client("K1", phone="06-48719105")
    office.add_project("K1", "P1")
    return office


def complain(office: Office, score: int | None = 3, words: str = "Twee keer teruggebeld moeten worden.") -> None:
    """On Monday 2 March at 20.00, on a page of ours."""
    given = datetime(2026, 3, 2, 20, 0, tzinfo=AMSTERDAM)
    office.add(
        tables.feedback,
        feedback_id="F1",
        client_id="K1",
        project_id="P1",
        given_on=given.date(),
        given_at=given,
        kind="nps",
        score=score,
        comment=words,
        origin="page",
    )
    office.until(2, "20.15")


@pytest.mark.slow
def test_the_week_of_an_unhappy_client(office: Office) -> None:
    """Called in two tries, a solution with a promised day, done, closed: each page says what is next."""
    complain(office)
    office.until(3, "10.40")
    bas = office.as_person(BAS)
    today = bas.get("/desk").text
    assert "Twee keer teruggebeld moeten worden." in today
    assert "voor 17.00" in today
    assert 'href="tel:0648719105"' in today
    task = office.open_task()
    page = bas.get(task).text
    for words in ("Klacht: bellen&nbsp;· Sjaak Mulder", "Wat u zegt", "Wat u niet zegt", "De klant mag dit lezen"):
        assert words in page, words
    assert "uiterlijk morgen 17.00 uur" in page
    assert bas.submit(task, do="no_answer").headers["location"] == "/desk?gedaan=poging"
    assert "één poging" in bas.get("/desk").text
    answer = bas.submit(task, do="reached", note="Tjeerd loopt de berekening na.")
    assert answer.headers["location"] == "/desk?gedaan=gedaan"
    assert "Genoteerd. De taak is klaar." in bas.get(answer.headers["location"]).text
    office.until(3, "11.00")
    solution = office.open_task()
    refused = bas.submit(solution, do="done", fix_by="2026-03-06")
    assert refused.status_code == 422
    assert "Kies een dag niet eerder dan" in refused.text
    assert "Kies een werkdag" in bas.submit(solution, do="done", fix_by="2026-03-14").text
    assert "Vul een datum in" in bas.submit(solution, do="done", fix_by="31-12-9999").text
    assert bas.submit(solution, do="done", fix_by="2026-03-12").status_code == 303
    case = bas.get("/desk/cases/F1").text
    assert "donderdag 12 maart" in case
    assert "Tjeerd loopt de berekening na." in case
    office.until(4, "09.00")
    bas = office.as_person(BAS)  # the session of yesterday is over
    assert bas.submit(office.open_task(), do="done").status_code == 303
    closing = bas.submit("/desk/cases/F1", do="resolve", text="De berekening is nagelopen en klopt.")
    assert closing.headers["location"].endswith("opgelost")
    assert "De berekening is nagelopen en klopt." in bas.get("/desk/cases/F1").text
    assert "Geen lopende klachten" in bas.get("/desk/cases").text
    assert "Sjaak Mulder" in bas.get("/desk/cases?toon=afgesloten").text
    assert [act for act, by in office.acts()] == [
        "attempt task",
        "end task",
        "end task",
        "end task",
        "note on task",
        "resolve case",
    ]


@pytest.mark.slow
def test_a_client_who_is_not_content(office: Office) -> None:
    """From a 3 at night to content, by the pages of our mails, the desk and the ticks; the director calls."""
    client = office.browser()
    office.now[0] = datetime(2026, 3, 2, 20, 0, tzinfo=AMSTERDAM)
    client.post(office.question("check_in", "P1"), data={"score": "3", "opmerking": "Twee keer teruggebeld."})
    assert (
        "Bas Hoekstra belt u uiterlijk dinsdag 3 maart om 17.00 uur"
        in client.get(office.question("check_in") + "?klaar=1").text
    )
    office.until(2, "20.15")
    office.until(3, "10.40")
    _through(office, BAS, "reached", "done")
    office.until(4, "11.00")
    assert "wacht op de klant" in office.as_person(BAS).get(office.case()).text
    office.now[0] += timedelta(hours=10)
    answer = client.post(office.question("case_check_in"), data={"antwoord": "nog-niet", "opmerking": "Niets gehoord."})
    assert "Jeroen Broersma belt u uiterlijk donderdag 5 maart" in client.get(answer.headers["location"]).text
    office.until(4, "21.15")
    first, second = (row["case_id"] for row in office.rows(tables.cases))
    assert second == f"{first}/2"
    office.until(5, "9.00")
    assert "Geen taken voor vandaag" in office.as_person(BAS).get("/desk").text
    jeroen = office.as_person(JEROEN)
    assert "Is niet tevreden met de oplossing: “Niets gehoord.”" in jeroen.get("/desk").text
    task = jeroen.get(office.open_task()).text
    for words in ("de vorige klacht niet is opgelost", "dat het nog niet is opgelost", "Afgesproken: donderdag."):
        assert words in task, words
    assert "opnieuw begonnen" in jeroen.get(f"/desk/cases/{first}").text
    assert f'href="/desk/cases/{first}"' in jeroen.get(f"/desk/cases/{second}").text
    _through(office, JEROEN, "reached", "done")
    office.until(5, "10.00")
    answer = client.post(office.question("case_check_in"), data={"antwoord": "ja", "opmerking": "Nu wel, dank."})
    assert "Dan sluiten wij het af." in client.get(answer.headers["location"]).text
    office.until(5, "10.15")
    page = jeroen.get(f"/desk/cases/{second}").text
    assert "De klant antwoordde: opgelost: “Nu wel, dank.”" in page
    assert [row["state"] for row in office.rows(tables.cases)] == ["reopened", "resolved"]
    assert "Geen lopende klachten" in jeroen.get("/desk/cases").text
    acts = jeroen.get("/desk/acts").text
    assert first not in re.sub(r'href="[^"]*"', "", acts)  # ids are for links, not for readers


def test_a_yes_that_comes_after_a_no_promises_no_end(office: Office) -> None:
    """The "nee" opens the next case, and a later "ja" changes nothing (care 7.3): the page says that the call stays."""
    complain(office)
    office.until(3, "10.40")
    _through(office, BAS, "reached", "done")
    client, page = office.browser(), office.question("case_check_in")
    client.post(page, data={"antwoord": "nog-niet"})
    for is_taken in (False, True):
        shown = client.get(client.post(page, data={"antwoord": "ja"}).headers["location"]).text
        assert "sluiten wij het af" not in shown, is_taken
        assert "Daarom belt Jeroen Broersma u nog, uiterlijk woensdag 4 maart" in shown, is_taken
        office.later(minutes=15)
        office.tick()
    assert [row["state"] for row in office.rows(tables.cases)] == ["reopened", "open"]
    office.as_person(JEROEN).submit(office.open_task(), do="no_complaint")
    assert "Dan sluiten wij het af." in client.get(f"{page}?klaar=1").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("solution", "said"),
    [("done", "Wij hebben gedaan wat wij met u afspraken."), ("not_needed", "Wij hebben elkaar gesproken.")],
)
def test_the_mail_after_a_complaint_says_what_there_was(office: Office, solution: str, said: str) -> None:
    """After a talk in which nothing had to be agreed, no mail says that we did what was agreed."""
    complain(office)
    office.until(3, "10.40")

    _through(office, BAS, "reached", solution, "done")

    (mail,) = [row["message_id"] for row in office.rows(tables.messages) if row["touchpoint"] == "case_check_in"]
    assert said in office.as_person(BAS).get(f"/desk/mails/{mail}").text


@pytest.mark.parametrize(
    ("call", "solution", "said"),
    [
        ("reached", "done", ("De klant is gebeld.", "De klant ging akkoord met een oplossing.")),
        ("reached", "not_needed", ("De klant is gebeld.", "is niets genoteerd.")),
        ("not_needed", "not_needed", ("U liet ons weten dat iets niet goed ging.", "is niets genoteerd.")),
    ],
)
def test_the_script_after_a_complaint_says_what_there_was(
    office: Office, call: str, solution: str, said: tuple[str, str]
) -> None:
    """Nobody is told to come back to a talk that there never was, or to carry out what nobody agreed."""
    complain(office)
    office.until(3, "10.40")
    person = office.as_person(BAS)
    for outcome, words in zip((call, solution), said, strict=True):
        assert words not in person.get(office.open_task()).text
        assert person.submit(office.open_task(), do=outcome, note="Zie het dossier.").status_code == 303
        office.later(minutes=15)
        office.tick()
        assert words in person.get(office.open_task()).text


def _through(office: Office, name: str, *outcomes: str) -> None:
    """The call, the solution and its carrying out, each done by this person at once, with the tick after each."""
    person = office.as_person(name)
    for outcome in (outcomes[0], outcomes[1], outcomes[-1]):
        done = person.submit(office.open_task(), do=outcome, note="Afgesproken: donderdag.")
        assert done.status_code == 303, done.text
        office.later(minutes=15)
        office.tick()


def test_what_is_missed_rises_and_is_said(office: Office) -> None:
    """Nobody called: the page of the next level has it, as late, in word and shape; the first sees it no more."""
    complain(office)
    office.until(3, "17.15")
    bas, jeroen = office.as_person(BAS), office.as_person(JEROEN)
    assert "Geen taken voor vandaag" in bas.get("/desk").text
    today = jeroen.get("/desk").text
    assert "te laat sinds vandaag 17.00 uur" in today
    assert "waarvan 1 te laat" in today
    assert "#i-late" in today
    assert "Te laat, en moet nog gebeuren." in jeroen.get("/desk/cases/F1").text
    assert "Sjaak Mulder" in bas.get("/desk?all=1").text


def test_a_mail_that_never_went_is_not_called_late(office: Office) -> None:
    """The page says "niet verstuurd" of the acknowledgement; "te laat" is said of what a person has to do."""
    complain(office)
    with writing(office.engine) as connection:
        steps = tables.case_steps.c
        missed = {"state": "missed", "done_at": None, "message_id": None}
        connection.execute(update(tables.case_steps).where(steps.step == "ack").values(**missed))

    page = office.as_person(BAS).get("/desk/cases/F1").text
    assert "niet verstuurd" in page
    assert "te laat" not in page


@pytest.mark.slow
def test_unreachable_is_words_until_the_third_try(office: Office) -> None:
    """No button, and a post is refused; after three tries there is one."""
    complain(office)
    office.until(3, "10.40")
    bas, task = office.as_person(BAS), office.open_task()
    for tries in range(3):
        page = bas.get(task).text
        assert f"“Niet bereikbaar” kan na drie pogingen. Tot nu toe: {tries}." in page
        assert 'value="unreachable"' not in page
        assert bas.submit(task, do="unreachable").status_code == 409
        office.later(minutes=5)
        bas.submit(task, do="voicemail")
    assert 'value="unreachable"' in bas.get(task).text
    assert bas.submit(task, do="unreachable").status_code == 303


def test_two_people_do_nothing_twice(office: Office) -> None:
    """The second button says who was first, and when; nothing is noted twice."""
    complain(office)
    office.until(3, "10.40")
    bas, anke, task = office.as_person(BAS), office.as_person(ANKE), office.open_task()
    assert bas.submit(task, do="reached").status_code == 303
    late = anke.submit(task, do="reached")
    assert late.status_code == 409
    assert "Bas Hoekstra heeft deze taak vandaag om 10.40 uur afgerond. Er is niets dubbel gedaan." in late.text
    assert len(office.rows(tables.task_notes)) == 1
    assert "Deze taak is op 3 maart 2026 afgerond door Bas Hoekstra: gesproken." in anke.get(task).text


def test_a_button_pressed_twice_notes_one_attempt(office: Office) -> None:
    """Each press says how many attempts its page showed; the second says so, and what follows waits for real calls."""
    complain(office)
    office.until(3, "10.40")
    bas, task = office.as_person(BAS), office.open_task()
    assert 'name="tried" value="0"' in bas.get(task).text
    assert bas.submit(task, do="no_answer", tried="0").status_code == 303
    again = bas.submit(task, do="no_answer", tried="0", note="Belt zelf terug.")
    assert again.status_code == 409
    assert "Er is niets dubbel gedaan." in again.text
    assert "Belt zelf terug." in again.text
    assert [row["attempts"] for row in office.rows(tables.people_tasks)] == [1]
    assert 'name="tried" value="1"' in bas.get(task).text
    assert bas.submit(task, do="no_answer", tried="1").status_code == 303


def test_a_mistake_ends_as_no_complaint(office: Office) -> None:
    """What will happen is said above the button; then the case is withdrawn, and nothing more goes out."""
    complain(office, 6, "Prima hoor!")
    office.until(3, "10.40")
    bas, task = office.as_person(BAS), office.open_task()
    assert "het cijfer blijft staan" in bas.get(task).text
    bas.submit(task, do="no_complaint")
    assert office.rows(tables.cases)[0]["state"] == "withdrawn"
    page = bas.get("/desk/clients/K1").text
    assert "Klacht over P1 ingetrokken" in page
    assert "Klacht over P1 opgelost" not in page


@pytest.mark.slow
def test_calling_back_and_putting_off(office: Office) -> None:
    """Both need a moment to come; the task then stands under it, or is out of the day's list, and is due no later."""
    complain(office)
    office.until(3, "10.40")
    bas, task = office.as_person(BAS), office.open_task()
    for on, at in (("2026-03-03", "10.00"), ("", "14.30"), ("3-3-2026", "kwart over drie")):
        assert bas.submit(task, do="call_back", call_on=on, call_at=at).status_code == 422
    assert bas.submit(task, do="call_back", call_on="3-3-2026", call_at="14:30").status_code == 303
    assert "terugbellen vandaag 14.30 uur" in bas.get("/desk").text
    refused = bas.submit(task, do="snooze", until="2026-03-03")
    assert refused.status_code == 422
    assert 'id="fouten" tabindex="-1" autofocus' in refused.text
    assert "<details open>" in refused.text  # the field with the fault is not folded away
    assert bas.submit(task, do="snooze", until="5-3-2026").status_code == 303
    page = bas.get("/desk").text
    assert "Uitgesteld (1)" in page
    for path in ("/desk", "/desk/tasks?all=1"):  # the tabs count what is to be done, as the menu does
        page = bas.get(path).text
        assert 'Mijn taken <span class="count">0<' in page
        assert 'Van iedereen <span class="count">0<' in page
    assert office.rows(tables.people_tasks)[0]["due_at"].day == 3


def test_the_weight_of_a_case(office: Office) -> None:
    """A word that is none is refused; another weight moves the case to its level, and stands in its history."""
    complain(office)
    office.until(3, "10.40")
    bas = office.as_person(BAS)
    assert bas.submit("/desk/cases/F1", do="severity", severity="ramp").status_code == 400
    assert bas.submit("/desk/cases/F1", do="severity", severity="major").status_code == 303
    page = bas.get("/desk/cases/F1").text
    assert "bij Jeroen Broersma (directie)" in page
    assert "Ernst gewijzigd: gewoon → groot" in page
    assert bas.submit("/desk/cases/F1", do="resolve", text="").status_code == 422


def test_the_history_of_a_case_has_no_codes(office: Office) -> None:
    """What the provider told of its mail stands there in Dutch; what says nothing to a reader does not."""
    complain(office)
    office.until(3, "10.40")
    (mail,) = office.rows(tables.messages)
    for number, kind in enumerate(("processed", "blocked", "opened", "deferred")):
        event = {"provider_event_id": str(number), "kind": kind, "message_id": mail["message_id"], "is_machine": False}
        office.add(
            tables.events, recipient="k1@voorbeeld.nl", occurred_at=office.now[0], received_at=office.now[0], **event
        )
    office.add(tables.care_lines, at=office.now[0], did="long_open", case_id="F1", line="{}")
    page = office.as_person(BAS).get("/desk/cases/F1").text
    assert "Mail tegengehouden door de ontvanger" in page
    assert "Mail geopend" in page
    assert "Staat lang open" in page
    assert not any(code in page for code in ("processed", "blocked", "deferred", "long_open"))


def test_a_complaint_beside_an_open_one_is_promised_no_call(office: Office) -> None:
    """It joins the open case, without a task or a mail of its own (care 7.3); once that is carried out it opens one."""
    complain(office)
    bas = office.as_person(BAS)
    told = "deze komt daarbij, zonder nieuwe taak of mail. Alle mails wachten tot de klacht is opgelost."
    assert told in bas.get("/desk/clients/K1").text
    noted = bas.submit("/desk/clients/K1", do="complaint", severity="minor")
    assert "komt bij de klacht die al loopt" in bas.get(noted.headers["location"]).text
    office.until(3, "10.40")
    assert len(office.rows(tables.people_tasks)) == len(office.rows(tables.cases)) == 1
    _through(office, BAS, "reached", "done")
    bas = office.as_person(BAS)
    told = bas.get("/desk/clients/K1").text
    assert "Daarna komt er een taak om te bellen" in told
    assert "een bevestiging. Alle andere mails wachten tot de klacht is opgelost." in told
    noted = bas.submit("/desk/clients/K1", do="complaint", severity="minor", noted="1")
    assert "een taak om te bellen" in bas.get(noted.headers["location"]).text
    office.later(minutes=15)
    office.tick()
    assert [row["state"] for row in office.rows(tables.cases)] == ["reopened", "open"]


def test_a_complaint_on_the_phone_is_told_in_dutch(office: Office) -> None:
    """Also in what happened around its case."""
    office.as_person(BAS).submit("/desk/clients/K1", do="complaint", severity="minor")
    office.later(minutes=15)
    office.tick()
    page = office.as_person(BAS).get("/desk/cases/desk-1").text
    assert "Klacht gemeld" in page
    assert "note complaint" not in page


def test_a_clock_that_runs_ahead_is_said_on_every_page(office: Office) -> None:
    """When a tick ran that is later than now, each page says so, rather than that somebody changed something."""
    complain(office)
    office.until(3, "11.00")
    bas, task = office.as_person(BAS), office.open_task()
    office.now[0] -= timedelta(minutes=20)
    for path, fields in (
        (task, {"do": "reached"}),
        ("/desk/cases/F1", {"do": "resolve", "text": "Nieuwe tekening gestuurd."}),
        ("/desk/clients/K1", {"do": "complaint", "severity": "minor", "text": "Traag."}),
    ):
        refused = bas.submit(path, **fields)
        assert refused.status_code == 409
        assert BEFORE_LAST_TICK in refused.text
        assert fields.get("text", "") in refused.text
    assert office.rows(tables.task_notes) == []


def test_a_note_alone(office: Office) -> None:
    """It stands with the task, and changes nothing else of it; an empty one is refused."""
    complain(office)
    office.until(3, "10.40")
    bas, task = office.as_person(BAS), office.open_task()
    assert bas.submit(task, do="note", note=" ").status_code == 422
    assert bas.submit(task, do="note", note="Belt zelf <b>morgen</b>.").headers["location"] == f"{task}?gedaan=notitie"
    assert "Belt zelf &lt;b&gt;morgen&lt;/b&gt;." in bas.get(task).text
    row = office.rows(tables.people_tasks)[0]
    assert (row["state"], row["attempts"]) == ("open", 0)


@pytest.mark.parametrize("pressed", ["", "dansen", "Resolve", "reached resolve", "content"])
def test_a_word_that_is_no_button_changes_nothing(office: Office, pressed: str) -> None:
    """Of a case, a task or a client: the answer is not taken for one of the buttons, and says so in Dutch."""
    complain(office)
    office.until(3, "10.40")
    bas = office.as_person(BAS)
    tried = {"text": "Nieuwe tekening gestuurd.", "note": "Gesproken.", "severity": "major", "told_on": "2026-03-03"}
    for path in ("/desk/cases/F1", office.open_task(), "/desk/clients/K1"):
        refused = bas.submit(path, do=pressed, **tried)
        assert refused.status_code == 400, path
        assert UNKNOWN in refused.text
    assert office.acts() == []
    assert office.rows(tables.task_notes) == []


def test_no_task_is_left_out(office: Office) -> None:
    """All tasks of a client stand in its block, and a heading counts what is on every page."""
    due = datetime(2026, 3, 2, 17, 0, tzinfo=AMSTERDAM)
    kinds = {"kind": "reply", "purpose": "service", "channel": "work", "level": "manager", "state": "open"}
    for number in range(30):
        office.add_client(client_id := f"L{number}")
        for cause in range(6 if number == 0 else 1):
            own = {"task_id": f"reply:{client_id}:{cause}", "client_id": client_id, "cause": str(cause)}
            office.add(tables.people_tasks, **own, **kinds, made_at=due, due_at=due, attempts=0)
    bas = office.as_person(BAS)
    for path in ("/desk", "/desk/tasks"):
        first, second = bas.get(path).text, bas.get(f"{path}?pagina=2").text
        assert len(set(re.findall(r'href="/desk/tasks/(reply:[^"]+)"', first + second))) == 35, path
        for page in (first, second):
            assert re.search(r"<h2>Te laat <span[^>]*>.*?</svg>30</span>", page, re.DOTALL), path


def test_a_desk_with_nothing_to_do(office: Office) -> None:
    """Every list says what would be there."""
    office.now[0] += timedelta(days=0)
    bas = office.as_person(BAS)
    for path, words in (
        ("/desk", "Geen taken voor vandaag."),
        ("/desk/tasks", "Er staan geen taken open."),
        ("/desk/cases", "Geen lopende klachten."),
        ("/desk/messages", "Hier staat een mail als niet zeker is of die is verstuurd."),
        ("/desk/clients?q=niemand", "Niets gevonden voor “niemand”."),
    ):
        assert words in bas.get(path).text, path
    for path in ("/desk/tasks/case_call:K1:F9", "/desk/cases/F9"):
        assert bas.get(path).status_code == 404


def test_the_days_of_a_long_clock_stand_beside_each_other(office: Office) -> None:
    """A complaint that nobody touched for nine days: no day's name runs into the next, at 8 px a letter."""
    complain(office)
    office.until(12, "09.00")
    page = office.as_person(BAS).get("/desk/cases/F1").text
    days = [(float(x), words) for x, words in re.findall(r'<text x="([\d.]+)" y="104">([^<]+)</text>', page)]
    assert [words for _, words in days][:2] == ["wo 4 mrt", "do 5"]
    for (x, words), (following, _) in pairwise(days):
        assert x + 8 * len(words) < following, words


def test_no_moment_that_has_passed_is_promised(office: Office) -> None:
    """Days after every deadline, the script of the call and the page beside it name none of them as still to come."""
    complain(office)
    office.until(3, "10.40")
    page = office.as_person(BAS).get(office.open_task()).text
    assert "U hoort uiterlijk woensdag 4 maart om 17.00 uur van mij" in page
    for day in (4, 5, 10, 11):
        office.until(day, "16.45")
    page = office.as_person(JEROEN).get(office.open_task()).text
    assert "U hoort binnen twee werkdagen van mij" in page
    assert "een taak voor de oplossing, die nu al te laat is." in page
    assert "uiterlijk woensdag 4 maart" not in page
    case = office.as_person(JEROEN).get(office.case()).text
    assert "na de stap ervoor" in case
    for past in ("uiterlijk dinsdag", "uiterlijk woensdag", "uiterlijk 3 maart", "uiterlijk 9 maart"):
        assert past not in case, past


@pytest.mark.parametrize(("day", "by"), [(3, "dinsdag 3 maart om 13.00 uur"), (4, "woensdag 4 maart om 13.00 uur")])
def test_client_and_colleague_are_told_the_same_moment(office: Office, day: int, by: str) -> None:
    """An export brings a complaint of Monday at six in the morning: nobody can call by nine, or the day before."""
    monday = date(2026, 3, 2)
    office.add(tables.feedback, feedback_id="F1", client_id="K1", project_id="P1", given_on=monday, kind="nps", score=3)
    office.until(day, "6.15")
    (mail,) = [row for row in office.rows(tables.messages) if row["touchpoint"] == "case_ack"]
    (told,) = [row for row in office.rows(tables.staff_mails) if row["kind"] == "staff_case_task"]
    assert [json.loads(mail["fields"])["by"], json.loads(told["body"])["by"]] == [by, by]
    bas = office.as_person(BAS)
    for path, words in (("/desk", "bellen, "), ("/desk/cases", "bellen, "), (office.case(), "uiterlijk ")):
        assert f"{words}vandaag 13.00 uur" in bas.get(path).text


def test_who_complains_before_a_holiday_is_told_of_it(office: Office) -> None:
    """On the evening of Easter Sunday, after which the office opens on Tuesday."""
    given = datetime(2026, 4, 5, 20, 0, tzinfo=AMSTERDAM)
    told = {"kind": "nps", "score": 3, "given_on": given.date(), "given_at": given, "client_id": "K1"}
    office.add(tables.feedback, feedback_id="F1", **told)
    office.now[0] = given + timedelta(minutes=15)
    office.tick()
    (mail,) = [row for row in office.rows(tables.messages) if row["touchpoint"] == "case_ack"]
    said = json.loads(mail["fields"])
    assert (said["by"], said["closed"]) == ("dinsdag 7 april om 17.00 uur", "Op maandag 6 april")
    text = next((office.workspace.settings.outbox_dir).glob(f"{mail['message_id']}.eml")).read_bytes()
    words = email.message_from_bytes(text, policy=email.policy.default).get_body(("plain",)).get_content()
    assert "Op maandag 6 april zijn wij dicht." in words


def test_a_second_low_score_promises_no_second_call(office: Office) -> None:
    """The page names the call that is to come, the same whenever it is opened; after the call it names none."""
    client = office.browser()
    office.now[0] = datetime(2026, 3, 2, 20, 0, tzinfo=AMSTERDAM)
    first, promise = office.question("check_in", "P1"), "Bas Hoekstra belt u uiterlijk dinsdag 3 maart om 17.00 uur"
    client.post(first, data={"score": "3", "opmerking": "Twee keer teruggebeld."})
    assert promise in client.get(f"{first}?klaar=1").text
    office.until(2, "20.15")
    office.until(3, "11.40")
    second = office.question("feedback_request", "P1")
    client.post(second, data={"score": "2", "opmerking": "Nog steeds niets gehoord."})
    for page in (first, second):  # the second joins the case of the first, with its call
        assert promise in client.get(f"{page}?klaar=1").text
    office.until(3, "11.45")
    assert office.as_person(BAS).submit(office.open_task(), do="reached").status_code == 303
    for page in (first, second):
        words = client.get(f"{page}?klaar=1").text
        assert "Wij nemen het mee." in words
        assert "belt u" not in words
    office.until(4, "11.00")
    office.as_person(BAS).submit("/desk/cases/" + office.case().rpartition("/")[2], do="resolve", text="Opgelost.")
    assert "belt u" not in client.get(f"{first}?klaar=1").text


def test_a_low_score_after_the_solution_is_called_one_level_higher(office: Office) -> None:
    """Once what was agreed is carried out, another low score opens the next case: the page names who calls then."""
    client = office.browser()
    complain(office)
    office.until(3, "10.40")
    _through(office, BAS, "reached", "done", "done")
    second = office.question("feedback_request", "P1")
    client.post(second, data={"score": "2", "opmerking": "Het is er nog."})
    promised = client.get(f"{second}?klaar=1").text
    assert "Jeroen Broersma belt u uiterlijk woensdag 4 maart" in promised
    office.now[0] += timedelta(minutes=15)
    office.tick()
    case = office.as_person(JEROEN).get(office.case()).text
    assert "bij Jeroen Broersma (directie)" in case

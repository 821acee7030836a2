"""/a/{token}: opening shows the question, a POST records the answer, where the next run finds it."""

from datetime import timedelta

import pytest

from models import tables
from models.database.engine import reading, writing
from programme.care.lines import Line
from programme.care.tick import Tick
from programme.facts.cases import has_open_case
from programme.inbound.answers import ASKED_BY, FORMS, LONGEST_COMMENT, Question
from programme.words.states import ActivityKind
from tasks.care.people.prompt import make_prompt_tasks
from tasks.clients.facts.audience import read_recipients
from tests.conftest import ON_SQLITE, once_on_postgres
from tests.factories import shipped_programme
from tests.web.conftest import NOW, TODAY, Served
from web.server.pages import PageRenderer

pytestmark = pytest.mark.slow

EVERY_CHOICE = [
    (touchpoint, question, choice.id)
    for touchpoint, questions in ASKED_BY.items()
    for question in questions
    for choice in FORMS[question].choices
]
HOSTILE = "<script>alert(1)</script>\x00{{ 7*7 }} \u202etxet '; DROP TABLE answers;-- =cmd|' /C calc'!A0"


def post(served: Served, touchpoint: str, **fields: str) -> str:
    """The page that the browser is sent on to."""
    answer = served.client.post(served.answer_link(touchpoint), data=fields)
    assert answer.status_code == 303, answer.text
    thanks = served.client.get(answer.headers["location"])
    assert thanks.status_code == 200, thanks.text
    return thanks.text


@ON_SQLITE
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["", "?antwoord=akkoord", "?score=3", "?antwoord=<b>&vraag=x", "?score=99"])
def test_opening_a_question_changes_nothing(served: Served, method: str, query: str) -> None:
    """Whatever answer the link names, following it records nothing."""
    before = served.state()
    for touchpoint in ASKED_BY:
        assert served.client.request(method, served.answer_link(touchpoint) + query).status_code == 200
    assert served.state() == before


def test_the_named_answer_is_chosen_already(served: Served) -> None:
    """The link of a mail's button opens the page with that answer chosen; an unknown one chooses nothing."""
    permit, check_in = served.answer_link("permit_check"), served.answer_link("check_in")

    assert 'value="geweigerd" required checked' in served.client.get(f"{permit}?antwoord=geweigerd").text
    assert 'value="7" required checked' in served.client.get(f"{check_in}?score=7").text
    assert " checked" not in served.client.get(f"{permit}?antwoord=ja").text


@ON_SQLITE
@pytest.mark.parametrize(("touchpoint", "question", "choice"), EVERY_CHOICE)
def test_every_choice_is_recorded(served: Served, touchpoint: str, question: Question, choice: str) -> None:
    """Each answer is kept, counts as activity of today, and leads to a page of its own."""
    text = post(served, touchpoint, vraag=question, antwoord=choice)

    assert "<h1>" in text
    row = served.rows(tables.answers)[0]
    assert (row["client_id"], row["question"], row["answer"], row["answered_on"]) == ("C1", question, choice, TODAY)
    activity = served.rows(tables.activity)
    assert [(one["kind"], one["source_id"], one["occurred_on"]) for one in activity] == [
        (ActivityKind.ANSWER, served.message_id(touchpoint), TODAY)
    ]


@pytest.mark.parametrize(("touchpoint", "kind"), [("check_in", "nps"), ("feedback_request", "csat")])
@once_on_postgres("score", [0, 6, 7, 9, 10])
def test_a_score_is_feedback_like_that_of_the_crm(served: Served, touchpoint: str, kind: str, score: int) -> None:
    """The next run sees it: feedback of the project, and an open case by the same definition as an imported one."""
    post(served, touchpoint, score=str(score), opmerking=" Netjes ")

    row = served.rows(tables.feedback)[0]
    assert (row["kind"], row["score"], row["project_id"], row["comment"]) == (kind, score, "P1", "Netjes")
    assert (row["given_on"], row["origin"]) == (TODAY, "page")
    programme = shipped_programme()
    with reading(served.engine) as connection:
        [recipient] = read_recipients(connection, programme, ["C1"], TODAY)
    assert has_open_case(programme.health, recipient.clients[0], TODAY) == (score <= 6)
    assert recipient.clients[0].last_activity_on == TODAY


def test_a_review_ends_the_reminders(served: Served) -> None:
    """Who says that the review is written has review feedback for the project; the page offers the public link."""
    page = served.client.get(served.answer_link("review_reminder")).text
    assert shipped_programme().brand.review_url in page
    post(served, "review_reminder", antwoord="geschreven")

    [row] = served.rows(tables.feedback)
    assert (row["kind"], row["project_id"], row["score"]) == ("review", "P1", None)


@ON_SQLITE
@pytest.mark.parametrize("score", [0, 6, 10])
def test_everyone_gets_the_same_review_link(served: Served, score: int) -> None:
    """The public review link is offered whatever the score."""
    assert shipped_programme().brand.review_url in post(served, "feedback_request", score=str(score))


def test_the_same_answer_twice_is_kept_once(served: Served) -> None:
    """A double click, or a page loaded again, changes nothing."""
    post(served, "permit_check", antwoord="vragen", opmerking="Welke balk?")
    before = served.state()
    served.later(hours=1)
    post(served, "permit_check", antwoord="vragen", opmerking="Welke balk?")

    assert served.state() == before


def test_an_answer_can_be_changed(served: Served) -> None:
    """The latest answer counts, the earlier ones are kept, and the page opens with what was said."""
    post(served, "permit_check", antwoord="in-behandeling")
    served.later(days=5)
    post(served, "permit_check", antwoord="akkoord")

    assert [row["answer"] for row in served.rows(tables.answers)] == ["in-behandeling", "akkoord"]
    assert [row["occurred_on"] for row in served.rows(tables.activity)] == [TODAY, TODAY + timedelta(days=5)]
    page = served.client.get(served.answer_link("permit_check")).text
    assert 'value="akkoord" required checked' in page
    assert "al beantwoord" in page


@pytest.mark.parametrize(
    ("first", "second", "given_on", "stays_resolved"),
    [("9", "3", TODAY + timedelta(days=5), False), ("3", "2", TODAY, True), ("3", "9", TODAY, True)],
)
def test_a_changed_score_changes_its_feedback(
    served: Served, first: str, second: str, given_on: object, stays_resolved: bool
) -> None:
    """One row of feedback a question; its case begins anew only when the client turned unhappy."""
    post(served, "check_in", score=first)
    with writing(served.engine) as connection:
        connection.execute(tables.feedback.update().values(resolved_on=TODAY))
    served.later(days=5)
    post(served, "check_in", score=second)

    [row] = served.rows(tables.feedback)
    assert (row["score"], row["given_on"]) == (int(second), given_on)
    assert (row["resolved_on"] == TODAY) == stays_resolved


def test_a_changed_mind_takes_the_feedback_back(served: Served) -> None:
    """An experience that became a question is no feedback any more."""
    post(served, "build_check", antwoord="delen", opmerking="Mooi!")
    assert [row["comment"] for row in served.rows(tables.feedback)] == ["Ik deel graag hoe het gaat. Mooi!"]
    post(served, "build_check", antwoord="vraag", opmerking="Mag de muur weg?")

    assert served.rows(tables.feedback) == []


def test_who_asks_hears_from_us_within_the_days_of_the_programme() -> None:
    """Another firm may take more than a day for its tasks; the page would promise what nobody does."""
    programme = shipped_programme()
    slower = programme.signals.contact_asked.model_copy(update={"due_days": 2})
    signals = programme.signals.model_copy(update={"contact_asked": slower})
    pages = PageRenderer(programme.model_copy(update={"signals": signals}))
    for name in ("bouw-vraag", "vergunning-vragen", "vergunning-geweigerd"):
        page = pages.write([f"thanks/{name}.html"], is_heard=True, referral=None, question="bouw")
        assert "binnen twee werkdagen van ons" in page, name


@once_on_postgres("touchpoint", ["build_check", "permit_check"])
def test_a_question_after_the_call_is_promised_no_other(served: Served, touchpoint: str) -> None:
    """A mail makes one task, ever: whoever asks again once that has ended is told to call himself."""
    choice = {"vraag": "bouw", "antwoord": "vraag"} if touchpoint == "build_check" else {"antwoord": "vragen"}
    link = served.answer_link(touchpoint)
    first = served.client.post(link, data={**choice, "opmerking": "Mag de balk korter?"})
    assert "U hoort uiterlijk de volgende werkdag van ons." in served.client.get(first.headers["location"]).text
    with writing(served.engine) as connection:
        cause = {"kind": "contact_asked", "client_id": "C1", "cause": served.message_id(touchpoint)}
        task = {"task_id": "t", "purpose": "service", "channel": "phone", "level": "manager", "state": "done"}
        moments = dict.fromkeys(("made_at", "due_at", "ended_at"), NOW)
        connection.execute(tables.people_tasks.insert().values(**cause, **task, **moments))
    served.later(days=3)
    again = served.client.post(link, data={**choice, "opmerking": "De aannemer mist een kolom."})
    shown = served.client.get(again.headers["location"]).text
    assert "U hoort" not in shown
    assert "Bel ons over uw nieuwe vraag" in shown
    assert "is binnen" not in shown


@ON_SQLITE
def test_a_refusal_after_the_call_is_promised_no_other(served: Served) -> None:
    """The same of a permit that was refused after questions about it were dealt with."""
    heard, promise = "U hoort het van ons.", "uiterlijk de volgende werkdag van ons"
    shown = post(served, "permit_check", antwoord="geweigerd")
    assert heard in shown
    assert promise in shown
    post(served, "permit_check", antwoord="vragen")
    with writing(served.engine) as connection:
        make_prompt_tasks(connection, Tick(served.now[0] + timedelta(minutes=15), shipped_programme()))
        ended = {"state": "done", "outcome": "wrong_number", "ended_at": NOW}
        connection.execute(tables.people_tasks.update().values(ended))
    served.later(days=3)
    shown = post(served, "permit_check", antwoord="geweigerd")
    assert "Bel nu" in shown
    assert heard not in shown
    assert promise not in shown


def test_questions_become_tasks_for_the_bureau(served: Served) -> None:
    """Who asks for contact gets a call, once for each mail; an answer that was changed before the tick asks nothing."""
    post(served, "permit_check", antwoord="vragen", opmerking="Welke balk?")
    post(served, "build_check", antwoord="vraag")
    post(served, "permit_check", antwoord="akkoord")
    assert [line.values["task_id"].split(":")[:2] for line in tick(served)] == [["contact_asked", "C1"]]
    assert tick(served) == []
    post(served, "permit_check", antwoord="geweigerd", opmerking="Nu al")

    (line,) = tick(served)
    assert line.values["task_id"].endswith(served.rows(tables.answers)[0]["message_id"])


def tick(served: Served) -> list[Line]:
    at = served.now[0] + timedelta(minutes=15)
    with writing(served.engine) as connection:
        return make_prompt_tasks(connection, Tick(at, shipped_programme()))


@pytest.mark.parametrize(("score", "waits"), [(0, True), (6, True), (7, False), (10, False)])
def test_a_low_score_is_a_case_and_no_question(served: Served, score: int, waits: bool) -> None:
    """The page says that we will be in touch: its case sees to that, so no second task is made."""
    text = post(served, "check_in", score=str(score))
    assert ("belt u uiterlijk" in text) == waits
    assert [row["needs_contact"] for row in served.rows(tables.answers)] == [False]
    assert tick(served) == []


def test_the_reason_of_a_lost_quote(served: Served) -> None:
    """It is feedback of the client, about no project."""
    post(served, "quote_rejected", antwoord="ander-bureau", opmerking="Sneller klaar")

    [row] = served.rows(tables.feedback)
    assert (row["kind"], row["project_id"], row["comment"]) == (
        "other",
        None,
        "Ik koos een ander bureau. Sneller klaar",
    )


@ON_SQLITE
@pytest.mark.parametrize(
    ("touchpoint", "fields", "is_good"),
    [
        ("permit_check", {"antwoord": "akkoord"}, True),
        ("check_in", {"score": "9"}, True),
        ("check_in", {"score": "8"}, False),
        ("permit_check", {"antwoord": "geweigerd"}, False),
        ("permit_check", {"antwoord": "in-behandeling"}, False),
    ],
)
def test_good_answers_end_with_the_referral_line(
    served: Served, touchpoint: str, fields: dict[str, str], is_good: bool
) -> None:
    """One line, and the client's own link, only after good news."""
    assert ("/mijn/" in post(served, touchpoint, **fields)) == is_good


def test_no_referral_line_without_consent(served: Served) -> None:
    """Where rule 3 lets no marketing through, or the address is suppressed, a thank-you is only that."""
    assert "/mijn/" in post(served, "permit_check", antwoord="akkoord")
    served.client.post(served.unsubscribe_link())
    assert "/mijn/" not in post(served, "permit_check", antwoord="akkoord")
    with writing(served.engine) as connection:
        connection.execute(tables.suppressions.delete())
        connection.execute(tables.clients.update().values(consent="no"))
    assert "/mijn/" not in post(served, "permit_check", antwoord="akkoord")


def test_no_referral_line_for_who_earns_none(served: Served) -> None:
    """A contractor or an architect is promised no reward, as in the mails; another reads what the next one earns."""
    assert "u ontvangt € 100 zodra" in post(served, "permit_check", antwoord="akkoord")
    for kind in ("aannemer", "architect"):
        with writing(served.engine) as connection:
            connection.execute(tables.clients.update().values(kind=kind))
        assert "/mijn/" not in post(served, "permit_check", antwoord="akkoord")


def test_a_hostile_comment_is_text(served: Served) -> None:
    """What a client types is never markup, a template, a statement or a control sequence; it is kept as typed."""
    post(served, "check_in", score="3", opmerking=HOSTILE)

    page = served.client.get(served.answer_link("check_in")).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "49" not in page.partition("<textarea")[2].partition("</textarea>")[0]
    kept = served.rows(tables.answers)[0]["comment"]
    assert kept.startswith("<script>alert(1)</script>{{ 7*7 }} txet")


def test_a_long_comment_is_cut_and_a_huge_one_refused(served: Served) -> None:
    """A comment is cut at its limit; a body far above it is not read."""
    post(served, "check_in", score="8", opmerking="é" * 3000)
    assert served.rows(tables.answers)[0]["comment"] == "é" * LONGEST_COMMENT
    before = served.state()

    assert served.client.post(served.answer_link("check_in"), content=b"x" * 100_000).status_code == 413
    assert served.state() == before


@ON_SQLITE
@pytest.mark.parametrize("body", ["", "antwoord=ja", "antwoord=", "score=5", "\xff\x00", "a=1&" * 50, "vraag=review"])
def test_what_is_no_answer_is_asked_again(served: Served, body: str) -> None:
    """The page comes back with one clear line, and nothing is recorded."""
    before = served.state()
    answer = served.client.post(served.answer_link("permit_check"), content=body.encode("latin-1"))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert served.state() == before


def test_what_was_typed_is_not_lost_by_a_mistake(served: Served) -> None:
    """A missing choice brings the words back."""
    answer = served.client.post(served.answer_link("permit_check"), data={"opmerking": "lang <verhaal>"})

    assert answer.status_code == 422
    assert "lang &lt;verhaal&gt;" in answer.text


def test_links_that_ask_nothing(served: Served) -> None:
    """A mail that asks nothing, a link for another purpose and an erased client lead to the friendly page."""
    from programme.words.tokens import LinkPurpose

    links = [
        served.answer_link("seasonal"),
        served.link(LinkPurpose.ANSWER, "permit_check", "C2"),
        "/a/" + served.unsubscribe_link().removeprefix("/u/"),
    ]
    before = served.state()
    for link in links:
        assert served.client.get(link).status_code == 404
        assert served.client.post(link, data={"antwoord": "akkoord"}).status_code == 404
    assert served.state() == before

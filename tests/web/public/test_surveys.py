"""The pages of the four surveys: each asks its question, and each answer counts as what it is."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from models import tables
from tests.web.conftest import Served, seed


@pytest.fixture
def site(serve: Callable[..., Served], sqlite_engine: Engine) -> Served:
    seed(sqlite_engine)
    return serve(sqlite_engine)


@pytest.mark.parametrize(
    ("survey", "question", "kind"),
    [
        ("survey_nps", "enquete-aanbevelen", "nps"),
        ("survey_csat", "enquete-tevreden", "csat"),
        ("survey_ces", "enquete-moeite", "ces"),
    ],
)
def test_a_score_is_feedback_of_the_surveys_kind(site: Served, survey: str, question: str, kind: str) -> None:
    """The scale and the wording are kept with the answer; opening the link changes nothing."""
    link = site.answer_link(survey)
    page = site.client.get(f"{link}?score=7").text
    assert 'value="7" required checked' in page
    assert "U kunt dit overslaan" in page
    assert not site.rows(tables.answers)
    answer = site.client.post(link, data={"vraag": question, "score": "3", "opmerking": "<b>traag</b>"})
    assert answer.status_code == 303
    (row,) = site.rows(tables.feedback)
    assert (row["kind"], row["score"], row["comment"], row["project_id"]) == (kind, 3, "<b>traag</b>", None)
    (kept,) = site.rows(tables.answers)
    assert (kept["scale"], kept["wording"]) == ("0-10", f"{question}/1")
    thanks = site.client.get(answer.headers["location"]).text
    assert "<b>traag" not in thanks
    # Whoever finds it hard to work with us was promised no call: only NPS and CSAT open a case.
    assert ("onnodig moeite" in thanks) == (kind == "ces")
    assert ("Liever zelf" in thanks or "liever zelf" in thanks) == (kind != "ces")


def test_three_questions_stand_on_one_page_and_the_first_is_an_nps(site: Served) -> None:
    """All three are needed, a fault keeps what was chosen, and the other two are no feedback."""
    link = site.answer_link("survey_loyalty")
    assert site.client.get(link).text.count("<fieldset") == 3
    some = {"vraag": "trouw-aanbevelen", "score-trouw-aanbevelen": "9", "score-trouw-meer": "11"}
    refused = site.client.post(link, data=some)
    assert refused.status_code == 422
    assert "Kies bij elke vraag een cijfer" in refused.text
    assert 'name="score-trouw-aanbevelen" value="9" required checked' in refused.text
    assert not site.rows(tables.answers)
    scores = {"score-trouw-aanbevelen": "9", "score-trouw-opnieuw": "8", "score-trouw-meer": "0"}
    answer = site.client.post(link, data={"vraag": "trouw-aanbevelen", "opmerking": "Fijn", **scores})
    assert [(row["question"], row["score"], row["wording"]) for row in site.rows(tables.answers)] == [
        ("trouw-aanbevelen", 9, "trouw-aanbevelen/1"),
        ("trouw-opnieuw", 8, "trouw-opnieuw/1"),
        ("trouw-meer", 0, "trouw-meer/1"),
    ]
    assert [(row["kind"], row["score"], row["comment"]) for row in site.rows(tables.feedback)] == [("nps", 9, "Fijn")]
    assert "/mijn/" in site.client.get(answer.headers["location"]).text
    assert site.client.get(link).text.count(" checked>") == 3


@pytest.mark.parametrize(("score", "asks_more", "refers"), [(10, False, True), (7, True, False), (2, False, False)])
def test_everyone_is_offered_the_same_review_link(site: Served, score: int, asks_more: bool, refers: bool) -> None:
    """Promoters see their referral link too, passives are asked what was missing, and to others a call is promised."""
    link = site.answer_link("survey_nps")
    answer = site.client.post(link, data={"vraag": "enquete-aanbevelen", "score": str(score)})
    thanks = site.client.get(answer.headers["location"]).text
    assert "https://www.bureaubroersma.example/review?utm_source=bouwclub" in thanks
    assert ("Wat ontbrak er?" in thanks) is asks_more
    assert ("/mijn/" in thanks) is refers

"""What our mails ask, and what follows each answer."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.care.scripts.script import TaskFacts
from programme.care.scripts.service import handover
from programme.care.words import KIND_WORDS, STEP_WORDS, kind_words, outcome_words, step_words
from programme.inbound.answers import (
    ASKED_BY,
    FORMS,
    LONGEST_COMMENT,
    ON_ONE_PAGE,
    Answer,
    AnswerInvalid,
    Question,
    clean_comment,
    counts_anew,
    feedback_kind_of,
    feedback_text,
    forms_of,
    is_good,
    needs_contact,
    read_answer,
    read_scores,
)
from programme.inbound.question_words import question_words
from tests.factories import feedback, programme, shipped_programme

TERMS = shipped_programme().health


def test_every_asking_touchpoint_exists() -> None:
    """The mails that ask something are mails of the shipped programme."""
    assert ASKED_BY.keys() <= shipped_programme().kinds.keys()


@pytest.mark.parametrize("question", Question)
def test_every_answer_of_every_question_can_be_given(question: Question) -> None:
    """Each choice, or each score, is read back as itself."""
    form = FORMS[question]
    if form.has_score:
        assert [read_answer(form, "", str(score), "").score for score in range(11)] == list(range(11))
    for choice in form.choices:
        assert read_answer(form, choice.id, "", " ").choice == choice.id


def test_what_is_asked_on_a_scale() -> None:
    """Of how it was, of recommending and of the surveys from 0 to 10; the rest has choices and no scale."""
    scored = {
        Question.EXPERIENCE,
        Question.RECOMMEND,
        *(each for each in Question if each.startswith(("enq", "trouw"))),
    }
    assert {question: form.scale for question, form in FORMS.items()} == {
        question: "0-10" if question in scored else None for question in Question
    }
    assert all(bool(form.choices) is (question not in scored) for question, form in FORMS.items())


def test_a_score_counts_as_the_feedback_that_its_question_asks_for() -> None:
    """Of the loyalty survey the first question alone (care.md 7.4); a choice counts by itself."""
    kinds = {question: feedback_kind_of(form, Answer(question, "7", 7, None)) for question, form in FORMS.items()}
    assert {question: kind for question, kind in kinds.items() if kind} == {
        Question.EXPERIENCE: "csat",
        Question.RECOMMEND: "nps",
        Question.SURVEY_RECOMMEND: "nps",
        Question.SURVEY_SATISFIED: "csat",
        Question.SURVEY_EFFORT: "ces",
        Question.LOYALTY_RECOMMEND: "nps",
    }


@pytest.mark.parametrize("touchpoint", ASKED_BY)
def test_feedback_is_about_a_project_where_the_mail_is_sent_of_its_delivery(touchpoint: str) -> None:
    """Only there the occasion is a project's id; a quote, a case or a survey may have an id that a project has too."""
    kind, (main, *_) = shipped_programme().kinds[touchpoint], forms_of(touchpoint, shipped_programme().trade)
    for question in ON_ONE_PAGE.get(main.question, (main.question,)):
        assert FORMS[question].about_project is (kind.anchor == "project_delivered")


LOYALTY = ON_ONE_PAGE[Question.LOYALTY_RECOMMEND]


def test_a_page_of_several_questions_is_answered_as_a_whole() -> None:
    """One answer to each, in their order; the comment goes with the first."""
    answers = read_scores(FORMS[LOYALTY[0]], dict(zip(LOYALTY, ("9", "10", "0"), strict=True)), " Fijn. ")
    assert answers == [
        Answer(Question.LOYALTY_RECOMMEND, "9", 9, "Fijn."),
        Answer(Question.LOYALTY_AGAIN, "10", 10, None),
        Answer(Question.LOYALTY_MORE, "0", 0, None),
    ]


@pytest.mark.parametrize("question", LOYALTY)
@pytest.mark.parametrize("score", [None, "", "11"])
def test_a_page_with_a_question_left_open_is_no_answer(question: Question, score: str | None) -> None:
    """Whichever it is."""
    scores = {each: "9" for each in LOYALTY if each != question}
    if score is not None:
        scores[question] = score
    with pytest.raises(AnswerInvalid):
        read_scores(FORMS[LOYALTY[0]], scores, "")


@pytest.mark.parametrize("score", ["", "11", "-1", "7.5", "07", "７", "1e1", " 7", "7\n"])
def test_only_whole_scores_from_0_to_10(score: str) -> None:
    """Anything but a plain number from 0 to 10 is no answer."""
    with pytest.raises(AnswerInvalid):
        read_answer(FORMS[Question.RECOMMEND], "", score, "")


@pytest.mark.parametrize("choice", ["", "AKKOORD", "ja", "akkoord "])
def test_only_the_choices_that_are_offered(choice: str) -> None:
    """What is not on the page is no answer."""
    with pytest.raises(AnswerInvalid):
        read_answer(FORMS[Question.PERMIT], choice, "", "")


@given(st.text())
def test_a_comment_is_harmless_text(text: str) -> None:
    """No control, direction or surrogate character is kept, the length is limited, cleaning twice changes nothing."""
    cleaned = clean_comment(text)
    if cleaned is not None:
        assert 0 < len(cleaned) <= LONGEST_COMMENT
        kinds = {unicodedata.category(letter) for letter in cleaned.replace("\n", "")}
        assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        cleaned.encode()
        assert clean_comment(cleaned) == cleaned


def test_a_comment_keeps_its_words() -> None:
    """Lines, accents and signs stay; carriage returns, nulls and reversals of direction go."""
    assert clean_comment("Één\r\ntwee\x00 <b>&\u202edrie") == "Één\ntwee <b>&drie"


def test_who_is_to_be_called() -> None:
    """Questions of the municipality, a refusal and a question about the build; a low score opens a case instead."""
    asking = {
        choice.id
        for form in FORMS.values()
        for choice in form.choices
        if needs_contact(form, read_answer(form, choice.id, "", ""))
    }
    assert asking == {"vragen", "geweigerd", "vraag"}
    recommend = FORMS[Question.RECOMMEND]
    assert not any(needs_contact(recommend, read_answer(recommend, "", str(score), "")) for score in range(11))


def test_good_answers() -> None:
    """Promoters and good news are good answers; a passive or a detractor is not."""
    recommend = FORMS[Question.RECOMMEND]
    assert [score for score in range(11) if is_good(recommend, read_answer(recommend, "", str(score), ""))] == [9, 10]
    good = {
        choice.id
        for form in FORMS.values()
        for choice in form.choices
        if is_good(form, read_answer(form, choice.id, "", ""))
    }
    assert good == {"akkoord", "delen", "geschreven"}


def test_the_reason_of_a_lost_quote_is_in_the_feedback() -> None:
    """The bureau reads the choice in words, then what the client wrote."""
    form = FORMS[Question.QUOTE]
    answer = read_answer(form, "prijs", "", "Te duur.")

    assert feedback_kind_of(form, answer) == "other"
    assert feedback_text(form, answer) == "De prijs. Te duur."
    assert feedback_text(form, answer._replace(comment=None)) == "De prijs."


@pytest.mark.parametrize("question", [Question.RECOMMEND, Question.REVIEW, Question.PERMIT, Question.SOLVED])
def test_of_other_answers_the_comment_is_the_feedback(question: Question) -> None:
    """A score, a review and what is no feedback say nothing more in words."""
    form = FORMS[question]
    choice = form.choices[0].id if form.choices else ""
    assert feedback_text(form, read_answer(form, choice, "8", "Dank u.")) == "Dank u."
    assert feedback_text(form, read_answer(form, choice, "8", "")) is None


def test_an_answer_that_no_form_offers_any_more_is_no_feedback() -> None:
    """The choice may have left the page since; its comment stays."""
    form, old = FORMS[Question.QUOTE], Answer(Question.QUOTE, "verhuisd", None, "Wij zijn verhuisd.")
    assert feedback_kind_of(form, old) is None
    assert feedback_text(form, old) == "Wij zijn verhuisd."
    assert not is_good(form, old)
    assert not needs_contact(form, old)


@pytest.mark.parametrize(("before", "after", "anew"), [(9, 3, True), (3, 2, False), (3, 9, False), (8, 9, False)])
def test_only_an_answer_that_turns_negative_counts_anew(before: int, after: int, anew: bool) -> None:
    """A case begins when the client became unhappy; a word added later moves no deadline."""
    earlier, later = feedback(kind="nps", score=before), feedback(kind="nps", score=after)

    assert counts_anew(TERMS, earlier, later) == anew


def test_every_question_has_words_for_colleagues() -> None:
    """The day's page counts the answers of each; one without words would stop it."""
    told = {question: question_words(shipped_programme(), question) for question in Question}
    assert told[Question.BUILD] == "Hoe gaat de bouw?"
    assert told[Question.PERMIT] == "Hoe staat het met de vergunning?"
    label = {"touchpoints.build_check.label": "Hoe groeit de tuin?"}
    assert question_words(programme(**label), Question.BUILD) == "Hoe groeit de tuin?"
    assert kind_words(programme(**label))["build_check"] == "Hoe groeit de tuin"
    assert kind_words(shipped_programme()) == KIND_WORDS


@pytest.mark.parametrize(
    ("other", "that"), [("een ander bureau", "het andere bureau"), ("een andere hovenier", "de andere hovenier")]
)
def test_where_a_client_went_instead_is_in_the_words_of_the_trade(other: str, that: str) -> None:
    """As an answer, as the bureau reads it, as an outcome and in scripts."""
    trade = programme(**{"trade.other_firm": other}).trade
    (form,) = forms_of("quote_rejected", trade)
    answer = read_answer(form, "ander-bureau", "", "Te duur.")
    words = {"other_firm": trade.other_firm, "that_other_firm": trade.that_other_firm}
    about = TaskFacts(firm="Firma", phone="058 123 45 67", person="Anke", **words)
    assert feedback_text(form, answer) == f"Ik koos {other}. Te duur."
    assert outcome_words(trade)["handover"] == f"wil naar {other}"
    assert f"zei dat {other} verdergaat" in handover(about).why
    assert f"Niets over {that}." in handover(about).avoid


def test_the_last_step_of_a_complaint_is_named_by_when_it_is() -> None:
    """As follow_up_after of [care] has it, as a step and as a task."""
    assert step_words(shipped_programme()) == STEP_WORDS
    later = programme(**{"care.follow_up_after": "6 weeks"})
    assert step_words(later)["follow_up"] == "na zes weken"
    assert kind_words(later)["case_follow_up"] == "Klacht: na zes weken"

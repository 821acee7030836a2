"""What our mails ask, and what follows each answer."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.inbound.answers import (
    ASKED_BY,
    FORMS,
    LONGEST_COMMENT,
    AnswerInvalid,
    Question,
    clean_comment,
    feedback_kind_of,
    feedback_text,
    given_on,
    is_good,
    needs_contact,
    read_answer,
)
from tests.factories import feedback, shipped_programme

TERMS = shipped_programme().health
FIRST, LATER = date(2026, 3, 1), date(2026, 3, 9)


def test_every_asking_touchpoint_exists() -> None:
    """The mails that ask something are mails of the shipped programme."""
    assert ASKED_BY.keys() <= shipped_programme().kinds.keys()


@pytest.mark.parametrize("question", Question)
def test_every_answer_of_every_question_can_be_given(question: Question) -> None:
    """Each choice, or each score, is read back as itself."""
    form = FORMS[question]
    if form.score_kind:
        assert [read_answer(form, "", str(score), "").score for score in range(11)] == list(range(11))
    for choice in form.choices:
        assert read_answer(form, choice.id, "", " ").choice == choice.id


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
    """Questions of the municipality, a refusal, a question about the build and a low score; nothing else."""
    asking = {
        choice.id
        for form in FORMS.values()
        for choice in form.choices
        if needs_contact(TERMS, form, read_answer(form, choice.id, "", ""))
    }
    assert asking == {"vragen", "geweigerd", "vraag"}
    recommend = FORMS[Question.RECOMMEND]
    scores = [
        score for score in range(11) if needs_contact(TERMS, recommend, read_answer(recommend, "", str(score), ""))
    ]
    assert scores == list(range(TERMS.negative_score_at_most + 1))


def test_good_answers() -> None:
    """Promoters and good news are good answers; a passive or a detractor is not."""
    recommend = FORMS[Question.RECOMMEND]
    assert [score for score in range(11) if is_good(recommend, read_answer(recommend, "", str(score), ""))] == [9, 10]
    permit = FORMS[Question.PERMIT]
    assert is_good(permit, read_answer(permit, "akkoord", "", ""))
    assert not is_good(permit, read_answer(permit, "geweigerd", "", ""))


def test_the_reason_of_a_lost_quote_is_in_the_feedback() -> None:
    """The bureau reads the choice in words, then what the client wrote."""
    form = FORMS[Question.QUOTE]
    answer = read_answer(form, "prijs", "", "Te duur.")

    assert feedback_kind_of(form, answer) == "other"
    assert feedback_text(form, answer) == "De prijs. Te duur."


@pytest.mark.parametrize(
    ("before", "after", "expected"), [(9, 3, LATER), (3, 2, FIRST), (3, 9, FIRST), (8, 9, FIRST), (None, 3, LATER)]
)
def test_only_an_answer_that_turns_negative_counts_from_today(before: int | None, after: int, expected: date) -> None:
    """A case begins on the day that the client became unhappy; a word added later moves no deadline."""
    earlier = None if before is None else feedback(kind="nps", score=before, given_on=FIRST)

    assert given_on(TERMS, earlier, feedback(kind="nps", score=after, given_on=LATER), LATER) == expected

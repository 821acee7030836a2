"""Who waits for a call or a letter: the cause, and its words in Dutch."""

from datetime import date
from typing import NamedTuple

from programme.inbound.answers import FORMS, Question
from programme.referrals.sign_up import SIGNUP_PREFIX as SIGNUP_PREFIX
from programme.words.wording import capitalised

QUESTION_WORDS = {
    Question.PERMIT: "Hoe staat het met de vergunning?",
    Question.BUILD: "Hoe gaat de bouw?",
    Question.QUOTE: "Waarom niet voor ons gekozen?",
    Question.EXPERIENCE: "Hoe was het met ons te werken?",
    Question.RECOMMEND: "Zou u ons aanbevelen?",
    Question.REVIEW: "Schrijft u een review?",
    Question.SOLVED: "Is het voor u opgelost?",
}
COMPLAINT_PREFIX = "F-"  # before the feedback_id, in the id of a note about a complaint in the CRM


class OpenNote(NamedTuple):
    """One thing that asks somebody of the bureau to call or write back.

    Attributes:
        note_id: the number of an answer on our pages, F- and the feedback_id of a complaint that the CRM holds, or
            the referral of a sign-up.
        client_id: "" for a sign-up that no client came of yet.
        question: a Question, the kind of feedback, or what to do about a sign-up.
        answer: a choice, a score, or "" when there is neither; of a sign-up, until when and what to ask oneself.
    """

    note_id: str
    client_id: str
    question: str
    answer: str
    comment: str | None
    given_on: date


def question_words(note: OpenNote) -> str:
    """The question in Dutch; for a complaint, that it is one."""
    if note.note_id.startswith(COMPLAINT_PREFIX):
        return "Klacht in de CRM"
    if note.note_id.startswith(SIGNUP_PREFIX):
        return capitalised(note.question)
    return QUESTION_WORDS.get(Question(note.question), note.question)


def answer_words(note: OpenNote) -> str:
    """The answer in the words of the page; a score as "een 7"."""
    if note.note_id.startswith(SIGNUP_PREFIX):
        return note.answer
    if note.answer.isdigit():
        return f"een {note.answer}"
    if note.note_id.startswith(COMPLAINT_PREFIX):
        return note.answer or "ontevreden"
    choice = FORMS[Question(note.question)].choice(note.answer)
    return choice.label if choice else note.answer

"""The questions in our mails, the possible answers, and what follows from each.

An answer of a client is a fact like those of the CRM: a score opens a case by the same definition, and a review ends
the reminders. Source: programme sections 3, 7 and 11.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from programme.facts.cases import is_negative
from programme.facts.records import Feedback
from programme.terms.schema import HealthTerms
from programme.terms.trade import TradeTerms
from programme.words.plain_text import clean_lines
from programme.words.states import FeedbackKind

LONGEST_COMMENT = 2000  # characters
SCORES = range(11)
PROMOTER_FROM = 9  # programme section 7: NPS


class Question(StrEnum):
    """What a page asks; each question has one current answer per message."""

    EXPERIENCE = "ervaring"
    RECOMMEND = "aanbevelen"
    PERMIT = "vergunning"
    BUILD = "bouw"
    REVIEW = "review"
    QUOTE = "offerte"
    SURVEY_RECOMMEND = "enquete-aanbevelen"
    SURVEY_SATISFIED = "enquete-tevreden"
    SURVEY_EFFORT = "enquete-moeite"
    LOYALTY_RECOMMEND = "trouw-aanbevelen"
    LOYALTY_AGAIN = "trouw-opnieuw"
    LOYALTY_MORE = "trouw-meer"
    SOLVED = "opgelost"


@dataclass(frozen=True)
class QuestionChoice:
    """One possible answer to a question.

    Attributes:
        id: as in a mail's link (`?antwoord=`) and in the database.
        needs_contact: the bureau must call or write back.
        is_good: good news, or praise; its page may end with a line on the referral programme.
        feedback_kind: the feedback that it counts as; None when it is no feedback.
    """

    id: str
    label: str
    needs_contact: bool = False
    is_good: bool = False
    feedback_kind: FeedbackKind | None = None


@dataclass(frozen=True)
class Form:
    """A question with its possible answers: either a score from 0 to 10, or one of `choices`.

    Attributes:
        score_kind: the kind of feedback that a score counts as; None when it counts as none.
        about_project: the message's occasion is the project that the feedback is about.
        is_scored: it asks for a score that counts as no feedback.
        version: of its words and of the direction of its scale; raise it with every change of meaning.
    """

    question: Question
    choices: tuple[QuestionChoice, ...] = ()
    score_kind: FeedbackKind | None = None
    about_project: bool = True
    is_scored: bool = False
    version: int = 1

    @property
    def has_score(self) -> bool:
        """Whether it asks for a score from 0 to 10."""
        return self.is_scored or self.score_kind is not None

    @property
    def scale(self) -> str | None:
        """The scale, as it is kept with each answer; high is good on every one."""
        return f"{SCORES[0]}-{SCORES[-1]}" if self.has_score else None

    @property
    def wording(self) -> str:
        """The question and the version of its words, as they are kept with each answer."""
        return f"{self.question}/{self.version}"

    def choice(self, choice_id: str) -> QuestionChoice | None:
        """The choice with this id; None when the form has none."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)


SOLVED = "ja"  # the answer of who is content with how a complaint was solved
_REVIEW_WRITTEN = QuestionChoice(
    "geschreven", "Ik heb een beoordeling geschreven", is_good=True, feedback_kind=FeedbackKind.REVIEW
)


@cache
def forms_in(trade: TradeTerms) -> Mapping[Question, Form]:
    """All forms, in the words of the trade."""
    return {
        form.question: form
        for form in (
            Form(Question.EXPERIENCE, score_kind=FeedbackKind.CSAT),
            Form(Question.RECOMMEND, score_kind=FeedbackKind.NPS),
            Form(
                Question.PERMIT,
                (
                    QuestionChoice("akkoord", "De vergunning is verleend", is_good=True),
                    QuestionChoice("in-behandeling", "De vergunning is nog niet rond"),
                    QuestionChoice("vragen", "De gemeente heeft vragen", needs_contact=True),
                    QuestionChoice("geweigerd", "De vergunning is geweigerd", needs_contact=True),
                    QuestionChoice("niet-nodig", "Ik had geen vergunning nodig"),
                ),
            ),
            Form(
                Question.BUILD,
                (
                    QuestionChoice("vraag", "Ik heb een vraag", needs_contact=True),
                    QuestionChoice(
                        "delen", "Ik deel graag hoe het gaat", is_good=True, feedback_kind=FeedbackKind.OTHER
                    ),
                ),
            ),
            Form(Question.REVIEW, (_REVIEW_WRITTEN,)),
            Form(
                Question.QUOTE,
                (
                    QuestionChoice("prijs", "De prijs", feedback_kind=FeedbackKind.OTHER),
                    QuestionChoice("planning", "De planning", feedback_kind=FeedbackKind.OTHER),
                    QuestionChoice("ander-bureau", f"Ik koos {trade.other_firm}", feedback_kind=FeedbackKind.OTHER),
                    QuestionChoice(
                        "plannen-gewijzigd", "Mijn plannen zijn veranderd", feedback_kind=FeedbackKind.OTHER
                    ),
                    QuestionChoice("anders", "Iets anders", feedback_kind=FeedbackKind.OTHER),
                ),
                about_project=False,
            ),
            Form(Question.SURVEY_RECOMMEND, score_kind=FeedbackKind.NPS, about_project=False),
            Form(Question.SURVEY_SATISFIED, score_kind=FeedbackKind.CSAT, about_project=False),
            Form(Question.SURVEY_EFFORT, score_kind=FeedbackKind.CES, about_project=False),
            Form(Question.LOYALTY_RECOMMEND, score_kind=FeedbackKind.NPS, about_project=False),
            Form(Question.LOYALTY_AGAIN, is_scored=True, about_project=False),
            Form(Question.LOYALTY_MORE, is_scored=True, about_project=False),
            # What follows from it is care's: tasks/care/cases/answers.py.
            Form(
                Question.SOLVED,
                (QuestionChoice(SOLVED, "Ja, ik ben tevreden"), QuestionChoice("nog-niet", "Nee, nog niet")),
                about_project=False,
            ),
        )
    }


FORMS = forms_in(TradeTerms())  # for what does not depend on words

# Questions that stand on one page, which the first of them names.
ON_ONE_PAGE: Mapping[Question, tuple[Question, ...]] = {
    Question.LOYALTY_RECOMMEND: (Question.LOYALTY_RECOMMEND, Question.LOYALTY_AGAIN, Question.LOYALTY_MORE),
}

# The first question is the mail's own; the others may follow on its page.
ASKED_BY: Mapping[str, tuple[Question, ...]] = {
    "feedback_request": (Question.EXPERIENCE, Question.REVIEW),
    "check_in": (Question.RECOMMEND, Question.REVIEW),
    "permit_check": (Question.PERMIT, Question.REVIEW),
    "build_check": (Question.BUILD, Question.REVIEW),
    "review_reminder": (Question.REVIEW,),
    "quote_rejected": (Question.QUOTE,),
    "survey_nps": (Question.SURVEY_RECOMMEND, Question.REVIEW),
    "survey_csat": (Question.SURVEY_SATISFIED, Question.REVIEW),
    "survey_ces": (Question.SURVEY_EFFORT, Question.REVIEW),
    "survey_loyalty": (Question.LOYALTY_RECOMMEND, Question.REVIEW),
    "case_check_in": (Question.SOLVED,),
    "case_follow_up": (Question.SOLVED,),
}


class Answer(NamedTuple):
    """One answer of a client: a choice, or a score (then `choice` is the score as text)."""

    question: Question
    choice: str
    score: int | None
    comment: str | None


class AnswerInvalid(ValueError):
    """The posted values are no answer to the question; the message says in Dutch what to do."""


def forms_of(touchpoint: str, trade: TradeTerms) -> tuple[Form, ...]:
    """The forms that a mail of this touchpoint leads to, the main one first; () when it asks nothing."""
    return tuple(forms_in(trade)[question] for question in ASKED_BY.get(touchpoint, ()))


def read_answer(form: Form, choice: str, score: str, comment: str) -> Answer:
    """The posted values as an answer. Raises AnswerInvalid with a message for the client."""
    words = clean_comment(comment)
    if form.has_score:
        number = score_of(score)
        if number is None:
            raise AnswerInvalid("Kies een cijfer van 0 tot en met 10.")
        return Answer(form.question, str(number), number, words)
    if form.choice(choice) is None:
        raise AnswerInvalid("Kies een van de antwoorden.")
    return Answer(form.question, choice, None, words)


def read_scores(form: Form, scores: Mapping[str, str], comment: str) -> list[Answer]:
    """The answers of a page with several questions, by question; the comment goes with the first.

    Raises AnswerInvalid with a message for the client.
    """
    words = clean_comment(comment)
    found = []
    for question in ON_ONE_PAGE[form.question]:
        number = score_of(scores.get(question, ""))
        if number is None:
            raise AnswerInvalid("Kies bij elke vraag een cijfer van 0 tot en met 10.")
        found.append(Answer(question, str(number), number, words if question == form.question else None))
    return found


def score_of(text: str) -> int | None:
    """The score from 0 to 10 that the text spells; None for any other text."""
    return int(text) if re.fullmatch("[0-9]|10", text) else None


def clean_comment(text: str) -> str | None:
    """A client's text without characters that could harm a terminal, a page or a file; None when nothing is left.

    Line breaks become "\\n", and the text is cut off at LONGEST_COMMENT characters.
    """
    return clean_lines(text, LONGEST_COMMENT) or None


def is_good(form: Form, answer: Answer) -> bool:
    """Whether the answer is good news: a promoter's score, or a choice marked so."""
    if answer.score is not None:
        return answer.score >= PROMOTER_FROM
    choice = form.choice(answer.choice)
    return choice is not None and choice.is_good


def needs_contact(form: Form, answer: Answer) -> bool:
    """Whether somebody must call or write back; after a low score a case asks for that."""
    choice = form.choice(answer.choice)
    return choice is not None and choice.needs_contact


def feedback_kind_of(form: Form, answer: Answer) -> FeedbackKind | None:
    """The kind of feedback that the answer counts as; None when it is no feedback."""
    if form.has_score:
        return form.score_kind
    choice = form.choice(answer.choice)
    return choice.feedback_kind if choice else None


def feedback_text(form: Form, answer: Answer) -> str | None:
    """The comment as the bureau reads it: the choice in words, if any, then what the client wrote."""
    choice = form.choice(answer.choice)
    if choice is None or feedback_kind_of(form, answer) != FeedbackKind.OTHER:
        return answer.comment
    return f"{choice.label}. {answer.comment}" if answer.comment else f"{choice.label}."


def counts_anew(terms: HealthTerms, before: Feedback, after: Feedback) -> bool:
    """Whether changed feedback counts from now, not from the first answer.

    Only an answer that turns negative does, because the case that it opens begins now; a word added later moves no
    deadline.
    """
    return is_negative(terms, after) and not is_negative(terms, before)

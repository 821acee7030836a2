"""The questions of our pages, in the words that colleagues read."""

from collections.abc import Mapping

from programme.inbound.answers import Question
from programme.terms.schema import Programme

_WORDS: Mapping[Question, str] = {
    Question.PERMIT: "Hoe staat het met de vergunning?",
    Question.BUILD: "Hoe gaat de bouw?",
    Question.QUOTE: "Waarom niet voor ons gekozen?",
    Question.EXPERIENCE: "Hoe was het met ons te werken?",
    Question.RECOMMEND: "Zou u ons aanbevelen?",
    Question.REVIEW: "Schrijft u een review?",
    Question.SURVEY_RECOMMEND: "Enquête: zou u ons aanbevelen?",
    Question.SURVEY_SATISFIED: "Enquête: hoe tevreden bent u?",
    Question.SURVEY_EFFORT: "Enquête: hoe makkelijk ging het?",
    Question.LOYALTY_RECOMMEND: "Trouw: zou u ons aanbevelen?",
    Question.LOYALTY_AGAIN: "Trouw: zou u ons weer vragen?",
    Question.LOYALTY_MORE: "Trouw: zou u ons meer laten doen?",
    Question.SOLVED: "Is het voor u opgelost?",
}
# Questions about the work itself are called as the programme calls their mails, where it has them.
_ASKED_BY: Mapping[Question, str] = {Question.PERMIT: "permit_check", Question.BUILD: "build_check"}


def question_words(programme: Programme, question: Question) -> str:
    """A question of our pages, as the day's page names it."""
    mail = programme.touchpoints.get(_ASKED_BY.get(question, ""))
    return mail.label if mail else _WORDS[question]

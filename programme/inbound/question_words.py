"""The questions of our pages, in the words that colleagues read."""

from collections.abc import Mapping

from programme.inbound.answers import Question

QUESTION_WORDS: Mapping[Question, str] = {
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

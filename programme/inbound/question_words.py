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
    Question.SOLVED: "Is het voor u opgelost?",
}

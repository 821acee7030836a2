"""Answers of clients that ask for a call or a letter, as a table for whoever makes it.

Clients are named by their number and their words are left out: artifacts stay, and a person's rights must not depend
on finding them all. `bouwclub explain` shows the words.
"""

from collections.abc import Sequence

from prefect import task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.ui.campaign_artifacts import escaped
from programme.inbound.answers import FORMS, Question
from programme.words.dates import day_in_amsterdam
from programme.words.wording import date_words
from tasks.inbound.answers import OpenNote

QUESTION_WORDS = {
    Question.PERMIT: "Hoe staat het met de vergunning?",
    Question.BUILD: "Hoe gaat de bouw?",
    Question.QUOTE: "Waarom niet voor ons gekozen?",
}


@task(name="publish-notes", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_notes(notes: Sequence[OpenNote]) -> None:
    """The answers that wait for somebody; nothing when there are none. Safe to run twice."""
    if notes:
        title = f"Bel of schrijf terug: {len(notes)} antwoorden van klanten"
        create_table_artifact(key="terugbellen", table=table_of_notes(notes), description=title)


def table_of_notes(notes: Sequence[OpenNote]) -> list[dict[str, str | int]]:
    """One row for each answer, the oldest first."""
    return [
        {
            "Klant": escaped(note.client_id),
            "Vraag": QUESTION_WORDS.get(Question(note.question), note.question),
            "Antwoord": label_of(note),
            "Gegeven op": date_words(day_in_amsterdam(note.answered_at)),
            "Toelichting": "ja" if note.comment else "nee",
            "Wat te doen": "neem contact op; bouwclub explain met het klantnummer toont wat de klant schreef",
        }
        for note in notes
    ]


def label_of(note: OpenNote) -> str:
    """The answer in the words of the page."""
    choice = FORMS[Question(note.question)].choice(note.answer)
    return choice.label if choice else note.answer

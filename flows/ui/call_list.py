"""Who waits for a call or a letter, as a table for whoever makes it.

Clients are named by their number and their words are left out: artifacts stay, and a person's rights must not depend
on finding them all. `bouwclub explain` shows the words.
"""

from collections.abc import Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.ui.markdown import table
from flows.ui.publishing import publish_news
from programme.inbound.call_list import OpenNote, answer_words, question_words
from programme.words.wording import date_words

KEY = "terugbellen"
MOST_ROWS = 200


@task(name="publish-notes", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_notes(notes: Sequence[OpenNote]) -> None:
    """All that wait for somebody, also when nobody does: the newest is what is true. Safe to run twice."""
    publish_news(KEY, notes_markdown(notes), notes_card(notes))


def notes_card(notes: Sequence[OpenNote]) -> str:
    if not notes:
        return "Niemand wacht op een telefoontje"
    who = "1 klant wacht" if len(notes) == 1 else f"{len(notes)} antwoorden wachten"
    return f"Bel of schrijf terug: {who}"


def notes_markdown(notes: Sequence[OpenNote]) -> str:
    """The list and what to do with it; the oldest first."""
    if not notes:
        return "# Terugbellen\n\nNiemand. Er wacht geen klant op een telefoontje of een brief."
    rows = [
        (
            note.client_id,
            f"{question_words(note)} {answer_words(note)}" + (" (met toelichting)" if note.comment else ""),
            date_words(note.given_on),
            note.note_id,
        )
        for note in notes[:MOST_ROWS]
    ]
    parts = ["# Terugbellen", table(("Klant", "Wat", "Sinds", "Nr."), rows)]
    if len(notes) > MOST_ROWS:
        parts.append(f"En nog {len(notes) - MOST_ROWS}: `bouwclub tasks list` toont ze allemaal.")
    parts.append(
        "Wat de klant schreef: `bouwclub explain KLANT`. Gebeld of geschreven? "
        "`bouwclub tasks done NR --by NAAM`. Een nummer dat met F- begint is een klacht in de CRM: "
        "vul daar in wanneer die is opgelost. "
        "Wie zich aanmeldde via een link (web-), met naam en nummer: `bouwclub referral signups`."
    )
    return "\n\n".join(parts)

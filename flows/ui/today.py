"""The day over all flows on one page: mailed, come back, answered, and what waits for people."""

from collections import Counter
from datetime import date

from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import table
from flows.ui.publishing import publish_news
from programme.care.words import kind_words
from programme.inbound.answers import Question, forms_in
from programme.inbound.event_words import EVENT_WORDS
from programme.inbound.question_words import question_words
from programme.terms.schema import Programme
from programme.words.numerals import dotted
from programme.words.states import MessageStatus
from programme.words.wording import date_words
from tasks.base.workspace import Workspace
from tasks.inbound.day_summary import BACK, DaySummary, read_day_summary

KEY = "vandaag"


@task(name="publish-today", cache_policy=NO_CACHE, persist_result=False, retries=2, retry_delay_seconds=1)
def publish_today(workspace: Workspace, as_of: date) -> None:
    """Under its day, and as the newest `vandaag`. Safe to run twice: read from the database each time."""
    summary = read_day_summary(workspace.engine, workspace.programme.health, as_of)
    markdown = today_markdown(summary, workspace.programme)
    for key in (KEY, f"{KEY}-{as_of}"):
        publish_news(key, markdown, today_card(summary))


def today_card(summary: DaySummary) -> str:
    """What stands on the artifact's card, which shows some forty characters."""
    sent = sum(count for (*_, status), count in summary.mails.items() if status == MessageStatus.ACCEPTED)
    answered, waiting = summary.answered.total(), summary.waiting.total()
    return f"Verstuurd {dotted(sent)}, antwoorden {dotted(answered)}, wacht op ons {dotted(waiting)}"


def today_markdown(summary: DaySummary, programme: Programme) -> str:
    """A few short tables; clients by number alone."""
    parts = [
        f"# {date_words(summary.as_of)}",
        "## Verstuurd",
        _mails(summary, programme),
        "## Teruggekomen",
        _came_back(summary) or "Niets: geen bounce, geen afmelding, geen klacht over ongewenste mail.",
        "## Antwoorden van klanten",
        _answers(summary, programme),
        "## Wie wacht op ons",
        _waiting(summary, programme),
    ]
    return "\n\n".join(parts)


def _waiting(summary: DaySummary, programme: Programme) -> str:
    """Counts alone: the tasks themselves are on the desk and in `bouwclub tasks list`."""
    rows = [(words, summary.waiting[kind]) for kind, words in kind_words(programme).items() if summary.waiting[kind]]
    if not rows:
        return "Niemand. Er wacht geen klant op een telefoontje of een brief."
    return table(("Taak", "Aantal"), rows) + "\n\nWie en wanneer: de balie, of `bouwclub tasks list`."


def _mails(summary: DaySummary, programme: Programme) -> str:
    if not summary.mails:
        return "Vandaag is er geen mail verstuurd."
    kinds: dict[tuple[str, str], Counter[str]] = {}
    for (touchpoint, campaign, status), count in summary.mails.items():
        kinds.setdefault((touchpoint, campaign), Counter())[status] += count
    rows = [(_label(programme, *kind), *_fates(counts)) for kind, counts in sorted(kinds.items())]
    rows.append(("**Samen**", *_fates(sum(kinds.values(), Counter()))))
    shown = table(("Bericht", "Verstuurd", "Geweigerd", "Nog niet"), rows[:-1])
    last = " | ".join(dotted(cell) if isinstance(cell, int) else cell for cell in rows[-1])
    return f"{shown}\n| {last} |"


def _fates(counts: Counter[str]) -> tuple[int, int, int]:
    waiting = sum(counts[status] for status in (MessageStatus.PLANNED, MessageStatus.SENDING, MessageStatus.IN_DOUBT))
    return counts[MessageStatus.ACCEPTED], counts[MessageStatus.REJECTED], waiting


def _label(programme: Programme, touchpoint: str, campaign: str) -> str:
    label = programme.kinds.in_log(touchpoint).label
    return f"{label}: {campaign}" if campaign else label


def _answers(summary: DaySummary, programme: Programme) -> str:
    if not summary.answered:
        return "Vandaag heeft niemand geantwoord."
    rows = [
        (question_words(programme, Question(question)), _answer(programme, Question(question), answer), count)
        for (question, answer), count in sorted(summary.answered.items())
    ]
    low = {0: "Geen lage cijfers.", 1: "1 laag cijfer."}.get(summary.low_scores, f"{summary.low_scores} lage cijfers.")
    return f"{table(('Vraag', 'Antwoord', 'Aantal'), rows)}\n\n{low}"


def _answer(programme: Programme, question: Question, answer: str) -> str:
    choice = forms_in(programme.trade)[question].choice(answer)
    return choice.label if choice else answer


def _came_back(summary: DaySummary) -> str:
    rows = [(EVENT_WORDS[kind], summary.back[kind]) for kind in BACK if summary.back[kind]]
    return table(("Wat", "Mails"), rows) if rows else ""

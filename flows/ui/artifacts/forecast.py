"""What a look ahead leaves in the Prefect UI for people: a picture, tables and CSV, in Dutch."""

from datetime import date

from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import fenced, table
from flows.ui.publishing import publish
from programme.insight.calendar.mail_calendar import Agenda
from programme.insight.differences import ChangeKind, OccasionFate, changed_keys
from programme.insight.pictures.charts import agenda_svg, differences_svg
from programme.insight.pictures.drawing import data_uri
from programme.words.numerals import dotted
from programme.words.wording import date_words, outcome_text, reason_text
from tasks.base.files.spreadsheets import csv_text
from tasks.insight.forecast import AGENDA_HEADER, agenda_rows
from tasks.insight.what_if import CSV_HEADER, Comparison, csv_row

KIND_WORDS = {
    ChangeKind.GAINED: "krijgt de mail erbij",
    ChangeKind.LOST: "krijgt de mail niet meer",
    ChangeKind.MOVED: "krijgt de mail op een andere dag",
    ChangeKind.CHANGED: "krijgt de mail als ander segment of andere trede",
}


@task(name="publish-agenda", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_agenda(agenda: Agenda) -> Agenda:
    """Make the artifacts of a forecast, under its days, and hand it on. Safe to run twice: a new version of each."""
    title = f"Mails van {date_words(agenda.first)} tot en met {date_words(agenda.last)}"
    days = f"{agenda.first}-{agenda.last}"
    publish(f"verwachting-{days}", agenda_markdown(agenda, title), title)
    publish(f"verwachting-per-dag-{days}", f"# {title}\n\n{agenda_table(agenda)}", title)
    return agenda


@task(name="publish-comparison", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_comparison(comparison: Comparison) -> Comparison:
    """Make the artifacts of a comparison, under its days, and hand it on. Safe to run twice: a new version of each."""
    title = f"Wat als: {date_words(comparison.first)} tot en met {date_words(comparison.last)}"
    days = f"{comparison.first}-{comparison.last}"
    publish(f"wat-als-{days}", comparison_markdown(comparison, title), title)
    publish(f"wat-als-klanten-{days}", f"# {title}\n\n{people_tables(comparison)}", title)
    return comparison


def agenda_markdown(agenda: Agenda, title: str) -> str:
    """The picture, what the caps do, a line for each touchpoint, and the days as CSV."""
    lines = [line for line in agenda.lines() if line.send or line.lapsed or line.waiting]
    touchpoints = agenda.programme.touchpoints
    rows = [(touchpoints[each.touchpoint].label, each.send, each.later, each.lapsed, each.waiting) for each in lines]
    later, lapsed, waiting = (
        sum(each.later for each in lines),
        sum(each.lapsed for each in lines),
        sum(each.waiting for each in lines),
    )
    sentence = (
        f"{dotted(agenda.total)} mails als er verder niets gebeurt. Daarvan gaan er {dotted(later)} later door de "
        "regels (één mail per dag, rust tussen reclamemails, lopend project of klacht). Nog eens "
        f"{dotted(lapsed)} vervallen doordat hun periode voorbijgaat, en {dotted(waiting)} wachten aan het eind nog."
    )
    headings = ("Bericht", "Versturen", "Waarvan later", "Vervalt", "Wacht nog")
    return "\n\n".join(
        [
            f"# {title}",
            f"![Mails per dag]({data_uri(agenda_svg(agenda))})",
            sentence,
            table(headings, rows),
            "## Als CSV",
            fenced(csv_text(AGENDA_HEADER, agenda_rows(agenda)), "csv"),
        ]
    )


def agenda_table(agenda: Agenda) -> str:
    """One row for each day and touchpoint with mails or waiting ones."""
    touchpoints = agenda.programme.touchpoints
    rows = [(cell.day, touchpoints[cell.touchpoint].label, cell.send, cell.defer) for cell in agenda.cells()]
    return table(("Dag", "Bericht", "Versturen", "Wacht"), rows) if rows else "Geen mails."


def comparison_markdown(comparison: Comparison, title: str) -> str:
    """What was changed, the picture, who gains and loses in counts, and the people as CSV."""
    differences, labels = comparison.differences, labels_of(comparison)
    lines = differences.lines(comparison.now, comparison.new)
    keys = changed_keys(comparison.now, comparison.new)
    counts = [
        f"- {_counted(differences.total(kind), 'mail', 'mails')} van "
        f"{_counted(differences.clients[kind], 'klant', 'klanten')}: {KIND_WORDS[kind]}"
        for kind in ChangeKind
        if differences.total(kind)
    ]
    kept = [line for line in lines if line.now or line.new]
    rows = [(labels[line.touchpoint], line.now, line.new, line.gained, line.lost) for line in kept]
    others = [(labels[line.touchpoint], line.moved, line.changed) for line in kept if line.moved or line.changed]
    return "\n\n".join(
        [
            f"# {title}",
            table(("Sleutel", "Nu", "Nieuw"), keys) if keys else "Het nieuwe programma zegt hetzelfde als het huidige.",
            f"![Nu en nieuw]({data_uri(differences_svg(lines, labels, title))})",
            "\n".join(counts) or "Niemand krijgt een mail erbij, eraf of op een andere dag.",
            table(("Bericht", "Nu", "Nieuw", "Erbij", "Eraf"), rows),
            table(("Bericht", "Andere dag", "Ander segment of trede"), others) if others else "",
            f"## Klanten als CSV (de eerste {dotted(len(comparison.people))})",
            fenced(csv_text(CSV_HEADER, map(csv_row, comparison.people)), "csv"),
            "Iedereen: `bouwclub diff --csv`.",
        ]
    )


def _counted(number: int, one: str, more: str) -> str:
    return f"{dotted(number)} {one if number == 1 else more}"


def people_tables(comparison: Comparison) -> str:
    """A table for each thing that happens to people: who, which mail, and what becomes of it in each programme."""
    labels, parts = labels_of(comparison), []
    for kind in ChangeKind:
        rows = [
            (
                change.client_id,
                labels[change.touchpoint],
                fate_words(change.now, comparison.last),
                fate_words(change.new, comparison.last),
            )
            for change in comparison.people
            if change.kind == kind
        ]
        if rows:
            parts += [f"## Wie {KIND_WORDS[kind]}", table(("Klant", "Bericht", "Nu", "Nieuw"), rows)]
    return "\n\n".join(parts) or "Niemand krijgt een mail erbij, eraf of op een andere dag."


def labels_of(comparison: Comparison) -> dict[str, str]:
    """The touchpoints' labels by id, as the present programme names them where it has them."""
    both = {**comparison.new.touchpoints, **comparison.now.touchpoints}
    return {name: touchpoint.label for name, touchpoint in both.items()}


def fate_words(fate: OccasionFate, last: date) -> str:
    """ "3 maart 2026: versturen", "5 maart 2026: Er loopt een klacht; … Kan nog tot en met 7 maart 2026."."""
    if fate.on is None:
        return "niet aan de beurt"
    if fate.is_sent:
        return f"{date_words(fate.on)}: {outcome_text(fate.outcome).lower()}"
    until = fate.open_after(last)
    after = f" Kan nog tot en met {date_words(until)}." if until else ""
    return f"{date_words(fate.on)}: {reason_text(fate.reason)}{after}"

"""/desk/clients: a client is found, and all that is known is on one page, with what the client may be told of it."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from starlette.responses import Response

from models.consent import Proof
from models.database.engine import reading, writing
from programme.care.health import Health
from programme.care.words import SEVERITY_HELP, SEVERITY_WORDS
from programme.insight.explaining import (
    CHANNEL_WORDS,
    KIND_WORDS,
    hold_words,
    indicator_words,
    segment_words,
    standing_words,
    tier_words,
)
from programme.insight.health_ahead import health_ahead
from programme.insight.set_aside import held_client_words, set_aside_words
from programme.words.dates import AMSTERDAM, day_in_amsterdam
from tasks.care.acting.calling import SOURCE_DESK, note_what_was_said
from tasks.care.acting.case_acts import NotedMeanwhile, add_complaint, count_noted
from tasks.care.cases.store import CareRefused
from tasks.care.promise import will_join
from tasks.clients.lookup import UnknownClient
from tasks.desk.call_consent import read_call_consent
from tasks.desk.search import search_clients
from tasks.insight.explain import MOST_RECORDS, ClientHeld, Explanation, read_explanation
from tasks.insight.telling import coming, not_coming
from web.desk.days import read_day
from web.desk.gate import DeskRouter
from web.desk.pages.client_story import story_of
from web.desk.showing.moments import day_words, paged, path_part
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

FOUND_ROWS = 25
STORY_ROWS = 20
AHEAD_DAYS = 90
NOON = time(12)  # of a day of which only the date is known
NOTED = "Er is intussen al een klacht van deze klant gemeld; zie “Wat er gebeurde”. Er is niets dubbel gedaan."
PARTS = (("", "Alles"), ("verstuurd", "Verstuurd"), ("niet", "Niet verstuurd"))


@router.page("/desk/clients")
def find_clients(visit: Visit) -> Response:
    asked = visit.query.get("q", "").strip()
    first = (visit.page_number - 1) * FOUND_ROWS
    rows = search_clients(visit.engine, asked, first, FOUND_ROWS + 1)
    return visit.show("clients.html", asked=asked, pages=paged(rows, visit.page_number, FOUND_ROWS))


@router.page("/desk/clients/{client_id:path}")
def show_client(visit: Visit) -> Response:
    return _client_page(visit, visit.path["client_id"])


@router.form("/desk/clients/{client_id:path}")
def change_client(visit: Visit) -> Response:
    """What the button says: a complaint, or what the client said about being called."""
    client_id, deed = visit.path["client_id"], visit.choice("do", ("complaint", "consent", "no_consent"))
    if deed == "complaint":
        return _report_complaint(visit, client_id)
    return _note_consent(visit, client_id, consent=deed == "consent")


def _report_complaint(visit: Visit, client_id: str) -> Response:
    _explained(visit, client_id)
    severity = visit.choice("severity", SEVERITY_WORDS, "Kies hoe ernstig het is: klein, gewoon of groot.")
    project_id, words = visit.word("project", 200) or None, visit.word("text", 2000) or None
    try:
        with visit.acting() as act:
            is_joining = will_join(act.connection, client_id)
            add_complaint(act, client_id, severity, project_id, words, visit.number("noted"))
    except NotedMeanwhile:
        return _client_page(visit, client_id, {"text": NOTED}, visit.fields, 409)
    except CareRefused:
        raise Refused("De klacht is niet opgeslagen: de klant of het project is intussen veranderd.") from None
    return visit.done(f"/desk/clients/{path_part(client_id)}", "klachterbij" if is_joining else "klacht")


def _note_consent(visit: Visit, client_id: str, consent: bool) -> Response:
    wording, how, told_on = visit.word("wording"), visit.word("how", 200), read_day(visit.word("told_on"))
    faults = {}
    if consent and not wording:
        faults["wording"] = "Schrijf op met welke woorden u het vroeg, en wat de klant zei."
    if consent and not how:
        faults["how"] = "Schrijf op waar het was: aan de telefoon, op kantoor, in een mail."
    if told_on is None or told_on > visit.today:
        faults["told_on"] = "Vul een datum in als 3-3-2026, niet later dan vandaag."
    elif consent and (refused_on := _refused_after(visit, client_id, told_on)):
        said = day_words(refused_on, visit.today)
        faults["told_on"] = f"De klant zei {said} geen telefoontjes te willen. Een ja van daarvoor telt niet meer."
    if faults or told_on is None:
        return _client_page(visit, client_id, faults, visit.fields, 422)
    _explained(visit, client_id)
    with writing(visit.engine) as connection:
        before = read_call_consent(connection, client_id)
        noon = datetime.combine(told_on, NOON, AMSTERDAM)
        told_at = visit.at if told_on == visit.today else noon
        proof = Proof(SOURCE_DESK, told_at, wording or None, how or None, visit.person.name)
        note_what_was_said(connection, client_id, consent, proof, visit.at)
        was, now = {"consent": before.consent} if before else None, {"consent": consent, "told_on": f"{told_on}"}
        visit.record(connection, "note call consent", client_id, client_id, was, now)
    return visit.done(f"/desk/clients/{path_part(client_id)}", "mag" if consent else "magniet")


def _refused_after(visit: Visit, client_id: str, day: date) -> date | None:
    """When the client refused calls, if that was after this day and nothing was said since."""
    with reading(visit.engine) as connection:
        latest = read_call_consent(connection, client_id)
    refused_on = day_in_amsterdam(latest.told_at) if latest and not latest.consent else None
    return refused_on if refused_on and refused_on > day else None


def _client_page(
    visit: Visit,
    client_id: str,
    faults: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    try:
        told = read_explanation(visit.engine, visit.programme, client_id, visit.today, AHEAD_DAYS)
    except UnknownClient:
        raise NotThere from None
    except ClientHeld as held:
        return visit.show("client_held.html", client_id=client_id, sentence=held_client_words(held.since))
    part = visit.query.get("toon", "")
    story = story_of(visit.programme, told, part)
    first = (visit.page_number - 1) * STORY_ROWS
    with reading(visit.engine) as connection:
        consent = read_call_consent(connection, client_id)
        noted, is_joining = count_noted(connection, client_id), will_join(connection, client_id)
    return visit.show(
        "client.html",
        status,
        told=told,
        card=next(card for card in told.cards if card.client_id == client_id),
        others=[card for card in told.cards if card.client_id != client_id][:MOST_RECORDS],
        is_crowd=len(told.cards) > MOST_RECORDS,
        about=_about(visit, told),
        health=_health(visit, told, told.health) if told.health else None,
        coming=coming(visit.programme, told),
        not_coming=not_coming(visit.programme, told),
        part=part,
        tabs=PARTS,
        pages=paged(story[first : first + STORY_ROWS + 1], visit.page_number, STORY_ROWS),
        facts=list(reversed(told.facts)),
        projects=sorted(told.client.projects, key=lambda project: project.ordered_on, reverse=True),
        project_types=visit.programme.types,
        consent=consent,
        noted=noted,
        is_joining=is_joining,
        severity_words=SEVERITY_WORDS,
        severity_help=SEVERITY_HELP,
        faults=faults or {},
        fields=fields or {},
    )


def _explained(visit: Visit, client_id: str) -> None:
    """Raises NotThere for a client that is not there, or erased: nothing is noted about those."""
    try:
        told = read_explanation(visit.engine, visit.programme, client_id, visit.today, 1)
    except (UnknownClient, ClientHeld):
        raise NotThere from None
    if told.client.is_erased:
        raise NotThere


def _about(visit: Visit, told: Explanation) -> dict[str, Any]:
    """The sentences of the client's own panels."""
    programme, off = visit.programme, told.suppression
    return {
        "kind": KIND_WORDS,
        "channel": CHANNEL_WORDS,
        "segment": segment_words(programme, told.client, told.as_of),
        "tier": tier_words(programme, told.client, told.as_of),
        "tier_label": next((tier.label for tier in programme.tiers if tier.id == told.tier), ""),
        "standing": standing_words(
            programme,
            told.recipient,
            off.reason if off else None,
            told.as_of,
            off.earlier_address if off else None,
        ),
        "holds": hold_words(programme, told.recipient, told.as_of),
        "set_aside": [set_aside_words(row) for row in told.set_aside],
    }


def _health(visit: Visit, told: Explanation, health: Health) -> dict[str, Any]:
    """The sum of the score, and the days on which it changes by itself."""
    programme = visit.programme
    ahead = health_ahead(programme, told.client, told.recipient, told.tracked, told.as_of, AHEAD_DAYS)
    return {
        "sum": [tuple(indicator_words(programme, sign, names_cause=False).split(": ", 1)) for sign in health.signs],
        "ahead": list(ahead),
        "terms": programme.health,
    }

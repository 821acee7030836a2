"""/desk/cases: the complaints; and one of them: its steps with their clock, and everything that happened."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from models.database.engine import reading
from models.tables import cases
from programme.care.cases.case import BY_MAIL, OF_PEOPLE, Case, StepName
from programme.care.cases.clock import urgency_of
from programme.care.cases.owners import raised
from programme.care.words import (
    CASE_END_WORDS,
    CASE_STATE_WORDS,
    SEVERITY_HELP,
    SEVERITY_WORDS,
    STEP_STATE_WORDS,
    kind_words,
    outcome_words,
    step_words,
)
from programme.inbound.event_words import event_sentence
from programme.insight.explaining import lowered
from programme.terms.schema import Programme
from tasks.care.acting.acts import Act
from tasks.care.acting.case_acts import change_severity, resolve_case
from tasks.care.acting.outcomes import add_note
from tasks.care.cases.store import CareRefused, read_case, read_cases
from tasks.care.owners import read_tick
from tasks.care.people.listing import read_tasks
from tasks.desk.case_history import Happening, read_history
from tasks.desk.work import read_project, read_said, read_who
from web.desk.gate import DeskRouter
from web.desk.pages.today import owners_of
from web.desk.showing.case_clock import draw_clock
from web.desk.showing.moments import left_words, paged, path_part
from web.desk.showing.words import said_words
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

CASE_ROWS = 25
CASE_WORDS: dict[str, Any] = {
    "of_people": OF_PEOPLE,
    "by_mail": BY_MAIL,
    "step_states": STEP_STATE_WORDS,
    "state_words": CASE_STATE_WORDS,
    "severity_words": SEVERITY_WORDS,
    "severity_help": SEVERITY_HELP,
}
CLOSED = "Deze klacht is intussen afgesloten. Er is niets dubbel gedaan."


@router.page("/desk/cases")
def show_cases(visit: Visit) -> Response:
    is_closed = visit.query.get("toon") == "afgesloten"
    first = (visit.page_number - 1) * CASE_ROWS
    with reading(visit.engine) as connection:
        tick = read_tick(connection, visit.programme, visit.at)
        found = list(read_cases(connection, (cases.c.state == "open") != is_closed).values())
        found.sort(key=_end if is_closed else attrgetter("waits_until"), reverse=is_closed)
        pages = paged(found[first : first + CASE_ROWS + 1], visit.page_number, CASE_ROWS)
        owners = owners_of(connection, tick, pages.rows)
        names = read_who(connection, [case.client_id for case in pages.rows])
        said = read_said(connection, [case.case_id for case in pages.rows])
    return visit.show(
        "cases.html",
        is_closed=is_closed,
        pages=pages,
        owners=owners,
        names=names,
        given=said,
        state_words=CASE_STATE_WORDS,
        step_words=step_words(visit.programme),
        urgency=lambda case: urgency_of(case.waits_until, visit.at),
    )


@router.page("/desk/cases/{case_id:path}")
def show_case(visit: Visit) -> Response:
    return _case_page(visit, visit.path["case_id"])


@router.form("/desk/cases/{case_id:path}")
def act_on_case(visit: Visit) -> Response:
    case_id, deed = visit.path["case_id"], visit.choice("do", ("severity", "resolve"))
    with reading(visit.engine) as connection:
        case = _read(connection, case_id)
    if not case.is_open:
        raise Refused(CLOSED)
    if deed == "severity":
        severity = visit.choice("severity", SEVERITY_WORDS, "Kies klein, gewoon of groot.")
        with _acting(visit) as act:
            change_severity(act, case_id, severity)
        return visit.done(f"/desk/cases/{path_part(case_id)}", "ernst")
    words = visit.word("text", 1000)
    if not words:
        faults = {"text": "Schrijf in één zin op wat er is opgelost."}
        return _case_page(visit, case_id, faults, visit.fields, 422)
    with _acting(visit) as act:
        _keep_words(act, case, words)
        resolve_case(act, case_id)
    return visit.done(f"/desk/cases/{path_part(case_id)}", "opgelost")


@contextmanager
def _acting(visit: Visit) -> Iterator[Act]:
    """An act on a case that somebody may have ended meanwhile."""
    try:
        with visit.acting() as act:
            yield act
    except CareRefused:
        raise Refused(CLOSED) from None


def _keep_words(act: Act, case: Case, words: str) -> None:
    """What was solved stands with the case's latest task: a note, which the client may read."""
    tick = read_tick(act.connection, act.programme, act.at)
    own = [
        task
        for task in read_tasks(act.connection, tick, client_id=case.client_id, every=True)
        if task.case_id == case.case_id
    ]
    if own:
        add_note(act, max(own, key=lambda task: task.made_at).task_id, words)


def _read(connection: Connection, case_id: str) -> Case:
    try:
        return read_case(connection, case_id)
    except CareRefused:
        raise NotThere from None


def _end(case: Case) -> datetime:
    return case.closed_at or case.given_at


def _case_page(
    visit: Visit,
    case_id: str,
    faults: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    with reading(visit.engine) as connection:
        case, found = _read_page(connection, visit, case_id)
    step = case.next_of_people
    return visit.show(
        "case.html",
        status,
        **found,
        case=case,
        step=step,
        number=list(StepName).index(step.name) + 1 if step else 0,
        clock=draw_clock(visit.programme.care, case, visit.at),
        left=left_words(step.until, visit.at) if step and step.until > visit.at else "",
        urgency=urgency_of(case.waits_until, visit.at),
        faults=faults or {},
        fields=fields or {},
        **CASE_WORDS,
        step_words=step_words(visit.programme),
        project_types=visit.programme.types,
        level_words=visit.programme.trade.levels,
    )


def _read_page(connection: Connection, visit: Visit, case_id: str) -> tuple[Case, dict[str, Any]]:
    """The case, and by its name in case.html what the database knows around it."""
    case = _read(connection, case_id)
    tick = read_tick(connection, visit.programme, visit.at)
    own = [task for task in read_tasks(connection, tick, client_id=case.client_id) if task.case_id == case_id]
    return case, {
        "previous": read_case(connection, case.previous) if case.previous else None,
        "owner": owners_of(connection, tick, [case])[case_id],
        "higher": tick.owner(raised(case.level, 1), None),
        "who": read_who(connection, [case.client_id]).get(case.client_id),
        "task": own[0] if own else None,
        "tasks_of": {task.step: task for task in own},
        "said_by_client": read_said(connection, [case_id]).get(case_id, []),
        "history": list(_history(read_history(connection, case_id), visit.programme)),
        "project": read_project(connection, case.project_id, case.client_id),
    }


DID_WORDS = {
    "opened": "Klacht geopend",
    "joined": "Een tweede klacht hoort hierbij",
    "missed": "Niet op tijd: {step}",
    "not_sent": "Niet verstuurd, het was te laat: {step}",
    "phone": "Mail kan niet, er wordt gebeld: {step}",
    "mail": "Mail verstuurd: {step}",
    "task": "Taak gemaakt: {kind}",
    "closed": "Klacht {state}",
    "long_open": "Staat lang open",
}


def _history(happenings: Iterable[Happening], programme: Programme) -> Iterator[tuple[datetime, str, str]]:
    """(moment, sentence, who) of each line; what has no words is told to nobody."""
    kinds, steps, outcomes = kind_words(programme), step_words(programme), outcome_words(programme.trade)
    for each in happenings:
        if text := _told(each, kinds, steps, outcomes):
            yield each.at, text, each.by


def _told(
    each: Happening, kinds: Mapping[str, str], steps: Mapping[str, str], outcomes: Mapping[str, str]
) -> str | None:
    details = each.details
    text: str | None
    match each.sort:
        case "said":
            text = f"De klant {lowered(said_words(details['score'], details['origin']))}"
        case "answer":
            said = f": “{details['comment']}”" if details["comment"] else ""
            text = f"De klant antwoordde: {'opgelost' if details['is_content'] else 'nog niet opgelost'}{said}"
        case "note":
            what = outcomes.get(details["outcome"] or "", "notitie")
            noted = f". {details['note']}" if details["note"] else ""
            text = f"{kinds.get(details['kind'], 'Taak')}: {what}{noted}"
        case "event":
            text = event_sentence(details["kind"])
        case "act":
            text = _act_words(details)
        case _:
            filled = {
                "step": steps.get(details.get("step", ""), ""),
                "kind": kinds.get(details.get("kind", ""), ""),
                "state": CASE_END_WORDS.get(details.get("state", ""), ""),
            }
            is_mail = each.sort == "missed" and details.get("step") in BY_MAIL
            text = DID_WORDS.get("not_sent" if is_mail else each.sort, each.sort).format(**filled)
    return text


def _act_words(details: Mapping[str, Any]) -> str:
    if details["act"] == "weigh case":
        was, became = (SEVERITY_WORDS.get(details[side].get("severity", ""), "") for side in ("before", "after"))
        return f"Ernst gewijzigd: {was} → {became}"
    return {"resolve case": "Klacht afgesloten", "note complaint": "Klacht gemeld"}.get(details["act"], details["act"])

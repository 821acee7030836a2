"""/desk/tasks/{id}: one task: why, what to say, the number, what the client wrote, and a button an outcome."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from models.database.engine import reading
from programme.care.cases.case import Case, Step, StepName, promise_of
from programme.care.cases.clock import Clock, urgency_of
from programme.care.outcomes import ATTEMPTS, Outcomes, TaskOutcome, TaskState, outcomes_of
from programme.care.words import CHANNEL_WORDS, TASK_STATE_WORDS, kind_words, outcome_words
from programme.terms.trade import TradeTerms
from programme.words.dates import day_in_amsterdam
from programme.words.states import Purpose
from programme.words.wording import NO_DAY, date_words
from tasks.care.acting.acts import Act
from tasks.care.acting.outcomes import TriedMeanwhile, add_note, record_outcome, snooze_task
from tasks.care.cases.store import CareRefused, read_case
from tasks.care.owners import read_tick
from tasks.care.people.listing import Task, read_task
from tasks.care.people.scripts import read_script
from tasks.desk.call_consent import may_be_called
from tasks.desk.work import Note, read_contacts, read_notes, read_project, read_said
from web.desk.days import read_day, read_moment
from web.desk.gate import DeskRouter
from web.desk.showing.moments import clock_words, day_words, left_words, path_part
from web.desk.visit import NotThere, Refused, Visit

router = DeskRouter()

PAST_CONTACTS = 6
FIRST = (TaskOutcome.REACHED, TaskOutcome.DONE, TaskOutcome.CONTENT, TaskOutcome.ANSWERED)
BAD_MOMENT = "Vul in wanneer de klant gebeld wil worden, later dan nu: een datum als 3-3-2026 en een tijd."
TRIED = "Er is intussen al een poging vastgelegd; die staat hieronder. Er is niets dubbel gedaan."
CHANGED = "Dit scherm was niet meer actueel. Open de taak opnieuw."


@router.page("/desk/tasks/{task_id:path}")
def show_task(visit: Visit) -> Response:
    return _task_page(visit)


@router.form("/desk/tasks/{task_id:path}")
def act_on_task(visit: Visit) -> Response:
    """What the button says: an outcome, a note alone, or later."""
    with reading(visit.engine) as connection:
        task = _read(connection, visit)
    allowed = outcomes_of(task.kind, task.channel)
    deed = visit.choice("do", ("note", "snooze", *allowed.ends, *allowed.attempts))
    if task.state != TaskState.OPEN and deed != "note":
        raise Refused(_ended_words(visit, task))
    match deed:
        case "note":
            return _note(visit, task)
        case "snooze":
            return _snooze(visit, task)
        case outcome:
            return _finish(visit, task, outcome)


def _finish(visit: Visit, task: Task, outcome: str) -> Response:
    least = visit.programme.care.attempts
    if outcome == TaskOutcome.UNREACHABLE and task.attempts < least:
        raise Refused(f"Kan na drie pogingen. Er zijn er {task.attempts} vastgelegd.")
    faults, moment, fix_by = _asked_for(visit, task, outcome)
    if faults:
        return _task_page(visit, faults, visit.fields, 422)
    try:
        with _acting(visit) as act:
            record_outcome(
                act,
                task.task_id,
                outcome,
                fix_by=fix_by,
                note=visit.word("note", 2000) or None,
                call_back_at=moment,
                tried=visit.number("tried"),  # what the page showed
            )
    except TriedMeanwhile:
        return _task_page(visit, {"note": TRIED}, visit.fields, 409)
    return visit.done("/desk", "poging" if outcome in ATTEMPTS else "gedaan")


def _asked_for(visit: Visit, task: Task, outcome: str) -> tuple[dict[str, str], datetime | None, date | None]:
    """Faults by field, when to call back, and the day that was promised."""
    faults: dict[str, str] = {}
    moment = fix_by = None
    if outcome == TaskOutcome.CALL_BACK:
        moment = read_moment(visit.word("call_on"), visit.word("call_at"))
        if moment is None or moment <= visit.at:
            faults["call_on"] = BAD_MOMENT
    if task.step == StepName.SOLUTION and outcome == TaskOutcome.DONE and (asked := visit.word("fix_by")):
        fix_by = read_day(asked)
        if fix_by is None:
            faults["fix_by"] = NO_DAY
        elif fault := _fix_by_fault(visit, task, fix_by):
            faults["fix_by"] = fault
    return faults, moment, fix_by


def _fix_by_fault(visit: Visit, task: Task, day: date) -> str:
    clock = Clock(visit.programme.care)
    with reading(visit.engine) as connection:
        deadline = read_case(connection, task.case_id or "").step(StepName.FIX).deadline_at
    if not clock.is_working_day(day):
        return "Kies een werkdag: op die dag is het kantoor dicht."
    if clock.closing(day) < deadline:
        return f"Kies een dag niet eerder dan {day_words(day_in_amsterdam(deadline), visit.today)}."
    return ""


def _note(visit: Visit, task: Task) -> Response:
    note = visit.word("note", 2000)
    if not note:
        faults = {"note": "Schrijf op wat er is gezegd of afgesproken."}
        return _task_page(visit, faults, visit.fields, 422)
    with _acting(visit) as act:
        add_note(act, task.task_id, note)
    return visit.done(f"/desk/tasks/{path_part(task.task_id)}", "notitie")


def _snooze(visit: Visit, task: Task) -> Response:
    until = read_day(visit.word("until"))
    if until is None or until <= visit.today:
        faults = {"until": f"{NO_DAY} Kies een dag na vandaag."}
        return _task_page(visit, faults, visit.fields, 422)
    with _acting(visit) as act:
        snooze_task(act, task.task_id, until)
    return visit.done("/desk", "uitgesteld")


@contextmanager
def _acting(visit: Visit) -> Iterator[Act]:
    """An act on a task; what it refuses after our own checks was changed by somebody else meanwhile."""
    try:
        with visit.acting() as act:
            yield act
    except TriedMeanwhile:
        raise
    except CareRefused:
        raise Refused(_changed(visit)) from None


def _changed(visit: Visit) -> str:
    with reading(visit.engine) as connection:
        task = _read(connection, visit)
    return _ended_words(visit, task) if task.state != TaskState.OPEN else CHANGED


def _ended_words(visit: Visit, task: Task) -> str:
    if task.ended_by and task.ended_at:
        when = f"{clock_words(task.ended_at)} uur"
        day = day_words(day_in_amsterdam(task.ended_at), visit.today)
        return f"{task.ended_by} heeft deze taak {day} om {when} afgerond. Er is niets dubbel gedaan."
    return "Deze taak is intussen vervallen. Er is niets dubbel gedaan."


def _end_words(task: Task, trade: TradeTerms) -> str:
    """What the page of a task that is no longer open says of its end."""
    if not (task.ended_by and task.ended_at and task.outcome):
        return f"Deze taak is {TASK_STATE_WORDS[task.state]}."
    day = date_words(day_in_amsterdam(task.ended_at))
    return f"Deze taak is op {day} afgerond door {task.ended_by}: {outcome_words(trade)[task.outcome]}."


def _read(connection: Connection, visit: Visit) -> Task:
    tick = read_tick(connection, visit.programme, visit.at)
    task = read_task(connection, tick, visit.path["task_id"])
    if task is None:
        raise NotThere
    return task


def _task_page(
    visit: Visit, faults: Mapping[str, str] | None = None, fields: Mapping[str, str] | None = None, status: int = 200
) -> Response:
    with reading(visit.engine) as connection:
        known = _known(connection, visit)
    task, case = known["task"], known["case"]
    kinds = kind_words(visit.programme)
    return visit.show(
        "task.html",
        status,
        **known,
        kind=kinds[task.kind],
        kind_words=kinds,
        state_words=TASK_STATE_WORDS,
        channel_words=CHANNEL_WORDS,
        outcome_words=outcome_words(visit.programme.trade),
        project_types=visit.programme.types,
        buttons=_buttons(task, visit.programme.care.attempts),
        fix_from=_fix_from(visit, case) if case and task.step == StepName.SOLUTION else "",
        next_words=_next_words(task, case, visit),
        urgency=urgency_of(task.due_at, visit.at),
        left=left_words(task.due_at, visit.at) if task.due_at > visit.at else "",
        ended=_end_words(task, visit.programme.trade) if task.state != TaskState.OPEN else "",
        least=visit.programme.care.attempts,
        faults=faults or {},
        fields=fields or {},
    )


def _known(connection: Connection, visit: Visit) -> dict[str, Any]:
    """What we know of the task and its client, by the names of the page."""
    task = _read(connection, visit)
    case = read_case(connection, task.case_id) if task.case_id else None
    script = read_script(connection, read_tick(connection, visit.programme, visit.at), task)
    is_marketing_call = task.purpose == Purpose.MARKETING and task.channel == "phone"
    return {
        "task": task,
        "case": case,
        "script": script.script,
        "who": script,
        "said_by_client": read_said(connection, [task.case_id]).get(task.case_id, []) if task.case_id else [],
        "is_allowed": not is_marketing_call or may_be_called(connection, task.client_id),
        "notes": _notes(connection, task, case),
        "contacts": read_contacts(connection, task.client_id, PAST_CONTACTS) if task.client_id else [],
        "project": read_project(connection, task.project_id, task.client_id) if task.client_id else None,
    }


def _notes(connection: Connection, task: Task, case: Case | None) -> list[Note]:
    """Of the task; of one of a case, what was noted at all steps, also of the cases before: that is what was agreed."""
    if case is None:
        return read_notes(connection, task_id=task.task_id)
    found = read_notes(connection, case_id=case.case_id)
    while case.previous:
        case = read_case(connection, case.previous)
        found += read_notes(connection, case_id=case.case_id)
    return found


def _fix_from(visit: Visit, case: Case) -> str:
    """The first day that may be promised for the rest: not before the deadline, and nothing in the past."""
    return day_words(max(day_in_amsterdam(case.step(StepName.FIX).deadline_at), visit.today), visit.today)


def _buttons(task: Task, least: int) -> dict[str, Any]:
    """The outcomes in the order in which they are wanted; `unreachable` is text until the last try."""
    allowed: Outcomes = outcomes_of(task.kind, task.channel)
    ends = [each for each in allowed.ends if each is not TaskOutcome.UNREACHABLE or task.attempts >= least]
    tries = [each for each in allowed.attempts if each is not TaskOutcome.CALL_BACK]
    main = next((each for each in ends if each in FIRST), ends[0])
    return {
        "main": main.value,
        "rest": [each.value for each in (*tries, *(end for end in ends if end is not main))],
        "second": tries[0].value if tries else next((each.value for each in ends if each is not main), ""),
        "can_call_back": TaskOutcome.CALL_BACK in allowed.attempts,
        "needs_tries": TaskOutcome.UNREACHABLE in allowed.ends and task.attempts < least,
        "has_no_complaint": TaskOutcome.NO_COMPLAINT in allowed.ends,
    }


def _next_words(task: Task, case: Case | None, visit: Visit) -> str:
    """What happens after the main button."""
    if case is None:
        return "Daarna is deze taak klaar."
    match task.step:
        case StepName.CALL:
            by = _by(case.step(StepName.SOLUTION), visit)
            return f"Na “gesproken” komt er binnen een kwartier een taak voor de oplossing, {by}."
        case StepName.SOLUTION:
            by = _by(case.step(StepName.FIX), visit)
            return f"Na “gedaan” komt er een taak om de oplossing uit te voeren, {by}."
        case StepName.FIX:
            return "Na “gedaan” vragen wij de klant per mail of het is opgelost."
        case _:
            return "Bij “tevreden” sluit de klacht. Bij “niet tevreden” begint een nieuwe, een niveau hoger."


def _by(step: Step, visit: Visit) -> str:
    moment = promise_of(Clock(visit.programme.care), step, visit.at)
    if moment is None:
        return "die nu al te laat is"
    return f"uiterlijk {day_words(day_in_amsterdam(moment), visit.today)} {clock_words(moment)} uur"

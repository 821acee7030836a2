"""One tick of care: the steps (1) to (6) in one transaction, then the mails that it planned.

The same tick again does nothing; ticks that did not run are not made up for, the next one finds what is left.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from models.database.engine import reading, writing
from models.database.given import in_values
from models.tables import cases as case_table
from models.tables import ticks
from programme.care.cases.case import Case, CaseState
from programme.care.lines import Line, moment_words
from programme.care.tick import Tick
from programme.words.dates import AMSTERDAM
from programme.words.states import Reason
from tasks.base.workspace import Workspace
from tasks.care.acting.opening_acts import read_last_tick
from tasks.care.cases.answers import take_answers
from tasks.care.cases.case_mails import CaseMail, Posted, deliver_case_mails, has_waiting, post, read_not_arrived
from tasks.care.cases.complaints import take_complaints
from tasks.care.cases.ending import NOTHING, end_what_ended, read_standing
from tasks.care.cases.follow import follow_cases
from tasks.care.cases.store import BeforeLastTick, lock_care, read_cases, read_followed
from tasks.care.long_open import look_back
from tasks.care.owners import read_tick
from tasks.care.people.daily_look import take_daily_look
from tasks.care.people.prompt import make_prompt_tasks
from tasks.care.people.staff_mails import has_staff_mails, send_staff_mails
from tasks.care.telling import take_untold, tell
from tasks.mail.render import Renderer
from tasks.runs.outside.to_staff import StaffMailer

_LOOKED = select(ticks.c.looked_on).where(ticks.c.looked_on == bindparam("day")).limit(1)
_KEEP_TICK = insert(ticks)


class TickDone(NamedTuple):
    """What a tick did; nothing when it ran before.

    Attributes:
        notes: what people should look at, in sentences; of the first daily look of a week.
    """

    at: datetime
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()


class Undone(Exception):
    """Ends the transaction of a dry run."""


def run_tick(
    workspace: Workspace,
    renderer: Renderer,
    at: datetime,
    *,
    dry_run: bool = False,
    mailers: dict[str, StaffMailer] | None = None,
) -> TickDone:
    """Run the tick `at`, a quarter hour; safe to run twice.

    Args:
        mailers: of the mails to staff, kept by who runs many ticks.
        dry_run: work out everything, then write nothing and send nothing.

    Raises:
        BeforeLastTick: a later tick ran before.
        DeliveryStopped: the tick is done, and the next one sends what waits.
    """
    at = at.astimezone(UTC)  # moments of Amsterdam's clock have no order in the hour that comes twice
    done = TickDone(at, ())
    try:
        with writing(workspace.engine) as connection:
            done = _work(connection, workspace, renderer, at)
            if dry_run:
                raise Undone
    except Undone:
        return done
    _send(workspace, renderer, at, mailers)
    return done


def _work(connection: Connection, workspace: Workspace, renderer: Renderer, at: datetime) -> TickDone:
    lock_care(connection)
    last = read_last_tick(connection)
    if last and at <= last:
        if at < last:
            raise BeforeLastTick(f"{moment_words(at)} lies before the last tick, {moment_words(last)}")
        return TickDone(at, ())
    tick = read_tick(connection, workspace.programme, at)
    take_answers(connection, tick.at)
    acted = take_untold(connection, at)
    lines = [*_care_for_cases(connection, workspace, renderer, tick), *make_prompt_tasks(connection, tick)]
    notes: tuple[str, ...] = ()
    looks = _is_look(connection, tick)
    if looks:
        weekly = look_back(connection, tick)
        lines += [*weekly.lines, *take_daily_look(connection, tick)]
        notes = weekly.notes
    connection.execute(_KEEP_TICK, {"at": at, "looked_on": tick.day if looks else None})
    tell(connection, lines, at)
    return TickDone(at, (*acted, *lines), notes)


def _care_for_cases(connection: Connection, workspace: Workspace, renderer: Renderer, tick: Tick) -> list[Line]:
    """Steps (2) to (4)."""
    not_arrived = read_not_arrived(connection, tick.at)
    cases = read_followed(connection)
    standing = read_standing(connection) if cases else NOTHING
    cases |= _with_undelivered(connection, {case_id for case_id, _ in not_arrived} - cases.keys())
    cases, ended = end_what_ended(connection, tick, cases, standing)
    recipients = dict(standing.recipients)
    cases, taken = take_complaints(connection, tick, cases, recipients)

    def posting(asked: Sequence[CaseMail]) -> list[Posted | Reason]:
        return post(connection, renderer, workspace.settings.key(), tick, asked)

    standing = standing._replace(recipients=recipients)
    followed = follow_cases(connection, tick, cases, standing, not_arrived, posting)
    return [*ended, *taken, *followed]


def _with_undelivered(connection: Connection, case_ids: set[str]) -> dict[str, Case]:
    """The resolved cases whose last mail turned out not to have arrived."""
    if not case_ids:
        return {}
    found = read_cases(connection, in_values(case_table.c.case_id, sorted(case_ids)))
    return {case_id: case for case_id, case in found.items() if case.state is CaseState.RESOLVED}


def _is_look(connection: Connection, tick: Tick) -> bool:
    """Whether this tick takes the daily look: the first from `looks_at` on, on a working day."""
    terms = tick.programme.care
    if not tick.clock.is_working_day(tick.day) or tick.at.astimezone(AMSTERDAM).time() < terms.looks_at:
        return False
    return connection.execute(_LOOKED, {"day": tick.day}).first() is None


def _send(workspace: Workspace, renderer: Renderer, at: datetime, mailers: dict[str, StaffMailer] | None) -> None:
    """Send what waits, also of earlier ticks."""
    with reading(workspace.engine) as connection:
        waits, staff_waits = has_waiting(connection), has_staff_mails(connection)
    if waits:
        deliver_case_mails(workspace, renderer, at)
    if staff_waits:
        send_staff_mails(workspace, at, mailers)

"""A run or a period as the commands run it, without Prefect."""

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.day import PLAIN, DaySteps, run_day
from flows.period import run_period
from models.database.engine import open_engine
from models.settings import Settings
from programme.sending.report import DayReport
from programme.terms.schema import Programme
from programme.words.states import AnyFlow, Flow, RunMode
from tasks.base.workspace import Workspace
from tasks.mail.reply_to import ReplyTo
from tasks.providers.outbox.messenger import OutboxMessenger
from tasks.runs import steps
from tasks.runs.backfill import period_of
from tasks.runs.day import Day, DayRun, Queued, QueuedDay
from tests import factories as make

STEPS = replace(PLAIN, index_outbox=lambda _: None)  # no test of a run looks at the pages


def asked(workspace: Workspace, as_of: date, flow: AnyFlow = Flow.DAILY, **changes: Any) -> Day:
    """A day to be sent on that day itself."""
    return Day(**{"workspace": workspace, "flow": flow, "as_of": as_of, "mode": RunMode.SEND, "today": as_of} | changes)


def run(workspace: Workspace, as_of: date, flow: AnyFlow = Flow.DAILY, **changes: Any) -> DayReport:
    return run_day(STEPS, asked(workspace, as_of, flow, **changes))


def decided(workspace: Workspace, as_of: date, flow: AnyFlow = Flow.DAILY, **changes: Any) -> QueuedDay:
    """A run that stopped after deciding."""
    begun = steps.begin(asked(workspace, as_of, flow, **changes))
    return QueuedDay(begun, steps.take_up(begun), steps.decide(begun))


def backfill(
    workspace: Workspace,
    first: date,
    last: date,
    flows: Sequence[Flow],
    mode: RunMode,
    *,
    today: date,
    confirm: bool = False,
    day_steps: DaySteps = STEPS,
) -> list[DayReport]:
    return run_period(day_steps, period_of(workspace, first, last, flows, mode, today=today, confirm=confirm))


class Leaving(OutboxMessenger):
    """Writes into the outbox as if that were people's mailboxes."""

    name = "people"
    leaves_machine = True


def reach_people(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> None:
    """Let every mail of the workspace leave the machine."""

    def leaving(settings: Settings, programme: Programme) -> Leaving:
        return Leaving(settings.outbox_dir, ReplyTo(settings, programme.brand))

    for module in ("steps", "day", "backfill"):
        monkeypatch.setattr(
            f"tasks.runs.{module}.make_messenger",
            leaving,
        )


def workspace_at(url: str, outbox: Path) -> Workspace:
    settings = Settings(outbox_dir=outbox, secret_key="a key for tests", _env_file=None)  # type: ignore[call-arg,arg-type]
    return Workspace(settings, make.shipped_programme(), open_engine(url))


def backfill_and_die(url: str, outbox: str, first: str, last: str, after: str) -> None:
    """To be run in a process of its own: a backfill to people that is killed when it has decided so many runs."""
    workspace, decided_runs = workspace_at(url, Path(outbox)), []
    reach_people(pytest.MonkeyPatch(), workspace)

    def decide(run: DayRun) -> Queued:
        queued = steps.decide(run)
        decided_runs.append(run)
        if len(decided_runs) == int(after):
            os.kill(os.getpid(), signal.SIGKILL)
        return queued

    first_day, last_day = date.fromisoformat(first), date.fromisoformat(last)
    mortal = replace(STEPS, decide=decide)
    backfill(workspace, first_day, last_day, tuple(Flow), RunMode.SEND, today=last_day, confirm=True, day_steps=mortal)

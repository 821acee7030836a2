"""The story of the weekly figures, told once: work them out, mail them, keep what is closed.

It imports no Prefect and gets its steps handed in: a flow hands in Prefect tasks, a test the plain functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine

from programme.figures.report import Report
from programme.terms.schema import Programme
from tasks.base.workspace import Workspace
from tasks.figures import closed, readers, report


@dataclass(frozen=True)
class ReportSteps:
    """The steps; by default the plain functions, which say what each does."""

    read: Callable[[Engine, Programme, date], Report] = report.read_report
    is_kept: Callable[[Engine, date], bool] = closed.is_kept
    tell: Callable[[Workspace, Report], int] = readers.tell_readers
    keep: Callable[[Engine, date], bool] = closed.keep_closed


def run_report(steps: ReportSteps, workspace: Workspace, as_of: date, dry_run: bool) -> Report:
    """The figures of the day. Mailed once and kept, unless it only looks, or that day or a later one was kept before.

    A crash between mail and keeping mails them twice, which is better than never.
    """
    found = steps.read(workspace.engine, workspace.programme, as_of)
    if dry_run or steps.is_kept(workspace.engine, as_of):
        return found
    steps.tell(workspace, found)
    steps.keep(workspace.engine, as_of)
    return found

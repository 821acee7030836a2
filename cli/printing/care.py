"""How lines of care and cases look on a terminal."""

from collections.abc import Iterable, Sequence
from typing import Any

from cli.printing.console import console, plain
from programme.care.lines import Line, moment_words
from tasks.care.listing import CaseNow
from tasks.care.tick import TickDone


def lines_as_json(done: Iterable[TickDone]) -> list[dict[str, Any]]:
    """The lines as `run care --json` prints them."""
    return [{"at": moment_words(each.at), "did": line.did.value, **line.values} for each in done for line in each.lines]


def print_ticks(done: Sequence[TickDone]) -> None:
    """One line for each thing that was done; a tick without any is silent."""
    for each in done:
        for line in each.lines:
            console().print(f"{moment_words(each.at)[:16].replace('T', ' ')}  {line.did:<9}  {_said(line)}")
        for note in each.notes:
            console().print(note)
    if not any(each.lines for each in done):
        console().print("Nothing to do.")


def print_cases(found: Sequence[CaseNow]) -> None:
    """A block for each case: who has it, and its steps."""
    for each in found:
        case = each.case
        head = f"{plain(case.case_id)}  {case.state}  client {plain(case.client_id)}  {case.severity}"
        console().print(f"{head}  {each.level}: {plain(each.owner)}")
        for step in case.steps.values():
            when = moment_words(step.done_at or step.deadline_at)[:16].replace("T", " ")
            console().print(f"    {step.name:<9}  {step.state:<7}  {'at' if step.done_at else 'by'} {when}")
    if not found:
        console().print("No case.")


def _said(line: Line) -> str:
    return "  ".join(f"{name} {plain(str(value))}" for name, value in line.values.items() if value is not None)

"""bouwclub cases: the complaints that care follows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from cli.options import DayOption, ListByDefault, at_option, by_option, json_option

if TYPE_CHECKING:
    from tasks.base.workspace import Workspace

SEVERITIES = ("minor", "medium", "major")


@click.group("cases", cls=ListByDefault)
def group() -> None:
    """Complaints that care follows. Without a command: the list."""


@group.command("list")
@click.option("--open", "only_open", is_flag=True, help="Only those that are open.")
@click.option("--client", "client_id", metavar="ID", help="Only those of this client.")
@at_option("The moment, YYYY-MM-DDTHH:MM: it decides who is away. Without it, now.")
@json_option
def list_cases(only_open: bool, client_id: str | None, at: datetime | None, as_json: bool) -> None:
    """The cases by id, with their steps and who has them now."""
    from cli.printing.care import print_cases
    from cli.printing.console import print_json_list
    from models.database.engine import reading
    from tasks.base.workspace import now_in_amsterdam
    from tasks.care import listing
    from tasks.care.acting.opening_acts import require_after_last_tick
    from tasks.care.owners import read_tick
    from tasks.clients.lookup import require_client

    workspace = _open()
    if client_id is not None:
        require_client(workspace.engine, client_id)
    with reading(workspace.engine) as connection:
        if at:
            require_after_last_tick(connection, at)
        tick = read_tick(connection, workspace.programme, at or now_in_amsterdam())
        found = listing.list_cases(connection, tick, only_open=only_open, client_id=client_id)
    if as_json:
        print_json_list(each.as_json() for each in found)
    else:
        print_cases(found)


@group.command("add")
@click.argument("client_id", metavar="CLIENT")
@click.option("--severity", type=click.Choice(SEVERITIES), required=True, help="How bad it is.")
@click.option("--project", "project_id", metavar="P", help="The project that it is about.")
@click.option("--text", "words", metavar="TEXT", help="What the client said; the client may read it.")
@by_option
@at_option("When the client said it, YYYY-MM-DDTHH:MM; without it, now.")
def add(client_id: str, severity: str, project_id: str | None, words: str | None, by: str, at: datetime | None) -> None:
    """Note a complaint by phone; the next tick of care opens its case."""
    from cli.printing.console import say
    from models.database.engine import writing
    from tasks.care.acting.case_acts import add_complaint
    from tasks.care.acting.opening_acts import open_act

    workspace = _open()
    with writing(workspace.engine) as connection:
        act = open_act(connection, workspace.programme, by, _moment(at))
        made = add_complaint(act, client_id, severity, project_id, words)
    say(f"noted as {made}")


@group.command("resolve")
@click.argument("case_ids", metavar="[CASE]...", nargs=-1)
@click.option(
    "--given-before", "before", type=DayOption(), metavar="D", help="All feedback before D that no case follows."
)
@by_option
@at_option("When it was resolved, YYYY-MM-DDTHH:MM; without it, now.")
def resolve(case_ids: tuple[str, ...], before: date | None, by: str, at: datetime | None) -> None:
    """Say that cases are resolved, all or none; or count old feedback as resolved that no case follows."""
    from cli.printing.console import say
    from models.database.engine import writing
    from tasks.care.acting.case_acts import resolve_case, resolve_given_before
    from tasks.care.acting.opening_acts import open_act

    if bool(case_ids) is (before is not None):
        raise click.UsageError("name cases, or a day with --given-before", click.get_current_context())
    workspace = _open()
    with writing(workspace.engine) as connection:
        act = open_act(connection, workspace.programme, by, _moment(at))
        if before is not None:
            number = resolve_given_before(act, before)
            what = "complaint of before {} counts" if number == 1 else "complaints of before {} count"
            said = [f"{number} {what.format(before)} as resolved"]
        else:
            said = [f"case {case_id} is resolved" for case_id in case_ids]
            for case_id in case_ids:
                resolve_case(act, case_id)
    for line in said:
        say(line)


@group.command("severity")
@click.argument("case_id", metavar="CASE")
@click.argument("severity", metavar="S", type=click.Choice(SEVERITIES))
@by_option
@at_option("When, YYYY-MM-DDTHH:MM; without it, now.")
def severity(case_id: str, severity: str, by: str, at: datetime | None) -> None:
    """Weigh an open case anew: minor, medium or major; its level follows."""
    from cli.printing.console import say
    from models.database.engine import writing
    from tasks.care.acting.case_acts import change_severity
    from tasks.care.acting.opening_acts import open_act

    workspace = _open()
    with writing(workspace.engine) as connection:
        change_severity(open_act(connection, workspace.programme, by, _moment(at)), case_id, severity)
    say(f"case {case_id} is {severity}")


def _open() -> Workspace:
    from tasks.base.workspace import open_workspace

    return open_workspace()


def _moment(at: datetime | None) -> datetime:
    from tasks.base.workspace import now_in_amsterdam

    return at or now_in_amsterdam()

"""bouwclub people: who is at the office, and who is away."""

from __future__ import annotations

from datetime import datetime

import click

from cli.options import ListByDefault, Moment, at_option, by_option, json_option


@click.group("people", cls=ListByDefault)
def group() -> None:
    """The people of the programme file: who is there. Without a command: the list."""


@group.command("list")
@at_option()
@json_option
def list_people(at: datetime | None, as_json: bool) -> None:
    """Everyone in order of standing in, with roles, and until when whoever is away."""
    from cli.printing.console import print_json, print_table
    from models.database.engine import reading
    from programme.care.lines import moment_words
    from tasks.base.workspace import now_in_amsterdam, open_workspace
    from tasks.care.owners import read_absences

    workspace, moment = open_workspace(), at or now_in_amsterdam()
    with reading(workspace.engine) as connection:
        away = read_absences(connection, moment)
    rows = [
        {
            "name": person.name,
            "roles": [role.value for role in person.roles],
            "away_until": moment_words(away[person.name]) if person.name in away else None,
        }
        for person in workspace.programme.people
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(
            ("name", "roles", "away until"),
            [(row["name"], ", ".join(row["roles"] or ()), row["away_until"] or "") for row in rows],
        )


@group.command("away")
@click.argument("name", metavar="NAME")
@click.option("--until", type=Moment(), required=True, metavar="T", help="From then on the person is there again.")
@by_option
@at_option("From when, YYYY-MM-DDTHH:MM; without it, now.")
def away(name: str, until: datetime, by: str, at: datetime | None) -> None:
    """Somebody is away: others stand in, and what is still open comes back afterwards."""
    from cli.printing.console import say
    from models.database.engine import writing
    from programme.care.lines import moment_words
    from tasks.base.workspace import now_in_amsterdam, open_workspace
    from tasks.care.acting.absences import go_away
    from tasks.care.acting.opening_acts import open_act

    workspace = open_workspace()
    with writing(workspace.engine) as connection:
        known = go_away(open_act(connection, workspace.programme, by, at or now_in_amsterdam()), name, until)
    say(f"{known} is away until {moment_words(until)}")


@group.command("back")
@click.argument("name", metavar="NAME")
@by_option
@at_option("Since when, YYYY-MM-DDTHH:MM; without it, now.")
def back(name: str, by: str, at: datetime | None) -> None:
    """Somebody is there again."""
    from cli.printing.console import say
    from models.database.engine import writing
    from tasks.base.workspace import now_in_amsterdam, open_workspace
    from tasks.care.acting.absences import come_back
    from tasks.care.acting.opening_acts import open_act

    workspace = open_workspace()
    with writing(workspace.engine) as connection:
        known = come_back(open_act(connection, workspace.programme, by, at or now_in_amsterdam()), name)
    say(f"{known} is there")

"""bouwclub tasks: who waits for a call or a letter, and that somebody has made it."""

from __future__ import annotations

import click

from cli.options import json_option


@click.group("tasks")
def group() -> None:
    """Who waits for a call or a letter: answers that ask for contact, low scores, complaints, sign-ups over a link."""


@group.command("list")
@json_option
def list_tasks(as_json: bool) -> None:
    """All that waits, the oldest first. F-… is a complaint that the CRM holds, web-… a sign-up over a link."""
    from cli.printing.console import note, print_json_list, print_table, say
    from programme.inbound.call_list import answer_words, question_words
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.inbound.call_list import read_open_notes

    workspace = open_workspace()
    notes = read_open_notes(workspace.engine, workspace.programme.health, today_in_amsterdam())
    if as_json:
        print_json_list(each._asdict() | {"given_on": each.given_on.isoformat()} for each in notes)
        return
    if not notes:
        note("Nobody waits for a call.")
        return
    rows = [
        (each.note_id, each.client_id, question_words(each), answer_words(each), each.comment or "", str(each.given_on))
        for each in notes
    ]
    print_table(("id", "client", "question", "answer", "words", "since"), rows, whole=("id", "client", "since"))
    say("All about one client: bouwclub explain CLIENT. Called? bouwclub tasks done ID --by NAME", dim=True)


@group.command("done")
@click.argument("note_id", metavar="ID")
@click.option("--by", "by_name", required=True, metavar="NAME", help="Who called or wrote; kept with the answer.")
def done(note_id: str, by_name: str) -> None:
    """Take an answer off the list: somebody has called or written."""
    from datetime import UTC, datetime

    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.inbound.call_list import mark_handled

    if not by_name.strip():
        raise click.UsageError("--by must not be empty", click.get_current_context())
    mark_handled(open_database(read_settings()), note_id.strip(), by_name.strip(), datetime.now(UTC))
    click.echo(f"handled: {note_id.strip()}, by {by_name.strip()}")

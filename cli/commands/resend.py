"""bouwclub resend: a message in doubt goes again, by name."""

from __future__ import annotations

import click


@click.command("resend")
@click.argument("message_ids", nargs=-1, metavar="[MESSAGE_ID]...")
@click.option("--request", "request_id", metavar="REQUEST_ID", help="All messages of this request still in doubt.")
@click.option("--by", "by_name", required=True, metavar="NAME", help="Who decides this; kept with the message.")
def command(message_ids: tuple[str, ...], request_id: str | None, by_name: str) -> None:
    """Plan messages in doubt again, so that the next run sends them. Some may then arrive twice.

    Refused before BOUWCLUB_SETTLE_MINUTES are over, and where no run would send them any more: their window has closed,
    or their campaign was stopped.
    """
    from cli.printing.console import number_of
    from models.settings import read_settings
    from tasks.base.workspace import open_database, today_in_amsterdam
    from tasks.sending.resending import resend_messages, resend_request

    context = click.get_current_context()
    if bool(message_ids) == bool(request_id):
        raise click.UsageError("name either messages or one --request", context)
    if not by_name.strip():
        raise click.UsageError("--by must not be empty", context)
    settings = read_settings()
    engine, today = open_database(settings), today_in_amsterdam()
    if request_id:
        done = resend_request(engine, request_id, by_name.strip(), today, settings.settle_minutes)
    else:
        done = resend_messages(engine, message_ids, by_name.strip(), today, settings.settle_minutes)
    number = len(done.message_ids)
    click.echo(f"planned again: {number_of(number, 'message')}; the next run sends {'it' if number == 1 else 'them'}")

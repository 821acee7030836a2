"""bouwclub reconcile: what became of messages in doubt, by the provider's own log."""

from __future__ import annotations

import click

from cli.options import json_option


@click.command("reconcile")
@json_option
def command(as_json: bool) -> None:
    """Ask SendGrid what became of the requests in doubt, and settle those that it accepted. Safe to repeat.

    What its log does not know stays in doubt: the log has a delay, and nothing is ever sent again by itself.
    """
    from cli.printing.console import number_of, print_json
    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.providers.sendgrid.reconcile import reconcile

    settings = read_settings()
    if settings.sendgrid_api_key is None:
        raise click.UsageError("asking SendGrid needs BOUWCLUB_SENDGRID_API_KEY", click.get_current_context())
    report = reconcile(open_database(settings), settings)
    if as_json:
        print_json(report.as_dict())
        return
    for request_id, count in report.accepted.items():
        click.echo(f"{request_id}: accepted, {number_of(count, 'message')}")
    for request_id, count in report.not_found.items():
        click.echo(f"{request_id}: not found, {number_of(count, 'message')} in doubt still")
    if not report.accepted and not report.not_found:
        click.echo("No messages are in doubt.")
    if report.not_found:
        click.echo("When the settle time is over: bouwclub resend --request REQUEST --by NAME", err=True)

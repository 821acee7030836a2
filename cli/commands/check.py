"""bouwclub check sending: whether mail would arrive, as far as this machine can see."""

from __future__ import annotations

import click


@click.group("check")
def group() -> None:
    """Look at what others must have in order before mail arrives."""


@group.command("sending")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")
@click.pass_context
def sending(context: click.Context, as_json: bool) -> None:
    """Look at the settings, the SPF, DKIM and DMARC of the sender's domain, and our own pages.

    Nothing is sent. What could not be looked at, for instance offline, is said and is no fault. Exits 0 when nothing is
    missing, 2 when something is.
    """
    import json

    from cli.printing.console import say
    from models.settings import read_settings
    from programme.verdict.sender_domain import DomainState
    from tasks.base.programme_file import load_programme
    from tasks.checking.sending import check_sending

    settings = read_settings()
    seen = check_sending(settings, load_programme(settings.programme))
    if as_json:
        click.echo(json.dumps([each._asdict() for each in seen], ensure_ascii=False))
    else:
        for each in seen:
            say(f"{each.state:<14} {each.what}: {each.words}")
    if missing := [each.what for each in seen if each.state == DomainState.MISSING]:
        click.echo(f"bouwclub: missing before mail arrives: {', '.join(missing)}", err=True)
        context.exit(2)

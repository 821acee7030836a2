"""bouwclub desk: the way into the desk for whoever has the server."""

from __future__ import annotations

import click


@click.group("desk")
def group() -> None:
    """The pages from which the office works, at /desk of the web part; see docs/desk.md."""


@group.command("link")
@click.argument("name", metavar="NAME")
def link(name: str) -> None:
    """Print a login link for somebody of [[people]]: it lives 15 minutes and works once."""
    from cli.printing.console import note, say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.desk.login_mail import link_url
    from tasks.desk.sessions import MOST_LINKS, make_link, person_by_name

    workspace = open_workspace()
    person = person_by_name(workspace.programme.people, name)
    token = make_link(workspace.engine, person, present_moment())
    if token is None:
        raise click.ClickException(f"{person.name} has {MOST_LINKS} links of the last 15 minutes; use one of those")
    if workspace.settings.desk == "off":
        note("BOUWCLUB_DESK is off: the web part serves no desk until it is set to mail or proxy")
    say(link_url(workspace, token))

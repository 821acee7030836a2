"""bouwclub preview: the exact mail of a touchpoint for one client."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import OutFile, as_of_option, in_its_folder

if TYPE_CHECKING:
    from tasks.insight.preview import Preview
    from tasks.mail.render import Mail

KINDS = (".html", ".eml", ".txt")


@click.command("preview")
@click.argument("touchpoint")
@click.option("--client", "client_id", required=True, metavar="ID", help="The client who would get it.")
@as_of_option(meaning="The day that the mail is dated, YYYY-MM-DD.")
@click.option("--occasion", metavar="O", help="Which occasion (a project, a season …); without it, the one due.")
@click.option(
    "--out",
    required=True,
    type=OutFile(*KINDS),
    help="Where to write it: .html, .eml (the whole message) or .txt.",
)
def command(touchpoint: str, client_id: str, as_of: date, occasion: str | None, out: Path) -> None:
    """The exact mail as the client would get it, and whether it is due that day.

    Without --occasion it is the occasion due on the day, else that of the latest anchor by then.
    """
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace
    from tasks.insight.preview import preview_mail

    preview = preview_mail(open_workspace(), touchpoint, client_id, as_of, occasion)
    in_its_folder(out).write_bytes(_content(preview.mail, out.suffix.lower()))
    mail = preview.mail
    say(f"{out}: {touchpoint} ({preview.occasion.occasion}) to {mail.recipient or 'nobody: no valid address'}")
    say(f"from     {mail.sender_name} <{mail.sender_address}>")
    say(f"subject  {mail.subject}")
    say(f"status   {status_words(preview, as_of)}")


def _content(mail: Mail, kind: str) -> bytes:
    if kind == ".html":
        return mail.html.encode()
    if kind == ".txt":
        return mail.text.encode()
    from tasks.mail.eml import build_eml

    return build_eml(mail)


def status_words(preview: Preview, as_of: date) -> str:
    """Whether a run of that day would send it, and if not why."""
    occasion, decision = preview.occasion, preview.decision
    if preview.logged:
        status, day = preview.logged
        return f"already in the message log: {status}, dated {day}; it is not made twice"
    if preview.is_sample:
        return f"a sample: the log has no {preview.mail.touchpoint} for this client, so what it says is made up"
    if decision is not None:
        why = f" ({decision.reason})" if decision.reason else ""
        return f"due {occasion.due_on} … {occasion.closes_on}; a run of {as_of} would decide: {decision.outcome}{why}"
    if as_of < occasion.due_on:
        return f"not due yet on {as_of}: its window is {occasion.due_on} … {occasion.closes_on}"
    if as_of > occasion.closes_on:
        return f"not due any more on {as_of}: its window was {occasion.due_on} … {occasion.closes_on}"
    return f"not due on {as_of}, although within its window: {preview.obstacle}"

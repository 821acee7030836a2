"""bouwclub proposal: what marketers propose at the desk, reviewed and put into use by an engineer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import json_option

if TYPE_CHECKING:
    from programme.proposals.proposal import Proposal
    from tasks.proposals.base import Base


@click.group("proposal")
def group() -> None:
    """What marketers propose at the desk to change in the programme: review it, and put it into use."""


@group.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """Every proposal of this working folder, the latest first, and how it stands.

    `outdated`: the programme has something else by now where the proposal would change it.
    """
    from cli.printing.console import note, print_json, print_table
    from models.settings import read_settings
    from tasks.proposals.base import read_base
    from tasks.proposals.store import list_proposals

    found, base = list_proposals(), read_base(read_settings())
    if as_json:
        print_json([_fields(each, base) for each in found.proposals])
    elif found.proposals:
        rows = [
            (each.name, each.state(base.raw, base.prints), each.made_by, f"{each.made_at:%Y-%m-%d}", _what(each))
            for each in found.proposals
        ]
        print_table(("name", "state", "by", "made on", "changes"), rows, whole=("name",))
    else:
        note("There is no proposal in this folder; marketers make them at the desk, under Wat als.")
    for name in found.unread:
        note(f"{name} cannot be read as a proposal")


@group.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """What a proposal would change, who made it and why, and the counts that its author saw."""
    from cli.printing.console import print_json, say
    from models.settings import read_settings
    from tasks.proposals.base import read_base
    from tasks.proposals.store import read_proposal
    from tasks.proposals.using import check_files, file_changes

    settings = read_settings()
    proposal, base = read_proposal(name), read_base(settings)
    if as_json:
        print_json(_fields(proposal, base))
        return
    state = proposal.state(base.raw, base.prints)
    say(f"{proposal.name}: {state}; by {proposal.made_by} on {proposal.made_at:%Y-%m-%d %H:%M} UTC.")
    say(f"Why: {' '.join(proposal.reason.split())}")
    _say_seen(proposal, base)
    if state not in ("open", "outdated"):
        return
    if state == "outdated":
        _say_outdated(proposal, base)
        return
    files = file_changes(settings, base, proposal)
    for file in files:
        _print_difference(file.difference)
    faults = check_files(settings, files)
    for fault in faults:
        say(fault.in_file(settings.programme.name))
    say("programme check: " + (f"{len(faults)} faults" if faults else "in order"))


@group.command("apply")
@click.argument("name")
@click.option("--by", "by_name", default="", metavar="NAME", help="Who puts it into use; noted in the proposal.")
@click.pass_context
def apply(context: click.Context, name: str, by_name: str) -> None:
    """Put a proposal into use: check it, write the programme file and templates, and say how to undo it.

    Refused when the programme has something else by now where the proposal would change it, and when `programme check`
    finds a fault. A copy of each file stays beside the proposal.
    """
    from cli.printing.console import note, say
    from models.settings import read_settings
    from tasks.base.workspace import present_moment
    from tasks.proposals.base import read_base
    from tasks.proposals.store import read_proposal
    from tasks.proposals.using import check_files, file_changes, put_into_use, require_open

    settings = read_settings()
    proposal, base = read_proposal(name), read_base(settings)
    require_open(base, proposal)
    files = file_changes(settings, base, proposal)
    if faults := check_files(settings, files):
        for fault in faults:
            click.echo(fault.in_file(settings.programme.name), err=True)
        context.exit(2)
    for file in files:
        _print_difference(file.difference)
    used = put_into_use(files, proposal, by_name, present_moment())
    note(f"{proposal.name} is in use: the next run takes it; restart the web part.")
    for line in used.undo:
        say(f"undo with: {line}")


def _say_seen(proposal: Proposal, base: Base) -> None:
    from cli.printing.console import say
    from programme.terms.digest import digest_of

    seen = proposal.seen
    if seen:
        part = f", estimated from {seen.asked} of {seen.clients}" if seen.asked < seen.clients else ""
        say(
            f"Seen from {seen.first} to {seen.last}: {seen.gained} clients gain, {seen.lost} lose and {seen.moved} "
            f"move a mail; {seen.mails_now} mails become {seen.mails_new}{part}."
        )
    if digest_of(base.programme) != proposal.programme:
        say("The programme changed since, so these counts may differ by now: bouwclub diff tells.")


def _say_outdated(proposal: Proposal, base: Base) -> None:
    from cli.printing.console import say
    from tasks.proposals.store import ProposalRefused
    from tasks.proposals.using import require_open

    try:
        require_open(base, proposal)
    except ProposalRefused as refusal:
        say(str(refusal))


def _print_difference(text: str) -> None:
    """Line by line as it is, never wrapped; what could steer a terminal is taken out."""
    from cli.printing.console import plain

    for line in text.splitlines():
        click.echo(plain(line))


def _what(proposal: Proposal) -> str:
    return ", ".join([*(each.dotted for each in proposal.changes), *(text.file for text in proposal.texts)])


def _fields(proposal: Proposal, base: Base) -> dict[str, Any]:
    import json

    from programme.proposals.tables import tables_of

    told: dict[str, Any] = json.loads(json.dumps(tables_of(proposal), default=str))
    return told | {"state": str(proposal.state(base.raw, base.prints))}

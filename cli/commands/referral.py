"""bouwclub referral: what people decide about referrals and referrers."""

from __future__ import annotations

import click

from cli.options import by_option, reason_option


@click.group("referral")
def group() -> None:
    """Judge a referral, hold back a referrer, or say which client a sign-up became."""


@group.command("review")
@click.argument("referral_id", metavar="REFERRAL")
@click.argument("verdict", type=click.Choice(["accept", "reject"]))
@by_option
@reason_option
def review(referral_id: str, verdict: str, by: str, reason: str) -> None:
    """Accept or reject a referral from today on; the latest review counts."""
    from cli.printing.console import say
    from programme.referrals.states import Verdict
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import reviewing

    engine = open_workspace().engine
    reviewing.review(engine, referral_id, Verdict(verdict), by, reason, present_moment())
    say(f"{referral_id}: {verdict}ed from today on")


@group.command("block")
@click.argument("client_id", metavar="CLIENT")
@by_option
@reason_option
def block(client_id: str, by: str, reason: str) -> None:
    """Pay nothing to this client until he is unblocked; what he earns is kept for him."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import reviewing

    reviewing.block(open_workspace().engine, client_id, by, reason, present_moment())
    say(f"{client_id} is blocked: nothing is paid until bouwclub referral unblock {client_id}")


@group.command("unblock")
@click.argument("client_id", metavar="CLIENT")
@by_option
def unblock(client_id: str, by: str) -> None:
    """Pay this client again."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import reviewing

    reviewing.unblock(open_workspace().engine, client_id, by, present_moment())
    say(f"{client_id} is paid again")


@group.command("link")
@click.argument("referral_id", metavar="REFERRAL")
@click.argument("client_id", metavar="CLIENT")
@by_option
def link(referral_id: str, client_id: str, by: str) -> None:
    """Say which client came of a referral; an empty cell of a later import leaves that."""
    from cli.printing.console import say
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import reviewing

    reviewing.link(open_workspace().engine, referral_id, client_id, by, present_moment())
    say(f"{referral_id} is client {client_id}")

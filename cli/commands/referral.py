"""bouwclub referral: what people decide about referrals and referrers."""

from __future__ import annotations

import click

from cli.options import by_option, json_option, reason_option


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
    from programme.referrals.states import ReferralVerdict
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals import reviewing

    engine = open_workspace().engine
    reviewing.review(engine, referral_id, ReferralVerdict(verdict), by, reason, present_moment())
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


@group.command("signups")
@json_option
def signups(as_json: bool) -> None:
    """Who signed up over a link and is to be called, with what the person who calls needs to know.

    The last fourteen days, and older ones that no client came of; those are joined with: bouwclub referral link.
    """
    from cli.printing.console import print_json, print_table, say
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.referrals.links.leads import read_leads

    workspace = open_workspace()
    leads = read_leads(workspace.engine, workspace.programme, today_in_amsterdam())
    if as_json:
        print_json([lead.as_json() for lead in leads])
        return
    if not leads:
        say("nobody signed up in the last fourteen days, and every older sign-up has its client")
        return
    headings = ("referral", "signed up", "what to do", "by", "name", "reach", "about", "flags", "client", "called by")
    rows = [
        (
            lead.referral_id,
            lead.signed_up_on,
            lead.task,
            lead.call_by,
            lead.name,
            lead.phone or lead.email,
            lead.project,
            ", ".join(lead.flags),
            lead.client_id or "",
            lead.handled_by or "",
        )
        for lead in leads
    ]
    print_table(headings, rows, title="Sign-ups")
    say("the whole of each, with message and voucher: bouwclub referral signups --json")
    say("called or written to: bouwclub tasks done lead::REFERRAL --outcome reached --by NAME")

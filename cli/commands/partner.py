"""bouwclub partner: commissions, and the invoices for them."""

from __future__ import annotations

from datetime import date

import click

from cli.options import as_of_option, by_option, json_option


@click.group("partner")
def group() -> None:
    """Contractors and architects with an agreement, who earn commission on what they bring."""


@group.command("invoice")
@click.argument("client_id", metavar="CLIENT")
@click.argument("number", metavar="NUMBER")
@click.option("--amount-cents", type=int, required=True, metavar="X", help="Without VAT, in cents.")
@click.option("--vat-cents", type=int, required=True, metavar="V", help="The VAT on the invoice, in cents.")
@by_option
def invoice(client_id: str, number: str, amount_cents: int, vat_cents: int, by: str) -> None:
    """Record a partner's invoice over all commission that can be invoiced; the next settlement pays it."""
    from cli.printing.console import say
    from programme.words.wording import euros
    from tasks.base.workspace import open_workspace, present_moment
    from tasks.referrals.partners import record_invoice

    record_invoice(open_workspace().engine, client_id, number, amount_cents, vat_cents, by, present_moment())
    say(f"invoice {number} of {client_id}: {euros(amount_cents + vat_cents)} is paid with the next settlement")


@group.command("commissions")
@as_of_option(required=False, meaning="The day to look from, YYYY-MM-DD; without it, today.")
@json_option
def commissions(as_of: date | None, as_json: bool) -> None:
    """What each project earns its partner as of a day."""
    from cli.printing.console import print_json_list, print_table, say
    from programme.words.wording import euros
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.referrals.partners import read_commissions

    workspace = open_workspace()
    day = as_of or today_in_amsterdam()
    found = read_commissions(workspace.engine, workspace.programme, day)
    if as_json:
        print_json_list(
            {
                "partner_id": each.partner_id,
                "referral_id": each.referral_id,
                "project_id": each.project_id,
                "delivered_on": each.delivered_on.isoformat(),
                "rate_percent": each.rate_percent,
                "commission_cents": each.commission_cents,
                "payable_on": each.payable_on.isoformat(),
            }
            for each in found
        )
        return
    rows = [
        (each.partner_id, each.project_id, each.delivered_on, f"{each.rate_percent} %", euros(each.commission_cents))
        for each in found
    ]
    if rows:
        print_table(("partner", "project", "delivered", "rate", "commission"), rows, title=f"Commissions as of {day}")
    say(f"{len(found):,} projects, {euros(sum(each.commission_cents for each in found))}")
    if workspace.programme.partners is None or not workspace.programme.partners.enabled:
        say("programme.toml: partners.enabled is false, so nobody earns commission", dim=True)

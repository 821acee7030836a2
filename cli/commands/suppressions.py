"""bouwclub suppressions: the list of addresses that get nothing from us."""

from __future__ import annotations

import click


@click.group("suppressions")
def group() -> None:
    """The list of addresses that get nothing from us."""


@group.command("sync")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")
def sync(as_json: bool) -> None:
    """Pull the provider's lists into ours and push our opt-outs to its global list.

    Safe to repeat. Nothing is ever deleted at the provider.
    """
    import json
    from datetime import UTC, datetime

    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.inbound.suppressions import open_api, sync_suppressions

    settings = read_settings()
    engine = open_database(settings)
    report = sync_suppressions(engine, open_api(settings), datetime.now(UTC), settings.every_key())
    if as_json:
        click.echo(json.dumps(report._asdict()))
        return
    lists = ", ".join(f"{name} {count}" for name, count in report.pulled.items())
    click.echo(f"pulled: {lists}; {report.news} of them new to us, {report.unreadable} without an address")
    click.echo(f"pushed: {report.pushed} opt-outs")


@group.command("lift")
@click.argument("email")
@click.option("--by", "by_name", required=True, help="Who lifts it.")
@click.option("--proof", required=True, help='What the person said, when and where: "mail of 3 March, asks for news".')
def lift(email: str, by_name: str, proof: str) -> None:
    """Take EMAIL off our suppression list, by name and with proof; both are kept in the history of consent."""
    from datetime import UTC, datetime

    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.inbound.suppressions import lift_suppression

    if not by_name.strip() or not proof.strip():
        raise click.UsageError("--by and --proof must not be empty")
    engine = open_database(read_settings())
    lift_suppression(engine, email, by_name.strip(), proof.strip(), datetime.now(UTC))
    click.echo("lifted. The provider may still hold the address on its own list; take it off there by hand as well.")

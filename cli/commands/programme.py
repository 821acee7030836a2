"""bouwclub programme: the programme file and its faults."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from programme.terms.faults import Fault
    from programme.terms.schema import Programme


@click.group("programme")
def group() -> None:
    """The programme file: who gets which mail, when and why."""


@group.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")
@click.pass_context
def check(context: click.Context, file: Path | None, as_json: bool) -> None:
    """Tell all faults of a programme FILE at once (default: the one in BOUWCLUB_PROGRAMME).

    Exits 0 when it is in order, 2 when it has faults.
    """
    from models.settings import read_settings
    from tasks.base.programme_file import TEMPLATES, check_programme, load_programme

    settings = read_settings()
    path = file or settings.programme
    faults = check_programme(path, TEMPLATES, settings.templates)
    programme = None if faults else load_programme(path)
    if as_json:
        _print_json(path, faults, programme)
    elif programme:
        click.echo(f"{path.name} is in order: {_summary(programme)}.")
        click.echo(soft_opt_in_sentence(programme.consent.soft_opt_in))
        if sentence := approvers_sentence(programme):
            click.echo(sentence)
    for fault in faults:
        click.echo(fault.in_file(path.name or str(path)), err=True)
    if warning := _durability_fault(settings.database_url):
        click.echo(f"BOUWCLUB_DATABASE_URL: {warning}", err=True)
    context.exit(2 if faults else 0)


def _durability_fault(database_url: str) -> str | None:
    """Of a PostgreSQL that answers; the programme can be checked without any database."""
    if not database_url.startswith("postgresql"):
        return None
    from sqlalchemy.exc import SQLAlchemyError

    from models.database.engine import open_engine, reading
    from models.database.server import durability_fault

    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            return durability_fault(connection)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def soft_opt_in_sentence(stated: bool) -> str:
    """What the firm states with `[consent] soft_opt_in`, in one sentence."""
    if stated:
        return (
            "[consent] soft_opt_in = true: the firm itself states that its clients were told about these mails, and "
            "could refuse them, when their address was taken, so existing customers whose consent is unknown get "
            "marketing too."
        )
    return (
        "[consent] soft_opt_in = false: the firm does not state that its clients were told about these mails and could "
        "refuse them, so clients whose consent is unknown get no marketing."
    )


def approvers_sentence(programme: Programme) -> str:
    """What it means that fewer than two people may give campaigns their go; "" when two may."""
    from programme.campaigns.go import is_approver

    names = [person.name for person in programme.people if is_approver(person)]
    if len(names) > 1:
        return ""
    above = f"a campaign to more than {programme.caps.campaign_go_above} people"
    if not names:
        return f"[[people]]: nobody has the role marketing_approver, so {above} can go nowhere. Give it to two people."
    if programme.campaigns_go.same_person:
        return f"[[people]]: {names[0]} alone has the role marketing_approver, and gives the go for own campaigns too."
    return (
        f"[[people]]: {names[0]} alone has the role marketing_approver, so nobody can give the go for {above} that "
        f"{names[0]} starts. Give it to two people, or set [campaigns_go] same_person = true."
    )


def _summary(programme: Programme) -> str:
    from programme.words.states import Flow

    flows = ", ".join(f"{len(programme.touchpoints_of(flow))} {flow}" for flow in Flow)
    off = sum(not touchpoint.active for touchpoint in programme.touchpoints.values())
    parts = (
        f"{_count(len(programme.touchpoints), 'touchpoint')} ({flows}{f', {off} switched off' if off else ''})",
        _count(len(programme.segments), "segment"),
        _count(len(programme.tiers), "tier"),
        _count(len(programme.offers), "offer"),
        _count(len(programme.experiments), "experiment"),
    )
    return ", ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _print_json(path: Path, faults: list[Fault], programme: Programme | None) -> None:
    from cli.printing.console import print_json

    answer = {
        "file": str(path),
        "in_order": not faults,
        "faults": [{"key": fault.key, "line": fault.line, "text": fault.text} for fault in faults],
        "touchpoints": list(programme.touchpoints) if programme else None,
        "soft_opt_in": programme.consent.soft_opt_in if programme else None,
    }
    print_json(answer)

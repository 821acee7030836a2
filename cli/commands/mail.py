"""bouwclub mail check: one verdict on a mail before it goes to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from programme.verdict.findings import Verdict


@click.group("mail")
def group() -> None:
    """Look at mails before they go."""


@group.command("check")
@click.argument("template", metavar="TEMPLATE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")
@click.pass_context
def check(context: click.Context, template: str, as_json: bool) -> None:
    """Make the mail TEMPLATE for made-up clients of every kind, and tell all that is wrong with it (in Dutch).

    It looks for missing values, fields that were left over, a second greeting, dead links, faint text, size, a plain
    text that differs, promises that no rule grants, an offer without a last day; and for spelling and the spam score
    where hunspell and SpamAssassin are installed. Exits 0 when the mail may go, 2 when it may not.
    """
    from models.settings import read_settings
    from tasks.base.programme_file import load_programme
    from tasks.base.workspace import today_in_amsterdam
    from tasks.checking.mail import check_kind
    from tasks.mail.render import Renderer

    settings = read_settings()
    programme = load_programme(settings.programme)
    renderer = Renderer(programme, settings.base_url, own=settings.templates)
    kind = renderer.kinds[template]
    verdict = check_kind(renderer, kind, today_in_amsterdam(), settings.templates)
    if as_json:
        _print_json(template, verdict)
    else:
        _print(template, verdict)
    if not verdict.may_go:
        click.echo(f"bouwclub: {template} may not go: {verdict.headline}", err=True)
        context.exit(2)


def _print(template: str, verdict: Verdict) -> None:
    from cli.printing.console import say

    say(f"{template}: {verdict.headline}")
    for finding in verdict.findings:
        say(f"  {finding.place}: {finding.sentence}")
    for sentence in verdict.not_looked_at:
        say(f"  {sentence}")


def _print_json(template: str, verdict: Verdict) -> None:
    import json

    findings = [
        {"level": each.level, "code": each.code, "place": each.place, "found": each.found} for each in verdict.findings
    ]
    made = {
        "template": template,
        "may_go": verdict.may_go,
        "looked_at": verdict.looked_at,
        "findings": findings,
        "not_looked_at": list(verdict.not_looked_at),
    }
    click.echo(json.dumps(made, ensure_ascii=False))

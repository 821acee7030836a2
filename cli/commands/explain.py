"""bouwclub explain: one client, with what came, what comes, and why. Marketers read it, so it speaks Dutch."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from cli.options import as_of_option, json_option

if TYPE_CHECKING:
    from programme.terms.schema import Programme
    from tasks.insight.explain import Explanation


@click.command("explain")
@click.argument("client_id", metavar="CLIENT_ID")
@as_of_option(required=False, meaning="The day to look from, YYYY-MM-DD; without it, today.")
@json_option
def command(client_id: str, as_of: date | None, as_json: bool) -> None:
    """Who this client is, what went out and what did not, and what is coming in the next 90 days.

    Each decision comes with its reason; the text is Dutch.
    """
    from cli.printing.console import print_json
    from tasks.base.workspace import open_workspace, today_in_amsterdam
    from tasks.insight.explain import ClientHeld, read_explanation

    workspace = open_workspace()
    day = as_of or today_in_amsterdam()
    try:
        told = read_explanation(workspace.engine, workspace.programme, client_id, day)
    except ClientHeld as held:
        if as_json:
            print_json({"client_id": client_id, "as_of": day.isoformat(), "held_since": held.since.isoformat()})
        else:
            from cli.printing.explanation import print_held

            print_held(client_id, held.since)
        return
    if as_json:
        print_json(explanation_fields(workspace.programme, told))
    else:
        from cli.printing.explanation import print_explanation

        print_explanation(workspace.programme, told)


def explanation_fields(programme: Programme, told: Explanation) -> dict[str, Any]:
    """Everything of the explanation as one JSON object; decisions and messages in the contract's shapes."""
    from cli.commands.decisions import kept_fields
    from cli.commands.messages import message_fields
    from programme.rules.recipient_day import allows_marketing

    return {
        "client_id": told.client.client_id,
        "as_of": told.as_of.isoformat(),
        "recipient": told.recipient.address,
        "records": [_dated(card._asdict()) for card in told.cards],
        "suppressed": _dated(told.suppression._asdict()) if told.suppression else None,
        "allows_marketing": allows_marketing(programme, told.recipient, told.as_of),
        "segment": told.segment,
        "tier": told.tier,
        "tier_since": told.tier_since and told.tier_since.isoformat(),
        "measure": told.measure._asdict(),
        "health": told.health and _health_fields(told.health),
        "facts": [_dated(fact._asdict()) for fact in told.facts],
        "later_facts": told.later_facts,
        "decisions": list(map(kept_fields, told.decisions)),
        "messages": [
            message_fields(row) | {"events": [_dated(event._asdict()) for event in told.events.get(row.message_id, [])]}
            for row in told.messages
        ],
        "coming": [_prospect_fields(each) for each in told.forecast.prospects],
        "held_since": None,
        "set_aside": [_dated(row._asdict()) for row in told.set_aside],
        "not_coming": [_dated(each._asdict()) for each in told.forecast.not_due],
    }


def _health_fields(health: Any) -> dict[str, Any]:
    causes = [_dated(each._asdict()) for each in health.signs]
    return {"score": health.score, "band": health.band, "indicators": list(health.indicators), "causes": causes}


def _prospect_fields(prospect: Any) -> dict[str, Any]:
    fields = _dated(prospect._asdict())
    return fields | {"spells": [_dated(spell._asdict()) for spell in prospect.spells]}


def _dated(fields: dict[str, Any]) -> dict[str, Any]:
    """The same with each day as YYYY-MM-DD."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in fields.items()}

"""bouwclub messages: the message log, and the fate of each message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any

import click

from cli.options import json_option, range_options, require_order

SHOWN_LINES = 200  # of a table for people; --json prints all
IN_DOUBT = "in_doubt"
WHOLE = ("request", "first message id")


@click.command("messages")
@range_options
@click.option("--status", metavar="S", help="Only those in this status: planned, accepted, in_doubt, …")
@json_option
def command(first: date | None, last: date | None, status: str | None, as_json: bool) -> None:
    """The message log. Those in doubt are shown by request, with what can be done about them."""
    from cli.printing.console import print_json_list
    from models.database.engine import reading
    from models.settings import read_settings
    from tasks.base.workspace import open_database
    from tasks.insight.message_log import read_messages

    require_order(first, last)
    _require_status(status)
    with reading(open_database(read_settings())) as connection:
        rows = read_messages(connection, first, last, status)
        if as_json:
            print_json_list(message_fields(row) for row in rows)
        elif status == IN_DOUBT:
            _print_by_request(rows)
        else:
            _print_as_table(rows)


def message_fields(message: Any) -> dict[str, Any]:
    """A message as the contract's JSON object."""
    from tasks.insight.message_log import MESSAGE_FIELDS

    fields = {name: getattr(message, name) for name in MESSAGE_FIELDS}
    return fields | {"as_of": message.as_of.isoformat()}


def _require_status(status: str | None) -> None:
    from difflib import get_close_matches

    from programme.words.states import MessageStatus

    known = [str(each) for each in MessageStatus]
    if status is None or status in known:
        return
    near = get_close_matches(status, known, 1)
    hint = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(known)}."
    raise click.BadParameter(f"{status!r} is no status. {hint}", click.get_current_context(), param_hint="--status")


def _print_as_table(rows: Iterator[Any]) -> None:
    from cli.printing.console import note, print_table, say

    shown = list(islice(rows, SHOWN_LINES))
    if not shown:
        note("No messages for this choice.")
        return
    headings = ("as of", "client", "recipient", "touchpoint", "occasion", "status", "subject", "message id")
    print_table(
        headings,
        [
            (
                row.as_of,
                row.client_id,
                row.recipient,
                row.touchpoint,
                row.occasion,
                row.status,
                row.subject,
                row.message_id,
            )
            for row in shown
        ],
        whole=("as of", "client", "message id"),
    )
    statuses = Counter(row.status for row in shown)
    rest = Counter(row.status for row in rows)
    if rest:
        say(f"… and {rest.total():,} more: narrow with --from, --to or --status, or print all with --json", dim=True)
    say(", ".join(f"{status} {count:,}" for status, count in (statuses + rest).most_common()), dim=True)


def _print_by_request(rows: Iterator[Any]) -> None:
    """One line a request: its messages stand or fall together, and can be sent again together."""
    from cli.printing.console import note, print_table, say

    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.request_id or "", []).append(row)
    if not found:
        note("No messages are in doubt.")
        return
    lines = [
        (request or "–", members[0].as_of, members[0].touchpoint, len(members), members[0].message_id)
        for request, members in found.items()
    ]
    print_table(
        ("request", "as of", "touchpoint", "messages", "first message id"),
        lines,
        title="In doubt, by request",
        whole=WHOLE,
    )
    say(
        "First ask the provider: bouwclub reconcile. Then, by name: bouwclub resend --request REQUEST --by NAME",
        dim=True,
    )

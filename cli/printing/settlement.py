"""How a batch of payouts and the bank's answer look in a terminal."""

from collections import Counter
from typing import TYPE_CHECKING

from cli.printing.console import number_of, print_table, say
from programme.words.wording import euros

if TYPE_CHECKING:
    from tasks.money.booking import BookingReport
    from tasks.referrals.batches import Settlement
    from tasks.referrals.statements import StatementReport

SHOWN_LINES = 100  # of a batch; --json prints all


def print_settlement(settlement: "Settlement") -> None:
    batch = settlement.batch
    if batch is None:
        say("nothing to pay: no batch was made")
    else:
        rows = [
            (line.end_to_end_id, line.referrer_id, line.kind, euros(line.amount_cents), line.iban, line.state)
            for line in settlement.lines[:SHOWN_LINES]
        ]
        headings = ("end-to-end id", "referrer", "kind", "amount", "IBAN", "state")
        print_table(headings, rows, title=f"Batch {batch.batch_id}, as of {batch.as_of}")
        if len(settlement.lines) > SHOWN_LINES:
            say(f"… and {len(settlement.lines) - SHOWN_LINES:,} lines more; --json prints all", dim=True)
        executed = f", executed on {batch.execution_on}" if batch.execution_on else ""
        say(f"{batch.state}: {len(settlement.lines):,} lines, {euros(settlement.total_cents)}{executed}", bold=True)
        say(f"prepared by {batch.prepared_by}" + (f", approved by {batch.approved_by}" if batch.approved_by else ""))
    if settlement.left_open:
        counts = Counter(each.reason for each in settlement.left_open)
        cents: Counter[str] = Counter()
        for each in settlement.left_open:
            cents[each.reason] += each.amount_cents
        reasons = [(reason, counts[reason], euros(cents[reason])) for reason in counts]
        print_table(("left open", "referrers", "amount"), reasons)


def print_booking(report: "BookingReport", dry_run: bool) -> None:
    would = "would be entered" if dry_run else "entered"
    if report.is_first:
        say(
            f"the first booking: {report.opened:,} referrals paid before this system ({euros(report.opened_cents)}), "
            f"{report.owed:,} owed ({euros(report.owed_cents)})"
        )
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in report.entries.items()) or "nothing"
    say(f"as of {report.as_of}: {number_of(report.found, 'referral')} qualified; {would}: {kinds}")


def print_statement(report: "StatementReport") -> None:
    counts = [
        f"{len(report.paid):,} paid",
        f"{len(report.returned):,} returned",
        f"{len(report.rejected):,} rejected",
        f"{report.known:,} known already",
        f"{report.others:,} of other business",
    ]
    say(f"{report.entries:,} entries: {', '.join(counts)}")
    for batch_id in report.closed:
        say(f"{batch_id} is closed")
    if report.unmatched:
        rows = [tuple(each.values()) for each in report.unmatched]
        print_table(tuple(report.unmatched[0]), rows, title="Unmatched: look at these with the bank")

"""What money leaves in the Prefect UI: what was booked, and the batch that waits, in Dutch. No account, no name."""

from prefect import get_run_logger
from prefect.cache_policies import NO_CACHE

from flows.secrecy import task
from flows.ui.markdown import escaped, table
from flows.ui.publishing import publish
from programme.money.states import BatchState, EntryKind, LineState, OpenReason
from programme.words.wording import date_words, euros
from tasks.money.booking import BookingReport
from tasks.referrals.batches import Settlement

ENTRY_WORDS = {
    EntryKind.OPENING: "eerder al betaald, buiten dit systeem",
    EntryKind.QUALIFY: "verdiend, nog in de wachttijd",
    EntryKind.RELEASE: "mag worden uitbetaald",
    EntryKind.HOLD: "terug in de wachttijd",
    EntryKind.REVERSE: "teruggedraaid",
    EntryKind.COMMISSION: "commissie geboekt of bijgesteld",
    EntryKind.COMMISSION_RELEASE: "commissie mag worden gefactureerd",
}
REASON_WORDS = {
    OpenReason.NEGATIVE_BALANCE: "wordt verrekend met een volgende beloning",
    OpenReason.BLOCKED: "geblokkeerd",
    OpenReason.ERASED: "gegevens gewist",
    OpenReason.INVOICE_NEEDED: "wacht op een factuur",
    OpenReason.NO_IBAN: "geen IBAN bekend",
    OpenReason.INVALID_IBAN: "IBAN klopt niet of is door de bank geweigerd",
    OpenReason.NO_HOLDER: "geen naam van de rekeninghouder",
    OpenReason.BELOW_MINIMUM: "onder het minimum",
}
STATE_WORDS = {
    BatchState.PREPARED: "klaargezet",
    BatchState.APPROVED: "goedgekeurd",
    BatchState.EXPORTED: "naar de bank",
    BatchState.CLOSED: "afgerond",
    BatchState.WITHDRAWN: "ingetrokken",
}


@task(name="publish-booking", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_booking(report: BookingReport, dry_run: bool) -> BookingReport:
    """The entries by kind, and the report on. Safe to run twice."""
    publish("beloningen", booking_markdown(report, dry_run), "Beloningen van de dag")
    counts = " ".join(f"{kind}={count}" for kind, count in sorted(report.entries.items()))
    get_run_logger().info("rewards as_of=%s found=%d %s", report.as_of, report.found, counts or "entries=0")
    return report


def booking_markdown(report: BookingReport, dry_run: bool) -> str:
    would = "zou worden geboekt" if dry_run else "geboekt"
    counted = "1 aanbeveling telt" if report.found == 1 else f"{report.found} aanbevelingen tellen"
    lines = [f"# Beloningen tot en met {date_words(report.as_of)}", "", f"{counted} mee."]
    if report.is_first:
        opened = "1 aanbeveling was" if report.opened == 1 else f"{report.opened} aanbevelingen waren"
        owed = "staat" if report.owed == 1 else "staan"
        lines += [
            "",
            f"Eerste boeking: {opened} al betaald ({euros(report.opened_cents)}), "
            f"{report.owed} {owed} nog open ({euros(report.owed_cents)}).",
        ]
    told = [f"- {count} × {ENTRY_WORDS[EntryKind(kind)]}" for kind, count in report.entries.items()]
    return "\n".join([*lines, "", f"Wat er {would}:", "", *(told or ["- niets"])])


@task(name="publish-settlement", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=1)
def publish_settlement(settlement: Settlement) -> str | None:
    """The batch as a sentence and what stays open as a table; gives its id on. Safe to run twice."""
    publish("uitbetaling", settlement_markdown(settlement), "Uitbetaling")
    publish("uitbetaling-open", open_markdown(settlement), "Wat niet wordt uitbetaald")
    batch_id = settlement.batch.batch_id if settlement.batch else None
    get_run_logger().info("settlement batch=%s lines=%d", batch_id or "none", len(settlement.lines))
    return batch_id


def settlement_markdown(settlement: Settlement) -> str:
    batch = settlement.batch
    if batch is None:
        return "# Uitbetaling\n\nEr is niets uit te betalen."
    standing = sum(line.state is not LineState.VOID for line in settlement.lines)
    payments = "1 betaling" if standing == 1 else f"{standing} betalingen"
    if batch.state is BatchState.PREPARED:
        then = f"; iemand anders keurt goed met `bouwclub settlement approve {batch.batch_id} --by NAAM`"
    else:  # the other one that can wait: it was approved, and nobody made its file yet
        then = f"; het bestand voor de bank komt uit `bouwclub settlement export {batch.batch_id} --out BESTAND`"
    return (
        f"# Uitbetaling {batch.batch_id}\n\n{STATE_WORDS[batch.state].capitalize()}: {payments}, samen "
        f"{euros(settlement.total_cents)}. Klaargezet door {escaped(batch.preparer)}{then}."
    )


def open_markdown(settlement: Settlement) -> str:
    """One row for each client to whom something stays owed, and why."""
    rows = [(each.referrer_id, euros(each.amount_cents), REASON_WORDS[each.reason]) for each in settlement.left_open]
    text = table(("Klant", "Bedrag", "Waarom"), rows) if rows else "Niets: alles wat mag, wordt uitbetaald."
    return f"# Wat niet wordt uitbetaald\n\n{text}"

"""The tables that are books: kept seven years (AWR art. 52), an erasure too (AVG art. 17(3)(b)), then emptied."""

from collections.abc import Mapping

from tasks.privacy.tables import belongings as rows
from tasks.privacy.tables.belongings import Belonging, of_client

BOOKS: Mapping[str, tuple[Belonging, ...]] = {
    "ledger_entries": (
        Belonging(
            "Boekingen",
            of_client("referrer_id"),
            is_of_books=True,
            shown={
                "day": "Dag",
                "kind": "Soort",
                "referral_id": "Aanbeveling",
                "project_id": "Project",
                "reason": "Waarom",
            },
        ),
    ),
    "ledger_legs": (Belonging("", rows.of_entry, is_of_books=True),),
    "adjustments": (
        Belonging(
            "Correcties",
            of_client(),
            is_of_books=True,
            shown={"proposed_on": "Dag", "amount_cents": "Bedrag", "reason": "Waarom"},
        ),
    ),
    "settlement_lines": (
        Belonging(
            "Uitbetalingen",
            of_client("referrer_id"),
            is_of_books=True,
            shown={
                "end_to_end_id": "Kenmerk",
                "amount_cents": "Bedrag",
                "iban": "Rekening",
                "holder": "Rekeninghouder",
                "state": "Stand",
            },
        ),
    ),
    "settlement_left_open": (Belonging("", of_client("referrer_id"), is_of_books=True),),
    "settlement_line_invoices": (Belonging("", of_client(), is_of_books=True),),
    "settlement_acts": (Belonging("", rows.of_line, is_of_books=True),),
    # The file for the bank names everybody of its batch: it is not one person's to have.
    "settlement_files": (Belonging("", lambda table, whose: table.c.batch_id.in_(()), is_of_books=True),),
    "bank_entries": (Belonging("", rows.of_line, is_of_books=True),),
    "partner_invoices": (
        Belonging(
            "Uw facturen voor commissie",
            of_client(),
            is_of_books=True,
            shown={"number": "Nummer", "day": "Dag", "amount_cents": "Bedrag", "vat_cents": "Btw"},
        ),
    ),
}

"""Every table, and what it holds of a person. A test refuses a table, or a text column, that is not here."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Table

from models.tables import metadata
from tasks.privacy.tables.belongings import Belonging
from tasks.privacy.tables.books import BOOKS
from tasks.privacy.tables.care import CARE
from tasks.privacy.tables.facts import FACTS
from tasks.privacy.tables.mailing import MAILING
from tasks.privacy.tables.referring import REFERRING

# Tables without anything of a client, each with what it holds.
NOTHING_OF_CLIENTS: Mapping[str, str] = {
    "absences": "people at the firm",
    "bank_imports": "names of the bank's files",
    "campaign_drafts": "texts for many and audiences by traits",
    "campaign_goes": "texts for many, and answers of people at the firm",
    "campaigns": "texts for many and audiences by traits",
    "closed_cells": "counts and sums of many",
    "closed_reports": "days",
    "desk_links": "people at the firm",
    "desk_sessions": "people at the firm",
    "erased_addresses": "keyed hashes, which only tell an address that is already known",
    "forecasts": "counts",
    "form_posts": "a day's visitors under a key that is thrown away",
    "left_in_doubt": "ids and people at the firm",
    "ledger_bookings": "sums",
    "limiter": "the provider's rate",
    "message_variants": "choices of templates and texts for many, which no client's own words are among",
    "referral_visits": "a day's visitors under a key that is thrown away",
    "requests": "counts and the provider's words, without addresses",
    "resends": "ids and people at the firm",
    "runs": "counts",
    "saved_audiences": "audiences by traits",
    "settlement_batches": "sums and people at the firm",
    "staff_mails": "numbers and links, by their own rule",
    "sync_cursors": "moments",
    "ticks": "moments",
    "visitor_keys": "keys of the day",
}

OF_PERSON: Mapping[str, tuple[Belonging, ...]] = {**FACTS, **MAILING, **CARE, **REFERRING, **BOOKS}


def present() -> Iterator[tuple[Table, tuple[Belonging, ...]]]:
    """The tables that this installation has, each with what it holds of a person."""
    for name, found in OF_PERSON.items():
        if name in metadata.tables:
            yield metadata.tables[name], found

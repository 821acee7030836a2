"""What the import set aside about a client, in Dutch sentences for the marketer."""

from datetime import date
from typing import NamedTuple

from programme.words.wording import date_words

NOT_IN_EXPORT = "not_in_export"
CANCEL_UNREAD = "cancel_unread"
NOUNS = {
    "clients": "Klant",
    "projects": "Project",
    "quotes": "Offerte",
    "interactions": "Contact",
    "feedback": "Reactie",
    "invoices": "Factuur",
    "referrals": "Aanbeveling",
}


class SetAside(NamedTuple):
    """A row that does not count as it was exported; `reason` is NOT_IN_EXPORT or CANCEL_UNREAD."""

    table: str
    row_id: str
    since: date
    reason: str


def set_aside_words(row: SetAside) -> str:
    """ "Project P3 staat sinds 26 november 2026 niet meer in de export van het CRM en telt niet mee." """
    what = f"{NOUNS[row.table]} {row.row_id}"
    if row.reason == CANCEL_UNREAD:
        return (
            f"{what} telt sinds {date_words(row.since)} als geannuleerd: de annuleringsdatum in de export was niet te "
            "lezen. Verbeter die in het CRM."
        )
    return f"{what} staat sinds {date_words(row.since)} niet meer in de export van het CRM en telt niet mee."


def held_client_words(since: date) -> str:
    """The sentence about a client whom the CRM no longer exports."""
    return (
        f"Krijgt niets en telt nergens mee: deze klant staat sinds {date_words(since)} niet meer in de export van het "
        "CRM. Komt de klant daarin terug, dan telt alles weer mee."
    )

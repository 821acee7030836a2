"""The closed sets of words about referrals."""

from collections.abc import Mapping
from enum import StrEnum


class ReferralVerdict(StrEnum):
    """What a person made of a referral under review."""

    ACCEPT = "accept"
    REJECT = "reject"


class Flag(StrEnum):
    """What makes a web sign-up one that a person must look at before it is paid, in the order in which it is kept."""

    SELF = "self"
    KNOWN = "known"
    BURST = "burst"
    HOUSEHOLD = "household"


# As whoever calls reads them: a flag is a question and no verdict.
FLAG_WORDS: Mapping[str, str] = {
    Flag.SELF: "lijkt dezelfde persoon als wie aanbeval",
    Flag.KNOWN: "is al klant",
    Flag.BURST: "veel aanvragen via deze link deze week",
    Flag.HOUSEHOLD: "zelfde adres of telefoon als wie aanbeval",
}


def flag_words(flags: str) -> list[str]:
    """Of flags as a sign-up keeps them, joined by commas."""
    return [FLAG_WORDS[flag] for flag in flags.split(",") if flag]


def task_of(phone: str | None) -> str:
    """What a sign-up asks of the office."""
    return "bel deze aanvraag" if phone else "mail deze aanvraag"


class IbanSource(StrEnum):
    """Where an IBAN came from: the client's own page, or the export of the CRM."""

    PAGE = "page"
    IMPORT = "import"

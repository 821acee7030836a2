"""The closed sets of words about referrals."""

from enum import StrEnum


class Verdict(StrEnum):
    ACCEPT = "accept"
    REJECT = "reject"


class Flag(StrEnum):
    """What makes a web sign-up one that a person must look at before it is paid, in the order in which it is kept."""

    SELF = "self"
    KNOWN = "known"
    BURST = "burst"
    HOUSEHOLD = "household"


class IbanSource(StrEnum):
    PAGE = "page"
    IMPORT = "import"

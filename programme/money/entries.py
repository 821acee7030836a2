"""An entry of the ledger before it is written, with legs that sum to zero."""

from typing import NamedTuple

from programme.money.states import COMMON_ACCOUNTS, Account, EntryKind


class Leg(NamedTuple):
    """`amount_cents` is added to the balance of the account; `client_id` is "" for a common one."""

    account: Account
    client_id: str
    amount_cents: int


class Entry(NamedTuple):
    """What is to be entered; the day, the maker and the moment are the same for all that is written together."""

    kind: EntryKind
    business_key: str
    referrer_id: str
    legs: tuple[Leg, ...]
    referral_id: str | None = None
    project_id: str | None = None
    end_to_end_id: str | None = None
    reason: str = ""


def move(source: Account, target: Account, client_id: str, amount_cents: int) -> tuple[Leg, ...]:
    """The two legs that take an amount from one account to another; a negative amount goes back."""
    return (leg(source, client_id, -amount_cents), leg(target, client_id, amount_cents))


def leg(account: Account, client_id: str, amount_cents: int) -> Leg:
    """One leg; of an account that all have in common it names no client."""
    return Leg(account, "" if account in COMMON_ACCOUNTS else client_id, amount_cents)

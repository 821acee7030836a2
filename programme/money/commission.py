"""What a partner earns on a day, project by project, and the entries that bring the ledger there (referrals section 8).

The rate depends on a project's place among the partner's projects of a calendar year; so a cancellation can change
what later projects earn, and each change is entered as a difference.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from programme.money.booking import Counts
from programme.money.entries import Entry, move
from programme.money.states import Account, EntryKind
from programme.terms.tables.payout_terms import PartnerTerms, RateStep


class PartnerProject(NamedTuple):
    """A delivered project that a partner's referral brought, in order of delivery and then id."""

    partner_id: str
    delivered_on: date
    project_id: str
    referral_id: str
    value_cents: int
    is_under_review: bool = False


class Commission(NamedTuple):
    """What a project earns its partner; 0 for one that was settled before the system."""

    partner_id: str
    referral_id: str
    project_id: str
    delivered_on: date
    rate_percent: int
    commission_cents: int
    payable_on: date
    is_under_review: bool = False


class BookedCommission(NamedTuple):
    """What the ledger holds of a project for one partner."""

    amount_cents: int = 0
    is_released: bool = False


Booked = dict[str, dict[str, BookedCommission]]
"""By project, then by partner; without those that came to nothing."""


def commissions_of(
    terms: PartnerTerms, hold_days: int, paid_before: date | None, projects: Iterable[PartnerProject]
) -> list[Commission]:
    """The commission of each project, by partner, delivery and project id."""
    placed: dict[tuple[str, int], int] = defaultdict(int)
    found = []
    for project in sorted(projects):
        placed[project.partner_id, project.delivered_on.year] += 1
        percent = _percent(terms.rates, placed[project.partner_id, project.delivered_on.year])
        is_settled = paid_before is not None and project.delivered_on < paid_before
        earned = 0 if is_settled else min(project.value_cents * percent // 100, terms.cap_cents)
        found.append(
            Commission(
                project.partner_id,
                project.referral_id,
                project.project_id,
                project.delivered_on,
                percent,
                earned,
                project.delivered_on + timedelta(days=hold_days),
                project.is_under_review,
            )
        )
    return found


def book_commissions(commissions: Iterable[Commission], booked: Booked, counts: Counts, as_of: date) -> Iterator[Entry]:
    """The entries that bring every project's commission to that of the day, by project id; `booked` is left as it was.

    Args:
        counts: how many entries of a kind there are for a project; counted on.
    """
    earned = {one.project_id: one for one in commissions}
    for project_id in sorted({*earned, *booked}):
        yield from _book_project(project_id, earned.get(project_id), booked.get(project_id, {}), counts, as_of)


def take_commission(before: BookedCommission, kind: str, amount_cents: int) -> BookedCommission:
    """What an entry changes. A commission that went to 0 is no longer released."""
    if kind == EntryKind.COMMISSION_RELEASE:
        return BookedCommission(before.amount_cents, is_released=True)
    amount = before.amount_cents + amount_cents
    return BookedCommission(amount, before.is_released and amount != 0)


def _book_project(
    project_id: str, now: Commission | None, booked: Mapping[str, BookedCommission], counts: Counts, as_of: date
) -> Iterator[Entry]:
    partner_id = now.partner_id if now else None
    for other in sorted(booked):
        if other != partner_id and booked[other].amount_cents:
            yield _difference(project_id, other, None, booked[other], -booked[other].amount_cents, counts)
    if now is None:
        return
    state = booked.get(now.partner_id, BookedCommission())
    difference = now.commission_cents - state.amount_cents
    if difference:
        yield _difference(project_id, now.partner_id, now.referral_id, state, difference, counts)
        state = take_commission(state, EntryKind.COMMISSION, difference)
    if state.amount_cents and not state.is_released and now.payable_on <= as_of and not now.is_under_review:
        legs = move(Account.COMMISSION_PENDING, Account.COMMISSION_PAYABLE, now.partner_id, state.amount_cents)
        yield _entry(EntryKind.COMMISSION_RELEASE, project_id, now.partner_id, now.referral_id, legs, counts)


def _difference(
    project_id: str, partner_id: str, referral_id: str | None, state: BookedCommission, cents: int, counts: Counts
) -> Entry:
    account = Account.COMMISSION_PAYABLE if state.is_released else Account.COMMISSION_PENDING
    legs = move(Account.EXPENSE, account, partner_id, cents)
    return _entry(EntryKind.COMMISSION, project_id, partner_id, referral_id, legs, counts)


def _entry(
    kind: EntryKind, project_id: str, partner_id: str, referral_id: str | None, legs: tuple, counts: Counts
) -> Entry:
    counts[kind, project_id] += 1
    key = f"{kind}:{project_id}:{counts[kind, project_id]}"
    return Entry(kind, key, partner_id, legs, referral_id=referral_id, project_id=project_id)


def _percent(rates: Sequence[RateStep], place: int) -> int:
    return [step.percent for step in rates if step.from_n <= place][-1]

"""Which referral of a person has the turn, and on which days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.facts.records import Project, Referral, Review
from programme.referrals.qualifying import is_accepted, is_of_partner, qualified_on, won_referrals
from tests.factories import programme, project, shipped_programme

TERMS = shipped_programme().referral
FIRST = date(2026, 1, 1)
DELIVERED = project("P1", "F", ordered_on=date(2026, 1, 20), delivered_on=date(2026, 2, 1))


def referral(referral_id: str, signed_up_on: date = FIRST, **changes: object) -> Referral:
    made = Referral(referral_id, f"A-{referral_id}", f"{referral_id}@b.nl", "F", signed_up_on, signed_up_on)
    return made._replace(**changes)


def holder(referrals: list[Referral], day: date) -> list[str]:
    """The referrals that are qualified on a day."""
    won = won_referrals(TERMS, "F", "f@b.nl", referrals, [DELIVERED])
    return [each.referral_id for each in won if qualified_on(each, day)]


def test_the_next_one_takes_the_place_of_a_rejected_one() -> None:
    """From the day of the rejection on, and back again when somebody accepts it."""
    reviews = (Review(date(2026, 3, 1), True), Review(date(2026, 4, 1), False))
    both = [referral("R1", reviews=reviews), referral("R2", FIRST + timedelta(days=5))]

    found = {day: holder(both, day) for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1))}
    assert list(found.values()) == [["R1"], ["R2"], ["R1"]]


def test_of_two_reviews_on_a_day_the_later_holds() -> None:
    """They come in the order in which they were made."""
    day = date(2026, 3, 1)
    assert holder([referral("R1", reviews=(Review(day, True), Review(day, False)))], day) == ["R1"]
    assert holder([referral("R1", reviews=(Review(day, False), Review(day, True)))], day) == []


def test_nobody_is_rewarded_for_himself() -> None:
    """Not under another client id with the same address either; clients without an address share nothing."""
    assert holder([referral("R1", referrer_id="F")], date(2026, 3, 1)) == []
    assert holder([referral("R1", referrer_recipient="f@b.nl")], date(2026, 3, 1)) == []
    won = won_referrals(TERMS, "F", "", [referral("R1", referrer_recipient="")], [DELIVERED])
    assert [each.referral_id for each in won] == ["R1"]


def test_an_order_before_the_sign_up_is_no_new_client() -> None:
    """Cancelled or not; on the day of the sign-up it is one."""
    late = [referral("R1", date(2026, 1, 20)), referral("R2", date(2026, 1, 21))]
    assert holder(late, date(2026, 3, 1)) == ["R1"]
    older = project("P0", "F", ordered_on=FIRST - timedelta(days=1), cancelled_on=FIRST, delivered_on=None)
    assert [*won_referrals(TERMS, "F", "f@b.nl", [referral("R1")], [older, DELIVERED])] == []


def qualifies(day: date, *projects: Project, signed_up_on: date = FIRST) -> date | None:
    """The qualification date of the one referral of a person with these projects, on a day."""
    (won,) = won_referrals(TERMS, "F", "f@b.nl", [referral("R1", signed_up_on)], projects)
    return qualified_on(won, day)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("cancelled_on", "day", "is_qualified"),
    [
        (None, date(2026, 1, 31), False),
        (None, date(2026, 2, 1), True),
        (date(2026, 3, 1), date(2026, 2, 28), True),
        (date(2026, 3, 1), date(2026, 3, 1), False),
    ],
)
def test_it_counts_from_the_delivery_until_a_cancellation(
    cancelled_on: date | None, day: date, is_qualified: bool
) -> None:
    """The day of the delivery counts, and that of the cancellation counts no more."""
    found = qualifies(day, DELIVERED._replace(cancelled_on=cancelled_on))
    assert found == (DELIVERED.delivered_on if is_qualified else None)


def test_the_earliest_delivery_that_stands_is_the_date() -> None:
    """Whichever project was entered first; after a cancellation the next one, and a running project none."""
    running = project("P0", "F", ordered_on=FIRST, delivered_on=None)
    later = project("P2", "F", ordered_on=FIRST, delivered_on=date(2026, 2, 10))
    cancelled = DELIVERED._replace(cancelled_on=date(2026, 2, 20))
    projects = (later, running, cancelled)
    assert qualifies(date(2026, 2, 19), *projects) == date(2026, 2, 1)
    assert qualifies(date(2026, 2, 20), *projects) == date(2026, 2, 10)
    assert qualifies(date(2026, 2, 20), running) is None


def test_a_delivery_before_the_sign_up_is_none_of_it() -> None:
    """On the day of the sign-up it is one, when the order is of that day too."""
    ordered = project("P1", "F", ordered_on=FIRST, delivered_on=FIRST)
    assert qualifies(FIRST, ordered) == FIRST
    assert qualifies(FIRST, ordered._replace(delivered_on=FIRST - DAY)) is None


def test_a_referral_is_accepted_by_its_latest_review() -> None:
    """From its own day on; who was never looked at is not accepted."""
    accepted, rejected_later = Review(date(2026, 3, 1), False), Review(date(2026, 4, 1), True)
    one = referral("R1", reviews=(accepted, rejected_later))
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [is_accepted(one, day) for day in days] == [False, True, True, False]
    again = referral("R1", reviews=(rejected_later._replace(day=FIRST), accepted))
    assert [is_accepted(again, day) for day in days] == [False, True, True, True]
    assert not is_accepted(referral("R1"), days[-1])


def test_a_sign_up_counts_for_180_days() -> None:
    """Up to and including the last of them, and never before the invitation."""
    for days, counts in ((0, True), (180, True), (181, False), (-1, False)):
        invited = referral("R1", invited_on=FIRST - timedelta(days=days))
        assert bool(holder([invited], date(2026, 3, 1))) is counts


Reviews = list[tuple[int, bool]]
reviews_of = st.lists(st.tuples(st.integers(0, 40), st.booleans()), max_size=5)


@given(st.lists(st.tuples(st.integers(0, 20), reviews_of), min_size=1, max_size=4), st.integers(0, 60))
def test_one_referral_of_a_person_at_most_is_qualified(
    made: list[tuple[int, list[tuple[int, bool]]]], day: int
) -> None:
    """And it is the first, by sign-up and then id, that is not rejected on that day."""
    referrals = [
        referral(
            f"R{number}",
            FIRST + timedelta(days=signed_up),
            reviews=tuple(Review(FIRST + timedelta(days=n), bad) for n, bad in sorted(each, key=lambda one: one[0])),
        )
        for number, (signed_up, each) in enumerate(made)
    ]
    as_of = FIRST + timedelta(days=day)
    fit = [
        (one.signed_up_on, one.referral_id)
        for one in referrals
        if one.signed_up_on <= DELIVERED.ordered_on and not rejected(one, as_of)
    ]
    wanted = [min(fit)[1]] if fit and DELIVERED.delivered_on <= as_of else []
    assert holder(referrals, as_of) == wanted
    for won in won_referrals(TERMS, "F", "f@b.nl", referrals, [DELIVERED]):
        assert all(one.until_on < other.from_on for one, other in pairwise(won.spells))


def rejected(one: Referral, as_of: date) -> bool:
    held = [review for review in one.reviews if review.day <= as_of]
    return bool(held) and held[-1].is_rejection


def test_a_partner_earns_commission_from_the_agreement_on() -> None:
    """On its day too; not before, not without one, and not while partners are off."""
    terms = programme(**{"partners.enabled": True}).partners
    assert is_of_partner(terms, referral("R1", partner_since=FIRST))
    assert not is_of_partner(terms, referral("R1", partner_since=FIRST + timedelta(days=1)))
    assert not is_of_partner(terms, referral("R1"))
    assert not is_of_partner(shipped_programme().partners, referral("R1", partner_since=FIRST))

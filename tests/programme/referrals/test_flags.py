"""What is flagged at a sign-up, as tables and as laws."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.referrals.flags import KnownAtSignUp, ProjectPlace, burst_since, flags_of
from programme.referrals.sign_up import SignUp
from programme.referrals.states import Flag

FRIEND = SignUp("Vera Postma", "vera@voorbeeld.nl", "vera@voorbeeld.nl")
BURST_FROM = 11


@pytest.mark.parametrize(
    ("friend", "referrer", "is_one"),
    [
        ("06 12 34 56 78", "+31612345678", True),
        ("0031-6-12345678", "06-12345678", True),
        ("058 123 45 67", "0581234567", True),
        ("06 12 34 56 78", "06 12 34 56 79", False),
        ("12345678", "12345678", False),  # eight digits: a number without its area
        ("612345678", "+31 6 1234 5678", True),  # nine are enough
        (None, None, False),
        ("06 12 34 56 78", None, False),
        ("geen", "geen", False),
    ],
)
def test_one_phone_is_one_household(friend: str | None, referrer: str | None, is_one: bool) -> None:
    """By the last nine digits, however they are written."""
    known = KnownAtSignUp(referrer_phone=referrer)

    assert (Flag.HOUSEHOLD in flags_of(FRIEND._replace(phone=friend), known, BURST_FROM)) == is_one


@pytest.mark.parametrize(
    ("postcode", "number", "place", "is_one"),
    [
        ("8921 AB", "14", ProjectPlace("8921AB", "Kerkweg 14"), True),
        ("8921 AB", "14a", ProjectPlace("8921 ab", "Kerkweg 14 bis"), True),
        ("8921 AB", "14-2", ProjectPlace("8921 AB", "Kerkweg 12-14"), True),
        ("8921 AB", "4", ProjectPlace("8921 AB", "Kerkweg 14"), False),
        ("8921 AB", "14", ProjectPlace("8921 AC", "Kerkweg 14"), False),
        ("8921 AB", "14", ProjectPlace("8921 AB", None), False),
        ("8921 AB", None, ProjectPlace("8921 AB", "Kerkweg 14"), False),
        (None, "14", ProjectPlace(None, "Kerkweg 14"), False),
        ("8921 AB", "3", ProjectPlace("8921 AB", "2e Kerkweg 3"), True),
    ],
)
def test_one_house_is_one_household(
    postcode: str | None, number: str | None, place: ProjectPlace, is_one: bool
) -> None:
    """The postcode of one of the referrer's projects, and the house number as a whole number in its address."""
    friend = FRIEND._replace(postcode=postcode, house_number=number)

    assert (
        Flag.HOUSEHOLD in flags_of(friend, KnownAtSignUp(places=(ProjectPlace("1111 AA", "x 1"), place)), BURST_FROM)
    ) == is_one


def test_each_flag_is_set_by_its_own_fact_alone() -> None:
    """Every combination of facts gives exactly its flags, in the order of Flag."""
    for is_self, has_order, is_burst, lives_there in itertools.product([False, True], repeat=4):
        friend = FRIEND._replace(phone="0612345678")
        known = KnownAtSignUp(
            referrer_recipient="vera@voorbeeld.nl" if is_self else "c1@voorbeeld.nl",
            referrer_phone="0612345678" if lives_there else "0687654321",
            has_order=has_order,
            on_code=BURST_FROM if is_burst else BURST_FROM - 1,
        )
        wanted = [is_self, has_order, is_burst, lives_there]
        assert flags_of(friend, known, BURST_FROM) == tuple(f for f, is_set in zip(Flag, wanted, strict=True) if is_set)


def test_a_referrer_without_an_address_is_nobody() -> None:
    """Two empty addresses are not one person's; a sign-up always has one."""
    assert flags_of(FRIEND, KnownAtSignUp(referrer_recipient=""), BURST_FROM) == ()


@given(st.integers(0, 40), st.integers(2, 20))
def test_a_burst_is_from_the_number_on(on_code: int, burst_from: int) -> None:
    assert (Flag.BURST in flags_of(FRIEND, KnownAtSignUp(on_code=on_code), burst_from)) == (on_code >= burst_from)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_the_comparison(phone: str, number: str, address: str, postcode: str) -> None:
    """Whatever stands in the CRM or the form, and a phone is always like itself when it has nine digits."""
    friend = FRIEND._replace(phone=phone, house_number=number, postcode=postcode)
    flags = flags_of(friend, KnownAtSignUp(referrer_phone=phone, places=(ProjectPlace(postcode, address),)), BURST_FROM)

    if sum(sign in "0123456789" for sign in phone) >= 9:
        assert Flag.HOUSEHOLD in flags
    assert set(flags) <= {Flag.HOUSEHOLD}


def test_a_sign_up_counts_itself() -> None:
    """Without others over the code it is the first one."""
    assert flags_of(FRIEND, KnownAtSignUp(), 1) == (Flag.BURST,)
    assert flags_of(FRIEND, KnownAtSignUp(), 2) == ()


def test_seven_days_that_day_counted() -> None:
    assert burst_since(date(2026, 3, 20)) == date(2026, 3, 14)

"""What makes a sign-up one that a person looks at before its reward is paid (referrals section 1).

A flag is a question and no verdict: flags are set once, at the sign-up, and nothing is rejected by itself.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from programme.referrals.sign_up import SignUp
from programme.referrals.states import Flag

BURST_DAYS = 7  # that day counted
PHONE_DIGITS = 9  # a Dutch number without what stands before it: 0, +31 or 0031


class ProjectPlace(NamedTuple):
    """Where a project of the referrer is."""

    postcode: str | None
    address: str | None


class KnownAtSignUp(NamedTuple):
    """What we know at the moment of a sign-up.

    Attributes:
        is_visitor_of_own_page: whoever signs up opened the referrer's own page on that day.
        has_order: the friend's address is that of a client with an order.
        on_code: sign-ups on this code in the last BURST_DAYS days, this one counted.
    """

    referrer_recipient: str = ""
    referrer_phone: str | None = None
    places: tuple[ProjectPlace, ...] = ()
    is_visitor_of_own_page: bool = False
    has_order: bool = False
    on_code: int = 1


def flags_of(friend: SignUp, known: KnownAtSignUp, burst_from: int) -> tuple[Flag, ...]:
    """In the order of Flag. Args: burst_from: the number of sign-ups from which they are too many."""
    is_self = known.is_visitor_of_own_page or friend.recipient == known.referrer_recipient
    found = {
        Flag.SELF: is_self,
        Flag.KNOWN: known.has_order,
        Flag.BURST: known.on_code >= burst_from,
        Flag.HOUSEHOLD: _is_one_phone(friend.phone, known.referrer_phone) or _lives_at(friend, known.places),
    }
    return tuple(flag for flag in Flag if found[flag])


def burst_since(day: date) -> date:
    """The first of the days that count for a burst on `day`."""
    return day - timedelta(days=BURST_DAYS - 1)


def _is_one_phone(one: str | None, other: str | None) -> bool:
    numbers = {_last_digits(one), _last_digits(other)}
    return len(numbers) == 1 and None not in numbers


def _last_digits(phone: str | None) -> str | None:
    digits = "".join(re.findall(r"[0-9]", phone or ""))
    return digits[-PHONE_DIGITS:] if len(digits) >= PHONE_DIGITS else None


def _lives_at(friend: SignUp, places: Iterable[ProjectPlace]) -> bool:
    number = re.match(r"[0-9]+", friend.house_number or "")
    if not friend.postcode or not number:
        return False
    postcode, wanted = _bare(friend.postcode), int(number[0])
    return any(
        postcode == _bare(place.postcode or "") and wanted in map(int, re.findall(r"[0-9]+", place.address or ""))
        for place in places
    )


def _bare(postcode: str) -> str:
    return "".join(postcode.split()).upper()

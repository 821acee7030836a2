"""What the programme file says about money: rewards, the firm's account, partners, and the people who decide."""

from datetime import date
from typing import Annotated

from pydantic import Field

from programme.terms.tables.parts import Cents, Part, Percent
from programme.words.states import ClientKind, Role


class RewardStep(Part):
    """From the n-th qualified referral on: the reward for each, and the bonus once on reaching it."""

    from_n: Annotated[int, Field(ge=1)]
    reward_cents: Cents
    bonus_cents: Cents = 0
    vip: bool = False


class ReferralTerms(Part):
    """What a referral earns, when it qualifies and is paid, and the limits of its forms; amounts in cents."""

    friend_discount_cents: Cents
    signup_within_days: Annotated[int, Field(ge=0, le=3650)]
    hold_days: Annotated[int, Field(ge=0, le=365)]
    payout_minimum_cents: Cents
    paid_before: date | None = None  # what qualified before was paid outside; without it nothing is booked
    no_reward_kinds: tuple[ClientKind, ...] = ()  # these count for tiers, and earn no rewards
    iban_request_days: Annotated[int, Field(ge=1, le=365)] = 30  # between two mails that ask for an account
    iban_requests: Annotated[int, Field(ge=0, le=20)] = 3  # such mails in all
    posts_an_hour: Annotated[int, Field(ge=1, le=1000)] = 5  # of the sign-up form, by one visitor
    posts_a_day: Annotated[int, Field(ge=1, le=10_000)] = 50  # of the sign-up form, over one link
    burst_from: Annotated[int, Field(ge=2, le=1000)] = 11  # sign-ups over one link in seven days are flagged from here
    iban_links_a_day: Annotated[int, Field(ge=1, le=100)] = 3  # that one client can have mailed
    forget_after_months: Annotated[int, Field(ge=1, le=120)] = 12  # of a sign-up that nobody became a client of
    steps: Annotated[tuple[RewardStep, ...], Field(min_length=1)]

    def rewards(self, kind: str | None) -> bool:
        """Whether a client of this kind, None where it is unknown, earns rewards."""
        return kind not in self.no_reward_kinds


class PayoutTerms(Part):
    """The account that payouts come from. Without iban and holder nothing can be approved."""

    iban: str = ""
    holder: str = ""
    bic: str | None = None


class RateStep(Part):
    """From the n-th project of a calendar year on: the share of its value."""

    from_n: Annotated[int, Field(ge=1)]
    percent: Percent


class PartnerTerms(Part):
    """Commission for partners, instead of rewards."""

    enabled: bool
    lifetime_months: Annotated[int, Field(ge=0, le=600)]  # deliveries so long after the sign-up earn
    cap_cents: Cents  # of one project
    rates: Annotated[tuple[RateStep, ...], Field(min_length=1)]


class Person(Part):
    """Somebody at the firm. `name` is the one in the export's column `engineer`."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    email: str
    roles: tuple[Role, ...]

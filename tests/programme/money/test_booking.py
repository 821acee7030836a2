"""The entries that bring one referrer's rewards to those of the day, and the balances that they leave."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from programme.money.booking import BookingTerms, Counts, LedgerStanding, book_referrer
from programme.money.earning import Qualified
from programme.money.entries import Entry
from programme.money.reward_table import RewardTable
from programme.money.states import OF_REFERRALS
from tests.factories import shipped_programme

TABLE = RewardTable(shipped_programme().referral.steps)
PAID_BEFORE = date(2026, 1, 1)
AS_OF = date(2026, 3, 1)
HOLD_DAYS = 14
DAY = timedelta(days=1)


def one(number: int, qualified_on: date = PAID_BEFORE, is_under_review: bool = False) -> Qualified:
    return Qualified(qualified_on, f"R{number:02d}", "A", is_under_review)


def many(numbers: Iterable[int], qualified_on: date = PAID_BEFORE) -> list[Qualified]:
    return [one(number, qualified_on) for number in numbers]


class Ledger:
    """A referrer's ledger that is booked again and again."""

    def __init__(self) -> None:
        self.standing = LedgerStanding()
        self.counts: Counts = Counter()
        self.entries: list[Entry] = []

    def book(self, qualified: Sequence[Qualified], as_of: date = AS_OF, opens: bool = False) -> list[str]:
        """Book as of a day, and show the new entries: each business key, with the amount of every account in euros."""
        terms = BookingTerms(TABLE, HOLD_DAYS, PAID_BEFORE, as_of, opens)
        made = list(book_referrer(terms, "A", self.standing, qualified, self.counts))
        self.entries += made
        return [
            " ".join([each.business_key, *(f"{leg.account}{leg.amount_cents / 100:+g}" for leg in each.legs)])
            for each in made
        ]

    def balance(self, account: str) -> int:
        return sum(leg.amount_cents for each in self.entries for leg in each.legs if leg.account == account)


def test_the_first_booking_opens_what_was_paid_outside() -> None:
    """What qualified before `paid_before`, whatever its hold or review; on that day itself it is owed."""
    qualified = [one(1, PAID_BEFORE - DAY, is_under_review=True), one(2)]
    assert Ledger().book(qualified, PAID_BEFORE, opens=True) == [
        "opening:R01 expense-100 bank+100",
        "qualify:R02:1 expense-100 pending+100",
    ]
    assert Ledger().book(qualified, PAID_BEFORE) == [
        "qualify:R01:1 expense-100 pending+100",
        "qualify:R02:1 expense-100 pending+100",
    ]


def test_each_referral_moves_the_difference_of_its_place() -> None:
    """Bonus included; first all that qualified and then all that is released, in the order of Q."""
    assert Ledger().book([*many((1, 2)), one(3, AS_OF), *many((4,), AS_OF - HOLD_DAYS * DAY)]) == [
        "qualify:R01:1 expense-100 pending+100",
        "qualify:R02:1 expense-100 pending+100",
        "qualify:R03:1 expense-150 pending+150",
        "qualify:R04:1 expense-100 pending+100",
        "release:R01:1 pending-100 payable+100",
        "release:R02:1 pending-100 payable+100",
        "release:R04:1 pending-150 payable+150",
    ]


def test_what_no_longer_holds_is_taken_back_from_the_last_place() -> None:
    """The last booked first; what was released of it from payable, and the rest from pending."""
    ledger = Ledger()
    ledger.book([*many((1, 2)), one(3, AS_OF)])
    assert ledger.book([one(2)]) == [
        "reverse:R03:1 expense+150 pending-150",
        "reverse:R01:1 expense+100 payable-100",
    ]
    assert ledger.book(many((1, 2))) == [
        "qualify:R01:2 expense-100 pending+100",
        "release:R01:2 pending-100 payable+100",
    ]


def test_a_released_step_may_be_dearer_or_cheaper_than_the_booked_one() -> None:
    """Then pending pays the rest, or gets it back."""
    dearer, cheaper = Ledger(), Ledger()
    dearer.book([*many((1, 2, 3)), one(4, AS_OF)])  # step 3 was released, of step 4
    assert dearer.book([*many((2, 3)), one(4, AS_OF)]) == ["reverse:R01:1 expense+100 payable-150 pending+50"]
    cheaper.book([*many((1, 2)), one(3, AS_OF)])
    assert cheaper.book([one(2), one(3, AS_OF)]) == ["reverse:R01:1 expense+150 payable-100 pending-50"]


def test_what_is_held_again_goes_back_from_payable() -> None:
    """The last released first, when a later delivery took the place of the first one."""
    ledger = Ledger()
    ledger.book(many((1, 2, 3)))
    assert ledger.book([one(1), *many((2, 3), AS_OF)]) == [
        "hold:R03:1 payable-150 pending+150",
        "hold:R02:1 payable-100 pending+100",
    ]
    assert ledger.book([one(1), *many((2, 3), AS_OF)], AS_OF + HOLD_DAYS * DAY) == [
        "release:R02:2 pending-100 payable+100",
        "release:R03:2 pending-150 payable+150",
    ]


def test_what_was_opened_and_came_back_is_ordinary() -> None:
    """It was paid once, outside; after a reverse it waits for its hold like any other."""
    ledger = Ledger()
    ledger.book([one(1, PAID_BEFORE - DAY)], opens=True)
    assert ledger.book([]) == ["reverse:R01:1 expense+100 payable-100"]
    assert ledger.book([one(1, AS_OF)]) == ["qualify:R01:1 expense-100 pending+100"]
    assert ledger.balance("payable") == -10_000


days = st.lists(
    st.tuples(st.integers(1, 13), st.integers(-20, 40), st.booleans()), max_size=13, unique_by=lambda drawn: drawn[0]
)


@given(st.lists(days, min_size=1, max_size=5))
def test_the_balances_are_those_of_the_table_whatever_came_before(history: list[list[tuple[int, int, bool]]]) -> None:
    """pending = T(|Q|) − T(|P|), payable + confirmed = T(|P|); each key is new, legs sum to zero, and booking anew
    books nothing."""
    ledger = Ledger()
    for number, drawn in enumerate(history):
        as_of = PAID_BEFORE + number * 10 * DAY
        qualified = sorted(one(each, min(PAID_BEFORE + day * DAY, as_of), is_held) for each, day, is_held in drawn)
        ledger.book(qualified, as_of, opens=number == 0)
        ready = [
            each
            for each in qualified
            if each.referral_id in opened_of(ledger.entries)
            or (each.qualified_on + HOLD_DAYS * DAY <= as_of and not each.is_under_review)
        ]
        booked, released = TABLE.total(len(qualified)), TABLE.total(len(ready))
        assert ledger.balance("pending") == booked - released
        assert ledger.balance("payable") + ledger.balance("bank") == released
        assert ledger.balance("expense") == -booked
        assert ledger.book(qualified, as_of) == []
    assert all(sum(leg.amount_cents for leg in each.legs) == 0 for each in ledger.entries)
    assert all(leg.amount_cents for each in ledger.entries for leg in each.legs)
    assert len({each.business_key for each in ledger.entries}) == len(ledger.entries)
    assert {each.kind for each in ledger.entries} <= set(OF_REFERRALS)


def opened_of(entries: Iterable[Entry]) -> set[str | None]:
    """The referrals with an opening, and no reverse since."""
    found: set[str | None] = set()
    for each in entries:
        if each.kind == "opening":
            found.add(each.referral_id)
        if each.kind == "reverse":
            found.discard(each.referral_id)
    return found

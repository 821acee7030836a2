"""The entries that bring a partner's commissions to those of the day."""

from collections import Counter
from datetime import date

from programme.money.commission import BookedCommission, Commission, book_commissions, take_commission
from programme.money.states import EntryKind

PAYABLE_ON = date(2026, 1, 15)
BEFORE = date(2026, 1, 14)


def one(cents: int = 4_000, **changes: object) -> Commission:
    made = Commission("C1", "R1", "P1", date(2026, 1, 1), 4, cents, PAYABLE_ON)
    return made._replace(**changes)  # type: ignore[arg-type]


def booked(now: Commission | None, held: dict[str, BookedCommission], as_of: date = BEFORE) -> list[tuple[str, str]]:
    """(kind, number of the kind) of the entries."""
    entries = book_commissions([now] if now else [], {"P1": held} if held else {}, Counter(), as_of)
    return [(entry.kind.value, entry.business_key.rsplit(":", 1)[1]) for entry in entries]


def test_only_a_difference_is_booked_and_once_released() -> None:
    """On the day that it is payable, unless somebody has to look at it or it was released before."""
    commission, release = EntryKind.COMMISSION.value, EntryKind.COMMISSION_RELEASE.value
    assert booked(one(), {}) == [(commission, "1")]
    assert booked(one(), {"C1": BookedCommission(4_000)}) == []
    assert booked(one(5_000), {"C1": BookedCommission(4_000)}) == [(commission, "1")]
    assert booked(one(), {"C1": BookedCommission(4_000)}, PAYABLE_ON) == [(release, "1")]
    assert booked(one(is_under_review=True), {"C1": BookedCommission(4_000)}, PAYABLE_ON) == []
    assert booked(one(), {"C1": BookedCommission(4_000, is_released=True)}, PAYABLE_ON) == []
    assert booked(one(0), {}, PAYABLE_ON) == []


def test_what_another_partner_had_is_taken_back() -> None:
    """And all of it when the project earns nothing any more."""
    assert len(booked(one(), {"C2": BookedCommission(4_000)})) == 2
    assert len(booked(None, {"C2": BookedCommission(4_000), "C3": BookedCommission(0)})) == 1


def moved(now: list[Commission], held: dict[str, dict[str, BookedCommission]], as_of: date = BEFORE) -> list[str]:
    """The entries, each with its key and what it moves of whom, in euros."""
    return [
        " ".join([entry.business_key, *(f"{leg.client_id or leg.account}{leg.amount_cents / 100:+g}" for leg in legs)])
        + f" {legs[-1].account}"
        for entry in book_commissions(now, held, Counter(), as_of)
        for legs in [entry.legs]
    ]


def test_a_difference_goes_where_the_commission_is() -> None:
    """Into pending, or into payable once it was released; and back from there, first from who had it before."""
    waiting, released = BookedCommission(4_000), BookedCommission(4_000, is_released=True)
    assert moved([one(5_000)], {"P1": {"C1": waiting}}) == ["commission:P1:1 expense-10 C1+10 commission_pending"]
    assert moved([one(3_000)], {"P1": {"C1": released}}) == ["commission:P1:1 expense+10 C1-10 commission_payable"]
    assert moved([one()], {"P1": {"C3": waiting, "C2": released}}) == [
        "commission:P1:1 expense+40 C2-40 commission_payable",
        "commission:P1:2 expense+40 C3-40 commission_pending",
        "commission:P1:3 expense-40 C1+40 commission_pending",
    ]
    assert moved([one()], {}, PAYABLE_ON) == [
        "commission:P1:1 expense-40 C1+40 commission_pending",
        "commission_release:P1:1 C1-40 C1+40 commission_payable",
    ]


def test_projects_are_booked_in_the_order_of_their_ids() -> None:
    """Those that earn nothing any more among them, whatever order they come in."""
    names = ["P9", "P5", "P7", "P2", "P8", "P4"]
    now = [one(project_id=each) for each in names[:3]]
    found = moved(now, {each: {"C1": BookedCommission(4_000)} for each in names[3:]})
    assert [line.split(":")[1] for line in found] == sorted(names)


def test_what_an_entry_leaves() -> None:
    """A release keeps the amount; a commission that went to nothing is no longer released."""
    held = BookedCommission(4_000, is_released=True)
    assert take_commission(BookedCommission(4_000), EntryKind.COMMISSION_RELEASE, 4_000) == held
    assert take_commission(held, EntryKind.COMMISSION, 500) == BookedCommission(4_500, is_released=True)
    assert take_commission(held, EntryKind.COMMISSION, -4_000) == BookedCommission(0)

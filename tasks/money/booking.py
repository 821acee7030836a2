"""Book as of a day: bring every referrer's balances to what the facts of that day earn, and say what it came to."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, insert, select

from models.database.engine import reading, writing_durably
from models.tables import ledger_bookings
from programme.money.booking import BookingTerms, book_referrer
from programme.money.commission import book_commissions, commissions_of
from programme.money.entries import Entry
from programme.money.reward_table import RewardTable
from programme.money.states import Account, EntryKind
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from tasks.base import checkpoints
from tasks.money.ledger import Made, lock_ledger, read_booked_commissions, read_standings, write_entries
from tasks.money.qualified import Found, read_qualified


class BookingRefused(Exception):
    """The ledger cannot be booked as of that day, or by this programme; the message says why and what to do."""


class BookingDayRefused(BookingRefused):
    """Another day can be booked."""


@dataclass
class BookingReport:
    """What a booking entered, or would enter.

    Attributes:
        found: referrals that are qualified and earn their referrer a reward.
        entries: by kind.
        is_first: whether it opens the ledger; only then `opened` (paid outside) and `owed` say anything.
    """

    as_of: date
    found: int = 0
    is_first: bool = False
    opened: int = 0
    opened_cents: int = 0
    owed: int = 0
    owed_cents: int = 0
    entries: Counter[str] = field(default_factory=Counter)


def require_past(as_of: date, now: datetime) -> None:
    """Raises BookingRefused for a day that has not come: its hold is not over, whatever the facts say already."""
    today = day_in_amsterdam(now)
    if as_of > today:
        raise BookingDayRefused(f"{as_of} has not come yet (today is {today}), and nothing is booked ahead of its day")


def book(engine: Engine, programme: Programme, as_of: date, made_by: str, at: datetime) -> BookingReport:
    """Book in a transaction of its own. Safe to repeat: what is booked already is not booked again.

    Raises BookingRefused.
    """
    with writing_durably(engine) as connection:
        lock_ledger(connection)
        return book_within(connection, programme, Made(as_of, made_by, at))


def book_within(connection: Connection, programme: Programme, made: Made) -> BookingReport:
    """Book as of `made.day` in the caller's transaction, who holds the lock. Raises BookingRefused."""
    report = BookingReport(made.day)
    entries = _planned(connection, programme, report)
    report.entries = write_entries(connection, _counted(entries, report), made)
    checkpoints.passed("in_booking")
    connection.execute(
        insert(ledger_bookings).values(
            as_of=made.day,
            steps=RewardTable(programme.referral.steps).as_text(),
            found=report.found,
            entries=report.entries.total(),
            opened=report.opened,
            opened_cents=report.opened_cents,
            owed=report.owed,
            owed_cents=report.owed_cents,
            made_by=made.by,
            booked_at=made.at,
        )
    )
    return report


def plan_booking(engine: Engine, programme: Programme, as_of: date) -> BookingReport:
    """What a booking as of that day would enter; nothing is written. Raises BookingRefused."""
    report = BookingReport(as_of)
    with reading(engine) as connection:
        for entry in _counted(_planned(connection, programme, report), report):
            report.entries[entry.kind] += 1
    return report


def _planned(connection: Connection, programme: Programme, report: BookingReport) -> Iterator[Entry]:
    """Every entry in its order: rewards by referrer, then commissions by project. Refuses before the first."""
    as_of = report.as_of
    paid_before = _require_bookable(connection, programme, as_of)
    found = read_qualified(connection, programme, as_of)
    report.found = sum(map(len, found.rewarded.values()))
    report.is_first = report.found > 0 and not _is_opened(connection)
    table = RewardTable(programme.referral.steps)
    terms = BookingTerms(table, programme.referral.hold_days, paid_before, as_of, report.is_first)
    standings = read_standings(connection)
    for referrer_id in sorted({*found.rewarded, *standings.by_referrer}):
        qualified = found.rewarded.get(referrer_id, [])
        yield from book_referrer(terms, referrer_id, standings.by_referrer[referrer_id], qualified, standings.counts)
    yield from _planned_commissions(connection, programme, found, paid_before, as_of)


def _planned_commissions(
    connection: Connection, programme: Programme, found: Found, paid_before: date, as_of: date
) -> Iterator[Entry]:
    booked, counts = read_booked_commissions(connection)
    if not booked and not found.partner_projects:
        return
    earned = (
        commissions_of(programme.partners, programme.referral.hold_days, paid_before, found.partner_projects)
        if programme.partners
        else []
    )
    yield from book_commissions(earned, booked, counts, as_of)


def _counted(entries: Iterable[Entry], report: BookingReport) -> Iterator[Entry]:
    """The same entries, with the sums of a first booking counted on the way."""
    for entry in entries:
        if report.is_first and entry.kind in (EntryKind.OPENING, EntryKind.QUALIFY):
            cents = -next(leg.amount_cents for leg in entry.legs if leg.account is Account.EXPENSE)
            if entry.kind is EntryKind.OPENING:
                report.opened, report.opened_cents = report.opened + 1, report.opened_cents + cents
            else:
                report.owed, report.owed_cents = report.owed + 1, report.owed_cents + cents
        yield entry


def _require_bookable(connection: Connection, programme: Programme, as_of: date) -> date:
    """The programme's `paid_before`. Raises BookingRefused."""
    paid_before = programme.referral.paid_before
    if paid_before is None:
        raise BookingRefused(
            "programme.toml: referral.paid_before is missing: nothing can be booked before it is known what was paid "
            "outside. Write the day from which this system pays, such as paid_before = 2026-01-01"
        )
    last = connection.execute(select(func.max(ledger_bookings.c.as_of))).scalar()
    if last is not None and as_of < last:
        raise BookingDayRefused(
            f"the ledger is booked up to {last}, and a past day is not booked again; use {last} or later"
        )
    begun_with = connection.execute(
        select(ledger_bookings.c.steps).where(ledger_bookings.c.found > 0).order_by(ledger_bookings.c.id).limit(1)
    ).scalar()
    if begun_with is not None and begun_with != RewardTable(programme.referral.steps).as_text():
        raise BookingRefused(
            "programme.toml: referral.steps is not the table that the ledger was begun with, and would price the past "
            f"anew. Put back the steps (from_n, reward_cents, bonus_cents): {begun_with}"
        )
    return paid_before


def _is_opened(connection: Connection) -> bool:
    opening = select(ledger_bookings.c.id).where(ledger_bookings.c.found > 0).limit(1)
    return connection.execute(opening).first() is not None

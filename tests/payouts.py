"""A small year of referrals in a database: who brought whom, booked, settled, paid, and one line returned."""

import zlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Engine, insert, update

from models.database.engine import writing
from models.tables import clients, projects, quotes, referral_visits, referrals
from programme.money.bank.payments import BankEntry, BankFeedback
from programme.terms.schema import Programme
from tasks.money.booking import book
from tasks.money.payees import record_iban
from tasks.referrals import deciding, settlement
from tasks.referrals.statements import take_feedback
from tests.factories import programme as made_programme

FRIEND_NAME = "Geheimnaam"  # in every friend's name, and in no paper, log, mail or artifact
IBAN = "NL91ABNA0417164300"
FIRST, SECOND = "Jeroen Broersma", "Marije Broersma"  # the approvers of the shipped programme
SETTLED_ON, PAID_ON, RETURNED_ON = date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 5)
END = date(2026, 12, 31)


@cache
def programme() -> Programme:
    """The shipped one, with partners."""
    return made_programme(**{"partners.enabled": True})


def at(day: date) -> datetime:
    return datetime.combine(day, time(10, 30), UTC)


def add_client(engine: Engine, client_id: str, **values: Any) -> None:
    row = {
        "client_id": client_id,
        "name": f"Klant {client_id}",
        "recipient": f"{client_id.lower()}@voorbeeld.nl",
        "email": f"{client_id.lower()}@voorbeeld.nl",
        "kind": "consument",
        "consent": "unknown",
        "channel": "email",
        "id_crc32": zlib.crc32(client_id.encode()),
    }
    with writing(engine) as connection:
        connection.execute(insert(clients).values(row | values))


def add_won(engine: Engine, number: int, referrer_id: str, signed_up_on: date, days: int = 30, **order: Any) -> None:
    """Friend F`number` signs up, and has a dakkapel of EUR 1,500 delivered so many days later."""
    friend = f"F{number}"
    add_client(engine, friend, name=f"Friend {FRIEND_NAME} {number}")
    row = {
        "referral_id": f"R{number}", "referrer_id": referrer_id, "referred_client_id": friend,
        "referred_name": f"Friend {FRIEND_NAME} {number}", "invited_on": signed_up_on, "signed_up_on": signed_up_on,
    }  # fmt: skip
    project = {
        "project_id": f"P{number}", "client_id": friend, "type": "dakkapel", "value_cents": 150_000,
        "ordered_on": signed_up_on + timedelta(days=5), "delivered_on": signed_up_on + timedelta(days=days),
    }  # fmt: skip
    with writing(engine) as connection:
        connection.execute(insert(referrals).values(row))
        connection.execute(insert(projects).values(project | order))


def add_year(engine: Engine) -> None:
    """A1 brings four (the first before the system), A2 one and has no account, the architect B1 one, partner D1 one;
    of two more sign-ups one stopped at a quote and one is nobody that we know."""
    account = {"iban": IBAN, "iban_holder": "A. Rekening"}
    add_client(engine, "A1", **account)
    add_client(engine, "A2")
    add_client(engine, "B1", kind="architect")
    add_client(engine, "D1", kind="aannemer", partner_since=date(2026, 1, 1), **account)
    add_won(engine, 1, "A1", date(2025, 10, 1))
    add_won(engine, 2, "A1", date(2026, 3, 1))
    add_won(engine, 3, "A1", date(2026, 3, 20))
    add_won(engine, 4, "A1", date(2026, 10, 1), days=45)
    add_won(engine, 5, "A2", date(2026, 4, 1))
    add_won(engine, 6, "B1", date(2026, 4, 2))
    add_won(engine, 7, "D1", date(2026, 4, 3))
    add_client(engine, "F8", name=f"Friend {FRIEND_NAME} 8")
    signups = [("R8", "A2", "F8", date(2026, 4, 4)), ("R9", "A2", None, date(2026, 4, 5))]
    own = {"client_id": "A1", "type": "uitbouw", "value_cents": 300_000}
    with writing(engine) as connection:
        days = {"ordered_on": date(2025, 5, 1), "delivered_on": date(2025, 6, 1)}
        connection.execute(insert(projects).values(project_id="PA1", **own, **days))
        for referral_id, referrer_id, friend, day in signups:
            row = {"referral_id": referral_id, "referrer_id": referrer_id, "referred_client_id": friend}
            connection.execute(insert(referrals).values(**row, invited_on=day, signed_up_on=day))
        quote = {"quote_id": "Q8", "client_id": "F8", "sent_on": date(2026, 4, 20), "value_cents": 90_000}
        connection.execute(insert(quotes).values(quote))
        cancelled = {"ordered_on": date(2026, 4, 22), "cancelled_on": date(2026, 4, 25), "value_cents": 90_000}
        connection.execute(insert(projects).values(project_id="P8", client_id="F8", type="uitbouw", **cancelled))
        visits = [("ABC", date(2026, 2, 3), "v1"), ("ABC", date(2026, 4, 3), "v1"), ("XYZ", date(2026, 4, 3), "v2")]
        rows = [{"code": code, "day": day, "visitor": visitor} for code, day, visitor in visits]
        connection.execute(insert(referral_visits), rows)


def play_year(engine: Engine) -> str:
    """Book, settle A1's rewards on 1 June, pay them, and take them back with AC04; book the rest. Gives the batch."""
    add_year(engine)
    book(engine, programme(), date(2026, 5, 5), "rewards", at(date(2026, 5, 5)))
    batch_id, lines = settle(engine, SETTLED_ON)
    tell_bank(engine, [entry(PAID_ON, *line) for line in lines])
    tell_bank(engine, [entry(RETURNED_ON, *lines[0], is_credit=True, reason="AC04")])
    book(engine, programme(), END, "rewards", at(END))
    return batch_id


def settle(engine: Engine, day: date) -> tuple[str, list[tuple[str, int]]]:
    """Prepared by the first, approved by the second, exported: the batch, and id and cents of each line."""
    prepared = settlement.prepare_settlement(engine, programme(), day, FIRST, at(day)).settlement
    assert prepared.batch is not None
    deciding.approve(engine, programme(), prepared.batch.batch_id, SECOND, at(day))
    deciding.export(engine, prepared.batch.batch_id, at(day))
    return prepared.batch.batch_id, [(line.end_to_end_id, line.amount_cents) for line in prepared.lines]


def settle_and_pay(engine: Engine, day: date) -> date:
    """Give A1's account anew, settle, and let the bank pay all of it the day after, which is returned."""
    with writing(engine) as connection:
        record_iban(connection, "A1", IBAN, "A. Rekening", at(day))
    _, lines = settle(engine, day)
    paid_on = day + timedelta(days=1)
    tell_bank(engine, [entry(paid_on, *line) for line in lines])
    return paid_on


def entry(day: date, end_to_end_id: str, cents: int, is_credit: bool = False, reason: str | None = None) -> BankEntry:
    reference = f"B{day:%m%d}{end_to_end_id[-4:]}"
    return BankEntry("NL02ABNA0123456789", day, is_credit, cents, reference, end_to_end_id, 0, reason)


def tell_bank(engine: Engine, entries: Iterable[BankEntry]) -> None:
    found = list(entries)
    take_feedback(engine, BankFeedback(tuple(found), ()), "statement", "0" * 64, at(found[0].booked_on))


def cancel(engine: Engine, project_id: str, day: date) -> None:
    with writing(engine) as connection:
        connection.execute(update(projects).where(projects.c.project_id == project_id).values(cancelled_on=day))

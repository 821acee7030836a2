"""What may happen in a history: each act is chosen at random, and can then be run, and run again after a crash."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from models.database.engine import reading, writing
from models.tables import (
    clients,
    projects,
    referrals,
    refused_ibans,
    settlement_batches,
    settlement_lines,
    signups,
)
from programme.money.bank.payments import BankEntry, BankFeedback, Rejection
from programme.referrals.states import ReferralVerdict
from tasks.money.booking import book
from tasks.money.payees import record_iban
from tasks.referrals import adjusting, deciding, partners, reviewing, settlement
from tasks.referrals.batches import SCHEDULED_NAME
from tasks.referrals.settlement import read_uninvoiced
from tasks.referrals.statements import take_feedback
from tests.torture.money.world import FRIENDS, IBANS, OUTSIDE_SEPA, PEOPLE, REFERRERS, World, moment, order, programme

Act = Callable[[], Any]
NAMES = (*PEOPLE, *PEOPLE, "jeroen  broersma", "Anke Wiersma", "Vreemde")
REASONS = ("AC04", "AC01", "MS03", "")


class Chooser:
    """Chooses the next act of one history; `today` moves on between them."""

    def __init__(self, world: World, dice: random.Random, today: date) -> None:
        self.world = world
        self.dice = dice
        self.today = today
        self.made = 0
        self.busiest = dice.choice(REFERRERS)  # brings more than the others, up the table of rewards
        self.statements: list[BankFeedback] = []

    def begin(self) -> None:
        """What the CRM holds when the ledger is opened: some of it long payable, some paid outside."""
        for _ in range(self.dice.randrange(4, 16)):
            self._sign_up()()
            self._deliver()()

    def next_act(self) -> tuple[str, Act]:
        """The name of an act, and the act."""
        if self.dice.random() < 0.4:
            self.today += timedelta(days=self.dice.choice((1, 1, 1, 2, 7, 15)))
        weights = {name: weight * self._asks(name) for name, weight in WEIGHTS.items()}
        name = self.dice.choices(list(weights), list(weights.values()))[0]
        return name, getattr(self, f"_{name}")()

    def _asks(self, name: str) -> float:
        """What a batch waits for comes sooner, so that more of them reach the bank."""
        with reading(self.world.engine) as connection:
            states = set(connection.scalars(select(settlement_batches.c.state)))
            is_due = name == "invoice" and any(cents > 0 for cents in read_uninvoiced(connection).values())
        return {
            "invoice": 3.0 if is_due else 0.1,
            "approve": 3.0 if "prepared" in states else 0.1,
            "export": 3.0 if "approved" in states else 0.2,
            "statement": 2.0 if "exported" in states else 0.5,
            "withdraw": 1.0 if states & {"prepared", "approved"} else 0.1,
            "reject": 1.0 if "exported" in states else 0.1,
        }.get(name, 1.0)

    # facts

    def _sign_up(self) -> Act:
        self.made += 1
        signed_up_on = self.today - timedelta(days=self.dice.choice((0, 5, 20, 40)))
        late = self.dice.random() < 0.1
        row = {
            "referral_id": f"R{self.made:03d}" if self.dice.random() < 0.7 else f"web-{self.made:012x}",
            "referrer_id": self.dice.choice((self.busiest, self.busiest, *REFERRERS)),
            "referred_client_id": self.dice.choice((*FRIENDS, *FRIENDS, *FRIENDS, None, "A2")),
            "invited_on": signed_up_on - timedelta(days=190 if late else self.dice.choice((0, 3, 180))),
            "signed_up_on": None if self.dice.random() < 0.05 else signed_up_on,
        }
        flags = self.dice.choice(("", "", "self", "burst", "self,known"))

        def act() -> None:
            with writing(self.world.engine) as connection:
                connection.execute(insert(referrals).values(row))
                if row["referral_id"].startswith("web-"):
                    extra = {"code": "X", "recipient": "", "voucher": None, "flags": flags}
                    own = {"referral_id": row["referral_id"], "signed_up_on": signed_up_on}
                    connection.execute(insert(signups).values(**own, **extra, signed_up_at=moment(signed_up_on)))

        return act

    def _deliver(self) -> Act:
        self.made += 1
        ordered_on = self.today - timedelta(days=self.dice.choice((0, 0, 4, 19, 60)))
        values = {
            "ordered_on": ordered_on,
            "delivered_on": self.dice.choice(
                (self.today, self.today, self.today + timedelta(days=8), ordered_on, None)
            ),
            "value_cents": self.dice.choice((150_000, 99_999, 2_000_000, 0)),
        }
        friends = self._friends() if self.dice.random() < 0.8 else [*FRIENDS, "A2"]
        project_id, friend = f"P{self.made:03d}", self.dice.choice(friends)

        def act() -> None:
            with writing(self.world.engine) as connection:
                order(connection, project_id, friend, **values)

        return act

    def _change_project(self) -> Act:
        what = self.dice.choice(("cancelled_on", "cancelled_on", "delivered_on", "uncancel"))
        value = None if what == "uncancel" else self.today + timedelta(days=self.dice.choice((0, 0, -20, 6)))
        column = "cancelled_on" if what == "uncancel" else what
        return self._update(projects, projects.c.project_id, {column: value})

    def _change_referral(self) -> Act:
        values: dict[str, Any] = {"referrer_id": self.dice.choice(REFERRERS)}
        if self.dice.random() < 0.5:
            values = {"referred_client_id": self.dice.choice((*FRIENDS, None))}
        return self._update(referrals, referrals.c.referral_id, values)

    def _change_client(self) -> Act:
        changes: tuple[dict[str, Any], ...] = (
            {"erased_on": self.today},
            {"iban": self.dice.choice((*IBANS, OUTSIDE_SEPA, None))},
            {"iban_holder": self.dice.choice(("J. Ander", None, "☃", "H. A1"))},
            {"recipient": self.dice.choice(("f1@voorbeeld.nl", "", "a1@voorbeeld.nl"))},
            {"partner_since": self.dice.choice((None, self.today, date(2026, 1, 1)))},
        )
        chosen, who = self.dice.choice(changes), self.dice.choice(REFERRERS)

        def act() -> None:
            with writing(self.world.engine) as connection:
                connection.execute(update(clients).where(clients.c.client_id == who).values(chosen))

        return act

    def _refuse_iban(self) -> Act:
        who, is_refused = self.dice.choice(REFERRERS), self.dice.random() < 0.6

        def act() -> None:
            with writing(self.world.engine) as connection:
                connection.execute(refused_ibans.delete().where(refused_ibans.c.client_id == who))
                if is_refused:
                    row = {"client_id": who, "refused_at": moment(self.today)}
                    connection.execute(insert(refused_ibans).values(row))

        return act

    def _give_iban(self) -> Act:
        who, iban, today = self.dice.choice(REFERRERS), self.dice.choice(IBANS), self.today

        def act() -> None:
            with writing(self.world.engine) as connection:
                record_iban(connection, who, iban, f"H. {who}", moment(today))

        return act

    # people

    def _review(self) -> Act:
        verdict, name, today = self.dice.choice(list(ReferralVerdict)), self.dice.choice(NAMES), self.today
        chosen = self._any(select(referrals.c.referral_id))
        return lambda: reviewing.review(self.world.engine, chosen or "none", verdict, name, "gezien", moment(today))

    def _block(self) -> Act:
        who, name, today = self.dice.choice(REFERRERS), self.dice.choice(NAMES), self.today
        if self.dice.random() < 0.5:
            return lambda: reviewing.unblock(self.world.engine, who, name, moment(today))
        return lambda: reviewing.block(self.world.engine, who, name, "twijfel", moment(today))

    def _adjust(self) -> Act:
        who, cents = self.dice.choice(REFERRERS), self.dice.choice((2_500, -2_500, -40_000, 0))
        one, other, today = self.dice.choice(NAMES), self.dice.choice(NAMES), self.today

        def act() -> None:
            made = adjusting.propose_adjustment(self.world.engine, who, cents, "coulance", one, moment(today))
            adjusting.approve_adjustment(self.world.engine, programme(), made.id, other, moment(today))

        return act

    def _invoice(self) -> Act:
        with reading(self.world.engine) as connection:
            due = {who: cents for who, cents in read_uninvoiced(connection).items() if cents}
        who = self.dice.choice(list(due) or ["C-partner"])
        cents = due.get(who, 0) + self.dice.choice((0, 0, 0, 1, -1))
        vat, today = max(cents, 0) * self.dice.choice((0, 21, 21, 22)) // 100, self.today
        number = f"F{self.dice.randrange(6)}"
        return lambda: partners.record_invoice(self.world.engine, who, number, cents, vat, "Bas", moment(today))

    # the ledger and its batches

    def _book(self) -> Act:
        day = self.today - timedelta(days=self.dice.choice((0, 0, 0, 3)))
        return lambda: book(self.world.engine, programme(), day, "rewards", moment(self.today))

    def _prepare(self) -> Act:
        name, today = self.dice.choice((*NAMES, SCHEDULED_NAME)), self.today
        return lambda: settlement.prepare_settlement(self.world.engine, programme(), today, name, moment(today))

    def _approve(self) -> Act:
        batch, name, today = self._batch(), self.dice.choice(NAMES), self.today
        return lambda: deciding.approve(self.world.engine, programme(), batch, name, moment(today))

    def _export(self) -> Act:
        batch, today = self._batch(), self.today
        return lambda: deciding.export(self.world.engine, batch, moment(today))

    def _withdraw(self) -> Act:
        batch, today = self._batch(), self.today
        return lambda: deciding.withdraw(self.world.engine, batch, "Anke", "vergissing", moment(today))

    def _reject(self) -> Act:
        what = self._any(select(settlement_lines.c.end_to_end_id)) if self.dice.random() < 0.7 else self._batch()
        name, today = self.dice.choice(NAMES), self.today
        return lambda: deciding.reject(
            self.world.engine, programme(), what or "none", name, "niet uitgevoerd", moment(today)
        )

    # the bank

    def _statement(self) -> Act:
        if self.statements and self.dice.random() < 0.3:
            feedback = self.dice.choice(self.statements)
        else:
            feedback = BankFeedback(tuple(self._entries()), tuple(self._rejections()))
            self.statements.append(feedback)
        today = self.today
        return lambda: take_feedback(self.world.engine, feedback, "afschrift.xml", "0" * 64, moment(today))

    def _entries(self) -> list[BankEntry]:
        """Debits and credits in any order, some of wrong amounts, unknown ids, or of an earlier statement."""
        with reading(self.world.engine) as connection:
            lines = connection.execute(select(settlement_lines).order_by(settlement_lines.c.end_to_end_id)).all()
        found = []
        for line in lines:
            chance = self.dice.random()
            if chance < 0.6:
                found.append(self._entry(line.end_to_end_id, line.amount_cents, is_credit=False))
            if chance < 0.2:
                found.append(self._entry(line.end_to_end_id, line.amount_cents, is_credit=True))
            if chance > 0.9:
                cents = line.amount_cents + self.dice.choice((1, -1))
                found.append(self._entry(line.end_to_end_id, cents, is_credit=self.dice.random() < 0.3))
        if self.dice.random() < 0.2:
            found.append(self._entry(self.dice.choice(("S20250101-1-0001", "NOTPROVIDED", "")), 10_000, False))
        if self.statements and self.dice.random() < 0.4:
            found += self.dice.choice(self.statements).entries
        self.dice.shuffle(found)
        return found

    def _entry(self, end_to_end_id: str, cents: int, is_credit: bool) -> BankEntry:
        reference = self.dice.choice(("", f"B{self.dice.randrange(50)}"))
        reason = self.dice.choice(REASONS) if is_credit else None
        day = self.today - timedelta(days=self.dice.randrange(3))
        return BankEntry("NL02ABNA0123456789", day, is_credit, cents, reference, end_to_end_id, 0, reason)

    def _rejections(self) -> list[Rejection]:
        if self.dice.random() < 0.75:
            return []
        chosen = self._any(select(settlement_lines.c.end_to_end_id))
        batch, reason = self._batch(), self.dice.choice(REASONS)
        kinds = (
            Rejection(chosen or "S1", batch, batch, reason, "RJCT"),
            Rejection(None, batch, batch, reason, "RJCT"),
            Rejection(None, None, batch, reason, "RJCT"),
            Rejection(chosen or "S1", batch, batch, reason, "ACSC"),
        )
        return [self.dice.choice(kinds)]

    def _batch(self) -> str:
        """Most often the one that waits for something, now and then any other or none."""
        table = settlement_batches.c
        waiting = select(table.batch_id).where(table.state.in_(["prepared", "approved", "exported"]))
        if self.dice.random() < 0.15:
            waiting = select(table.batch_id)
        return self._any(waiting) or "S20260101-1"

    def _friends(self) -> list[str]:
        """Who was referred, and so may bring a referrer something."""
        with reading(self.world.engine) as connection:
            named = select(referrals.c.referred_client_id).where(referrals.c.referred_client_id.is_not(None))
            return sorted(set(connection.scalars(named))) or list(FRIENDS)

    def _any(self, query: Any) -> str | None:
        with reading(self.world.engine) as connection:
            found = sorted(connection.scalars(query))
        return self.dice.choice(found) if found else None

    def _update(self, table: Any, key: Any, values: dict[str, Any]) -> Act:
        chosen = self._any(select(key))

        def act() -> None:
            with writing(self.world.engine) as connection:
                connection.execute(update(table).where(key == chosen).values(values))

        return act


WEIGHTS = {
    "sign_up": 8,
    "deliver": 9,
    "change_project": 6,
    "change_referral": 2,
    "change_client": 3,
    "refuse_iban": 1,
    "give_iban": 3,
    "review": 5,
    "block": 2,
    "adjust": 4,
    "invoice": 5,
    "book": 10,
    "prepare": 10,
    "approve": 12,
    "export": 10,
    "withdraw": 2,
    "reject": 3,
    "statement": 10,
}

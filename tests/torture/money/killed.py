"""The way of money from a delivery to a paid line, with a process that dies on it, and with two at once."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select

from models.database.engine import open_engine, reading, writing
from models.tables import clients, ledger_legs, referrals, settlement_batches, settlement_lines
from programme.money.bank.payments import BankEntry, BankFeedback
from tasks.base import checkpoints
from tasks.money.check import check_ledger
from tasks.referrals import deciding, settlement
from tasks.referrals.statements import take_feedback
from tests.torture.money.world import IBANS, moment, order, programme

DAY = date(2026, 4, 1)
REFERRERS = 12


def fill(engine: Engine) -> None:
    """Twelve referrers, each with one to three referrals whose hold is over."""
    people = [_client(f"A{n:02d}", IBANS[n % 4]) for n in range(REFERRERS)]
    people += [_client(f"F{n:02d}", None) for n in range(3 * REFERRERS)]
    with writing(engine) as connection:
        connection.execute(insert(clients), people)
        for n in range(3 * REFERRERS):
            if n // 3 % 3 < n % 3:
                continue
            day = date(2026, 1, 5) + timedelta(days=n)
            row = {"referral_id": f"R{n:02d}", "referrer_id": f"A{n // 3:02d}", "referred_client_id": f"F{n:02d}"}
            connection.execute(insert(referrals).values(row | {"invited_on": day, "signed_up_on": day}))
            order(connection, f"P{n:02d}", f"F{n:02d}", ordered_on=day, delivered_on=day)


def walk(engine: Engine) -> None:
    """All the way, from wherever it stands; twice is once."""
    batch = settlement.prepare_settlement(engine, programme(), DAY, "Anke Wiersma", moment(DAY)).settlement.batch
    if batch is None:
        with reading(engine) as connection:
            batch_id = connection.scalar(select(settlement_batches.c.batch_id))
    else:
        batch_id = batch.batch_id
        if batch.state == "prepared":
            deciding.approve(engine, programme(), batch_id, "Jeroen Broersma", moment(DAY))
    deciding.export(engine, str(batch_id), moment(DAY))
    take_feedback(engine, _answer(engine), "afschrift.xml", "0" * 64, moment(DAY + timedelta(days=1)))


def killed_at(engine: Engine, point: str) -> bool:
    """Walk in a process that dies at the point. Returns whether it did."""
    url = engine.url.render_as_string(hide_password=False)

    def die() -> None:
        checkpoints.arm(point)
        walk(open_engine(url))

    return _in_process(die) == -signal.SIGKILL


def two_at_once(engine: Engine) -> None:
    """Two prepare at the same moment, in two threads."""
    gate = threading.Barrier(2)
    failed: list[BaseException] = []

    def prepare(name: str) -> None:
        gate.wait()
        try:
            settlement.prepare_settlement(engine, programme(), DAY, name, moment(DAY))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=prepare, args=(name,)) for name in ("Anke Wiersma", "Bas Hoekstra")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def judge(engine: Engine, state: str, batches: int = 1) -> None:
    """One batch, each referrer in one line, everything reserved or paid once, and every law holds."""
    with reading(engine) as connection:
        states = list(connection.scalars(select(settlement_batches.c.state)))
        lines = connection.execute(select(settlement_lines)).all()
        payable = connection.scalars(select(ledger_legs.c.amount_cents).where(ledger_legs.c.account == "payable"))
        left = sum(payable)
    assert len(states) == batches, states
    assert states[0] == state, states
    assert [line.referrer_id for line in lines] == [f"A{n:02d}" for n in range(REFERRERS)]
    assert sum(line.amount_cents for line in lines) == 4 * (10_000 + 20_000 + 35_000)
    assert left == 0
    broken = [law.claim for law in check_ledger(engine, programme()) if not law.holds]
    assert not broken, broken


def _answer(engine: Engine) -> BankFeedback:
    with reading(engine) as connection:
        lines = connection.execute(select(settlement_lines)).all()
    iban = programme().payouts.iban
    day = DAY + timedelta(days=1)
    return BankFeedback(
        tuple(BankEntry(iban, day, False, line.amount_cents, "", line.end_to_end_id, 0) for line in lines)
    )


def _in_process(act: Callable[[], Any]) -> int:
    """The exit status of a child of this process, negative for a signal."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _client(client_id: str, iban: str | None) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "name": client_id,
        "recipient": "",
        "kind": "consument",
        "consent": "unknown",
        "channel": "email",
        "iban": iban,
        "iban_holder": f"H. {client_id}" if iban else None,
        "id_crc32": 0,
    }

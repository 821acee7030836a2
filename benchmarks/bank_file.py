"""A payment file built and validated, and a statement of as many debits read: python -m benchmarks bank_file.

In a process of its own schema and libraries are loaded once; what that takes is told too.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

from programme.money.bank.payments import Payment, PaymentFile
from tasks.money.bank.feedback import read_feedback
from tasks.money.bank.payments import write_payment_file

T = TypeVar("T")

BATCH = "S20261201-1"
OUR_IBAN = "NL91ABNA0417164300"
IBANS = (OUR_IBAN, "NL20INGB0001234567", "DE89370400440532013000", "FR1420041010050500013M02606")
NAMES = ("Sjoukje de Vries", "Élise van 't Hof", "P. & M. Dijkstra", "Žofie Müller", "Γιώργος Παπάς")
TARGET_SECONDS = 1.0  # for 500 payments
ROUNDS = 5


def run(say: Callable[[str], None], scale: int) -> None:
    """Time a file of `scale` payments, the first time and the best of the others, and the statement that answers it."""
    file = _file(scale)
    first, data = _timed(lambda: write_payment_file(file))
    again = min(_timed(lambda: write_payment_file(file))[0] for _ in range(ROUNDS))
    statement = _statement(file)
    reading = min(_timed(lambda: read_feedback(statement, "statement.xml", OUR_IBAN))[0] for _ in range(ROUNDS))

    say(
        f"{scale} payments built and validated: {again:.3f} s, {first:.3f} s the first time (target {TARGET_SECONDS} s)"
    )
    say(f"the file: {len(data):,} bytes")
    say(f"a statement of {scale} debits read:   {reading:.3f} s, {len(statement):,} bytes")


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    found = act()
    return time.perf_counter() - started, found


def _file(count: int) -> PaymentFile:
    payments = tuple(_payment(number) for number in range(1, count + 1))
    moment = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    return PaymentFile(BATCH, moment, date(2026, 12, 2), OUR_IBAN, "Ingenieursbureau Broersma", "ABNANL2A", payments)


def _payment(number: int) -> Payment:
    name = f"{BATCH}-{number:04}"
    holder = f"{NAMES[number % len(NAMES)]} {number}"
    return Payment(name, 5_000 + number, IBANS[number % len(IBANS)], holder, f"Bouwclub beloning {name}")


def _statement(file: PaymentFile) -> bytes:
    """A camt.053 with a debit for each payment."""
    entries = "".join(
        f'<Ntry><Amt Ccy="EUR">{_euros(payment.amount_cents)}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{file.execution_on}</Dt></BookgDt><AcctSvcrRef>REF{number:012}</AcctSvcrRef><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{payment.end_to_end_id}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
        for number, payment in enumerate(file.payments)
    )
    total = sum(payment.amount_cents for payment in file.payments)
    return (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>'
        f"<Acct><Id><IBAN>{OUR_IBAN}</IBAN></Id></Acct>{_balance('OPBD', total)}{_balance('CLBD', 0)}{entries}"
        "</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def _balance(kind: str, cents: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{_euros(cents)}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"

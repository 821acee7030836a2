"""A made-up bank's statement (camt.053.001.08) of what it did with a batch of payouts."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
OPENING_CENTS = 2_500_000


class Movement(NamedTuple):
    """One booked entry; `reason` is the bank's code where a payment came back."""

    day: date
    end_to_end_id: str
    amount_cents: int
    is_credit: bool = False
    reason: str = ""

    @property
    def signed_cents(self) -> int:
        return self.amount_cents if self.is_credit else -self.amount_cents


def bank_statement(iban: str, movements: Iterable[Movement]) -> bytes:
    """One statement over all of these days, whose opening and entries come to its closing."""
    booked = sorted(movements)
    last = booked[-1].day
    closing = OPENING_CENTS + sum(movement.signed_cents for movement in booked)
    entries = "\n".join(_entry(number, movement) for number, movement in enumerate(booked, start=1))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{NAMESPACE}"><BkToCstmrStmt>\n'
        f"<GrpHdr><MsgId>DEMO-{last:%Y%m%d}</MsgId><CreDtTm>{last}T22:00:00</CreDtTm></GrpHdr>\n"
        f"<Stmt><Id>DEMO-{last:%Y%m%d}</Id><CreDtTm>{last}T22:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>\n"
        f"{_balance('OPBD', OPENING_CENTS, booked[0].day)}\n{_balance('CLBD', closing, last)}\n{entries}\n"
        "</Stmt></BkToCstmrStmt></Document>\n"
    ).encode()


def _entry(number: int, movement: Movement) -> str:
    sign = "CRDT" if movement.is_credit else "DBIT"
    returned = f"<RtrInf><Rsn><Cd>{movement.reason}</Cd></Rsn></RtrInf>" if movement.reason else ""
    return (
        f"<Ntry>{_amount(movement.amount_cents)}<CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{movement.day}</Dt></BookgDt><AcctSvcrRef>DEMO{number:06d}</AcctSvcrRef>"
        "<BkTxCd><Prtry><Cd>586</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
        f"<Refs><EndToEndId>{movement.end_to_end_id}</EndToEndId></Refs>"
        f"{_amount(movement.amount_cents)}<CdtDbtInd>{sign}</CdtDbtInd>{returned}</TxDtls></NtryDtls></Ntry>"
    )


def _balance(kind: str, cents: int, day: date) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(cents)}<CdtDbtInd>CRDT</CdtDbtInd>"
        f"<Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def _amount(cents: int) -> str:
    return f'<Amt Ccy="EUR">{cents // 100}.{cents % 100:02d}</Amt>'

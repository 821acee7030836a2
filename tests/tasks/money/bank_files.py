"""What a bank sends, written by hand from the message definitions: statements (camt.053) and status reports (pain.002).

Nothing here uses what it tests. A statement is valid against the ISO schema, which a test checks.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from xml.sax.saxutils import escape

OURS = "NL91ABNA0417164300"
DAY = date(2026, 12, 2)
ISO = "urn:iso:std:iso:20022:tech:xsd:"


class Detail(NamedTuple):
    """One of several payments in an entry; `credit` is written since version .08 alone."""

    cents: int
    end_to_end_id: str = ""
    credit: bool | None = None
    reference: str = ""
    reason: str = ""
    has_amount: bool = True


class Movement(NamedTuple):
    """One entry; with `details` they take the place of its own id and reason."""

    cents: int
    end_to_end_id: str = ""
    credit: bool = False
    reference: str = ""
    day: date = DAY
    status: str = "BOOK"
    reason: str = ""
    is_reversal: bool = False
    details: tuple[Detail, ...] = ()
    has_details: bool = True

    def signed(self) -> int:
        return self.cents if self.credit else -self.cents


def statement(
    movements: Iterable[Movement],
    version: str = "08",
    iban: str = OURS,
    opening: int = 1_000_000,
    closing: int | None = None,
    currency: str = "EUR",
) -> bytes:
    """A document of one statement; `closing` follows from the booked movements unless it is given."""
    part = one_statement(movements, version, iban, opening, closing, currency)
    return document(part, version)


def document(statements: str, version: str = "08") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{ISO}camt.053.001.{version}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-12-02T23:00:00</CreDtTm></GrpHdr>{statements}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def one_statement(
    movements: Iterable[Movement],
    version: str = "08",
    iban: str = OURS,
    opening: int = 1_000_000,
    closing: int | None = None,
    currency: str = "EUR",
) -> str:
    movements = list(movements)
    if closing is None:
        closing = opening + sum(movement.signed() for movement in movements if movement.status == "BOOK")
    balances = _balance("OPBD", opening, currency) + _balance("CLBD", closing, currency)
    entries = "".join(_entry(movement, version, currency) for movement in movements)
    return (
        "<Stmt><Id>STMT-1</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>2026-12-02T23:00:00</CreDtTm>"
        f"<Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{balances}{entries}</Stmt>"
    )


def _balance(kind: str, cents: int, currency: str) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{_amount(abs(cents), currency)}"
        f"<CdtDbtInd>{'CRDT' if cents >= 0 else 'DBIT'}</CdtDbtInd><Dt><Dt>2026-12-02</Dt></Dt></Bal>"
    )


def _entry(movement: Movement, version: str, currency: str) -> str:
    own = Detail(movement.cents, movement.end_to_end_id, reason=movement.reason, has_amount=False)
    details = movement.details or ((own,) if movement.has_details else ())
    inside = "".join(_detail(detail, movement, version, currency) for detail in details)
    return (
        f"<Ntry>{_amount(movement.cents, currency)}<CdtDbtInd>{'CRDT' if movement.credit else 'DBIT'}</CdtDbtInd>"
        + ("<RvslInd>true</RvslInd>" if movement.is_reversal else "")
        + (f"<Sts>{movement.status}</Sts>" if version == "02" else f"<Sts><Cd>{movement.status}</Cd></Sts>")
        + f"<BookgDt><Dt>{movement.day}</Dt></BookgDt>"
        + (f"<AcctSvcrRef>{escape(movement.reference)}</AcctSvcrRef>" if movement.reference else "")
        + "<BkTxCd><Prtry><Cd>586</Cd></Prtry></BkTxCd>"
        + (f"<NtryDtls>{inside}</NtryDtls>" if inside else "")
        + "</Ntry>"
    )


def _detail(detail: Detail, movement: Movement, version: str, currency: str) -> str:
    reference = f"<AcctSvcrRef>{detail.reference}</AcctSvcrRef>" if detail.reference else ""
    refs = f"<Refs>{reference}<EndToEndId>{escape(detail.end_to_end_id or 'NOTPROVIDED')}</EndToEndId></Refs>"
    amount = ""
    if detail.has_amount and version == "02":
        amount = f"<AmtDtls><TxAmt>{_amount(detail.cents, currency)}</TxAmt></AmtDtls>"
    elif detail.has_amount:
        is_credit = movement.credit if detail.credit is None else detail.credit
        amount = f"{_amount(detail.cents, currency)}<CdtDbtInd>{'CRDT' if is_credit else 'DBIT'}</CdtDbtInd>"
    returned = f"<RtrInf><Rsn><Cd>{detail.reason}</Cd></Rsn></RtrInf>" if detail.reason else ""
    return f"<TxDtls>{refs}{amount}{returned}</TxDtls>"


def _amount(cents: int, currency: str) -> str:
    return f'<Amt Ccy="{currency}">{cents // 100}.{cents % 100:02}</Amt>'


class Status(NamedTuple):
    """What a report says of one payment; without a `status` none is written."""

    end_to_end_id: str
    status: str = "RJCT"
    reason: str = ""


def status_report(
    payments: Iterable[Status] = (),
    version: str = "10",
    message: str = "S20261201-1",
    group: tuple[str, str] = ("", ""),
    part: tuple[str, str] = ("", ""),
    original: str = "pain.001.001.09",
) -> bytes:
    """A report on one file with one payment information; `group` and `part` are status and reason of those."""
    inside = "".join(
        "<TxInfAndSts>"
        + f"<OrgnlEndToEndId>{payment.end_to_end_id}</OrgnlEndToEndId>"
        + (f"<TxSts>{payment.status}</TxSts>" if payment.status else "")
        + _reason(payment.reason)
        + "</TxInfAndSts>"
        for payment in payments
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{ISO}pain.002.001.{version}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>BANK-2</MsgId><CreDtTm>2026-12-02T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>{original}</OrgnlMsgNmId>"
        + (f"<GrpSts>{group[0]}</GrpSts>" if group[0] else "")
        + f"{_reason(group[1])}</OrgnlGrpInfAndSts>"
        + f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}</OrgnlPmtInfId>"
        + (f"<PmtInfSts>{part[0]}</PmtInfSts>" if part[0] else "")
        + f"{_reason(part[1])}{inside}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def _reason(code: str) -> str:
    return f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>" if code else ""


def zipped(files: Iterable[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return stream.getvalue()

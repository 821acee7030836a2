"""The payment file of a batch: pain.001.001.09, the customer's credit transfer of ISO 20022, the same bytes each time.

Nothing is taken from the clock, the locale or chance. What is written was read back and is valid against the schema.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import as_file, files

from lxml import etree

from programme.money.bank.payments import Payment, PaymentFile
from programme.money.bank.texts import LONGEST_TEXT, to_bank_text

NAME_SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
MOST_CENTS = 99_999_999_999  # of one payment: SEPA's bound, which the schema does not know
LONGEST_ID = 35  # characters
SHOWN_FAULTS = 5

_TAG = f"{{{NAME_SPACE}}}"
# The set of every bank; no slash at an end, no two in a row (European Payments Council, "Use of Slashes").
_ID = re.compile(rf"(?!.*//)(?![/ ])[A-Za-z0-9/?:().,'+ -]{{1,{LONGEST_ID}}}(?<![/ ])")
_BIC = re.compile("[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


class PaymentFileInvalid(Exception):
    """The file would not be one that a bank may take; says what is wrong where, in one line. Nothing was written."""


def write_payment_file(file: PaymentFile) -> bytes:
    """The file as UTF-8, in the order of its payments; equal for equal files.

    Names and remittances are written in the bank's characters. There is no postal address, which the banks ask for
    only outside of the EEA and refuse when it is not structured.

    Raises:
        PaymentFileInvalid: an amount, id, IBAN, name or text that no bank takes, an id twice, no payment at all, or
            anything else that the ISO schema refuses.
    """
    file = _in_bank_text(file)
    if faults := list(_faults(file)):
        more = f"; and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise PaymentFileInvalid(f"{file.message_id!a:.50}: {'; '.join(faults[:SHOWN_FAULTS])}{more}")
    data = _DECLARATION + etree.tostring(_document(file), pretty_print=True, encoding="UTF-8", xml_declaration=False)
    _ensure_valid(file.message_id, data)
    return data


def _in_bank_text(file: PaymentFile) -> PaymentFile:
    payments = tuple(
        replace(
            payment,
            holder=to_bank_text(payment.holder),
            remittance=to_bank_text(payment.remittance, longest=LONGEST_TEXT + 1),  # too long is a fault, not cut
        )
        for payment in file.payments
    )
    return replace(file, debtor_holder=to_bank_text(file.debtor_holder), payments=payments)


def _faults(file: PaymentFile) -> Iterator[str]:
    """What is wrong with it, in words; never an account number or a name."""
    if not _ID.fullmatch(file.message_id):
        yield "message_id is not 1 to 35 of the bank's characters without a slash at an end or two in a row"
    if file.created_at.tzinfo is None:
        yield "created_at has no time zone"
    if type(file.execution_on) is not date:
        yield "execution_on is not a day"
    if not _is_iban(file.debtor_iban):
        yield "debtor_iban is not an IBAN. Correct [payouts] iban in programme.toml"
    if file.debtor_bic and not _BIC.fullmatch(file.debtor_bic):
        yield "debtor_bic is not a BIC. Correct or delete [payouts] bic in programme.toml"
    if not file.debtor_holder:
        yield "nothing of debtor_holder is left in the bank's characters. Correct [payouts] holder in programme.toml"
    if not file.payments:
        yield "there is no payment in it"
    for number, payment in enumerate(file.payments, 1):
        yield from (f"payment {number} ({payment.end_to_end_id!a:.50}): {fault}" for fault in _payment_faults(payment))
    counted = Counter(payment.end_to_end_id for payment in file.payments)
    yield from (f"end_to_end_id {name!a:.50} is there {count} times" for name, count in counted.items() if count > 1)


def _payment_faults(payment: Payment) -> Iterator[str]:
    if not _ID.fullmatch(payment.end_to_end_id):
        yield "end_to_end_id is not 1 to 35 of the bank's characters without a slash at an end or two in a row"
    if type(payment.amount_cents) is not int or not 1 <= payment.amount_cents <= MOST_CENTS:
        yield f"amount_cents {payment.amount_cents!a:.30} is not in 1..{MOST_CENTS}"
    if not _is_iban(payment.iban):
        yield "iban is not an IBAN in capitals without spaces"
    if not payment.holder:
        yield "nothing of holder is left in the bank's characters"
    if not 1 <= len(payment.remittance) <= LONGEST_TEXT:
        yield f"remittance has not 1 to {LONGEST_TEXT} of the bank's characters"


def _is_iban(text: str) -> bool:
    """Whether length, structure and check number are right; the lists of banks that some countries add have gaps."""
    from stdnum import iban

    try:
        return bool(iban.validate(text, check_country=False) == text)
    except ValueError:  # what the validator raises is one
        return False


def _document(file: PaymentFile) -> etree._Element:
    document = etree.Element(_TAG + "Document", nsmap={None: NAME_SPACE})
    initiation = etree.SubElement(document, _TAG + "CstmrCdtTrfInitn")
    count, total = str(len(file.payments)), _euros(sum(payment.amount_cents for payment in file.payments))

    header = etree.SubElement(initiation, _TAG + "GrpHdr")
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", _moment(file.created_at))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    _add(header, "InitgPty/Nm", file.debtor_holder)

    information = etree.SubElement(initiation, _TAG + "PmtInf")
    _add(information, "PmtInfId", file.message_id)
    _add(information, "PmtMtd", "TRF")
    _add(information, "BtchBookg", "false")  # one debit for each payment on the statement
    _add(information, "NbOfTxs", count)
    _add(information, "CtrlSum", total)
    _add(information, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(information, "ReqdExctnDt/Dt", file.execution_on.isoformat())
    _add(information, "Dbtr/Nm", file.debtor_holder)
    _add(information, "DbtrAcct/Id/IBAN", file.debtor_iban)
    if file.debtor_bic:
        _add(information, "DbtrAgt/FinInstnId/BICFI", file.debtor_bic)
    else:
        _add(information, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    _add(information, "ChrgBr", "SLEV")
    for payment in file.payments:
        _add_payment(information, payment)
    return document


def _add_payment(information: etree._Element, payment: Payment) -> None:
    transfer = etree.SubElement(information, _TAG + "CdtTrfTxInf")
    _add(transfer, "PmtId/EndToEndId", payment.end_to_end_id)
    _add(transfer, "Amt/InstdAmt", _euros(payment.amount_cents)).set("Ccy", "EUR")
    _add(transfer, "Cdtr/Nm", payment.holder)
    _add(transfer, "CdtrAcct/Id/IBAN", payment.iban)
    _add(transfer, "RmtInf/Ustrd", payment.remittance)


def _add(parent: etree._Element, path: str, text: str) -> etree._Element:
    """New elements below `parent`, one inside the other; the innermost has the text."""
    for name in path.split("/"):
        parent = etree.SubElement(parent, _TAG + name)
    parent.text = text
    return parent


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _ensure_valid(message_id: str, data: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        _schema().assertValid(etree.fromstring(data, parser))
    except etree.DocumentInvalid as error:
        fault = str(error).replace(f"{{{NAME_SPACE}}}", "")
        raise PaymentFileInvalid(f"{message_id!a:.50}: the schema of pain.001.001.09 refuses it: {fault}") from None


@cache
def _schema() -> etree.XMLSchema:
    """The ISO schema, which sepaxml carries unchanged; its own writer gives other bytes each time, and is not used."""
    with as_file(files("sepaxml") / "schemas" / "pain.001.001.09.xsd") as path:
        return etree.XMLSchema(etree.parse(path))

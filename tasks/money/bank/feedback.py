"""What the bank says about our account: statements and status reports, from one file or a zip of them."""

from programme.money.bank.payments import BankFeedback
from tasks.money.bank.documents import open_document
from tasks.money.bank.refusal import StatementRefused
from tasks.money.bank.statements import read_statements
from tasks.money.bank.statuses import read_rejections
from tasks.money.bank.unpacking import unpack

_NAME_SPACES = "urn:iso:std:iso:20022:tech:xsd:"
STATEMENTS = tuple(_NAME_SPACES + version for version in ("camt.053.001.02", "camt.053.001.08"))
STATUS_REPORTS = tuple(_NAME_SPACES + version for version in ("pain.002.001.03", "pain.002.001.10"))
ALLOWED = "Allowed are camt.053.001.02, camt.053.001.08, pain.002.001.03 and pain.002.001.10, or a zip of them"


def read_feedback(data: bytes, name: str, account_iban: str) -> BankFeedback:
    """All entries and rejections in a file of the bank, which its content tells apart, not its name.

    Args:
        name: what the file is called, for the messages alone.
        account_iban: our account, in capitals without spaces.

    Raises:
        StatementRefused: the file, or one in the zip, is not one of the four formats, has a DTD, is too large, is of
            another account or currency, or its booked entries do not lead from its opening to its closing balance.
    """
    parts = [_read_one(data, where, account_iban) for where, data in unpack(data, name)]
    return BankFeedback(
        entries=tuple(entry for part in parts for entry in part.entries),
        rejections=tuple(rejection for part in parts for rejection in part.rejections),
    )


def _read_one(data: bytes, where: str, account_iban: str) -> BankFeedback:
    document = open_document(data, where, _ensure_known)
    if document.name_space in STATEMENTS:
        return BankFeedback(entries=tuple(read_statements(document, account_iban)))
    return BankFeedback(rejections=tuple(read_rejections(document)))


def _ensure_known(root: str, where: str) -> None:
    """Refuse a document by the name of its outermost element, before the rest of it is looked at."""
    name_space, _, tag = root.rpartition(" ")
    if tag != "Document" or name_space not in STATEMENTS + STATUS_REPORTS:
        found = name_space.removeprefix(_NAME_SPACES) if name_space.startswith(_NAME_SPACES) else tag
        raise StatementRefused(where, f"found {found!a:.60}", ALLOWED)

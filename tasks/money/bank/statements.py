"""camt.053, the bank's statement of an account: its booked entries, when they lead from opening to closing balance."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from programme.money.bank.payments import BankEntry
from programme.words.dates import day_in_amsterdam
from tasks.money.bank.documents import Document, Node, shown
from tasks.money.bank.refusal import StatementRefused
from tasks.money.bank.statuses import code_of

OPENING = ("OPBD", "PRCD")  # opening booked; or the closing balance of the statement before, which is the same
CLOSING = ("CLBD",)
BOOKED, NOT_BOOKED = "BOOK", ("PDNG", "INFO", "FUTR")
NO_ID = "NOTPROVIDED"  # what banks write where no end-to-end id was given
LONGEST_REFERENCE = 140  # characters; the schemas allow 35, some banks write more

_AMOUNT = re.compile(r"\+?([0-9]{1,13})(?:\.([0-9]{0,2})0*)?", re.ASCII)
_ASK_THE_BANK = "Ask the bank for the statement anew"


def read_statements(document: Document, account_iban: str) -> list[BankEntry]:
    """The booked entries of every statement in the document, in its order; of an entry with details each detail.

    Pending entries are passed over. A reversal counts with the sign it has: `CdtDbtInd` says which way it went.

    Raises:
        StatementRefused: see `read_feedback`.
    """
    statements = list(document.root.nodes("BkToCstmrStmt/Stmt"))
    if not statements:
        raise StatementRefused(document.where, "there is no statement in it", "Allowed is at least one Stmt")
    found: list[BankEntry] = []
    for node in statements:
        found += _Statement(document.where, node, account_iban).entries()
    return found


class _Statement:
    """One statement and where it stands, for messages."""

    def __init__(self, where: str, node: Node, account_iban: str) -> None:
        self.where = f"{where}: statement {shown(node.text('Id'))}"
        self.node = node
        self.account_iban = account_iban

    def entries(self) -> list[BankEntry]:
        """Its booked entries, when it is ours and adds up."""
        self._ensure_ours()
        movement, found = 0, []
        for number, node in enumerate(self.node.nodes("Ntry"), 1):
            entry = _Entry(f"{self.where}: entry {number}", node)
            if entry.is_booked():
                movement += entry.signed_cents()
                found += entry.split(self.account_iban)
        self._ensure_total(movement)
        return list(_numbered(found))

    def _ensure_ours(self) -> None:
        written = self.node.text("Acct/Id/IBAN") or self.node.text("Acct/Id/Othr/Id")  # some banks have it there
        iban = "".join(written.split()).upper()
        if not iban or iban != self.account_iban:
            of = f"the account that ends in {iban[-4:]!a}" if iban else "an account without number"
            ours = f"Allowed is ours, which ends in '{self.account_iban[-4:]}' ([payouts] iban in programme.toml)"
            raise StatementRefused(self.where, f"it is of {of}", ours)
        if (currency := self.node.text("Acct/Ccy") or "EUR") != "EUR":
            raise StatementRefused(self.where, f"it is in {shown(currency)}", "Allowed is EUR")

    def _ensure_total(self, movement: int) -> None:
        closing, opening = self._balance(CLOSING), self._balance(OPENING)
        if opening + movement != closing:
            found = (
                f"opening {_euros(opening)} and booked entries of {_euros(movement)} make {_euros(opening + movement)}"
            )
            raise StatementRefused(self.where, f"{found}, closing is {_euros(closing)}", _ASK_THE_BANK)

    def _balance(self, kinds: tuple[str, ...]) -> int:
        """The balance of the first of the kinds that is there, in cents, negative when the account is overdrawn."""
        for kind in kinds:
            found = {
                _signed(f"{self.where}: balance {kind}", balance)
                for balance in self.node.nodes("Bal")
                if balance.text("Tp/CdOrPrtry/Cd") == kind
            }
            if len(found) > 1:
                raise StatementRefused(self.where, f"several different balances {kind}", "Allowed is one")
            if found:
                return found.pop()
        raise StatementRefused(self.where, f"no balance {' or '.join(kinds)}", _ASK_THE_BANK)


class _Entry:
    """One entry (Ntry) and where it stands, for messages."""

    def __init__(self, where: str, node: Node) -> None:
        self.where = where
        self.node = node

    def is_booked(self) -> bool:
        status = self.node.text("Sts/Cd") or self.node.text("Sts")  # a code since version .04, the text itself before
        if status != BOOKED and status not in NOT_BOOKED:
            allowed = f"Allowed are {BOOKED}, {', '.join(NOT_BOOKED)}"
            raise StatementRefused(self.where, f"its status is {shown(status)}", allowed)
        return status == BOOKED

    def signed_cents(self) -> int:
        return _signed(self.where, self.node)

    def split(self, account_iban: str) -> list[BankEntry]:
        """Each detail as an entry of its own; the entry itself when it has none."""
        total, details = self.signed_cents(), list(self.node.nodes("NtryDtls/TxDtls"))
        amounts = [total] if len(details) < 2 else [self._detail_cents(detail, total) for detail in details]
        if sum(amounts) != total:
            found = f"its {len(details)} details make {_euros(sum(amounts))}, the entry is {_euros(total)}"
            raise StatementRefused(self.where, found, _ASK_THE_BANK)
        entry = BankEntry(
            account_iban=account_iban,
            booked_on=self._booked_on(),
            is_credit=total >= 0 if total else self.node.text("CdtDbtInd") == "CRDT",
            amount_cents=abs(total),
            bank_reference=self.node.text("AcctSvcrRef")[:LONGEST_REFERENCE],
            end_to_end_id="",
            ordinal=0,
        )
        if not details:
            return [entry]
        return [_detailed(entry, detail, cents) for detail, cents in zip(details, amounts, strict=True)]

    def _detail_cents(self, detail: Node, total: int) -> int:
        """Of one of several details: its own amount; its own sign since version .04, before that the entry's."""
        with_amount = detail if detail.node("Amt") else detail.node("AmtDtls/TxAmt") or detail.node("AmtDtls/InstdAmt")
        if with_amount is None:
            allowed = "Each of several details (TxDtls) must have its amount: ask the bank for statements with them"
            raise StatementRefused(self.where, "a detail without an amount", allowed)
        cents = _cents(self.where, with_amount)
        if sign := detail.text("CdtDbtInd"):
            return cents * _sign(self.where, sign)
        return cents if total >= 0 else -cents

    def _booked_on(self) -> date:
        day, moment = self.node.text("BookgDt/Dt"), self.node.text("BookgDt/DtTm")
        try:
            if day:
                return date.fromisoformat(day[:10])  # a time zone may follow the day
            at = datetime.fromisoformat(moment)
            return day_in_amsterdam(at) if at.tzinfo else at.date()
        except (ValueError, OverflowError):
            found = f"its booking day is {shown(day or moment)}"
            raise StatementRefused(self.where, found, "Allowed is a date like 2026-12-01") from None


def _detailed(entry: BankEntry, detail: Node, cents: int) -> BankEntry:
    name = detail.text("Refs/EndToEndId")
    return replace(
        entry,
        is_credit=cents > 0 or (entry.is_credit and not cents),
        amount_cents=abs(cents),
        bank_reference=detail.text("Refs/AcctSvcrRef")[:LONGEST_REFERENCE] or entry.bank_reference,
        end_to_end_id="" if name == NO_ID else name[:LONGEST_REFERENCE],
        reason=code_of(detail, "RtrInf") or None,
    )


def _numbered(entries: Iterable[BankEntry]) -> Iterator[BankEntry]:
    """Each with the number of those before it that are the same in all that an entry is known by."""
    seen: Counter[BankEntry] = Counter()
    for entry in entries:
        known_by = replace(entry, reason=None)
        yield replace(entry, ordinal=seen[known_by])
        seen[known_by] += 1


def _signed(where: str, node: Node) -> int:
    return _cents(where, node) * _sign(where, node.text("CdtDbtInd"))


def _sign(where: str, indicator: str) -> int:
    if indicator not in ("CRDT", "DBIT"):
        raise StatementRefused(where, f"its CdtDbtInd is {shown(indicator)}", "Allowed are CRDT and DBIT")
    return 1 if indicator == "CRDT" else -1


def _cents(where: str, node: Node) -> int:
    """The amount in it in cents, never negative."""
    amount = node.node("Amt")
    currency = amount.element.get("Ccy", "") if amount else ""
    found = _AMOUNT.fullmatch(amount.own_text()) if amount else None
    if currency != "EUR":
        raise StatementRefused(where, f"its currency is {shown(currency)}", "Allowed is EUR")
    if not found:
        text = amount.own_text() if amount else ""
        raise StatementRefused(where, f"its amount is {shown(text)}", "Allowed are euros and whole cents, like 50.00")
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _euros(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"

"""The laws that every state must obey, on plain rows: asked after each act."""

import hashlib
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from stdnum import iban as iban_check

from programme.money.bank.texts import to_bank_text
from tasks.referrals.deciding import Approval
from tasks.referrals.settlement import Prepared
from tests.torture.money.oracle import Judge, total
from tests.torture.money.world import Snapshot, balances

UNDECIDED = ("prepared", "approved")
IN_SEPA = ("NL", "DE", "GB")  # of the accounts that a history has


def judge_all(before: Snapshot, after: Snapshot, today: date) -> None:
    """Whatever happened."""
    _history_is_kept(before, after)
    _entries_balance(after)
    _accounts_add_up(after)
    _lines_and_batches(after)
    _files(before, after)
    _bank(after)


def _history_is_kept(before: Snapshot, after: Snapshot) -> None:
    for table in ("ledger_entries", "ledger_legs", "settlement_files"):
        old, new = before.rows[table], after.rows[table]
        assert set(old) <= set(new), f"{table} was rewritten"
    keys = Counter(entry.business_key for entry in after.ledger_entries)
    assert max(keys.values(), default=1) == 1, "a business key stands twice"


def _entries_balance(seen: Snapshot) -> None:
    legs: dict[int, list[int]] = defaultdict(list)
    for leg in seen.ledger_legs:
        legs[leg.entry_id].append(leg.amount_cents)
    for entry in seen.ledger_entries:
        own = legs[entry.id]
        assert sum(own) == 0, f"{entry.business_key} has legs {own}"
        assert len(own) >= 2, f"{entry.business_key} has legs {own}"


def _accounts_add_up(seen: Snapshot) -> None:
    """All of it sums to 0; pending and transit are never below; and what is in transit are the open lines."""
    held = balances(seen)
    assert sum(held.values()) == 0
    for (account, who), cents in held.items():
        if account in ("pending", "in_transit", "commission_pending", "commission_in_transit"):
            assert cents >= 0, f"{account} of {who} is {cents}"
    lines = defaultdict(int)
    for line in seen.settlement_lines:
        if line.state == "open":
            lines["in_transit" if line.kind == "reward" else "commission_in_transit"] += line.amount_cents
    for account in ("in_transit", "commission_in_transit"):
        found = sum(cents for (name, _), cents in held.items() if name == account)
        assert found == lines[account], f"{account} is {found}, the open lines are {lines[account]}"


def _lines_and_batches(seen: Snapshot) -> None:
    entries = defaultdict(list)
    for entry in seen.ledger_entries:
        if entry.end_to_end_id:
            entries[entry.end_to_end_id].append(entry.kind)
    wanted = {
        "open": ["reserve"],
        "void": ["reserve", "void"],
        "rejected": ["reserve", "rejected"],
        "paid": ["reserve", "paid"],
        "returned": ["reserve", "paid", "returned"],
    }
    open_lines = Counter()
    for line in seen.settlement_lines:
        assert line.amount_cents >= 10_000 or line.kind == "commission" or line.amount_cents > 0
        assert entries[line.end_to_end_id] == wanted[line.state], f"{line.end_to_end_id}: {entries[line.end_to_end_id]}"
        open_lines[line.batch_id] += line.state == "open"
    assert sum(batch.state in UNDECIDED for batch in seen.settlement_batches) <= 1
    for batch in seen.settlement_batches:
        if batch.approved_by:
            same = "".join(batch.approved_by.casefold().split()) == "".join(batch.prepared_by.casefold().split())
            assert not same, f"{batch.batch_id} was approved by who prepared it"
            assert batch.approved_by in ("Jeroen Broersma", "Marije Broersma")
        if batch.state in ("closed", "withdrawn"):
            assert open_lines[batch.batch_id] == 0
        elif batch.state == "exported":
            assert open_lines[batch.batch_id] > 0
    for one in seen.adjustments:
        assert not one.approved_by or one.approver_key != one.proposer_key


def _files(before: Snapshot, after: Snapshot) -> None:
    known = {file.batch_id: file.sha256 for file in before.settlement_files}
    for file in after.settlement_files:
        digest = hashlib.sha256(bytes(file.content)).hexdigest()
        assert digest == file.sha256 == known.get(file.batch_id, digest), f"the file of {file.batch_id} changed"


def _bank(seen: Snapshot) -> None:
    """The bank's account is the openings, and the matched debits less the matched credits."""
    openings = {entry.id for entry in seen.ledger_entries if entry.kind == "opening"}
    paid = sum(leg.amount_cents for leg in seen.ledger_legs if leg.account == "bank" and leg.entry_id not in openings)
    matched = sum((-1 if entry.is_credit else 1) * entry.amount_cents for entry in seen.bank_entries if entry.booked_as)
    lines = sum(line.amount_cents for line in seen.settlement_lines if line.state == "paid")
    assert paid == matched == lines, f"bank {paid}, statements {matched}, lines {lines}"
    amounts = {line.end_to_end_id: line.amount_cents for line in seen.settlement_lines}
    for entry in seen.bank_entries:
        assert entry.booked_as is None or amounts[entry.end_to_end_id] == entry.amount_cents


def judge_booking(seen: Snapshot, day: date) -> None:
    """After a booking every balance is that of the rules, for every referrer and every project."""
    judge, held = Judge(seen, day), balances(seen)
    q = judge.rewarded()
    adjusted, confirmed = defaultdict(int), defaultdict(int)
    reward_lines = {line.end_to_end_id for line in seen.settlement_lines if line.kind == "reward"}
    kinds = {entry.id: entry for entry in seen.ledger_entries}
    for leg in seen.ledger_legs:
        entry = kinds[leg.entry_id]
        if entry.kind == "adjust" and leg.account == "payable":
            adjusted[entry.referrer_id] += leg.amount_cents
        if leg.account == "bank" and (entry.kind == "opening" or entry.end_to_end_id in reward_lines):
            confirmed[entry.referrer_id] += leg.amount_cents
    for who in {client.client_id for client in seen.clients}:
        own = q.get(who, [])
        ready = judge.ready(who, own)
        pending = held["pending", who]
        assert pending == total(len(own)) - total(len(ready)), f"pending of {who} is {pending}"
        owed = held["payable", who] + held["in_transit", who] + confirmed[who]
        assert owed == total(len(ready)) + adjusted[who], f"{who} is owed and paid {owed}"
    _judge_commissions(seen, judge)


def _judge_commissions(seen: Snapshot, judge: Judge) -> None:
    wanted = {project: (who, cents) for project, (who, cents, _) in judge.commissions().items() if cents}
    booked: dict[tuple[str, str], int] = defaultdict(int)
    entries = {entry.id: entry for entry in seen.ledger_entries if entry.kind == "commission"}
    for leg in seen.ledger_legs:
        if leg.entry_id in entries and leg.account == "expense":
            booked[entries[leg.entry_id].project_id, entries[leg.entry_id].referrer_id] -= leg.amount_cents
    found = {project: (who, cents) for (project, who), cents in booked.items() if cents}
    assert found == wanted, f"commissions {found} instead of {wanted}"
    must = {project for project, (_, cents, ready) in judge.commissions().items() if ready and cents}
    done = {entry.project_id for entry in seen.ledger_entries if entry.kind == "commission_release"}
    assert must <= done, f"not released: {must - done}"


def judge_prepared(before: Snapshot, after: Snapshot, result: Prepared, minimum: int) -> None:
    """A batch that waits comes back as it was; a new one has a line or a reason for every balance."""
    waiting = [batch for batch in before.settlement_batches if batch.state in UNDECIDED]
    if waiting:
        assert result.booking is None
        assert result.settlement.batch is not None
        assert result.settlement.batch.batch_id == waiting[0].batch_id
        assert after == before, "finding a batch wrote something"
        return
    reserved: dict[tuple[str, str], int] = defaultdict(int)
    batch_id = result.settlement.batch.batch_id if result.settlement.batch else None
    for line in after.settlement_lines:
        if line.batch_id == batch_id:
            reserved[line.referrer_id, line.kind] += line.amount_cents
    wanted_lines, wanted_open = [], []
    held = balances(after)
    for who in sorted(client.client_id for client in after.clients):
        for kind, account in (("reward", "payable"), ("commission", "commission_payable")):
            balance = held[account, who] + reserved[who, kind]
            _expect(after, who, kind, balance, minimum, wanted_lines, wanted_open)
    lines = [(line.referrer_id, line.kind, line.amount_cents, line.iban) for line in result.settlement.lines]
    left = [(each.referrer_id, each.kind, each.amount_cents, each.reason) for each in result.settlement.left_open]
    assert lines == wanted_lines, f"lines {lines} instead of {wanted_lines}"
    assert left == wanted_open, f"left open {left} instead of {wanted_open}"
    numbers = [line.end_to_end_id.rpartition("-")[2] for line in result.settlement.lines]
    assert numbers == [f"{number:04d}" for number in range(1, len(lines) + 1)]


def judge_approved(after: Snapshot, result: Approval) -> None:
    """What is still open of an approved batch can be paid as it stands; what cannot is void, and payable again."""
    held = balances(after)
    assert result.settlement.batch is not None
    file = next((row for row in after.settlement_files if row.batch_id == result.settlement.batch.batch_id), None)
    standing = [line for line in result.settlement.lines if line.state == "open"]
    assert (file is not None) == bool(standing)
    for line in standing:
        client = next(each for each in after.clients if each.client_id == line.referrer_id)
        account = "payable" if line.kind == "reward" else "commission_payable"
        blocked = any(each.client_id == client.client_id and not each.unblocked_on for each in after.payout_blocks)
        same = (client.iban, client.iban_holder) == (line.iban, line.holder)
        is_fit = same and not blocked and not client.erased_on and held[account, client.client_id] >= 0
        assert is_fit, f"{line.end_to_end_id} changed and was approved"
        assert f">{line.end_to_end_id}<".encode() in bytes(file.content)


def judge_exported(after: Snapshot, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    assert digest in {file.sha256 for file in after.settlement_files}, "what was exported was never approved"


def _expect(seen: Snapshot, who: str, kind: str, balance: int, minimum: int, lines: list[Any], left: list[Any]) -> None:
    if balance == 0:
        return
    client = next(each for each in seen.clients if each.client_id == who)
    blocked = any(block.client_id == who and block.unblocked_on is None for block in seen.payout_blocks)
    if balance < 0 or blocked or client.erased_on:
        reason = "negative_balance" if balance < 0 else "blocked" if blocked else "erased"
        left.append((who, kind, balance, reason))
        return
    if kind == "commission" and (x := _uninvoiced(seen, who)) > 0:
        left.append((who, kind, x, "invoice_needed"))
        balance -= x
        if balance == 0:
            return
    of_page = any(change.client_id == who and change.source == "page" for change in seen.iban_changes)
    refused = any(each.client_id == who for each in seen.refused_ibans) and not of_page
    returned = any(
        each.client_id == who and each.iban == client.iban and not each.given_anew_at for each in seen.returned_ibans
    )
    if not client.iban and not refused:
        left.append((who, kind, balance, "no_iban"))
    elif refused or returned or client.iban[:2] not in IN_SEPA or not iban_check.is_valid(client.iban):
        left.append((who, kind, balance, "invalid_iban"))
    elif not to_bank_text(client.iban_holder or ""):
        left.append((who, kind, balance, "no_holder"))
    elif balance < minimum:
        left.append((who, kind, balance, "below_minimum"))
    else:
        lines.append((who, kind, balance, client.iban))


def _uninvoiced(seen: Snapshot, who: str) -> int:
    entries = {entry.id for entry in seen.ledger_entries if entry.kind in ("commission", "commission_release")}
    released = sum(
        leg.amount_cents
        for leg in seen.ledger_legs
        if leg.entry_id in entries and leg.client_id == who and leg.account == "commission_payable"
    )
    return released - sum(one.amount_cents for one in seen.partner_invoices if one.client_id == who)

"""The laws of batches, lines, files and what the bank answered, as found on the live database."""

import hashlib
from collections.abc import Container, Iterator

from lxml import etree
from sqlalchemy import Connection, select

from models.tables import settlement_batches, settlement_files, settlement_lines
from programme.money.states import BatchState, LineState
from tasks.money.laws import Law, column, law, number


def batch_laws(connection: Connection) -> Iterator[Law]:
    """The laws of lines, files, the bank's answers and who decided, in that order."""
    yield from _line_laws(connection)
    yield from _file_laws(connection)
    yield from _bank_laws(connection)
    yield from _people_laws(connection)


def _line_laws(connection: Connection) -> Iterator[Law]:
    lines = number(connection, "SELECT count(*) FROM settlement_lines")
    without = column(
        connection,
        "SELECT s.end_to_end_id FROM settlement_lines s LEFT JOIN ledger_entries e "
        "ON e.business_key = 'reserve:' || s.end_to_end_id LEFT JOIN ledger_legs l ON l.entry_id = e.id "
        "AND l.account IN ('in_transit', 'commission_in_transit') AND l.client_id = s.referrer_id "
        "GROUP BY s.end_to_end_id, s.amount_cents HAVING coalesce(sum(l.amount_cents), 0) <> s.amount_cents",
    )
    yield law("each line has reserved its amount, once", f"{lines} lines", without)
    untold = column(
        connection,
        "SELECT s.end_to_end_id FROM settlement_lines s WHERE s.state <> 'open' AND NOT EXISTS "
        "(SELECT 1 FROM ledger_entries e WHERE e.business_key = s.state || ':' || s.end_to_end_id) "
        "OR s.state = 'open' AND EXISTS (SELECT 1 FROM ledger_entries e WHERE e.end_to_end_id = s.end_to_end_id "
        "AND e.kind <> 'reserve')",
    )
    yield law("each line stands as its entries say", f"{lines} lines", untold)
    for kind, account in (("reward", "in_transit"), ("commission", "commission_in_transit")):
        still_open = number(
            connection,
            "SELECT sum(amount_cents) FROM settlement_lines WHERE state = 'open' AND kind = :kind",
            kind=kind,
        )
        held = number(connection, "SELECT sum(amount_cents) FROM ledger_legs WHERE account = :account", account=account)
        broken = [held - still_open] if held != still_open else []
        yield law(f"{account} is the sum of the open lines", f"{held} cents", broken)
    early = column(
        connection,
        "SELECT e.end_to_end_id FROM ledger_entries e JOIN ledger_legs l ON l.entry_id = e.id "
        "AND l.account IN ('payable', 'commission_payable') WHERE e.kind = 'reserve' AND (SELECT sum(b.amount_cents) "
        "FROM ledger_legs b WHERE b.client_id = l.client_id AND b.account = l.account AND b.entry_id <= e.id) < 0",
    )
    yield law("no line took more than was payable", f"{lines} lines", early)
    stray = column(
        connection,
        "SELECT end_to_end_id FROM ledger_entries WHERE end_to_end_id IS NOT NULL "
        "AND end_to_end_id NOT IN (SELECT end_to_end_id FROM settlement_lines)",
    )
    yield law("each entry of a line has its line", f"{lines} lines", stray)


def _file_laws(connection: Connection) -> Iterator[Law]:
    files, payments = 0, 0
    wrong_bytes, wrong_sums, seen_twice = [], [], []
    seen: set[str] = set()
    query = select(settlement_files.c.batch_id, settlement_files.c.content, settlement_files.c.sha256)
    states = dict(connection.execute(select(settlement_batches.c.batch_id, settlement_batches.c.state)).tuples().all())
    for batch_id, content, sha256 in connection.execute(query.order_by(settlement_files.c.batch_id)).all():
        files += 1
        if hashlib.sha256(bytes(content)).hexdigest() != sha256:
            wrong_bytes.append(batch_id)
        told = _read_file(bytes(content))
        payments += len(told.payments)
        if not told.adds_up or told.payments != _lines_in_file(connection, batch_id, states[batch_id], told.payments):
            wrong_sums.append(batch_id)
        seen_twice += [end_to_end_id for end_to_end_id in told.payments if end_to_end_id in seen]
        seen.update(told.payments)
    yield law("each file is the bytes that were approved", f"{files} files", wrong_bytes)
    yield law("each file has its lines, to the cent, and its totals are theirs", f"{payments} payments", wrong_sums)
    yield law("no end-to-end id stands in two files", f"{payments} payments", seen_twice)
    unfiled = column(
        connection,
        # After seven years the file of a closed batch goes, and the accounts of its lines with it.
        "SELECT batch_id FROM settlement_batches b WHERE batch_id NOT IN (SELECT batch_id FROM settlement_files) "
        "AND (state IN ('approved', 'exported') OR state = 'closed' AND EXISTS "
        "(SELECT 1 FROM settlement_lines s WHERE s.batch_id = b.batch_id AND s.iban <> ''))",
    )
    yield law("each approved batch has its file", f"{files} files", unfiled)


class _Told:
    """What a stored file says: cents and IBAN of its payments by end-to-end id; whether its own totals are theirs."""

    def __init__(self, payments: dict[str, tuple[int, str]], adds_up: bool) -> None:
        self.payments = payments
        self.adds_up = adds_up


def _read_file(content: bytes) -> _Told:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(content, parser)
    payments: dict[str, tuple[int, str]] = {}
    transfers = root.findall(".//{*}CdtTrfTxInf")
    for transfer in transfers:
        cents = _cents(transfer.findtext("{*}Amt/{*}InstdAmt"))
        payments[transfer.findtext("{*}PmtId/{*}EndToEndId")] = cents, transfer.findtext("{*}CdtrAcct/{*}Id/{*}IBAN")
    sums = {_cents(element.text) for element in root.findall(".//{*}CtrlSum")}
    counts = {int(element.text) for element in root.findall(".//{*}NbOfTxs")}
    adds_up = sums == {sum(cents for cents, _ in payments.values())} and counts == {len(payments)} == {len(transfers)}
    return _Told(payments, adds_up)


def _lines_in_file(
    connection: Connection, batch_id: str, state: str, told: Container[str]
) -> dict[str, tuple[int, str]]:
    """The lines that must stand in it: those that were not void at the approval.

    Of a withdrawn batch all are void now, so those that it names.
    """
    table = settlement_lines.c
    rows = connection.execute(
        select(table.end_to_end_id, table.amount_cents, table.iban, table.state).where(table.batch_id == batch_id)
    )
    is_withdrawn = state == BatchState.WITHDRAWN
    return {
        end_to_end_id: (cents, iban)
        for end_to_end_id, cents, iban, line_state in rows
        if (end_to_end_id in told if is_withdrawn else line_state != LineState.VOID)
    }


def _cents(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole) * 100 + int(decimals.ljust(2, "0"))


def _bank_laws(connection: Connection) -> Iterator[Law]:
    paid = number(connection, "SELECT sum(amount_cents) FROM settlement_lines WHERE state = 'paid'")
    booked = number(
        connection,
        "SELECT sum(l.amount_cents) FROM ledger_legs l JOIN ledger_entries e ON e.id = l.entry_id "
        "WHERE l.account = 'bank' AND e.kind <> 'opening'",
    )
    debits = number(
        connection,
        "SELECT sum(CASE WHEN booked_as = 'paid' THEN amount_cents ELSE -amount_cents END) FROM bank_entries "
        "WHERE booked_as IS NOT NULL",
    )
    broken = [f"lines {paid}, statements {debits}"] if not paid == booked == debits else []
    claim = "the bank's account, openings apart, is the paid lines, and the statements' debits less their returns"
    yield law(claim, f"{booked} cents", broken)
    twice = column(
        connection,
        "SELECT end_to_end_id FROM bank_entries WHERE booked_as IS NOT NULL "
        "GROUP BY end_to_end_id, booked_as HAVING count(*) > 1",
    )
    kept = number(connection, "SELECT count(*) FROM bank_entries")
    yield law("no line was paid or returned twice", f"{kept} entries of the bank", twice)
    unmatched = number(connection, "SELECT count(*) FROM bank_entries WHERE booked_as IS NULL")
    imports = number(connection, "SELECT count(*) FROM bank_imports")
    yield law("each statement added up when it was read", f"{imports} files read, {unmatched} entries unmatched")


def _people_laws(connection: Connection) -> Iterator[Law]:
    batches = number(connection, "SELECT count(*) FROM settlement_batches")
    alone = column(
        connection,
        "SELECT batch_id FROM settlement_batches WHERE approver_key = preparer_key "
        "OR approver_key IS NULL AND state IN ('approved', 'exported', 'closed') "
        "UNION ALL SELECT 'adjust:' || id FROM adjustments WHERE approver_key = proposer_key",
    )
    yield law("whoever approved had not prepared or proposed", f"{batches} batches", alone)
    waiting = column(connection, "SELECT batch_id FROM settlement_batches WHERE state IN ('prepared', 'approved')")
    yield law("one batch at most waits", f"{len(waiting)} waiting", waiting if len(waiting) > 1 else [])
    unclosed = column(
        connection,
        "SELECT batch_id FROM settlement_batches b WHERE state = 'exported' AND NOT EXISTS "
        "(SELECT 1 FROM settlement_lines s WHERE s.batch_id = b.batch_id AND s.state = 'open') "
        "OR state IN ('closed', 'withdrawn') AND EXISTS "
        "(SELECT 1 FROM settlement_lines s WHERE s.batch_id = b.batch_id AND s.state = 'open')",
    )
    yield law("a batch is closed when none of its lines is open", f"{batches} batches", unclosed)
    entered = column(
        connection,
        "SELECT 'adjust:' || a.id FROM adjustments a LEFT JOIN ledger_entries e "
        "ON e.business_key = 'adjust:' || a.id LEFT JOIN ledger_legs l ON l.entry_id = e.id AND l.account = 'payable' "
        "AND l.client_id = a.client_id "
        "GROUP BY a.id, a.approved_by, a.amount_cents HAVING (a.approved_by IS NULL) <> (max(e.id) IS NULL) "
        "OR a.approved_by IS NOT NULL AND coalesce(sum(l.amount_cents), 0) <> a.amount_cents",
    )
    yield law("each approved adjustment was entered, and no other", f"{batches} batches", entered)
    uninvoiced = column(
        connection,
        "SELECT i.client_id FROM partner_invoices i LEFT JOIN ledger_entries e "
        "ON e.business_key = 'invoice:' || i.client_id || ':' || i.number WHERE e.id IS NULL",
    )
    yield law("each invoice of a partner was entered", f"{batches} batches", uninvoiced)

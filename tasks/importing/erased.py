"""Erased persons in an export: neither they, nor their address under another client id, come back."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from models.database.given import in_values
from models.erased import erased_among
from models.tables import clients, referrals, suppressions
from programme.words.addresses import recipient_of
from tasks.base.files.rejected import ImportFault, cells_of
from tasks.importing.report import FileCount
from tasks.importing.staging.judge import OF_ERASED
from tasks.importing.staging.stage import Stage

CLIENTS_FILE = "clients.csv"
LEFT_OUT = "is the address of a person who was erased: row left out"
REASON = "is the address of a person who was erased: taken as unknown"


def forget_erased(stage: Stage, keys: Sequence[bytes], count: FileCount) -> list[ImportFault]:
    """Take the addresses of erased persons off the stage, and the names of friends who were erased.

    Returns:
        A fault for each client row that lost its address, and each suppression that was left out; the address itself
        is not in it.
    """
    if stage.sheet.table is clients:
        return _forget_clients(stage, keys)
    if stage.sheet.table is suppressions:
        return _forget_suppressions(stage, keys, count)
    if stage.sheet.table is referrals:
        _forget_friends(stage, keys)
    return []


def without_erased(faults: Iterable[ImportFault], found: Collection[ImportFault]) -> list[ImportFault]:
    """The faults without what else was wrong with the rows of erased clients: their cells are not told any more.

    Args:
        found: what judging the rows found; it says which rows are of erased clients.
    """
    lines = {fault.line for fault in found if fault.reason.startswith(OF_ERASED)}
    return [fault for fault in faults if fault.line not in lines]


def without_values(connection: Connection, faults: Sequence[ImportFault], keys: Sequence[bytes]) -> list[ImportFault]:
    """The faults, without what was found in rows of erased clients that could not be read far enough to be judged."""
    cells = {fault: _cells(fault) for fault in faults if not fault.column or fault.file == CLIENTS_FILE}
    if not (asked := set().union(*cells.values())):
        return list(faults)
    own = clients.c
    is_erased = select(own.client_id).where(in_values(own.client_id, sorted(asked)), own.erased_on.is_not(None))
    gone = {*connection.scalars(is_erased)}
    by_address = {recipient_of(cell): cell for cell in asked if "@" in cell}
    gone |= {by_address[address] for address in erased_among(connection, keys, by_address.keys())}
    return [fault._replace(value="") if gone.intersection(cells.get(fault, ())) else fault for fault in faults]


def _cells(fault: ImportFault) -> set[str]:
    """What a fault tells whose row it is by: the row's id, or all cells of a row that could not be read."""
    if fault.column:
        return {fault.row_id} - {""}
    return cells_of(fault.value)


def _forget_clients(stage: Stage, keys: Sequence[bytes]) -> list[ImportFault]:
    staged = stage.table.c
    if not (gone := _gone(stage, "recipient", keys)):
        return []
    is_gone = in_values(staged.recipient, sorted(gone))
    rows = stage.connection.execute(select(staged.line, stage.id).where(is_gone).order_by(staged.line)).all()
    stage.connection.execute(update(stage.table).where(is_gone).values(email=None, recipient=""))
    return [ImportFault(stage.sheet.file, line, "email", "", REASON, row_id) for line, row_id in rows]


def _forget_suppressions(stage: Stage, keys: Sequence[bytes], count: FileCount) -> list[ImportFault]:
    """The hash says more than the list: nothing at all is sent there."""
    if not (gone := _gone(stage, "email", keys)):
        return []
    is_gone = in_values(stage.table.c.email, sorted(gone))
    lines = stage.connection.scalars(select(stage.table.c.line).where(is_gone).order_by(stage.table.c.line)).all()
    stage.connection.execute(delete(stage.table).where(is_gone))
    count.left_out += len(lines)
    return [ImportFault(stage.sheet.file, line, "email", "", LEFT_OUT) for line in lines]


def _forget_friends(stage: Stage, keys: Sequence[bytes]) -> None:
    staged = stage.table.c
    named = [name for name in ("referred_name", "referred_email") if name in stage.names]
    if not named:
        return
    # An address that somebody else shares is known by no hash: then it is the stored row that knows whom it was of.
    stored = and_(referrals.c.referral_id == stage.id, clients.c.client_id == referrals.c.referred_client_id)
    was_of_erased = exists().where(stored, clients.c.erased_on.is_not(None))
    which: list[ColumnElement[bool]] = [was_of_erased]
    if "referred_client_id" in stage.names:
        erased = clients.c.client_id == staged.referred_client_id
        names_nobody = staged.referred_client_id.is_(None)
        which = [and_(names_nobody, was_of_erased), exists().where(erased, clients.c.erased_on.is_not(None))]
    if gone := _gone(stage, "referred_email", keys):
        which.append(in_values(staged.referred_email, sorted(gone)))
    stage.connection.execute(update(stage.table).where(or_(*which)).values(dict.fromkeys(named)))


def _gone(stage: Stage, column: str, keys: Sequence[bytes]) -> set[str]:
    if not keys or column not in stage.names:
        return set()
    staged = stage.table.c[column]
    distinct = select(staged).where(staged.is_not(None), staged != "").distinct()
    return erased_among(stage.connection, keys, set(stage.connection.scalars(distinct)))

"""What an export may say of an account or of who was brought, where a client or a person at the firm has said more.

An account of a client's own page outranks the export, and each difference is reported; what the export refused itself
is remembered; and whom a person joined to a referral, an empty cell leaves. While the files are read only the stage
changes; what is to be kept of accounts is written with the rest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, or_, select, update

from models import present
from models.database.bulk import insert_rows
from models.database.given import in_values
from models.joining import client_of_address, client_that_had_address, linked_by_hand
from models.tables import clients, iban_changes, refused_ibans
from programme.referrals.states import IbanSource
from programme.words.banking.ibans import masked_iban
from tasks.base.files.rejected import ImportFault, shown
from tasks.importing.reading.cells import NOTHING
from tasks.importing.staging.stage import Stage

ACCOUNT = ("iban", "iban_holder")


@dataclass(frozen=True)
class AccountNotes:
    """What an import has to keep of accounts.

    Attributes:
        refused, offered: clients whose last IBAN was refused, and those refused before who have a good one now.
        changes: client, IBAN and holder of each account that takes the place of another.
    """

    refused: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    changes: tuple[tuple[str, str | None, str | None], ...] = ()

    def write(self, connection: Connection, at: datetime) -> None:
        """Once the clients are written."""
        gone = in_values(refused_ibans.c.client_id, self.offered)
        connection.execute(delete(refused_ibans).where(gone))
        rows = [(client_id, at) for client_id in self.refused]
        insert_rows(connection, refused_ibans, ("client_id", "refused_at"), rows, ignore_existing=True)
        names = ("client_id", "iban", "holder", "source", "changed_at")
        insert_rows(connection, iban_changes, names, [(*one, IbanSource.IMPORT.value, at) for one in self.changes])


def settle_accounts(stage: Stage, faults: Iterable[ImportFault]) -> tuple[AccountNotes, list[ImportFault]]:
    """Of staged clients: keep the accounts of their own pages, and note what was refused and what changed.

    Args:
        faults: what was wrong with the cells of the file.

    Returns:
        What is to be written later, and one fault for each cell that differs from the client's own account.
    """
    if "iban" not in stage.names:
        return AccountNotes(), []
    bad = [fault for fault in faults if fault.column == "iban" and fault.row_id]
    # A placeholder is an empty cell in words: it offers no IBAN, so there is none to refuse.
    refused = {fault.row_id for fault in bad if not fault.reason.startswith(NOTHING)}
    staged = stage.table.c
    better = select(staged.client_id).where(
        staged.iban.is_not(None), staged.client_id.in_(select(refused_ibans.c.client_id))
    )
    offered = tuple(stage.connection.scalars(better))
    differing = _keep_own(stage)
    return AccountNotes(tuple(sorted(refused)), offered, _changes(stage)), differing


def keep_joined(stage: Stage) -> None:
    """Of staged referrals: an empty cell leaves whom a person joined, or who has or had the address in the file.

    Whoever was erased has none any more, and stays.
    """
    if "referred_client_id" not in stage.names:
        return
    table = stage.table
    is_empty = table.c.referred_client_id.is_(None)
    own = present.referrals
    stored = select(own.c.referred_email).where(own.c.referral_id == table.c.referral_id)
    known = stored.correlate_except(own).scalar_subquery()
    address: ColumnElement[str] = table.c.referred_email if "referred_email" in stage.names else known
    number = table.c.referral_id
    for found in (linked_by_hand(number), client_that_had_address(number, address), client_of_address(address)):
        stage.connection.execute(update(table).where(is_empty).values(referred_client_id=found))


def _keep_own(stage: Stage) -> list[ImportFault]:
    """Staged accounts become what the clients gave on their own pages; what the file has instead is reported."""
    staged, own = stage.table.c, clients.c
    is_own = exists().where(
        iban_changes.c.client_id == staged.client_id, iban_changes.c.source == IbanSource.PAGE.value
    )
    faults = []
    for name in (each for each in ACCOUNT if each in stage.names):
        stored = select(own[name]).where(own.client_id == staged.client_id)
        kept = stored.correlate_except(clients).scalar_subquery()
        differs = and_(is_own, staged[name].is_not(None), staged[name].is_distinct_from(kept))
        query = select(staged.line, staged[name], staged.client_id).where(differs).order_by(staged.line)
        reason = "is not what the client gave on the own page, which counts"
        for line, value, client_id in stage.connection.execute(query).all():
            shown_as = masked_iban(value) if name == "iban" else shown(value)
            faults.append(ImportFault(stage.sheet.file, line, name, shown_as, reason, client_id))
        stage.connection.execute(update(stage.table).where(is_own).values({name: kept}))
    return faults


def _changes(stage: Stage) -> tuple[tuple[str, str | None, str | None], ...]:
    """Each account that the file takes the place of; a first account is no change."""
    staged, own = stage.table.c, clients.c
    holder = staged.iban_holder if "iban_holder" in stage.names else own.iban_holder
    is_changed = or_(staged.iban.is_distinct_from(own.iban), holder.is_distinct_from(own.iban_holder))
    query = (
        select(staged.client_id, staged.iban, holder)
        .join_from(stage.table, clients, own.client_id == staged.client_id)
        .where(own.iban.is_not(None), is_changed)
        .order_by(staged.client_id)
    )
    return tuple((client_id, iban, name) for client_id, iban, name in stage.connection.execute(query))

"""What an export may say of an account or of who was brought, where a client or a person at the firm has said more.

An account of a client's own page outranks the export, and each difference is reported; what the export refused itself
is remembered; and whom a person joined to a referral, an empty cell leaves.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, delete, exists, insert, literal, or_, select, update

from models.database.bulk import in_values, insert_rows
from models.joining import client_of_address, linked_by_hand
from models.referrals import MOMENT
from models.tables import clients, iban_changes, referrals, refused_ibans
from programme.referrals.states import IbanSource
from programme.words.ibans import masked_iban
from tasks.importing.report import Fault, shown

if TYPE_CHECKING:
    from tasks.importing.load import Stage

ACCOUNT = ("iban", "iban_holder")


def settle_accounts(stage: "Stage", faults: Iterable[Fault], at: datetime) -> list[Fault]:
    """Of staged clients: keep the accounts of their own pages, and remember what was refused and what changed.

    Args:
        faults: what was wrong with the cells of the file.

    Returns:
        One fault for each account that differs from the client's own.
    """
    if "iban" not in stage.names:
        return []
    _note_refused(stage, [fault.line for fault in faults if fault.column == "iban"], at)
    found = _keep_own(stage)
    _note_changes(stage, at)
    return found


def keep_joined(stage: "Stage") -> None:
    """Of staged referrals: an empty cell leaves whom a person joined, or who has the address in the file."""
    if "referred_client_id" not in stage.names:
        return
    table = stage.table
    is_empty = table.c.referred_client_id.is_(None)
    by_hand = linked_by_hand(table.c.referral_id)
    stage.connection.execute(update(table).where(is_empty).values(referred_client_id=by_hand))
    stored = select(referrals.c.referred_email).where(referrals.c.referral_id == table.c.referral_id)
    known = stored.correlate_except(referrals).scalar_subquery()
    address: ColumnElement[str] = table.c.referred_email if "referred_email" in stage.names else known
    stage.connection.execute(update(table).where(is_empty).values(referred_client_id=client_of_address(address)))


def _note_refused(stage: "Stage", lines: list[int], at: datetime) -> None:
    """The last IBAN that the file offered of each client counts; a good one takes away what was refused before."""
    staged = stage.table.c
    offered = select(staged.client_id).where(staged.iban.is_not(None))
    stage.connection.execute(delete(refused_ibans).where(refused_ibans.c.client_id.in_(offered)))
    refused = stage.connection.scalars(
        select(staged.client_id).where(in_values(staged.line, lines, stage.connection.dialect.name))
    )
    rows = [(client_id, at) for client_id in sorted(set(refused))]
    insert_rows(stage.connection, refused_ibans, ("client_id", "refused_at"), rows, ignore_existing=True)


def _keep_own(stage: "Stage") -> list[Fault]:
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
        rows = stage.connection.execute(select(staged.line, staged[name]).where(differs).order_by(staged.line)).all()
        reason = "is not what the client gave on the own page, which counts"
        for line, value in rows:
            shown_as = masked_iban(value) if name == "iban" else shown(value)
            faults.append(Fault(stage.sheet.file, line, name, shown_as, reason))
        stage.connection.execute(update(stage.table).where(is_own).values({name: kept}))
    return faults


def _note_changes(stage: "Stage", at: datetime) -> None:
    """Keep each account that the file takes the place of; a first account is no change."""
    staged, own = stage.table.c, clients.c
    holder = staged.iban_holder if "iban_holder" in stage.names else own.iban_holder
    is_changed = or_(staged.iban.is_distinct_from(own.iban), holder.is_distinct_from(own.iban_holder))
    changed = (
        select(staged.client_id, staged.iban, holder, literal(IbanSource.IMPORT.value), literal(at, MOMENT))
        .join_from(stage.table, clients, own.client_id == staged.client_id)
        .where(own.iban.is_not(None), is_changed)
        .order_by(staged.client_id)
    )
    names = ["client_id", "iban", "holder", "source", "changed_at"]
    stage.connection.execute(insert(iban_changes).from_select(names, changed, include_defaults=False))

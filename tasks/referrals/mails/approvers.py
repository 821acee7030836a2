"""The mail to each approver that a batch waits: of staff to staff, with numbers and no client's name."""

from datetime import datetime

from sqlalchemy import select

from models.database.engine import reading, writing_durably
from models.tables import settlement_acts
from programme.money.states import BatchState
from programme.referrals.mails import BATCH_PREPARED, batch_values
from programme.terms.tables.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.states import Role
from programme.words.wording import capitalised
from tasks.base.workspace import Workspace
from tasks.referrals.batches import Settlement, read_settlement, record_batch_act, undecided_batch
from tasks.runs.outside.to_staff import StaffMailer

ACT = "mail"  # in the acts of the batch: who was told of it


def tell_approvers(workspace: Workspace, at: datetime) -> int:
    """Tell each approver of the batch that waits, once; returns how many were told now.

    Whom the provider would not take, is tried again at the next settlement or booking.
    """
    with reading(workspace.engine) as connection:
        batch_id = undecided_batch(connection)
        if batch_id is None:
            return 0
        settlement = read_settlement(connection, batch_id)
        acts = settlement_acts.c
        told = set(connection.scalars(select(acts.made_by).where(acts.batch_id == batch_id, acts.act == ACT)))
    if settlement.batch is None or settlement.batch.state is not BatchState.PREPARED:
        return 0
    people = [each for each in workspace.programme.people if Role.APPROVER in each.roles and each.name not in told]
    return sum(_tell(workspace, settlement, person, at) for person in people)


def _tell(workspace: Workspace, settlement: Settlement, person: Person, at: datetime) -> bool:
    """Send, then write that it was sent: told twice is better than never."""
    batch = settlement.batch
    assert batch is not None
    lines, left_open = len(settlement.lines), len(settlement.left_open)
    values = {
        **batch_values(batch.batch_id, capitalised(batch.preparer), settlement.total_cents, lines, left_open),
        "link_url": f"{workspace.settings.base_url}/desk/payouts",
        "has_desk": workspace.settings.desk != "off",
    }
    if not StaffMailer(workspace, BATCH_PREPARED).send(person, batch.batch_id, values, day_in_amsterdam(at)):
        return False
    with writing_durably(workspace.engine) as connection:
        record_batch_act(connection, batch.batch_id, ACT, person.name, at)
    return True

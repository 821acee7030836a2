"""The mail to each approver that a batch waits: of staff to staff, with numbers and no client's name."""

import json
from datetime import datetime

from sqlalchemy import select

from models.database.engine import reading, writing_durably
from models.tables import settlement_acts
from programme.mail.links import mail_to
from programme.money.states import BatchState
from programme.referrals.mails import BATCH_PREPARED
from programme.sending.state_changes import RequestState
from programme.terms.payout_terms import Person
from programme.words.dates import day_in_amsterdam
from programme.words.states import Role
from programme.words.tokens import message_id_of
from programme.words.wording import euros
from tasks.base.workspace import Workspace
from tasks.mail.render import Renderer
from tasks.providers.configured import make_messenger
from tasks.referrals.batches import Settlement, read_settlement, record_act, undecided_batch
from tasks.sending.messenger import Claim, Letter, ToStaff

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
    renderer = Renderer(workspace.programme, workspace.settings.base_url, campaign=BATCH_PREPARED)
    messenger = make_messenger(workspace.settings, workspace.programme)
    batch = settlement.batch
    assert batch is not None
    brand = workspace.programme.brand
    fields = {
        "name": person.name,
        "batch_id": batch.batch_id,
        "amount": euros(settlement.total_cents),
        "payments": str(len(settlement.lines)),
        "left_open": str(len(settlement.left_open)),
        "prepared_by": batch.prepared_by,
        "unsubscribe_url": mail_to(brand.reply_address, "Geen mail meer over betaalrondes"),
    }
    compiled = renderer.compiled(BATCH_PREPARED.id, "{}")
    message_id = message_id_of(workspace.settings.key(), person.email, BATCH_PREPARED.id, batch.batch_id)
    letter = Letter(
        0, message_id, "", person.email, BATCH_PREPARED.id, BATCH_PREPARED.purpose, brand.sender_name,
        compiled.variant_json, json.dumps(fields, ensure_ascii=False), 0,
    )  # fmt: skip
    day = day_in_amsterdam(at)
    claim = Claim(
        f"staff-{message_id}", day, BATCH_PREPARED.id, compiled.variant_json, False, [letter], to_staff=ToStaff()
    )
    answer = messenger.deliver(claim, messenger.prepare(renderer, claim))
    if answer.state != RequestState.ACCEPTED:
        return False
    with writing_durably(workspace.engine) as connection:
        record_act(connection, batch.batch_id, ACT, person.name, at)
    return True

"""What a message that was left planned says, worked out anew for the day that takes it up."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Engine, bindparam, select, text, update

from models.database.bulk import in_values
from models.database.engine import reading, writing
from models.messages import PLANNED
from models.tables import messages
from programme.facts.records import Client, Recipient
from programme.rules.decide import Decision
from programme.rules.due import occasions
from programme.rules.segments import segment_of
from programme.rules.tiers import tier_of
from programme.terms.schema import Programme
from programme.words.states import Outcome
from tasks.clients.audience import read_recipients
from tasks.mail.render import Renderer, prepare


def refresh_messages(engine: Engine, renderer: Renderer, key: bytes, message_ids: Iterable[str], as_of: date) -> int:
    """Say anew what messages that were left planned say, as of the day that takes them up; returns how many."""
    with reading(engine) as connection:
        query = select(messages).where(in_values(messages.c.message_id, message_ids, connection.dialect.name))
        rows = connection.execute(query).all()
        recipients = {
            client.client_id: recipient
            for recipient in read_recipients(connection, renderer.programme, {row.client_id for row in rows}, as_of)
            for client in recipient.clients
        }
    fresh = []
    for row in rows:
        if recipient := recipients.get(row.client_id):
            fresh += _refreshed(renderer, key, row, recipient, as_of)
    if fresh:
        names = ("subject", "sender_name", "variant", "fields", "segment", "tier")
        statement = (
            update(messages)
            # What a worker has taken on the wire meanwhile keeps the words that it went with.
            .where(messages.c.message_id == bindparam("id_"), text(PLANNED))
            .values({name: bindparam(f"new_{name}") for name in names})
        )
        with writing(engine) as connection:
            connection.execute(statement, fresh)
    return len(fresh)


def _refreshed(renderer: Renderer, key: bytes, row: Any, recipient: Recipient, as_of: date) -> list[dict[str, object]]:
    client = recipient.client(row.client_id)
    decision = _decision_again(renderer.programme, row, recipient, client, as_of)
    if decision is None:
        return []
    mail = prepare(renderer, decision, client, recipient, key)
    return [
        {
            "id_": mail.message_id,
            "new_subject": mail.subject,
            "new_sender_name": mail.sender_name,
            "new_variant": mail.variant_json,
            "new_fields": mail.fields_json,
            "new_segment": decision.segment,
            "new_tier": decision.tier,
        }
    ]


def _decision_again(
    programme: Programme, row: Any, recipient: Recipient, client: Client, as_of: date
) -> Decision | None:
    """The decision behind a message, dated `as_of`; None when its occasion is no more (the CRM corrected it)."""
    if row.touchpoint not in programme.touchpoints:
        return None  # what it is about does not come from the facts
    for due in occasions(programme, row.touchpoint, client, recipient, as_of):
        if due.occasion == row.occasion:
            tier = tier_of(programme, client, as_of)
            return Decision(
                as_of,
                programme.touchpoints[row.touchpoint].flow,
                client.client_id,
                recipient.address,
                row.touchpoint,
                due.occasion,
                due.due_on,
                due.closes_on,
                Outcome.SEND,
                None,
                segment_of(programme, client, as_of),
                tier.id if tier else None,
                programme.kinds[row.touchpoint].priority,
                due.project_id,
                due.quote_id,
                programme.kinds[row.touchpoint].purpose,
            )
    return None

"""Decisions to send, which stand on their messages, and how they are moved off them."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, insert, literal, null, select, update

from models.database.given import in_values
from models.tables import message_plans, message_states, other_decisions
from programme.words.states import Outcome

# What a decision to send says that its message does not; the view has the same.
_OF_A_SEND = {"outcome": literal(Outcome.SEND.value), "reason": literal(""), "also": literal(""), "until": null()}


def set_apart(connection: Connection, ids: Iterable[int]) -> None:
    """Give the decisions that stand on these messages rows of their own, before the messages say something else."""
    plans, states = message_plans.c, message_states.c
    standing = in_values(plans.id, list(ids)) & plans.priority.is_not(None)
    names = [each.name for each in other_decisions.c if each.name != "id"]
    said: dict[str, Any] = {**dict(plans.items()), "as_of": states.as_of, **_OF_A_SEND}
    rows = select(*(said[name] for name in names)).join_from(message_plans, message_states, states.id == plans.id)
    rows = rows.where(standing)
    connection.execute(insert(other_decisions).from_select(names, rows))
    connection.execute(update(message_plans).where(standing).values(priority=None))

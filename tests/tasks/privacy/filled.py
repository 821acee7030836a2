"""A row in every table for one client who has everything, made from the schema itself."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, Integer, LargeBinary, Table, insert, select

from models.tables import metadata

CLIENT, ADDRESS = "C-1", "zwaantje.quaadvlieg@voorbeeld.nl"
NAME = "Zwaantje Quaadvlieg"  # stands in every text that is nobody's id
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
ADDRESSES = {"recipient", "email", "referred_email", "sender"}
OWNERS = {"client_id", "referrer_id", "referred_client_id"}
IDS = {
    "message_id": "a" * 32,
    "referral_id": "R-1",
    "project_id": "P-1",
    "case_id": "F-1",
    "feedback_id": "F-1",
    "task_id": "case_call:C-1:F-1",
    "batch_id": "S20260302-1",
    "end_to_end_id": "S20260302-1-0001",
    "entry_id": 1000,
    "answer_id": 1000,
    "id": 1000,  # beyond what the sequences give next
    "interaction_id": "I-1",
}
# Texts that the tables or the code ask a certain word of; the rest of a row's ids and words is made up.
WORDS: dict[tuple[str, str], Any] = {
    ("messages", "status"): "planned",
    ("messages", "flow"): "daily",
    ("messages", "purpose"): "service",
    ("messages", "touchpoint"): "check_in",
    ("messages", "variant"): '{"reader":"starter"}',  # choices of a template; no client's words are among them
    ("messages", "discount_id"): 1000,
    ("messages", "priority"): None,  # its decision is a row of its own
    ("people_tasks", "state"): "open",
    ("decisions", "outcome"): "skip",
    ("decisions", "reason"): "no_consent",
    ("care_lines", "line"): f'{{"case_id": "F-1", "recipient": "{ADDRESS}", "step": "ack"}}',
    ("care_lines", "did"): "mail",
    ("consent_history", "change"): "chosen",
    ("consent_history", "subject"): "topic:ideas",
    ("feedback", "kind"): "other",
    ("clients", "consent"): "yes",
    ("clients", "kind"): "consument",
    ("clients", "channel"): "email",
    ("settlement_batches", "approver_key"): "x",
    ("settlement_batches", "approved_by"): "x",
    ("adjustments", "approver_key"): "x",
    ("adjustments", "approved_by"): "x",
    ("payout_blocks", "unblocked_on"): None,
    ("desk_sessions", "email"): "bas@bureau.nl",
    ("earlier_recipients", "recipient"): "eerder@voorbeeld.nl",
}


def fill(connection: Connection, personal: dict[str, set[str]]) -> None:
    """One row a table, all of them the client's.

    Args:
        personal: the text columns of each table that hold a person's own words and data.
    """
    for table in metadata.sorted_tables:
        connection.execute(insert(table).values(_row(table, personal.get(table.name, set()))))


def _row(table: Table, personal: set[str]) -> dict[str, Any]:
    return {column.name: _value(table, column, column.name in personal) for column in table.columns}


def _value(table: Table, column: "Column[Any]", is_personal: bool) -> Any:
    name = column.name
    if (table.name, name) in WORDS:
        return WORDS[table.name, name]
    if name in ("held_on", "erased_on") and table.name != "erased_addresses":
        return None
    if name in ADDRESSES:
        return ADDRESS
    if name in OWNERS:
        return CLIENT
    if name in IDS:
        return IDS[name]
    kind = getattr(column.type, "impl_instance", column.type)
    if isinstance(kind, Boolean):
        return True
    if isinstance(kind, DateTime):
        return AT
    if isinstance(kind, Date):
        return DAY
    if isinstance(kind, Integer):
        return 1
    if name in ("fields", "variant", "payload", "before", "after"):
        return f'{{"name": "{NAME if is_personal else "-"}", "in": "{name}"}}'
    text = f"{NAME}: {name}" if is_personal else f"{table.name[:8]}-{name}"
    return text.encode() if isinstance(kind, LargeBinary) else text


def cells(connection: Connection) -> list[tuple[str, str, str]]:
    """(table, column, value as text) of every cell of every table."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)).mappings():
            found += [(table.name, name, _text(value)) for name, value in row.items() if value is not None]
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

"""messages become a view of message_plans and the narrow message_states, which alone changes while mails are sent

A few seconds for each million messages.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

PLAN = (
    ("message_id", KEY, False),
    ("client_id", KEY, False),
    ("recipient", KEY, False),
    ("touchpoint", KEY, False),
    ("occasion", KEY, False),
    ("flow", sa.String(), False),
    ("purpose", sa.String(), False),
    ("due_on", sa.Date(), False),
    ("closes_on", sa.Date(), False),
    ("segment", sa.String(), True),
    ("tier", sa.String(), True),
    ("subject", sa.String(), True),
    ("sender_name", sa.String(), True),
    ("variant", sa.Text(), True),
    ("fields", sa.Text(), True),
    ("run_id", KEY, True),
)
STATE = (
    ("as_of", sa.Date(), False),
    ("status", sa.String(), False),
    ("attempts", sa.Integer(), False),
    ("request_id", KEY, True),
    ("not_before", MOMENT, True),
    ("provider_id", KEY, True),
    ("settled_at", MOMENT, True),
    ("reason", sa.String(), True),
    ("is_tracked", sa.Boolean(), True),
)
# The order of the log's columns.
LOG = (
    *("id", "message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "as_of", "due_on"),
    *("closes_on", "status", "segment", "tier", "subject", "sender_name", "variant", "fields", "run_id"),
    *("provider_id", "attempts", "request_id", "not_before", "settled_at", "reason", "is_tracked"),
)
Columns = Iterable[tuple[str, Any, bool]]


def upgrade() -> None:
    _create("message_states", STATE, is_numbered=False)
    _create("message_plans", PLAN, sa.UniqueConstraint("message_id"), _key_of("uq_message_plans_key"))
    for table, columns in (("message_states", STATE), ("message_plans", PLAN)):
        names = ", ".join(("id", *_names(columns)))
        op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM messages ORDER BY id")
    op.drop_table("messages")
    op.create_index("ix_message_plans_recipient", "message_plans", ["recipient"])
    if _is_postgresql():
        # The queue and the days. No index covers what sending changes, so a change stays inside its page (a HOT
        # update), for which each page has room: planned, sending, accepted.
        op.create_index("ix_message_states_day", "message_states", ["as_of", "id"])
        op.execute("ALTER TABLE message_states SET (fillfactor = 40)")
        _number_on("message_plans")
    else:
        op.create_index("ix_message_states_day", "message_states", ["as_of"])
        planned = sa.text("status = 'planned'")
        op.create_index("ix_message_states_queue", "message_states", ["as_of", "id"], sqlite_where=planned)
    _create_view()


def downgrade() -> None:
    columns = [*PLAN, *STATE, ("lease_until", MOMENT, True)]
    _create("messages_again", columns, sa.UniqueConstraint("message_id"), _key_of("uq_messages_key"))
    op.execute(f"INSERT INTO messages_again ({', '.join(LOG)}) SELECT {', '.join(LOG)} FROM messages ORDER BY id")
    op.execute("DROP VIEW messages")
    if _is_postgresql():
        op.execute("DROP FUNCTION write_message()")
    for table in ("message_plans", "message_states"):
        op.drop_table(table)
    op.rename_table("messages_again", "messages")
    op.create_index("ix_messages_recipient", "messages", ["recipient", "as_of"])
    op.create_index("ix_messages_day", "messages", ["as_of"])
    op.create_index("ix_messages_queue", "messages", ["as_of", "id"], sqlite_where=sa.text("status = 'planned'"))
    if _is_postgresql():
        op.execute("ALTER TABLE messages SET (fillfactor = 60)")
        _number_on("messages")


def _create(name: str, columns: Columns, *constraints: sa.Constraint, is_numbered: bool = True) -> None:
    made = [sa.Column(column, kind, nullable=is_optional) for column, kind, is_optional in columns]
    number = sa.Column("id", NUMBER, nullable=False, autoincrement=is_numbered)
    op.create_table(name, number, *made, sa.PrimaryKeyConstraint("id"), *constraints)


def _key_of(name: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("client_id", "touchpoint", "occasion", name=name)


def _number_on(table: str) -> None:
    """Go on counting after the rows that were copied."""
    sequence = f"pg_get_serial_sequence('{table}', 'id')"
    op.execute(f"SELECT setval({sequence}, (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)")


def _create_view() -> None:
    """The view, through which single rows can be written too."""
    of_state = _names(STATE)
    columns = ", ".join(f"states.{name}" if name in ("id", *of_state) else f"plans.{name}" for name in LOG)
    op.execute(
        f"CREATE VIEW messages ({', '.join(LOG)}) AS SELECT {columns} "
        "FROM message_states AS states JOIN message_plans AS plans ON plans.id = states.id"
    )
    if _is_postgresql():
        op.execute(
            "CREATE FUNCTION write_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN {_delete()} RETURN OLD; END IF; "
            f"IF TG_OP = 'UPDATE' THEN {_update()} RETURN NEW; END IF; "
            "NEW.id := coalesce(NEW.id, nextval(pg_get_serial_sequence('message_plans', 'id'))); "
            f"{_insert('NEW.id')} RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER write_message INSTEAD OF INSERT OR UPDATE OR DELETE ON messages "
            "FOR EACH ROW EXECUTE FUNCTION write_message()"
        )
        return
    for verb, statements in (
        ("INSERT", _insert("last_insert_rowid()")),
        ("UPDATE", _update()),
        ("DELETE", _delete()),
    ):
        op.execute(f"CREATE TRIGGER messages_{verb.lower()} INSTEAD OF {verb} ON messages BEGIN {statements} END")


def _insert(number: str) -> str:
    plan, state = _names(PLAN), _names(STATE)
    told = ", ".join("coalesce(NEW.attempts, 0)" if name == "attempts" else f"NEW.{name}" for name in state)
    return (
        f"INSERT INTO message_plans (id, {', '.join(plan)}) VALUES (NEW.id, {', '.join(f'NEW.{n}' for n in plan)}); "
        f"INSERT INTO message_states (id, {', '.join(state)}) VALUES ({number}, {told});"
    )


def _update() -> str:
    parts = []
    for table, columns in (("message_plans", PLAN), ("message_states", STATE)):
        sets = ", ".join(f"{name} = NEW.{name}" for name in _names(columns))
        parts.append(f"UPDATE {table} SET {sets} WHERE id = OLD.id;")
    return " ".join(parts)


def _delete() -> str:
    return "DELETE FROM message_states WHERE id = OLD.id; DELETE FROM message_plans WHERE id = OLD.id;"


def _names(columns: Columns) -> list[str]:
    return [name for name, _, _ in columns]


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

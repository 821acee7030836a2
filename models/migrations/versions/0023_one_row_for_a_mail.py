"""a decision to send stands on the message that it made, and a code that many mails give stands once

Some ten seconds for each million messages. Decisions of before stay where they are, in `other_decisions`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

PLAN = (
    *("message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "due_on", "closes_on"),
    *("segment", "tier", "subject", "sender_name", "fields", "run_id"),
)
NEW = ("discount_id", "priority")
STATE = (
    *("as_of", "status", "attempts", "request_id", "not_before", "provider_id", "settled_at", "reason", "is_tracked"),
)
# The order of the log's columns; the new ones and the variant's number stand behind them.
LOG = (
    *("id", "message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "as_of", "due_on"),
    *("closes_on", "status", "segment", "tier", "subject", "sender_name", "variant", "fields", "run_id"),
    *("provider_id", "attempts", "request_id", "not_before", "settled_at", "reason", "is_tracked"),
)
DECISION = (
    *("as_of", "flow", "client_id", "recipient", "touchpoint", "occasion", "due_on", "outcome", "reason", "segment"),
    *("tier", "priority", "run_id", "also", "until"),
)
# What a decision that stands on a message does not take from it.
OF_A_SEND = {
    "as_of": "states.as_of",
    "outcome": "CAST('send' AS VARCHAR)",
    "reason": "CAST('' AS VARCHAR)",
    "also": "CAST('' AS VARCHAR)",
    "until": "NULL",
}
# Behind the numbers of all others: of one day the decision to send is the last about its message.
BEHIND = 2**40
JOINED = "message_states AS states JOIN message_plans AS plans ON plans.id = states.id"


def upgrade() -> None:
    op.execute("DROP VIEW messages")
    op.add_column("message_plans", sa.Column("discount_id", sa.BigInteger()))
    op.add_column("message_plans", sa.Column("priority", sa.Integer()))
    _give_codes_once()
    op.rename_table("decisions", "other_decisions")
    _create_log(NEW)
    _create_decisions()


def downgrade() -> None:
    names = ", ".join(DECISION)
    op.execute(f"INSERT INTO other_decisions ({names}) SELECT {names} FROM decisions WHERE of_message IS NOT NULL")
    op.execute("DROP VIEW decisions")
    op.execute("DROP VIEW messages")
    if _is_postgresql():
        op.execute("DROP FUNCTION write_decision()")
    op.rename_table("other_decisions", "decisions")
    _give_codes_each()
    for name in NEW:
        op.drop_column("message_plans", name)
    _create_log(())


def _give_codes_once() -> None:
    op.rename_table("discount_codes", "codes_before")
    op.create_table(
        "discount_codes",
        sa.Column("id", NUMBER, nullable=False, autoincrement=True),
        sa.Column("code", KEY, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_discount_codes", "discount_codes", ["code", "given_on"])
    columns = "code, percent, given_on, valid_until"
    op.execute(
        f"INSERT INTO discount_codes ({columns}) SELECT DISTINCT {columns} FROM codes_before ORDER BY given_on, code"
    )
    op.create_index("ix_codes_before", "codes_before", ["message_id"])
    same = " AND ".join(f"own.{name} = before.{name}" for name in ("code", "percent", "given_on"))
    same += " AND coalesce(own.valid_until, own.given_on) = coalesce(before.valid_until, before.given_on)"
    op.execute(
        "UPDATE message_plans SET discount_id = (SELECT min(own.id) FROM codes_before AS before "
        f"JOIN discount_codes AS own ON {same} WHERE before.message_id = message_plans.message_id) "
        "WHERE message_id IN (SELECT message_id FROM codes_before)"
    )
    op.drop_table("codes_before")


def _give_codes_each() -> None:
    op.rename_table("discount_codes", "codes_once")
    op.drop_index("ix_discount_codes", "codes_once")
    op.create_table(
        "discount_codes",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("touchpoint", sa.String(), nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("client_id", "code", "given_on"),
    )
    columns = "code, percent, given_on, valid_until"
    op.execute(
        f"INSERT INTO discount_codes (client_id, touchpoint, message_id, {columns}) "
        f"SELECT client_id, touchpoint, message_id, {columns} FROM message_plans "
        "JOIN codes_once ON codes_once.id = message_plans.discount_id ORDER BY message_plans.id ON CONFLICT DO NOTHING"
    )
    op.drop_table("codes_once")


def _create_decisions() -> None:
    """The view, and what writes through it: a decision that stands on a message is moved off it when it changes."""
    own = {name: OF_A_SEND.get(name, f"plans.{name}") for name in DECISION}
    if _is_postgresql():
        own["until"] = "CAST(NULL AS DATE)"
    others = ", ".join(DECISION)
    op.execute(
        f"CREATE VIEW decisions (id, {others}, of_message) AS SELECT id, {others}, CAST(NULL AS BIGINT) "
        f"FROM other_decisions UNION ALL SELECT plans.id + {BEHIND}, {', '.join(own.values())}, plans.id "
        f"FROM {JOINED} WHERE plans.priority IS NOT NULL"
    )
    new = {name: f"NEW.{name}" for name in DECISION} | {
        name: f"coalesce(NEW.{name}, '')" for name in ("reason", "also")
    }
    add = f"INSERT INTO other_decisions ({others}) SELECT {', '.join(new.values())}"
    sets = ", ".join(f"{name} = NEW.{name}" for name in DECISION)
    off = "UPDATE message_plans SET priority = NULL WHERE id = OLD.of_message;"
    update = (
        f"UPDATE other_decisions SET {sets} WHERE id = OLD.id AND OLD.of_message IS NULL; "
        f"{add} WHERE OLD.of_message IS NOT NULL; {off}"
    )
    delete = f"DELETE FROM other_decisions WHERE id = OLD.id AND OLD.of_message IS NULL; {off}"
    numbered = f"INSERT INTO other_decisions (id, {others}) VALUES (NEW.id, {', '.join(new.values())});"
    if _is_postgresql():
        op.execute(
            "CREATE FUNCTION write_decision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN {delete} RETURN OLD; END IF; "
            f"IF TG_OP = 'UPDATE' THEN {update} RETURN NEW; END IF; "
            "NEW.id := coalesce(NEW.id, nextval(pg_get_serial_sequence('other_decisions', 'id'))); "
            f"{numbered} RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER write_decision INSTEAD OF INSERT OR UPDATE OR DELETE ON decisions "
            "FOR EACH ROW EXECUTE FUNCTION write_decision()"
        )
        return
    for verb, statements in (("INSERT", numbered), ("UPDATE", update), ("DELETE", delete)):
        op.execute(f"CREATE TRIGGER decisions_{verb.lower()} INSTEAD OF {verb} ON decisions BEGIN {statements} END")


def _create_log(new: tuple[str, ...]) -> None:
    """The view of messages, through which single rows can be written too."""
    said = {name: f"states.{name}" if name in ("id", *STATE) else f"plans.{name}" for name in (*LOG, *new)}
    # A subquery, not a join: SQLite would make all of the view for a join that may find nothing.
    said["variant"] = "(SELECT own.variant FROM message_variants AS own WHERE own.id = plans.variant_id)"
    said["variant_id"] = "plans.variant_id"
    op.execute(f"CREATE VIEW messages ({', '.join(said)}) AS SELECT {', '.join(said.values())} FROM {JOINED}")
    plan = {name: f"NEW.{name}" for name in (*PLAN, *new)}
    plan["variant_id"] = "(SELECT id FROM message_variants WHERE variant = NEW.variant)"
    skip = " ON CONFLICT DO NOTHING" if _is_postgresql() else ""  # another session adds the same
    first = (
        "INSERT INTO message_variants (variant) SELECT NEW.variant WHERE NEW.variant IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM message_variants WHERE variant = NEW.variant){skip}; "
    )
    delete = "DELETE FROM message_states WHERE id = OLD.id; DELETE FROM message_plans WHERE id = OLD.id;"
    if _is_postgresql():
        op.execute(
            "CREATE OR REPLACE FUNCTION write_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN {delete} RETURN OLD; END IF; {first}"
            f"IF TG_OP = 'UPDATE' THEN {_update(plan)} RETURN NEW; END IF; "
            "NEW.id := coalesce(NEW.id, nextval(pg_get_serial_sequence('message_plans', 'id'))); "
            f"{_insert(plan, 'NEW.id')} RETURN NEW; END $$"
        )
        op.execute(
            "CREATE TRIGGER write_message INSTEAD OF INSERT OR UPDATE OR DELETE ON messages "
            "FOR EACH ROW EXECUTE FUNCTION write_message()"
        )
        return
    for verb, statements in (
        ("INSERT", first + _insert(plan, "last_insert_rowid()")),
        ("UPDATE", first + _update(plan)),
        ("DELETE", delete),
    ):
        op.execute(f"CREATE TRIGGER messages_{verb.lower()} INSTEAD OF {verb} ON messages BEGIN {statements} END")


def _insert(plan: dict[str, str], number: str) -> str:
    told = ", ".join("coalesce(NEW.attempts, 0)" if name == "attempts" else f"NEW.{name}" for name in STATE)
    return (
        f"INSERT INTO message_plans (id, {', '.join(plan)}) VALUES (NEW.id, {', '.join(plan.values())}); "
        f"INSERT INTO message_states (id, {', '.join(STATE)}) VALUES ({number}, {told});"
    )


def _update(plan: dict[str, str]) -> str:
    state = {name: f"NEW.{name}" for name in STATE}
    parts = []
    for table, values in (("message_plans", plan), ("message_states", state)):
        sets = ", ".join(f"{name} = {value}" for name, value in values.items())
        parts.append(f"UPDATE {table} SET {sets} WHERE id = OLD.id;")
    return " ".join(parts)


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

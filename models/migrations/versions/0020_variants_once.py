"""the variant that many messages share stands once, in message_variants; a message has its number

Some ten seconds for each million messages.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

PLAN = (
    *("message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "due_on", "closes_on"),
    *("segment", "tier", "subject", "sender_name", "fields", "run_id"),
)
STATE = (
    *("as_of", "status", "attempts", "request_id", "not_before", "provider_id", "settled_at", "reason", "is_tracked"),
)
# The order of the log's columns; who groups by the variant reads its number, which stands behind them.
LOG = (
    *("id", "message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "as_of", "due_on"),
    *("closes_on", "status", "segment", "tier", "subject", "sender_name", "variant", "fields", "run_id"),
    *("provider_id", "attempts", "request_id", "not_before", "settled_at", "reason", "is_tracked"),
)
KEPT_APART = "(SELECT id FROM message_variants WHERE variant = {})"
# A subquery, not a join: SQLite would make all of the view for a join that may find nothing.
SHOWN = "(SELECT own.variant FROM message_variants AS own WHERE own.id = plans.variant_id)"


def upgrade() -> None:
    op.execute("DROP VIEW messages")
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "message_variants",
        sa.Column("id", number, nullable=False, autoincrement=True),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if _is_postgresql():
        # A campaign's texts may be longer than a row of an ordinary index.
        once = "CONSTRAINT uq_message_variants EXCLUDE USING hash (variant WITH =)"
        op.execute(f"ALTER TABLE message_variants ADD {once}")
    else:
        op.create_index("uq_message_variants", "message_variants", ["variant"], unique=True)
    found = "SELECT DISTINCT variant FROM message_plans WHERE variant IS NOT NULL ORDER BY variant"
    op.execute(f"INSERT INTO message_variants (variant) {found}")
    if _is_postgresql():
        _change_column("bigint", "text", "SELECT id FROM message_variants WHERE variant = $1", "variant_id")
    else:
        op.execute("ALTER TABLE message_plans ADD COLUMN variant_id BIGINT")
        op.execute(f"UPDATE message_plans SET variant_id = {KEPT_APART.format('message_plans.variant')}")
        op.execute("ALTER TABLE message_plans DROP COLUMN variant")
    _create_view(SHOWN, KEPT_APART.format("NEW.variant"), has_number=True)


def downgrade() -> None:
    op.execute("DROP VIEW messages")
    if _is_postgresql():
        _change_column("text", "bigint", "SELECT variant FROM message_variants WHERE id = $1", "variant", "variant_id")
    else:
        op.execute("ALTER TABLE message_plans ADD COLUMN variant TEXT")
        op.execute(f"UPDATE message_plans SET variant = {SHOWN.replace('plans.', 'message_plans.')}")
        op.execute("ALTER TABLE message_plans DROP COLUMN variant_id")
    op.drop_table("message_variants")
    _create_view("plans.variant", "NEW.variant", has_number=False)


def _change_column(kind: str, of: str, query: str, name: str, before: str = "variant") -> None:
    """In one rewrite of the table, which leaves none of the old rows behind."""
    op.execute(f"CREATE FUNCTION pg_temp.other({of}) RETURNS {kind} LANGUAGE sql STABLE AS '{query}'")
    op.execute(f"ALTER TABLE message_plans ALTER COLUMN {before} TYPE {kind} USING pg_temp.other({before})")
    op.execute(f"ALTER TABLE message_plans RENAME COLUMN {before} TO {name}")
    op.execute(f"DROP FUNCTION pg_temp.other({of})")


def _create_view(shown: str, stored: str, *, has_number: bool) -> None:
    """The view, through which single rows can be written too.

    Args:
        shown: SQL for the text of the variant.
        stored: SQL for what message_plans keeps of NEW.variant.
        has_number: message_plans keeps its number, and the view shows it.
    """
    said = {name: f"states.{name}" if name in ("id", *STATE) else f"plans.{name}" for name in LOG} | {"variant": shown}
    if has_number:
        said["variant_id"] = "plans.variant_id"
    op.execute(
        f"CREATE VIEW messages ({', '.join(said)}) AS SELECT {', '.join(said.values())} "
        "FROM message_states AS states JOIN message_plans AS plans ON plans.id = states.id"
    )
    plan = {name: f"NEW.{name}" for name in PLAN} | {"variant_id" if has_number else "variant": stored}
    first = _add_variant() if has_number else ""
    if _is_postgresql():
        op.execute(
            "CREATE OR REPLACE FUNCTION write_message() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF TG_OP = 'DELETE' THEN {_delete()} RETURN OLD; END IF; {first}"
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
        ("DELETE", _delete()),
    ):
        op.execute(f"CREATE TRIGGER messages_{verb.lower()} INSTEAD OF {verb} ON messages BEGIN {statements} END")


def _add_variant() -> str:
    skip = " ON CONFLICT DO NOTHING" if _is_postgresql() else ""  # another session adds the same
    return (
        "INSERT INTO message_variants (variant) SELECT NEW.variant WHERE NEW.variant IS NOT NULL AND NOT EXISTS "
        f"(SELECT 1 FROM message_variants WHERE variant = NEW.variant){skip}; "
    )


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


def _delete() -> str:
    return "DELETE FROM message_states WHERE id = OLD.id; DELETE FROM message_plans WHERE id = OLD.id;"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"

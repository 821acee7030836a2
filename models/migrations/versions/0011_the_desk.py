"""the desk: links and sessions, messages in doubt that rest, and the indexes by which a client is found

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)

# Written out as the search asks for them (tasks/desk/search.py): a query uses an index on an expression only when it
# repeats that expression.
AFTER_SPACE = {"sqlite": "substr(name, instr(name, ' ') + 1)", "postgresql": "substr(name, strpos(name, ' ') + 1)"}
LAST_WORD = "replace(name, rtrim(name, replace(name, ' ', '')), '')"
DIGITS = "replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '+31', '0')"


def upgrade() -> None:
    op.create_table(
        "desk_links",
        sa.Column("token_hash", KEY, primary_key=True),
        sa.Column("person", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_desk_links_person", "desk_links", ["person", "made_at"])
    op.create_table(
        "desk_sessions",
        sa.Column("session_hash", KEY, primary_key=True),
        sa.Column("person", KEY, nullable=False),
        sa.Column("email", KEY, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
    )
    op.create_table(
        "left_in_doubt",
        sa.Column("message_id", KEY, primary_key=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("left_at", MOMENT, nullable=False),
    )
    dialect = op.get_bind().dialect.name
    for name, (table, expression) in _searched(dialect).items():
        ordered = f"({expression})" + (' COLLATE "C"' if dialect == "postgresql" else "")
        op.execute(f"CREATE INDEX {name} ON {table} ({ordered})")


def _searched(dialect: str) -> dict[str, tuple[str, str]]:
    return {
        "ix_clients_name": ("clients", "lower(name)"),
        "ix_clients_after_space": ("clients", f"lower({AFTER_SPACE[dialect]})"),
        "ix_clients_last_word": ("clients", f"lower({LAST_WORD})"),
        "ix_clients_digits": ("clients", DIGITS),
        "ix_projects_address": ("projects", "lower(address)"),
        "ix_projects_postcode": ("projects", "replace(lower(postcode), ' ', '')"),
    }


def downgrade() -> None:
    for name in _searched(op.get_bind().dialect.name):
        op.execute(f"DROP INDEX {name}")
    for table in ("left_in_doubt", "desk_sessions", "desk_links"):
        op.drop_table(table)

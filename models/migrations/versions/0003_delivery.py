"""delivery: requests, the shared limiter, resends, and why a message was cancelled"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_requests()
    op.create_table(
        "limiter",
        sa.Column("name", KEY, nullable=False),
        sa.Column("resume_at", MOMENT, nullable=True),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("window_until", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "resends",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("resent_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_resends_message", "resends", ["message_id"], unique=False)
    op.add_column("messages", sa.Column("reason", sa.String(), nullable=True))
    op.drop_index("ix_messages_queue", table_name="messages")
    op.drop_index("ix_messages_request", table_name="messages")
    op.create_index("ix_messages_queue", "messages", ["as_of", "id"], sqlite_where=sa.text("status = 'planned'"))
    if op.get_bind().dialect.name == "postgresql":
        # Room in each page for the versions of a row while it is sent: planned, sending, accepted.
        op.execute("ALTER TABLE messages SET (fillfactor = 60)")


def _create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("request_id", KEY, nullable=False),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("touchpoint", KEY, nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("worker", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("split_of", KEY, nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=False),
        sa.Column("lease_until", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("provider_id", KEY, nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("ix_requests_state", "requests", ["state", "claimed_at"], unique=False)
    op.create_index("ix_requests_provider", "requests", ["provider_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_messages_queue", table_name="messages")
    queue = sa.text("status IN ('planned', 'sending', 'in_doubt')")
    op.create_index("ix_messages_queue", "messages", ["status", "id"], sqlite_where=queue, postgresql_where=queue)
    op.create_index("ix_messages_request", "messages", ["request_id"])
    op.drop_column("messages", "reason")
    for table in ("resends", "limiter", "requests"):
        op.drop_table(table)

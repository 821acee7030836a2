"""events of the provider, answers of clients, history of consent"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_events()
    _create_answers()
    op.create_table(
        "consent_history",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("proof", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_consent_history_recipient", "consent_history", ["recipient", "change"], unique=False)
    op.create_table(
        "sync_cursors",
        sa.Column("name", KEY, nullable=False),
        sa.Column("reached_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.add_column("suppressions", sa.Column("pushed_at", MOMENT, nullable=True))
    op.add_column("messages", sa.Column("is_tracked", sa.Boolean(), nullable=True))


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("provider_event_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("provider_message_id", KEY, nullable=True),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("is_machine", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("applied_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider_event_id"),
    )
    op.create_index("ix_events_message", "events", ["message_id", "kind", "is_machine"], unique=False)
    op.create_index("ix_events_recipient", "events", ["recipient"], unique=False)
    op.create_index("ix_events_received", "events", ["received_at"], unique=False)
    waiting = sa.text("applied_at IS NULL")
    op.create_index("ix_events_unapplied", "events", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("needs_contact", sa.Boolean(), nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_answers_message", "answers", ["message_id", "question", "id"], unique=False)
    op.create_index("ix_answers_client", "answers", ["client_id"], unique=False)
    op.create_index("ix_answers_day", "answers", ["answered_on"], unique=False)
    waiting = sa.text("needs_contact AND handled_at IS NULL")
    op.create_index("ix_answers_open", "answers", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_column("messages", "is_tracked")
    op.drop_column("suppressions", "pushed_at")
    for table in ("sync_cursors", "consent_history", "answers", "events"):
        op.drop_table(table)

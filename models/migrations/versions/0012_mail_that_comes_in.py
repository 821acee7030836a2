"""mail that comes in: replies of clients, and which interactions they became; how each answer was asked"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TO_FORWARD = sa.text("content IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "inbound_mails",
        sa.Column("mail_id", KEY, nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("sender", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=True),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("interaction_id", KEY, nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("claimed_at", MOMENT, nullable=True),
        sa.Column("forwarded_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("mail_id"),
    )
    op.create_index("ix_inbound_mails_interaction", "inbound_mails", ["interaction_id"])
    op.create_index("ix_inbound_mails_client", "inbound_mails", ["client_id"])
    op.create_index("ix_inbound_mails_standing", "inbound_mails", ["standing", "received_at"])
    op.create_index(
        "ix_inbound_mails_content",
        "inbound_mails",
        ["mail_id"],
        sqlite_where=TO_FORWARD,
        postgresql_where=TO_FORWARD,
    )
    for name in ("scale", "wording"):
        op.add_column("answers", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    for name in ("wording", "scale"):
        op.drop_column("answers", name)
    op.drop_table("inbound_mails")

"""figures that a report closed, to be compared with later ones; events read from their index alone"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table("closed_reports", sa.Column("as_of", sa.Date(), nullable=False), sa.PrimaryKeyConstraint("as_of"))
    op.create_table(
        "closed_cells",
        sa.Column("cohort", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("revenue_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("cohort", "month", "as_of"),
    )
    op.create_table(
        "closed_purchases",
        sa.Column("project_id", KEY, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("project_id", "as_of"),
    )
    op.create_index("ix_closed_purchases_client", "closed_purchases", ["client_id"])
    op.drop_index("ix_events_message", "events")
    op.create_index("ix_events_message", "events", ["message_id", "kind", "is_machine", "occurred_at"])


def downgrade() -> None:
    op.drop_index("ix_events_message", "events")
    op.create_index("ix_events_message", "events", ["message_id", "kind", "is_machine"])
    for name in ("closed_purchases", "closed_cells", "closed_reports"):
        op.drop_table(name)

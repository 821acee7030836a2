"""the go for a campaign, asked and answered on the desk; the form of a campaign's last start"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "campaign_goes",
        sa.Column("go_id", KEY, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("draft_id", sa.String(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("moment", MOMENT, nullable=True),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("stopped_at", MOMENT, nullable=True),
        sa.Column("stopped_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("go_id"),
    )
    op.create_index("ix_campaign_goes_name", "campaign_goes", ["name"])
    op.create_index("ix_campaign_goes_asked", "campaign_goes", ["asked_at"])
    op.add_column("campaigns", sa.Column("form", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaigns", "form")
    op.drop_table("campaign_goes")

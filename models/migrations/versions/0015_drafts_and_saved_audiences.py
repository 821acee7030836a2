"""drafts of campaigns, and saved audiences"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "campaign_drafts",
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("draft_id"),
    )
    op.create_index("ix_campaign_drafts_changed", "campaign_drafts", ["changed_at"])
    op.create_table(
        "saved_audiences",
        sa.Column("audience_id", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("audience_id"),
    )
    op.create_index("ix_saved_audiences_name", "saved_audiences", ["name_key"], unique=True)


def downgrade() -> None:
    op.drop_table("saved_audiences")
    op.drop_table("campaign_drafts")

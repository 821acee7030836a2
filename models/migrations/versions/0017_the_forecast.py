"""the forecast of the days to come, worked out beforehand"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "forecasts",
        sa.Column("forecast_id", KEY, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("took_seconds", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("clients", sa.Integer(), nullable=False),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("forecast_id"),
    )
    op.create_table(
        "forecast_mails",
        sa.Column("forecast_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("touchpoint", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("forecast_id", "day", "touchpoint", "client_id"),
    )
    op.create_index("ix_forecast_mails_client", "forecast_mails", ["client_id"])


def downgrade() -> None:
    op.drop_index("ix_forecast_mails_client", "forecast_mails")
    op.drop_table("forecast_mails")
    op.drop_table("forecasts")

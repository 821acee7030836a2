"""decisions: the other rules that stopped a candidate, and until when

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("decisions", sa.Column("also", sa.String(), nullable=False, server_default=""))
    op.add_column("decisions", sa.Column("until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("decisions", "until")
    op.drop_column("decisions", "also")

"""runs: who keeps a run's messages from other runs"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("held_by", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "held_by")

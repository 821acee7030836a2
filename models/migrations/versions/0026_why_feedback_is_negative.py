"""feedback remembers that it counts as negative because its score could not be read

For imports from now on; takes no time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feedback", sa.Column("is_score_unread", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("feedback", "is_score_unread")

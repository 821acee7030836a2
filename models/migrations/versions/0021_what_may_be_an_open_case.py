"""what may be an open case is read from two narrow indexes, by each claim of messages

A second for each million rows of feedback.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NEGATIVE = sa.text("negative")


def upgrade() -> None:
    covering = ["score", "client_id", "project_id", "resolved_on", "settled_on", "held_on"]
    op.create_index("ix_feedback_low", "feedback", covering)
    op.create_index("ix_feedback_negative", "feedback", ["client_id"], sqlite_where=NEGATIVE, postgresql_where=NEGATIVE)


def downgrade() -> None:
    op.drop_index("ix_feedback_negative", "feedback")
    op.drop_index("ix_feedback_low", "feedback")

"""whose feedback stays with its project is read from two narrow indexes

A second for each million rows of feedback, and for each million clients.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

LOW = ("score", "client_id", "project_id", "resolved_on", "settled_on", "held_on")
GONE = sa.text("held_on IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_clients_gone", "clients", ["held_on", "client_id"], sqlite_where=GONE, postgresql_where=GONE)
    _index_low(*LOW, "origin")


def downgrade() -> None:
    _index_low(*LOW)
    op.drop_index("ix_clients_gone", "clients")


def _index_low(*columns: str) -> None:
    op.drop_index("ix_feedback_low", "feedback")
    op.create_index("ix_feedback_low", "feedback", columns)

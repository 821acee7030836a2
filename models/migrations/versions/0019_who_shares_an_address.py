"""who shares an address is read from the index alone: clients and messages by recipient

A few seconds for each million rows.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_clients_recipient", "clients")
    op.create_index("ix_clients_recipient", "clients", ["recipient", "client_id", "held_on"])
    op.drop_index("ix_message_plans_recipient", "message_plans")
    op.create_index("ix_message_plans_recipient", "message_plans", ["recipient", "client_id"])


def downgrade() -> None:
    op.drop_index("ix_message_plans_recipient", "message_plans")
    op.create_index("ix_message_plans_recipient", "message_plans", ["recipient"])
    op.drop_index("ix_clients_recipient", "clients")
    op.create_index("ix_clients_recipient", "clients", ["recipient"])

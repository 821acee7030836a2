"""events: drops for our account's or content's sake by their own kinds, so that a person may resend their messages

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Reasons for which SendGrid drops for the address's sake, as they stood when this was written.
OF_THE_ADDRESS = "'unsubscribed address', 'bounced address', 'spam reporting address', 'invalid'"


def upgrade() -> None:
    reason = "lower(coalesce(reason, ''))"
    op.execute(
        "UPDATE events SET kind = CASE "
        f"WHEN {reason} LIKE '%quota%' OR {reason} LIKE '%credit%' THEN 'over_quota' ELSE 'withheld' END "
        f"WHERE kind = 'dropped' AND {reason} NOT IN ({OF_THE_ADDRESS})"
    )


def downgrade() -> None:
    op.execute("UPDATE events SET kind = 'dropped' WHERE kind IN ('over_quota', 'withheld')")

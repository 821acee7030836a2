"""the preference page, proof of each consent, and what is kept of those who were erased

Revision ID: 0013
Revises: 0012
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
CHOSEN = sa.text("change = 'chosen'")


def upgrade() -> None:
    op.add_column("clients", sa.Column("channel_told_on", sa.Date(), nullable=True))
    for name, kind in (("client_id", KEY), ("subject", KEY), ("value", sa.String()), ("wording", sa.Text())):
        op.add_column("consent_history", sa.Column(name, kind, nullable=True))
    op.create_index("ix_consent_history_client", "consent_history", ["client_id"], unique=False)
    op.create_index(
        "ix_consent_history_chosen",
        "consent_history",
        ["recipient"],
        unique=False,
        sqlite_where=CHOSEN,
        postgresql_where=CHOSEN,
    )
    op.create_table(
        "erased_addresses",
        sa.Column("hash", KEY, nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    _link_what_is_planned()


def _link_what_is_planned() -> None:
    """Mails that are planned already get the link of the new page: its token is that of the unsubscribe link."""
    messages = sa.table("messages", sa.column("id"), sa.column("status"), sa.column("fields"))
    planned = sa.select(messages.c.id, messages.c.fields).where(
        messages.c.status == "planned", messages.c.fields.is_not(None)
    )
    for row in op.get_bind().execute(planned).all():
        fields = json.loads(row.fields)
        if "unsubscribe_url" in fields:
            fields["preferences_url"] = "/voorkeuren/".join(fields["unsubscribe_url"].rsplit("/u/", 1))
            text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            op.get_bind().execute(sa.update(messages).where(messages.c.id == row.id).values(fields=text))


def downgrade() -> None:
    op.drop_table("erased_addresses")
    op.drop_index("ix_consent_history_chosen", table_name="consent_history")
    op.drop_index("ix_consent_history_client", table_name="consent_history")
    for name in ("client_id", "subject", "value", "wording"):
        op.drop_column("consent_history", name)
    op.drop_column("clients", "channel_told_on")

"""the first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("retracts", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_activity_client", "activity", ["client_id", "occurred_on"], unique=False)
    op.create_index("ix_activity_day", "activity", ["occurred_on", "client_id"], unique=False)
    op.create_index(
        "ix_activity_retracts",
        "activity",
        ["retracts"],
        unique=True,
        sqlite_where=sa.text("retracts IS NOT NULL"),
        postgresql_where=sa.text("retracts IS NOT NULL"),
    )
    op.create_index("ix_activity_source", "activity", ["kind", "source_id"], unique=False)
    op.create_table(
        "client_codes",
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("client_id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("recipient", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("phone_consent", sa.Boolean(), nullable=True),
        sa.Column("tracking_consent", sa.Boolean(), nullable=True),
        sa.Column("iban", sa.String(), nullable=True),
        sa.Column("iban_holder", sa.String(), nullable=True),
        sa.Column("created_on", sa.Date(), nullable=True),
        sa.Column("erased_on", sa.Date(), nullable=True),
        sa.Column("id_crc32", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id"),
    )
    op.create_index(op.f("ix_clients_recipient"), "clients", ["recipient"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("recipient", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("touchpoint", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("occasion", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "touchpoint", "occasion", "as_of", "outcome", "reason", name="uq_decisions"),
    )
    op.create_index("ix_decisions_day", "decisions", ["as_of", "flow"], unique=False)
    op.create_table(
        "discount_codes",
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("code", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("touchpoint", sa.String(), nullable=False),
        sa.Column("message_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint("client_id", "code", "given_on"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("recipient", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("touchpoint", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("occasion", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("sender_name", sa.String(), nullable=True),
        sa.Column("variant", sa.Text(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=True),
        sa.Column("run_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("provider_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", "touchpoint", "occasion", name="uq_messages_key"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_messages_day", "messages", ["as_of"], unique=False)
    op.create_index(
        "ix_messages_queue",
        "messages",
        ["status", "id"],
        unique=False,
        sqlite_where=sa.text("status IN ('planned', 'sending', 'in_doubt')"),
        postgresql_where=sa.text("status IN ('planned', 'sending', 'in_doubt')"),
    )
    op.create_index("ix_messages_recipient", "messages", ["recipient", "as_of"], unique=False)
    op.create_index("ix_messages_request", "messages", ["request_id"], unique=False)
    op.create_table(
        "runs",
        sa.Column("run_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id"),
    )
    op.create_index("ix_runs_day", "runs", ["as_of", "flow"], unique=False)
    op.create_table(
        "suppressions",
        sa.Column("email", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("email"),
    )
    op.create_table(
        "feedback",
        sa.Column("feedback_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("project_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("negative", sa.Boolean(), nullable=True),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("comment", sa.String(), nullable=True),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("feedback_id"),
    )
    op.create_index(op.f("ix_feedback_client_id"), "feedback", ["client_id"], unique=False)
    op.create_index(op.f("ix_feedback_project_id"), "feedback", ["project_id"], unique=False)
    op.create_table(
        "interactions",
        sa.Column("interaction_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("interaction_id"),
    )
    op.create_index("ix_interactions_client", "interactions", ["client_id", "occurred_on"], unique=False)
    op.create_table(
        "invoices",
        sa.Column("invoice_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("project_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=True),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("invoice_id"),
    )
    op.create_index(op.f("ix_invoices_client_id"), "invoices", ["client_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("project_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.Column("engineer", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("built_year", sa.Integer(), nullable=True),
        sa.Column("monument", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("project_id"),
    )
    op.create_index("ix_projects_client", "projects", ["client_id", "delivered_on"], unique=False)
    op.create_index("ix_projects_due", "projects", ["delivered_on", "type", "client_id", "project_id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("quote_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("client_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("value_cents", sa.BigInteger(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("quote_id"),
    )
    op.create_index(op.f("ix_quotes_client_id"), "quotes", ["client_id"], unique=False)
    op.create_index("ix_quotes_due", "quotes", ["decision", "decided_on", "client_id", "quote_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("referral_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column("referrer_id", sa.String().with_variant(sa.String(collation="C"), "postgresql"), nullable=False),
        sa.Column(
            "referred_client_id",
            sa.String().with_variant(sa.String(collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("referred_name", sa.String(), nullable=True),
        sa.Column("referred_email", sa.String(), nullable=True),
        sa.Column("invited_on", sa.Date(), nullable=False),
        sa.Column("signed_up_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referrer_id"],
            ["clients.client_id"],
        ),
        sa.PrimaryKeyConstraint("referral_id"),
    )
    op.create_index(op.f("ix_referrals_referred_client_id"), "referrals", ["referred_client_id"], unique=False)
    op.create_index(op.f("ix_referrals_referrer_id"), "referrals", ["referrer_id"], unique=False)
    _refuse_changes_of_activity()


def _refuse_changes_of_activity() -> None:
    """The activity log is append-only, also for a hand that types SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER activity_no_{verb.lower()} BEFORE {verb} ON activity "
                "BEGIN SELECT RAISE(ABORT, 'activity is append-only: add a row that retracts this one'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION activity_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'activity is append-only: add a row that retracts this one'; END $$"
    )
    op.execute(
        "CREATE TRIGGER activity_append_only BEFORE UPDATE OR DELETE ON activity "
        "FOR EACH ROW EXECUTE FUNCTION activity_append_only()"
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_referrals_referrer_id"), table_name="referrals")
    op.drop_index(op.f("ix_referrals_referred_client_id"), table_name="referrals")
    op.drop_table("referrals")
    op.drop_index("ix_quotes_due", table_name="quotes")
    op.drop_index(op.f("ix_quotes_client_id"), table_name="quotes")
    op.drop_table("quotes")
    op.drop_index("ix_projects_due", table_name="projects")
    op.drop_index("ix_projects_client", table_name="projects")
    op.drop_table("projects")
    op.drop_index(op.f("ix_invoices_client_id"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_index("ix_interactions_client", table_name="interactions")
    op.drop_table("interactions")
    op.drop_index(op.f("ix_feedback_project_id"), table_name="feedback")
    op.drop_index(op.f("ix_feedback_client_id"), table_name="feedback")
    op.drop_table("feedback")
    op.drop_table("suppressions")
    op.drop_index("ix_runs_day", table_name="runs")
    op.drop_table("runs")
    op.drop_index("ix_messages_request", table_name="messages")
    op.drop_index("ix_messages_recipient", table_name="messages")
    op.drop_index(
        "ix_messages_queue",
        table_name="messages",
        sqlite_where=sa.text("status IN ('planned', 'sending', 'in_doubt')"),
        postgresql_where=sa.text("status IN ('planned', 'sending', 'in_doubt')"),
    )
    op.drop_index("ix_messages_day", table_name="messages")
    op.drop_table("messages")
    op.drop_table("discount_codes")
    op.drop_index("ix_decisions_day", table_name="decisions")
    op.drop_table("decisions")
    op.drop_index(op.f("ix_clients_recipient"), table_name="clients")
    op.drop_table("clients")
    op.drop_table("client_codes")
    op.drop_index("ix_activity_source", table_name="activity")
    op.drop_index("ix_activity_retracts", table_name="activity")
    op.drop_index("ix_activity_day", table_name="activity")
    op.drop_index("ix_activity_client", table_name="activity")
    op.drop_table("activity")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION activity_append_only()")

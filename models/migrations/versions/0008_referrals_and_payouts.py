"""referrals and payouts: visits, sign-ups, reviews, accounts, the ledger, settlements, the bank's answers, partners"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNDECIDED = sa.text("state IN ('prepared', 'approved')")
APPEND_ONLY = ("ledger_entries", "ledger_legs", "settlement_files", "settlement_acts")
TABLES = (
    "bank_entries",
    "bank_imports",
    "form_posts",
    "ledger_bookings",
    "ledger_entries",
    "page_visits",
    "referral_visits",
    "returned_ibans",
    "settlement_acts",
    "settlement_batches",
    "visitor_keys",
    "adjustments",
    "iban_changes",
    "iban_links",
    "ledger_legs",
    "page_choices",
    "partner_invoices",
    "payout_blocks",
    "refused_ibans",
    "settlement_files",
    "settlement_left_open",
    "settlement_lines",
    "referral_links",
    "referral_reviews",
    "settlement_line_invoices",
    "signups",
)


def upgrade() -> None:
    op.create_table(
        "bank_entries",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("account_iban", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("is_credit", sa.Boolean(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("bank_reference", KEY, nullable=False),
        sa.Column("end_to_end_id", KEY, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("booked_as", sa.String(), nullable=True),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint(
            "account_iban",
            "booked_on",
            "is_credit",
            "amount_cents",
            "bank_reference",
            "end_to_end_id",
            "ordinal",
            name="uq_bank_entries",
        ),
    )
    op.create_index("ix_bank_entries_line", "bank_entries", ["end_to_end_id"], unique=False)
    op.create_table(
        "bank_imports",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("ours", sa.Integer(), nullable=False),
        sa.Column("imported_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "form_posts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("visitor", KEY, nullable=False),
        sa.Column("posted_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_form_posts_code", "form_posts", ["code", "posted_at"], unique=False)
    op.create_index("ix_form_posts_visitor", "form_posts", ["visitor"], unique=False)
    op.create_table(
        "ledger_bookings",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("opened_cents", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("owed_cents", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("booked_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_ledger_bookings_day", "ledger_bookings", ["as_of"], unique=False)
    op.create_table(
        "ledger_entries",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("business_key", KEY, nullable=False),
        sa.Column("referrer_id", KEY, nullable=False),
        sa.Column("referral_id", KEY, nullable=True),
        sa.Column("project_id", KEY, nullable=True),
        sa.Column("end_to_end_id", KEY, nullable=True),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("business_key"),
    )
    op.create_index("ix_ledger_entries_day", "ledger_entries", ["day"], unique=False)
    op.create_index("ix_ledger_entries_project", "ledger_entries", ["project_id"], unique=False)
    op.create_index("ix_ledger_entries_referral", "ledger_entries", ["referral_id", "kind"], unique=False)
    op.create_index("ix_ledger_entries_referrer", "ledger_entries", ["referrer_id", "id"], unique=False)
    op.create_table(
        "page_visits",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("client_id", "day", "visitor"),
    )
    op.create_index("ix_page_visits_day", "page_visits", ["day", "visitor"], unique=False)
    op.create_table(
        "referral_visits",
        sa.Column("code", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("visitor", KEY, nullable=False),
        sa.PrimaryKeyConstraint("code", "day", "visitor"),
    )
    op.create_index("ix_referral_visits_day", "referral_visits", ["day"], unique=False)
    op.create_table(
        "returned_ibans",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("end_to_end_id", KEY, nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("returned_at", MOMENT, nullable=False),
        sa.Column("given_anew_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_returned_ibans", "returned_ibans", ["client_id", "iban"], unique=False)
    op.create_table(
        "settlement_acts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("end_to_end_id", KEY, nullable=True),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_settlement_acts", "settlement_acts", ["batch_id", "id"], unique=False)
    op.create_table(
        "settlement_batches",
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("prepared_by", sa.String(), nullable=False),
        sa.Column("preparer_key", KEY, nullable=False),
        sa.Column("prepared_at", MOMENT, nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approver_key", KEY, nullable=True),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("execution_on", sa.Date(), nullable=True),
        sa.Column("exported_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR lower(replace(approved_by, ' ', '')) <> lower(replace(prepared_by, ' ', ''))",
            name="ck_settlement_two_names",
        ),
        sa.CheckConstraint("approver_key IS NULL OR approver_key <> preparer_key", name="ck_settlement_two_people"),
        sa.PrimaryKeyConstraint("batch_id"),
        sa.UniqueConstraint("as_of", "number", name="uq_settlement_batches"),
    )
    op.create_table(
        "visitor_keys",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "adjustments",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposer_key", KEY, nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approver_key", KEY, nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR lower(replace(approved_by, ' ', '')) <> lower(replace(proposed_by, ' ', ''))",
            name="ck_adjustments_two_names",
        ),
        sa.CheckConstraint("approver_key IS NULL OR approver_key <> proposer_key", name="ck_adjustments_two_people"),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_adjustments_client_id"), "adjustments", ["client_id"], unique=False)
    op.create_table(
        "iban_changes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("iban", sa.String(), nullable=True),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_iban_changes", "iban_changes", ["client_id", "id"], unique=False)
    op.create_table(
        "iban_links",
        sa.Column("token_hash", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_iban_links_client", "iban_links", ["client_id", "made_at"], unique=False)
    op.create_table(
        "ledger_legs",
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("account", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"]),
        sa.PrimaryKeyConstraint("entry_id", "account", "client_id"),
    )
    op.create_index("ix_ledger_legs_account", "ledger_legs", ["client_id", "account", "amount_cents"], unique=False)
    op.create_table(
        "page_choices",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("first_name_may_appear", sa.Boolean(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("client_id"),
    )
    op.create_table(
        "partner_invoices",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("client_id", "number"),
    )
    op.create_table(
        "payout_blocks",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("blocked_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_on", sa.Date(), nullable=False),
        sa.Column("unblocked_by", KEY, nullable=True),
        sa.Column("unblocked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_payout_blocks_open",
        "payout_blocks",
        ["client_id"],
        unique=True,
        sqlite_where=sa.text("unblocked_on IS NULL"),
        postgresql_where=sa.text("unblocked_on IS NULL"),
    )
    op.create_table(
        "refused_ibans",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("refused_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("client_id"),
    )
    op.create_table(
        "settlement_files",
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batches.batch_id"]),
        sa.PrimaryKeyConstraint("batch_id"),
    )
    op.create_table(
        "settlement_left_open",
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("referrer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batches.batch_id"]),
        sa.PrimaryKeyConstraint("batch_id", "place"),
    )
    op.create_table(
        "settlement_lines",
        sa.Column("end_to_end_id", KEY, nullable=False),
        sa.Column("batch_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("referrer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("adjust_cents", sa.BigInteger(), nullable=False),
        sa.Column("iban", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name="ck_settlement_lines_amount"),
        sa.ForeignKeyConstraint(["batch_id"], ["settlement_batches.batch_id"]),
        sa.PrimaryKeyConstraint("end_to_end_id"),
        sa.UniqueConstraint("batch_id", "number", name="uq_settlement_lines"),
    )
    op.create_index("ix_settlement_lines_referrer", "settlement_lines", ["referrer_id", "kind"], unique=False)
    op.create_index("ix_settlement_lines_state", "settlement_lines", ["state"], unique=False)
    op.create_table(
        "referral_links",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("referral_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.client_id"]),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.referral_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referral_links", "referral_links", ["referral_id", "id"], unique=False)
    op.create_table(
        "referral_reviews",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("referral_id", KEY, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.referral_id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_referral_reviews", "referral_reviews", ["referral_id", "day", "id"], unique=False)
    op.create_table(
        "settlement_line_invoices",
        sa.Column("end_to_end_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("number", KEY, nullable=False),
        sa.ForeignKeyConstraint(["end_to_end_id"], ["settlement_lines.end_to_end_id"]),
        sa.PrimaryKeyConstraint("end_to_end_id", "number"),
    )
    op.create_index("ix_settlement_line_invoices", "settlement_line_invoices", ["client_id", "number"], unique=False)
    op.create_table(
        "signups",
        sa.Column("referral_id", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("recipient", KEY, nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("project_type", sa.String(), nullable=True),
        sa.Column("postcode", sa.String(), nullable=True),
        sa.Column("house_number", sa.String(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("voucher", KEY, nullable=True),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("consent_wording", sa.Text(), nullable=True),
        sa.Column("consent_at", MOMENT, nullable=True),
        sa.Column("name_consent_at", MOMENT, nullable=True),
        sa.Column("signed_up_on", sa.Date(), nullable=False),
        sa.Column("signed_up_at", MOMENT, nullable=False),
        sa.Column("flags", sa.String(), nullable=False),
        sa.Column("handled_at", MOMENT, nullable=True),
        sa.Column("handled_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["referral_id"], ["referrals.referral_id"]),
        sa.PrimaryKeyConstraint("referral_id"),
        sa.UniqueConstraint("voucher"),
    )
    op.create_index("ix_signups_code", "signups", ["code", "signed_up_on"], unique=False)
    op.create_index("ix_signups_day", "signups", ["signed_up_on"], unique=False)
    op.create_index(op.f("ix_signups_recipient"), "signups", ["recipient"], unique=False)
    op.add_column("clients", sa.Column("partner_since", sa.Date(), nullable=True))
    op.create_index(
        "ix_settlement_batches_undecided",
        "settlement_batches",
        [sa.text("(state IN ('prepared', 'approved'))")],
        unique=True,
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )

    _refuse_changes()


def _refuse_changes() -> None:
    """What money did is never rewritten, also by a hand that types SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: put it right with a new entry'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION money_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: put it right with a new entry', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION money_append_only()"
        )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION money_append_only()")
    op.drop_column("clients", "partner_since")

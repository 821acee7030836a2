"""care: cases and ticks, tasks for people, acts, absences, consent to call, moments of feedback and replies

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "cases",
    "case_feedback",
    "case_steps",
    "ticks",
    "care_lines",
    "health_snapshots",
    "people_tasks",
    "task_notes",
    "acts",
    "absences",
    "staff_mails",
    "call_consents",
)
ADDED = (
    ("clients", "phone_consent_told_on"),
    ("feedback", "given_at"),
    ("feedback", "settled_on"),
    ("feedback", "of_case"),
    ("interactions", "occurred_at"),
    ("interactions", "is_reply"),
    ("interactions", "origin"),
)


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("project_id", KEY, nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("least_level", sa.String(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("previous", KEY, nullable=True),
        sa.Column("root", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("ix_cases_client", "cases", ["client_id"])
    op.create_index(
        "ix_cases_open",
        "cases",
        ["case_id"],
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "case_feedback",
        sa.Column("feedback_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("feedback_id"),
    )
    op.create_index("ix_case_feedback_case", "case_feedback", ["case_id", "place"])
    op.create_table(
        "case_steps",
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("deadline_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("missed_at", MOMENT, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.case_id"]),
        sa.PrimaryKeyConstraint("case_id", "step"),
    )
    op.create_index("ix_case_steps_state", "case_steps", ["state", "step", "done_at"])
    op.create_table(
        "ticks",
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("looked_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("at"),
    )
    op.create_index("ix_ticks_looked", "ticks", ["looked_on"])
    op.create_table(
        "care_lines",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=True),
        sa.Column("did", sa.String(), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("feedback_id", KEY, nullable=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_care_lines_at", "care_lines", ["at"])
    op.create_index("ix_care_lines_case", "care_lines", ["case_id"])
    op.create_index("ix_care_lines_feedback", "care_lines", ["did", "feedback_id"])
    op.create_index("ix_care_lines_task", "care_lines", ["did", "task_id"])
    op.create_index(
        "ix_care_lines_untold",
        "care_lines",
        ["id"],
        sqlite_where=sa.text("at IS NULL"),
        postgresql_where=sa.text("at IS NULL"),
    )
    op.create_table(
        "health_snapshots",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("indicators", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "day"),
    )
    op.create_index("ix_health_snapshots_day", "health_snapshots", ["day"])
    op.create_table(
        "people_tasks",
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("kind", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("cause", KEY, nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("project_id", KEY, nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("snoozed_until", sa.Date(), nullable=True),
        sa.Column("call_back_at", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("told_level", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("task_id"),
    )
    op.create_index("ix_people_tasks_case", "people_tasks", ["case_id"])
    op.create_index("ix_people_tasks_client", "people_tasks", ["client_id"])
    op.create_index("ix_people_tasks_kind", "people_tasks", ["kind", "made_at"])
    op.create_index("ix_people_tasks_state", "people_tasks", ["state", "due_at"])
    op.create_table(
        "task_notes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_task_notes_client", "task_notes", ["client_id"])
    op.create_index("ix_task_notes_task", "task_notes", ["task_id", "id"])
    op.create_table(
        "acts",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("by_name", KEY, nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("client_id", KEY, nullable=True),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_acts_at", "acts", ["at", "id"])
    op.create_index("ix_acts_client", "acts", ["client_id"])
    op.create_index("ix_acts_subject", "acts", ["subject_id"])
    op.create_table(
        "absences",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("from_at", MOMENT, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_absences_name", "absences", ["name", "until_at"])
    op.create_table(
        "staff_mails",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("task_id", KEY, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_staff_mails_unsent",
        "staff_mails",
        ["id"],
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )
    op.create_table(
        "call_consents",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("how", sa.String(), nullable=True),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_call_consents_client", "call_consents", ["client_id", "id"])
    op.add_column("clients", sa.Column("phone_consent_told_on", sa.Date(), nullable=True))
    op.add_column("feedback", sa.Column("given_at", MOMENT, nullable=True))
    op.add_column("feedback", sa.Column("settled_on", sa.Date(), nullable=True))
    op.add_column("feedback", sa.Column("of_case", KEY, nullable=True))
    op.create_index("ix_feedback_given", "feedback", ["given_on"])
    op.add_column("interactions", sa.Column("occurred_at", MOMENT, nullable=True))
    op.add_column("interactions", sa.Column("is_reply", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("interactions", sa.Column("origin", sa.String(), nullable=False, server_default="import"))
    _refuse_changes_of_acts()


def _refuse_changes_of_acts() -> None:
    """Who did what is never rewritten, also by a hand that types SQL."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER acts_no_{verb.lower()} BEFORE {verb} ON acts "
                "BEGIN SELECT RAISE(ABORT, 'acts is append-only: what was done stays written down'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION acts_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'acts is append-only: what was done stays written down'; END $$"
    )
    op.execute(
        "CREATE TRIGGER acts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acts "
        "FOR EACH STATEMENT EXECUTE FUNCTION acts_append_only()"
    )


def downgrade() -> None:
    op.drop_index("ix_feedback_given", table_name="feedback")
    for table, column in ADDED:
        op.drop_column(table, column)
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION acts_append_only()")

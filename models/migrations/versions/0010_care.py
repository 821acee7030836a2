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
OF_CASES = sa.text("question = 'opgelost'")
TABLES = (
    "cases",
    "case_feedback",
    "case_steps",
    "case_answers",
    "ticks",
    "care_lines",
    "health_snapshots",
    "people_tasks",
    "task_invoices",
    "task_notes",
    "acts",
    "absences",
    "staff_mails",
    "call_consents",
)
MAY_NOTE_DEATH = (
    "(lower(name) LIKE '%overled%' OR lower(name) LIKE '%overlijd%' OR lower(name) LIKE '%†%' "
    "OR lower(name) LIKE '%✝%' OR lower(name) LIKE '%✞%' OR lower(name) LIKE '%wijlen%')"
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
        "case_answers",
        sa.Column("answer_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("answer_id"),
    )
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
    op.create_index("ix_people_tasks_cause", "people_tasks", ["kind", "cause"])
    op.create_index("ix_people_tasks_state", "people_tasks", ["state", "due_at"])
    op.create_table(
        "task_invoices",
        sa.Column("invoice_id", KEY, nullable=False),
        sa.Column("task_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("invoice_id"),
    )
    op.create_index("ix_task_invoices_task", "task_invoices", ["task_id"])
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
    op.create_index("ix_answers_solved", "answers", ["id"], sqlite_where=OF_CASES, postgresql_where=OF_CASES)
    _index_what_ticks_ask()
    _move_the_call_list()
    _refuse_changes_of_acts()


def _index_what_ticks_ask() -> None:
    """A tick looks at the last days alone, whatever the size of the base."""
    op.create_index(
        "ix_interactions_day",
        "interactions",
        ["occurred_on", "direction", "client_id", "topic", "is_reply", "interaction_id"],
    )
    op.create_index("ix_invoices_due", "invoices", ["due_on", "client_id"])
    noted = sa.text(MAY_NOTE_DEATH)
    op.create_index("ix_clients_noted", "clients", ["client_id"], sqlite_where=noted, postgresql_where=noted)


def _move_the_call_list() -> None:
    """Answers and sign-ups that nobody had handled become tasks, due a day after they came in.

    A low score becomes a case at the first tick; the CRM's own complaints do so too.
    """
    op.execute(
        f"""
        INSERT INTO people_tasks (task_id, kind, client_id, cause, purpose, channel, level, project_id,
            made_at, due_at, state, attempts)
        SELECT 'contact_asked:' || a.client_id || ':' || a.message_id, 'contact_asked', a.client_id, a.message_id,
            'service', 'phone', 'engineer',
            (SELECT min(p.project_id) FROM messages m JOIN projects p ON p.project_id = m.occasion
             WHERE m.message_id = a.message_id),
            a.answered_at, {_a_day_after("a.answered_at")}, 'open', 0
        FROM answers a JOIN clients c ON c.client_id = a.client_id
        WHERE a.needs_contact AND a.handled_at IS NULL AND a.score IS NULL AND c.erased_on IS NULL
          AND a.id = (SELECT max(b.id) FROM answers b WHERE b.message_id = a.message_id AND b.needs_contact
                      AND b.handled_at IS NULL AND b.score IS NULL)
        """
    )
    op.execute(
        f"""
        INSERT INTO people_tasks (task_id, kind, client_id, cause, purpose, channel, level,
            made_at, due_at, state, attempts)
        SELECT 'lead::' || s.referral_id, 'lead', '', s.referral_id, 'service',
            CASE WHEN s.phone IS NULL OR s.phone = '' THEN 'work' ELSE 'phone' END, 'manager',
            s.signed_up_at, {_a_day_after("s.signed_up_at")}, 'open', 0
        FROM signups s WHERE s.handled_at IS NULL AND s.name IS NOT NULL
        """
    )
    # A score of our own pages asks for no call any more: it is negative feedback, and so a case.
    op.execute("UPDATE answers SET needs_contact = false WHERE score IS NOT NULL AND handled_at IS NULL")


def _a_day_after(column: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '+1 day')"
    return f"{column} + interval '1 day'"


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
    op.drop_index("ix_answers_solved", table_name="answers")
    for index, table in (
        ("ix_interactions_day", "interactions"),
        ("ix_invoices_due", "invoices"),
        ("ix_clients_noted", "clients"),
    ):
        op.drop_index(index, table_name=table)
    op.drop_index("ix_feedback_given", table_name="feedback")
    for table, column in ADDED:
        op.drop_column(table, column)
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION acts_append_only()")

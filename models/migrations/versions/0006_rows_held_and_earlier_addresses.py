"""rows that the export no longer has, earlier addresses of a client, and one spelling of each address"""

import idna
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.String().with_variant(sa.String(collation="C"), "postgresql")
FROM_THE_EXPORT = ("clients", "projects", "quotes", "interactions", "feedback", "invoices", "referrals")
DUE = {
    "ix_projects_due": ("projects", ["delivered_on", "type", "client_id", "project_id"]),
    "ix_quotes_due": ("quotes", ["decision", "decided_on", "client_id", "quote_id"]),
}
ADDRESSES = (
    ("clients", "recipient"),
    ("referrals", "referred_email"),
    ("messages", "recipient"),
    ("decisions", "recipient"),
    ("events", "recipient"),
    ("consent_history", "recipient"),
)
CHANGED = "NEW.recipient <> OLD.recipient AND OLD.recipient <> ''"
KEEP = "INSERT INTO earlier_recipients (client_id, recipient) VALUES (OLD.client_id, OLD.recipient)"


def upgrade() -> None:
    for table in FROM_THE_EXPORT:
        op.add_column(table, sa.Column("held_on", sa.Date(), nullable=True))
    op.add_column("projects", sa.Column("is_cancel_unread", sa.Boolean(), nullable=True))
    op.add_column("clients", sa.Column("consent_told_on", sa.Date(), nullable=True))
    for name, (table, columns) in DUE.items():
        op.drop_index(name, table_name=table)
        op.create_index(name, table, [*columns, "held_on"], unique=False)
    op.create_table(
        "earlier_recipients",
        sa.Column("client_id", KEY, nullable=False),
        sa.Column("recipient", KEY, nullable=False),
        sa.PrimaryKeyConstraint("client_id", "recipient"),
    )
    for table, column in ADDRESSES:
        _respell(table, column)
    _respell_suppressions()
    _recall_earlier()
    _keep_earlier()


def _odd(table: str, column: str) -> list[str]:
    """The distinct addresses of a column whose domain is not in ASCII."""
    is_odd = f"{column} GLOB '*[^ -~]*'" if op.get_bind().dialect.name == "sqlite" else f"{column} ~ '[^ -~]'"
    return [row[0] for row in op.get_bind().execute(sa.text(f"SELECT DISTINCT {column} FROM {table} WHERE {is_odd}"))]


def _ascii(address: str) -> str:
    name, _, domain = address.rpartition("@")
    try:
        return f"{name}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address


def _respell(table: str, column: str) -> None:
    for address in _odd(table, column):
        update = sa.text(f"UPDATE {table} SET {column} = :to WHERE {column} = :was")
        op.get_bind().execute(update, {"to": _ascii(address), "was": address})


def _respell_suppressions() -> None:
    """Of two spellings on the list the earlier day is kept, with its reason."""
    suppressions = sa.table(
        "suppressions", sa.column("email"), sa.column("reason"), sa.column("since"), sa.column("pushed_at")
    )
    for address in _odd("suppressions", "email"):
        both = sa.select(suppressions).where(suppressions.c.email.in_([address, _ascii(address)]))
        rows = op.get_bind().execute(both).all()
        first = min(rows, key=lambda row: row.since)
        op.get_bind().execute(sa.delete(suppressions).where(suppressions.c.email.in_([row.email for row in rows])))
        op.get_bind().execute(sa.insert(suppressions).values(**first._asdict() | {"email": _ascii(address)}))


def _recall_earlier() -> None:
    """The message log still knows where the mails of a client went before."""
    op.execute(
        "INSERT INTO earlier_recipients (client_id, recipient) "
        "SELECT DISTINCT messages.client_id, messages.recipient FROM messages "
        "JOIN clients ON clients.client_id = messages.client_id "
        "WHERE messages.recipient <> clients.recipient AND messages.recipient <> '' AND clients.erased_on IS NULL"
    )


def _keep_earlier() -> None:
    """A trigger, so that whoever changes an address keeps the one before; an erased person's is not kept."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER clients_keep_earlier_recipient AFTER UPDATE OF recipient ON clients "
            f"WHEN {CHANGED} AND NEW.erased_on IS NULL BEGIN "
            f"{KEEP} ON CONFLICT DO NOTHING; END"
        )
        return
    op.execute(
        "CREATE FUNCTION keep_earlier_recipient() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"{KEEP} ON CONFLICT DO NOTHING; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER clients_keep_earlier_recipient AFTER UPDATE OF recipient ON clients FOR EACH ROW "
        f"WHEN ({CHANGED} AND NEW.erased_on IS NULL) EXECUTE FUNCTION keep_earlier_recipient()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER clients_keep_earlier_recipient")
    else:
        op.execute("DROP TRIGGER clients_keep_earlier_recipient ON clients")
        op.execute("DROP FUNCTION keep_earlier_recipient()")
    op.drop_table("earlier_recipients")
    for name, (table, columns) in DUE.items():
        op.drop_index(name, table_name=table)
        op.create_index(name, table, columns, unique=False)
    op.drop_column("projects", "is_cancel_unread")
    op.drop_column("clients", "consent_told_on")
    for table in FROM_THE_EXPORT:
        op.drop_column(table, "held_on")

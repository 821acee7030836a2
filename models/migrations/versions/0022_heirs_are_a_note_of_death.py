"""the index of names that may note a death holds heirs ("Erven J. de Wit") too

Some two seconds for each million clients.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

BEFORE = (
    "(lower(name) LIKE '%overled%' OR lower(name) LIKE '%overlijd%' OR lower(name) LIKE '%†%' "
    "OR lower(name) LIKE '%✝%' OR lower(name) LIKE '%✞%' OR lower(name) LIKE '%wijlen%')"
)
AFTER = BEFORE.replace("'%wijlen%')", "'%wijlen%' OR lower(name) LIKE '%erven %')")


def upgrade() -> None:
    _index(AFTER)


def downgrade() -> None:
    _index(BEFORE)


def _index(condition: str) -> None:
    op.drop_index("ix_clients_noted", "clients")
    noted = sa.text(condition)
    op.create_index("ix_clients_noted", "clients", ["client_id"], sqlite_where=noted, postgresql_where=noted)

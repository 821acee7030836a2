"""What the server of PostgreSQL was set up with and our sessions cannot mend."""

from sqlalchemy import Connection, text

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")  # settings of PostgreSQL; each must be on
ENCODING = "UTF8"


def durability_fault(connection: Connection) -> str | None:
    """Why a power cut may lose a commit of this database, and what to do; None when it may not.

    A server that never waits for its disk, or a pooler that drops session options.
    """
    if connection.dialect.name != "postgresql":
        return None
    wrong = [f"{name} = off" for name in DURABLE if _setting(connection, name) == "off"]
    if not wrong:
        return None
    return (
        f"PostgreSQL runs with {' and '.join(wrong)}: after a power cut a mail that was sent may look unsent and go "
        "again. Set it to on in postgresql.conf (and in the pooler, if there is one), then restart the server."
    )


def encoding_fault(connection: Connection) -> str | None:
    """Why the database cannot hold every name, and what to do; None when it can.

    A database keeps the encoding that it was made with, which without a locale is SQL_ASCII.
    """
    if connection.dialect.name != "postgresql":
        return None
    found = _setting(connection, "server_encoding")
    if found == ENCODING:
        return None
    make_anew = f"createdb --encoding={ENCODING} --template=template0"
    return f"keeps text as {found}, not as {ENCODING}; make it anew: {make_anew}"


def _setting(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"SHOW {name}")).scalar_one())

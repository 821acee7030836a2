"""Books whose seven years are over: the files for the bank, and the accounts and names of their lines.

Entries and their sums stay: they hold ids and amounts alone, and without them what was paid would be owed again.
"""

from datetime import date

from sqlalchemy import Connection, Engine, delete, select, text, update

from models.database.engine import writing
from models.tables import settlement_batches, settlement_files, settlement_lines
from programme.money.states import BatchState

GUARD = "settlement_files_no_delete"
OVER = (BatchState.CLOSED, BatchState.WITHDRAWN)


def forget_old_books(engine: Engine, today: date, years: int) -> int:
    """Let the books of years that ended `years` ago go. Safe to repeat.

    Returns:
        The number of files and lines that lost a person's data now.
    """
    before = date(today.year - years, 1, 1)  # the year of the batch must have ended `years` ago
    own, files, lines = settlement_batches.c, settlement_files.c, settlement_lines.c
    old = select(own.batch_id).where(own.as_of < before, own.state.in_([state.value for state in OVER]))
    with writing(engine) as connection:
        named = update(settlement_lines).where(lines.batch_id.in_(old), lines.iban != "")
        count = connection.execute(named.values(iban="", holder="")).rowcount
        ids = list(connection.scalars(select(files.batch_id).where(files.batch_id.in_(old))))
        if ids:
            _delete_guarded(connection, ids)
    return count + len(ids)


def _delete_guarded(connection: Connection, batch_ids: list[str]) -> None:
    """The database refuses to delete a file; for these the guard steps aside, within this transaction alone."""
    gone = delete(settlement_files).where(settlement_files.c.batch_id.in_(batch_ids))
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE settlement_files DISABLE TRIGGER USER"))
        connection.execute(gone)
        connection.execute(text("ALTER TABLE settlement_files ENABLE TRIGGER USER"))
        return
    find = text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name")
    guard = connection.execute(find, {"name": GUARD}).scalar_one()
    connection.execute(text(f"DROP TRIGGER {GUARD}"))
    connection.execute(gone)
    connection.exec_driver_sql(guard)

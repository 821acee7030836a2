"""What the database itself refuses about money, on both databases."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from models.database.bulk import insert_rows
from models.database.engine import writing
from models.tables import ledger_entries, ledger_legs, settlement_acts, settlement_batches, settlement_files

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 8, 5, tzinfo=UTC)
BATCH = ["batch_id", "as_of", "number", "state", "prepared_by", "preparer_key", "prepared_at"]


def _write_batch(engine: Engine, number: int, state: str) -> None:
    row = [f"S20260701-{number}", DAY, number, state, "Anna de Wit", "annadewit", NOW]
    with writing(engine) as connection:
        connection.execute(settlement_batches.insert().values(dict(zip(BATCH, row, strict=True))))


@pytest.mark.parametrize("table", ["ledger_entries", "ledger_legs", "settlement_files", "settlement_acts"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = NULL", "DELETE FROM {}"])
def test_what_money_did_is_never_rewritten(engine: Engine, table: str, statement: str) -> None:
    """Entries, legs, approved files and acts can be added and never changed, not even by a hand that types SQL."""
    _write_batch(engine, 1, "exported")
    column = {"ledger_entries": "reason", "ledger_legs": "amount_cents", "settlement_files": "sha256"}
    entry = [1, DAY, "adjust", "adjust:1", "C1", "Anna", "x", NOW]
    with writing(engine) as connection:
        names = ["id", "day", "kind", "business_key", "referrer_id", "made_by", "reason", "made_at"]
        insert_rows(connection, ledger_entries, names, [entry])
        insert_rows(connection, ledger_legs, ["entry_id", "account", "client_id", "amount_cents"], [[1, "bank", "", 5]])
        insert_rows(
            connection,
            settlement_files,
            ["batch_id", "content", "sha256", "made_at"],
            [["S20260701-1", b"x", "x", NOW]],
        )
        names = ["batch_id", "act", "made_by", "reason", "made_at"]
        insert_rows(connection, settlement_acts, names, [["S20260701-1", "export", "Anna", "", NOW]])

    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(statement.format(table, column.get(table, "reason"))))


@pytest.mark.parametrize("states", [("prepared", "prepared"), ("prepared", "approved"), ("approved", "approved")])
def test_one_batch_at_a_time_waits_for_a_decision(engine: Engine, states: tuple[str, str]) -> None:
    """A second batch that is prepared or approved is refused; those that ended do not stand in the way."""
    for number, state in enumerate(("withdrawn", "exported", "closed", "closed"), start=1):
        _write_batch(engine, number, state)
    _write_batch(engine, 5, states[0])

    with pytest.raises(IntegrityError):
        _write_batch(engine, 6, states[1])


@pytest.mark.parametrize("name", ["Anna de Wit", "ANNA DE WIT", " anna dewit "])
def test_nobody_approves_what_he_prepared(engine: Engine, name: str) -> None:
    """The same name is refused whatever its case and spaces, by the key and by the name alone."""
    _write_batch(engine, 1, "prepared")
    for key in ("annadewit", "another"):
        with pytest.raises(IntegrityError), writing(engine) as connection:
            connection.execute(
                text("UPDATE settlement_batches SET approved_by = :name, approver_key = :key"),
                {"name": name, "key": key},
            )

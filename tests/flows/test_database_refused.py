"""A run that the database stopped: its state and the alert say what to mend, not which statement it was."""

import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from flows.secrecy import flow, task
from flows.ui.stops import DatabaseRefused

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]


@task(name="writing")
def write(refused: Exception) -> None:
    raise refused


@flow(name="writing")
def writing(refused: Exception) -> None:
    write(refused)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("database or disk is full", "a disk is full; make room, and start the run again"),
        ("database is locked", "another program has been writing to the database"),
        ("server closed the connection unexpectedly", "the connection to the database was lost; see that"),
        ("connection failed: Connection refused", "the connection to the database was lost; see that"),
    ],
)
def test_what_to_mend_is_the_message_of_the_run(said: str, told: str) -> None:
    """With the driver's error behind it, for whoever reads the log."""
    state = writing(OperationalError("INSERT INTO clients", {}, sqlite3.OperationalError(said)), return_state=True)
    assert state.is_failed()
    assert told in (state.message or "")
    assert "sqlalche.me" not in (state.message or "")
    with pytest.raises(DatabaseRefused) as found:
        state.result()
    assert said in str(found.value.__cause__)


def test_a_fault_of_ours_keeps_its_words() -> None:
    """A row that breaks a rule of a table is nothing that an operator could mend."""
    state = writing(IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE failed")), return_state=True)
    with pytest.raises(IntegrityError):
        state.result()

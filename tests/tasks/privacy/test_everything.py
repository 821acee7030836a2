"""A client who has everything, in every column of the real schema: exported whole, erased everywhere, back nowhere."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import LargeBinary, String, TypeDecorator, delete, update
from sqlalchemy.types import TypeEngine

from models import tables
from models.database.engine import reading, writing
from models.erased import erased_among
from models.tables import metadata
from tasks.base.workspace import Workspace
from tasks.privacy.erasing import Erasure
from tasks.privacy.exporting import export_person
from tasks.privacy.tables.registry import NOTHING_OF_CLIENTS, OF_PERSON
from tests.tasks.privacy.conftest import KEY, NOW
from tests.tasks.privacy.filled import ADDRESS, CLIENT, NAME, cells, fill

BOOKS = {name for name, found in OF_PERSON.items() if any(one.is_of_books for one in found)}
HIDDEN_FROM_HIM = {"settlement_files", "page_visits", "iban_links", "inbound_mails", "signups"}


def is_text(of: TypeEngine[Any]) -> bool:
    """Also by the plain strings of SQLModel, whose type is no String but holds one."""
    return isinstance(of.impl if isinstance(of, TypeDecorator) else of, String | LargeBinary)


def text_columns(name: str) -> set[str]:
    return {column.name for column in metadata.tables[name].columns if is_text(column.type)}


def personal() -> dict[str, set[str]]:
    """The text columns of each table that an erasure empties or deletes, or that books keep."""
    found: dict[str, set[str]] = {}
    for name, belongings in OF_PERSON.items():
        if name in metadata.tables:
            stays = set().union(*(one.stays for one in belongings))
            found[name] = text_columns(name) - stays
    return found


def test_every_table_is_there() -> None:
    """A table that nobody judged fails: it names whose its rows are, or says why it holds nothing of clients."""
    known = {*OF_PERSON, *NOTHING_OF_CLIENTS}

    assert set(metadata.tables) - known == set()
    assert set(OF_PERSON) & set(NOTHING_OF_CLIENTS) == set()


def test_every_text_is_judged() -> None:
    """Each text column of what is a person's is emptied or stays by name; a new column fails until it does."""
    for name, found in OF_PERSON.items():
        if name not in metadata.tables or name in BOOKS or any(one.is_deleted for one in found):
            continue
        judged = set().union(*({*one.becomes, *one.stays} for one in found))
        assert text_columns(name) - judged == set(), name
        assert judged <= {column.name for column in metadata.tables[name].columns}, name


@pytest.fixture
def everything(workspace: Workspace) -> Workspace:
    """Without an open balance, and with the only complaint resolved: those are asked about, in another test."""
    with writing(workspace.engine) as connection:
        fill(connection, personal())
        if workspace.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER ledger_legs_no_delete")
        else:
            connection.exec_driver_sql("ALTER TABLE ledger_legs DISABLE TRIGGER USER")
        connection.execute(delete(tables.ledger_legs))
        connection.execute(update(tables.feedback).values(resolved_on=NOW.date()))
    return workspace


def test_no_table_keeps_the_name(everything: Workspace, erase: Callable[..., Erasure]) -> None:
    """Every column of every table is read: name, address and words stand in the books alone."""
    with reading(everything.engine) as connection:
        before = {(table, column) for table, column, text in cells(connection) if NAME in text or ADDRESS in text}
    done = erase(CLIENT)

    with reading(everything.engine) as connection:
        after = [(table, column) for table, column, text in cells(connection) if NAME in text or ADDRESS in text]
        assert erased_among(connection, [b"an older key", KEY.encode()], {ADDRESS, "jan@x.nl"}) == {ADDRESS}
    assert len(before) > 30
    assert {table for table, _ in after} <= BOOKS
    assert done.client_ids == (CLIENT,)


def test_what_was_planned_stops_and_figures_stay(everything: Workspace, erase: Callable[..., Erasure]) -> None:
    """The planned mail is cancelled, the open task too; rows, days, amounts and scores are as they were."""
    counted = ("projects", "quotes", "invoices", "feedback", "messages", "decisions", "answers", "events", "referrals")
    with reading(everything.engine) as connection:
        before = {name: connection.execute(metadata.tables[name].select()).mappings().one() for name in counted}
    erase(CLIENT)

    with reading(everything.engine) as connection:
        after = {name: connection.execute(metadata.tables[name].select()).mappings().one() for name in counted}
        assert connection.execute(tables.people_tasks.select()).mappings().one()["state"] == "cancelled"
        assert connection.execute(tables.clients.select()).mappings().one()["erased_on"] == NOW.date()
    assert (after["messages"]["status"], after["messages"]["reason"]) == ("cancelled", "no_address")
    for name in ("value_cents", "ordered_on", "delivered_on", "type"):
        assert after["projects"][name] == before["projects"][name]
    assert (after["feedback"]["score"], after["answers"]["score"]) == (1, 1)
    assert after["decisions"]["outcome"] == before["decisions"]["outcome"]


def test_twice_is_as_once(everything: Workspace, erase: Callable[..., Erasure]) -> None:
    """The second time changes nothing, and adds no act."""
    erase(CLIENT)
    with reading(everything.engine) as connection:
        before = cells(connection)
    again = erase(CLIENT)

    with reading(everything.engine) as connection:
        assert cells(connection) == before
    assert again.was_erased


def test_an_export_has_it_all(everything: Workspace, tmp_path: Path) -> None:
    """Every cell that holds the person's own words or data stands in the JSON, and the page reads as one."""
    with reading(everything.engine) as connection:
        own = [(table, column, text) for table, column, text in cells(connection) if NAME in text]
    made = export_person(everything, CLIENT, tmp_path / "uit", NOW)
    data, page = made.data.read_text("utf-8"), made.page.read_text("utf-8")

    missing = {table for table, _, text in own if text not in data and not text.startswith("{")}
    assert missing <= HIDDEN_FROM_HIM
    assert {table for table, _, text in own if table == "task_notes" and text in page} == {"task_notes"}
    assert "<h1>Wat wij van u weten</h1>" in page
    assert "<script" not in page
    assert (made.data.stat().st_mode & 0o777, made.page.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_export_of_an_erased_client_says_nothing_of_him(
    everything: Workspace, erase: Callable[..., Erasure], tmp_path: Path
) -> None:
    """Nothing but books, and ids and days."""
    erase(CLIENT)
    made = export_person(everything, CLIENT, tmp_path / "uit", NOW)
    import json

    found: dict[str, Any] = json.loads(made.data.read_text("utf-8"))["tables"]
    assert {name for name, rows in found.items() if NAME in json.dumps(rows) or ADDRESS in json.dumps(rows)} <= BOOKS

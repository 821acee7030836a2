"""What a client told us about channel and calls outlives imports, and every consent of an export has its proof."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models.consent import Chosen, Proof, choose, state_phone_consent
from models.database.engine import reading, writing
from models.tables import call_consents, clients, consent_history

pytestmark = pytest.mark.slow

LATER = datetime(2026, 3, 9, 12, tzinfo=UTC)
HEAD = "client_id,name,email,consent,channel,phone_consent\n"


def rows(engine: Engine, table: Any, *columns: str) -> list[tuple[Any, ...]]:
    with reading(engine) as connection:
        query = select(*(table.c[name] for name in columns)).order_by(*table.primary_key.columns)
        return [tuple(row) for row in connection.execute(query)]


def test_each_consent_of_an_export_is_kept_once_with_its_day(
    engine: Engine, load: Callable[..., Any], export: Callable[..., Path]
) -> None:
    """Source, value and day of what is new; nothing for what was said before, or was not said at all."""
    first = "C1,Anna,anna@x.nl,yes,email,ja\nC2,Bo,bo@x.nl,no,email,\nC3,Cas,cas@x.nl,,email,\n"
    load(engine, export(clients=HEAD + first))
    load(engine, export(clients=HEAD + first))
    load(engine, export(clients=HEAD + first.replace("C1,Anna,anna@x.nl,yes", "C1,Anna,anna@x.nl,no")), LATER)

    columns = ("client_id", "subject", "value", "since", "source", "recipient")
    kept = rows(engine, consent_history, *columns)
    assert [(*row[:3], row[3].isoformat()) for row in kept] == [
        ("C1", "email_consent", "yes", "2026-03-01"),
        ("C2", "email_consent", "no", "2026-03-01"),
        ("C1", "email_consent", "no", "2026-03-09"),
    ]
    assert {row[4:] for row in kept} == {("import", "")}
    assert rows(engine, call_consents, "client_id", "consent", "source", "by_name") == [("C1", True, "import", None)]


def test_a_no_counts_also_of_a_row_that_is_left_out(
    engine: Engine, load: Callable[..., Any], export: Callable[..., Path]
) -> None:
    """A CRM that makes somebody unrecognisable leaves the name empty; whoever is mailed then was to get nothing."""
    known = "".join(f"C{each},Anna,anna{each}@x.nl,yes,email,\n" for each in (1, 2, 3, 4))
    load(engine, export(clients=HEAD + known))
    refused = "C1,,,no,,\nC2,,,,,\nC3,,,misschien,,\nC9,,,no,,\nC4,,,no,,\nC4,Anna,anna4@x.nl,yes,email,\n"
    for _ in range(2):
        report = load(engine, export(clients=HEAD + refused), LATER)

        assert rows(engine, clients, "client_id", "name", "consent") == [
            ("C1", "Anna", "no"),
            ("C2", "Anna", "yes"),
            ("C3", "Anna", "no"),  # an unreadable consent is a no as well
            ("C4", "Anna", "yes"),  # another row of the export has all that it says
        ]
        assert [row for row in rows(engine, consent_history, "client_id", "value") if row[1] == "no"] == [
            ("C1", "no"),
            ("C3", "no"),
        ]
        told = [fault.row_id for fault in report.faults if "a no counts all the same" in fault.reason]
        assert told == ["C1", "C3", "C9", "C4"]
        count = next(each for each in report.files if each.file == "clients.csv")
        assert count.rows == count.new + count.changed + count.unchanged + count.left_out == 6


def test_no_import_undoes_what_was_said_to_us(
    engine: Engine, load: Callable[..., Any], export: Callable[..., Path]
) -> None:
    """A channel of the preference page stays, also for a record that comes later; a refusal of calls stays refused."""
    export_of = HEAD + "C1,Anna,anna@x.nl,yes,email,ja\nC9,Jo,jo@x.nl,yes,email,ja\n"
    load(engine, export(clients=export_of))
    with writing(engine) as connection:
        choose(connection, "anna@x.nl", [Chosen("channel", "post", "Stuur post")], Proof("preferences", LATER))
        state_phone_consent(connection, "C9", False, Proof("call", LATER, by_name="Bas"))

    report = load(engine, export(clients=export_of + "C2,Anna,Anna@X.nl,yes,phone,\n"), LATER)

    assert rows(engine, clients, "client_id", "channel", "phone_consent") == [
        ("C1", "post", True),
        ("C2", "post", None),
        ("C9", "email", False),
    ]
    assert [(fault.column, fault.row_id) for fault in report.faults] == [("phone_consent", "C9")]
    assert load(
        engine, export(clients=export_of.replace("C1,Anna,anna@x.nl,yes,email,ja", "C1,Anna,anna@x.nl,yes,email,nee"))
    )
    assert rows(engine, clients, "client_id", "phone_consent")[0] == ("C1", False)

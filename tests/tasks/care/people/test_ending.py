"""When an open task is over without anybody doing it: cancelled, expired, or left as it is."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from models import tables
from models.database.engine import writing
from programme.care.tick import Tick
from tasks.care.people.signals.ending import end_tasks
from tests import factories as make

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.fixture
def base(sqlite_engine: Engine) -> Engine:
    """A client who may be called, with a rejected quote and an unpaid invoice; a second record of the address."""
    person = {"name": "Anna", "recipient": "a@b.nl", "kind": "consument", "channel": "email", "id_crc32": 1}
    person |= {"consent": "yes", "phone": "0612345678", "phone_consent": True}
    quote = {"quote_id": "Q1", "client_id": "K1", "sent_on": DAY, "decided_on": DAY - timedelta(days=5)}
    bill = {"invoice_id": "V1", "client_id": "K1", "amount_cents": 1, "issued_on": DAY, "due_on": DAY}
    with writing(sqlite_engine) as connection:
        connection.execute(insert(tables.clients), [person | {"client_id": each} for each in ("K1", "K2")])
        connection.execute(insert(tables.quotes).values(quote | {"decision": "rejected"}))
        connection.execute(insert(tables.invoices), [bill, bill | {"invoice_id": "V2"}])
    return sqlite_engine


def task(kind: str, channel: str = "phone", days_old: int = 1, cause: str = "Q1") -> dict[str, Any]:
    is_marketing = kind in ("exit_call", "channel_change", "win_back_call")
    moments = {"made_at": AT - timedelta(days=days_old), "due_at": AT}
    rest = {"level": "engineer", "state": "open", "attempts": 0, "purpose": "marketing" if is_marketing else "service"}
    return {"task_id": "T", "kind": kind, "client_id": "K1", "cause": cause, "channel": channel} | moments | rest


def state_after(engine: Engine, made: Mapping[str, Any]) -> str:
    with writing(engine) as connection:
        connection.execute(insert(tables.people_tasks).values(**made))
        if made["kind"] == "overdue_invoice":
            covered = [{"invoice_id": each, "task_id": "T"} for each in ("V1", "V2")]
            connection.execute(insert(tables.task_invoices), covered)
        end_tasks(connection, Tick(AT, make.shipped_programme()))
        return str(connection.scalar(select(tables.people_tasks.c.state)))


@pytest.mark.parametrize(
    ("client_id", "change", "by_phone", "by_letter"),
    [
        ("K1", {}, "open", "open"),
        ("K2", {"consent": "no"}, "cancelled", "cancelled"),
        ("K1", {"consent": "unknown"}, "open", "open"),
        ("K2", {"phone_consent": False}, "cancelled", "open"),
        ("K1", {"phone_consent": None}, "open", "open"),  # the other record says yes
        ("K1", {"phone": None}, "cancelled", "open"),
        ("K1", {"phone": " "}, "cancelled", "open"),
        ("K2", {"phone": None}, "open", "open"),  # the number of the client counts
        ("K1", {"erased_on": DAY}, "cancelled", "cancelled"),
        ("K1", {"held_on": DAY}, "cancelled", "cancelled"),
    ],
)
def test_a_marketing_task_ends_with_the_consent(
    base: Engine, client_id: str, change: dict[str, Any], by_phone: str, by_letter: str
) -> None:
    """Whatever record of the address it is said on; a letter needs no consent to be called."""
    with writing(base) as connection:
        if change:
            connection.execute(update(tables.clients).where(tables.clients.c.client_id == client_id).values(**change))
    assert state_after(base, task("channel_change", cause="m")) == by_phone
    with writing(base) as connection:
        connection.execute(tables.people_tasks.delete())
    assert state_after(base, task("win_back_call", "letter", cause="2025-09-01")) == by_letter


@pytest.mark.parametrize(("since", "state"), [(DAY, "cancelled"), (DAY + timedelta(days=1), "open")])
def test_a_suppressed_recipient_is_left_alone(base: Engine, since: date, state: str) -> None:
    """From the day of the suppression on."""
    with writing(base) as connection:
        row = {"email": "a@b.nl", "reason": "unsubscribe", "since": since}
        connection.execute(insert(tables.suppressions).values(row))
    assert state_after(base, task("channel_change", "letter", cause="m")) == state


@pytest.mark.parametrize(
    ("kind", "days_old", "state"),
    [("exit_call", 29, "open"), ("exit_call", 30, "expired"), ("win_back_call", 31, "expired")]
    + [("build_check", 90, "open"), ("many_contacts", 90, "open"), ("handover", 90, "open")],
)
def test_only_marketing_grows_old(base: Engine, kind: str, days_old: int, state: str) -> None:
    """In the look thirty days after the day on which it was made; service stays until somebody does it."""
    assert state_after(base, task(kind, days_old=days_old)) == state


@pytest.mark.parametrize(
    ("ordered_on", "cancelled_on", "state"),
    [
        (DAY - timedelta(days=6), None, "open"),
        (DAY - timedelta(days=5), None, "cancelled"),
        (DAY, None, "cancelled"),
        (DAY, DAY, "open"),
        (DAY + timedelta(days=1), None, "open"),
    ],
)
def test_an_order_ends_the_exit_call(base: Engine, ordered_on: date, cancelled_on: date | None, state: str) -> None:
    """One ordered on or after the day of the decision that stands; no other kind ends by it."""
    project = {"project_id": "P", "client_id": "K1", "type": "uitbouw", "value_cents": 1}
    with writing(base) as connection:
        dates = {"ordered_on": ordered_on, "cancelled_on": cancelled_on}
        connection.execute(insert(tables.projects).values(project | dates))
    assert state_after(base, task("exit_call")) == state


@pytest.mark.parametrize(
    ("paid", "state"),
    [
        ({}, "open"),
        ({"V1": DAY}, "open"),
        ({"V1": DAY, "V2": DAY}, "cancelled"),
        ({"V1": DAY, "V2": DAY + timedelta(days=1)}, "open"),
    ],
)
def test_what_was_paid_is_called_about_no_more(base: Engine, paid: dict[str, date], state: str) -> None:
    """When all that the task covers is paid at the day."""
    own = tables.invoices
    with writing(base) as connection:
        for invoice_id, paid_on in paid.items():
            connection.execute(update(own).where(own.c.invoice_id == invoice_id).values(paid_on=paid_on))
    assert state_after(base, task("overdue_invoice", cause="V1")) == state

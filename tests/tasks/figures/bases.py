"""Bases to count figures from: random ones with mails and what became of them, and exports through the import."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table

from models import tables
from models.database.bulk import insert_rows
from models.database.engine import writing
from programme.words.states import MessageStatus, Outcome, Reason
from tasks.importing.folder import import_folder
from tests.tasks.histories import History

DAY = date(2026, 3, 2)
NOW = datetime(2029, 1, 1, tzinfo=UTC)  # after every day of the examples
TOUCHPOINTS = ("feedback_request", "check_in", "seasonal", "win_back", "newsletter")


def take(engine: Engine, folder: Path) -> None:
    """Import an export."""
    import_folder(engine, folder, imported_at=NOW, rejected_path=folder.parent / "none.csv")


def store_random(engine: Engine, seed: int, clients: int = 150, day: date = DAY) -> None:
    """A random base of some years, with a year and a half of mails, events, answers and decisions."""
    history = History(seed, clients, day)
    for row in history.rows["projects"]:
        row["value_cents"] = row["value_cents"] if history.random.random() < 0.9 else 0
        if history.random.random() < 0.2:  # ordered on one day with another
            row["ordered_on"] = date(2025, 1, 31)
            row["delivered_on"] = row["delivered_on"] and max(row["delivered_on"], row["ordered_on"])
            row["cancelled_on"] = row["cancelled_on"] and max(row["cancelled_on"], row["ordered_on"])
    history.store(engine)
    with writing(engine) as connection:
        for name, rows in _mails(history.random, history.rows["clients"], day).items():
            columns = list(rows[0])
            values = [list(row.values()) for row in rows]
            insert_rows(connection, stored_in(name), columns, values, ignore_existing=True)


def stored_in(name: str) -> Table:
    """Where rows of a table of facts or logs are put; the decisions that stand on a message come with it."""
    return tables.other_decisions if name == "decisions" else tables.metadata.tables[name]


def _mails(pick: random.Random, clients: list[dict[str, Any]], day: date) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {"messages": [], "events": [], "answers": [], "decisions": []}
    for number in range(len(clients) * 4):
        client, touchpoint = pick.choice(clients), pick.choice(TOUCHPOINTS)
        on = day - timedelta(
            days=pick.choice([-2, 0, 1, 30, 89, 90, 91, 300, 364, 365, 366, 400, pick.randint(0, 500)])
        )
        key = {"client_id": client["client_id"], "recipient": client["recipient"], "touchpoint": touchpoint}
        key["occasion"] = f"actie-{pick.randint(1, 2)}" if touchpoint == "newsletter" else f"O{pick.randint(1, 5)}"
        key["flow"] = "campaign" if touchpoint == "newsletter" else "daily"
        about = {"segment": pick.choice(["overig", "starter"]), "tier": pick.choice([None, "brons"])}
        message = {"message_id": f"{number:032x}", **key, **about, "purpose": "service", "as_of": on, "due_on": on}
        message |= {"closes_on": on, "status": pick.choice([*["accepted"] * 8, *MessageStatus]), "attempts": 1}
        message["priority"] = pick.choice([None, 1]) if on <= day else None  # the decision to send it stands on it
        message["is_tracked"] = pick.choice([True, True, False, None])
        rows["messages"].append(message)
        for kind in pick.choice([(), ("delivered",), ("delivered", "opened"), ("opened",), ("bounced",)]):
            moment = datetime(on.year, on.month, on.day, 22, 30, tzinfo=UTC) + timedelta(days=pick.randint(0, 3))
            rows["events"].append(
                {
                    "provider_event_id": f"e{len(rows['events'])}",
                    "kind": kind,
                    "message_id": message["message_id"],
                    "recipient": "",
                    "occurred_at": moment,
                    "received_at": moment,
                    "is_machine": pick.random() < 0.3,
                }
            )
        if pick.random() < 0.3:
            at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC) + timedelta(days=pick.randint(0, 9))
            rows["answers"].append(
                {
                    "message_id": message["message_id"],
                    "client_id": key["client_id"],
                    "question": "review",
                    "answer": "geschreven",
                    "answered_at": at,
                    "answered_on": at.date(),
                    "needs_contact": False,
                }
            )
        for later in range(pick.randint(0, 3)):
            outcome = pick.choice(list(Outcome))
            reason = "" if outcome is Outcome.SEND else pick.choice(list(Reason)).value
            rows["decisions"].append(
                {"as_of": on + timedelta(days=later), **key, "due_on": on, "outcome": outcome.value, "reason": reason}
                | about
                | {"priority": 1, "also": ""}
            )
    return rows

"""Random but repeatable mails with their events, straight into the tables."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from models.database.bulk import insert_rows
from models.tables import events, messages


def store_mails(connection: Connection, pick: random.Random, owners: Sequence[dict[str, Any]], day: date) -> None:
    """1,500 mails around `day` to these clients; some tracked, arrived or opened, by people and by machines."""
    log, happened = [], []
    for number in range(1500):
        owner, message_id = pick.choice(owners), f"{number:032x}"
        sent_on = day - timedelta(days=pick.randint(-2, 12))
        is_tracked = pick.choice([True, True, True, False, None])
        log.append((message_id, owner["client_id"], owner["recipient"], message_id, sent_on, is_tracked))
        arrived_at = datetime.combine(sent_on, time(pick.choice([9, 23, 23]), 30), UTC)
        if pick.random() < 0.9:
            happened.append((message_id, "delivered", False, arrived_at))
        if pick.random() < 0.3:
            opened_at = arrived_at + timedelta(hours=pick.choice([1, 50]))
            happened.append((message_id, "opened", pick.random() < 0.6, opened_at))
    columns = ("message_id", "client_id", "recipient", "occasion", "as_of", "is_tracked", "due_on", "closes_on")
    rest = {"touchpoint": "check_in", "flow": "daily", "purpose": "service", "status": "accepted", "attempts": 1}
    rows = [(*row, row[4], row[4], *rest.values()) for row in log]
    insert_rows(connection, messages, (*columns, *rest), rows)
    insert_rows(
        connection,
        events,
        ("provider_event_id", "message_id", "kind", "is_machine", "occurred_at", "received_at", "recipient"),
        [(f"E{number}", *row, row[3], "") for number, row in enumerate(happened)],
    )

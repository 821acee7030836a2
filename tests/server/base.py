"""Clients whose mails are known beforehand: each had one project delivered on a day."""

import zlib
from datetime import date, timedelta

from sqlalchemy import Engine

from models.database.bulk import insert_rows
from models.database.engine import writing
from models.tables import activity, clients, projects

FEEDBACK_DAYS = 3  # after a delivery comes the feedback request, which nothing outranks


def add_delivered(engine: Engine, prefix: str, count: int, delivered_on: date) -> set[str]:
    """Clients who get the feedback request three days after `delivered_on`; returns their addresses."""
    ids = [f"{prefix}{number:05d}" for number in range(count)]
    ordered_on = delivered_on - timedelta(days=30)
    people = [
        [id, f"Klant {id}", f"{id}@voorbeeld.nl", f"{id.lower()}@voorbeeld.nl", "consument", "yes", "email", crc(id)]
        for id in ids
    ]
    work = [[f"P{id}", id, "overig", 150_000, ordered_on, delivered_on] for id in ids]
    done = [[id, "project_delivered", f"P{id}", delivered_on] for id in ids]
    columns = ["client_id", "name", "email", "recipient", "kind", "consent", "channel", "id_crc32"]
    with writing(engine) as connection:
        insert_rows(connection, clients, columns, people)
        columns = ["project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on"]
        insert_rows(connection, projects, columns, work)
        insert_rows(connection, activity, ["client_id", "kind", "source_id", "occurred_on"], done)
    return {row[3] for row in people}


def crc(client_id: str) -> int:
    return zlib.crc32(client_id.encode())

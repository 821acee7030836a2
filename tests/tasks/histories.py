"""Random but repeatable client bases, as plain rows for a database."""

import random
import zlib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine

from models import tables
from models.database.bulk import insert_rows
from models.database.engine import writing
from programme.terms.project_types import SHIPPED_TYPES
from programme.words.states import FeedbackKind, SuppressionReason

Row = dict[str, Any]
LETTERS = str.maketrans("0123456789", "aeioubdfgk")


class History:
    """A base of `clients` clients around `day`; dates cluster where windows open and close, some lie after it."""

    def __init__(self, seed: int, clients: int, day: date) -> None:
        self.random = random.Random(seed)
        self.day = day
        self.rows: dict[str, list[Row]] = {name: [] for name in _TABLES}
        for number in range(clients):
            self._add_client(f"C{number:04d}")
        self._add_referrals()

    def _some_day(self) -> date:
        """A day near an offset of the programme before `day`, or any day of four years."""
        near = self.random.choice([0, 3, 10, 14, 21, 30, 44, 56, 70, 91, 105, 122, 136, 182, 213, 274, 365, 379])
        if self.random.random() < 0.75:
            return self.day - timedelta(days=near + self.random.randint(-3, 3))
        return self.day - timedelta(days=self.random.randint(-60, 1400))

    def _maybe(self, share: float, value: Any) -> Any:
        return value if self.random.random() < share else None

    def _add_client(self, client_id: str) -> None:
        pick = self.random
        address = f"p{pick.randint(0, 400)}@voorbeeld.nl" if pick.random() < 0.9 else ""
        self.rows["clients"].append(
            {
                "client_id": client_id,
                "name": f"Klant {client_id.translate(LETTERS).capitalize()}",  # no greeting says a name with digits
                "email": address or None,
                "recipient": address,
                "kind": pick.choice(["consument", "consument", "aannemer", "architect"]),
                "consent": pick.choice(["yes", "unknown", "unknown", "no"]),
                "channel": "email",
                "id_crc32": zlib.crc32(client_id.encode()),
            }
        )
        if address and pick.random() < 0.06:
            reason = pick.choice(list(SuppressionReason)).value
            self.rows["suppressions"].append({"email": address, "reason": reason, "since": self._some_day()})
        for number in range(pick.choice([0, 1, 1, 1, 2, 3, 4])):
            self._add_project(client_id, f"P{client_id}-{number}")
        for number in range(pick.choice([0, 0, 1, 2])):
            self._add_quote(client_id, f"Q{client_id}-{number}")

    def _add_project(self, client_id: str, project_id: str) -> None:
        pick = self.random
        delivered_on = self._some_day()
        ordered_on = delivered_on - timedelta(days=pick.randint(0, 60))
        self.rows["projects"].append(
            {
                "project_id": project_id,
                "client_id": client_id,
                "type": pick.choice(list(SHIPPED_TYPES)),
                "value_cents": pick.choice([60_000, 99_999, 100_000, 199_999, 200_000, 450_000, 900_000]),
                "ordered_on": ordered_on,
                "delivered_on": self._maybe(0.85, delivered_on),
                "cancelled_on": self._maybe(0.1, ordered_on + timedelta(days=pick.randint(0, 90))),
                "built_year": self._maybe(0.5, pick.randint(1900, 2026)),
                "address": pick.choice(["", "Kerkweg 1", "kerkweg 1", "Dorpsstraat 2"]),
                "postcode": "8921 AB",
            }
        )
        if pick.random() < 0.3:
            kind = pick.choice(list(FeedbackKind)).value
            self.rows["feedback"].append(
                {
                    "feedback_id": f"F{project_id}",
                    "client_id": client_id,
                    "project_id": project_id,
                    "given_on": delivered_on + timedelta(days=pick.randint(0, 40)),
                    "kind": kind,
                    "score": self._maybe(0.6, pick.randint(0, 10)),
                    "negative": self._maybe(0.2, pick.random() < 0.5),
                    "resolved_on": self._maybe(0.6, delivered_on + timedelta(days=pick.randint(5, 60))),
                    "origin": "import",
                }
            )
        if pick.random() < 0.3:
            self.rows["invoices"].append(
                {
                    "invoice_id": f"V{project_id}",
                    "client_id": client_id,
                    "project_id": project_id,
                    "amount_cents": 45_000,
                    "issued_on": delivered_on,
                    "due_on": delivered_on + timedelta(days=30),
                    "paid_on": self._maybe(0.5, delivered_on + timedelta(days=pick.randint(1, 90))),
                }
            )

    def _add_quote(self, client_id: str, quote_id: str) -> None:
        decided_on = self._some_day()
        self.rows["quotes"].append(
            {
                "quote_id": quote_id,
                "client_id": client_id,
                "type": "uitbouw",
                "value_cents": 120_000,
                "sent_on": decided_on - timedelta(days=10),
                "decided_on": self._maybe(0.9, decided_on),
                "decision": self.random.choice(["accepted", "rejected", "rejected", None]),
            }
        )

    def _add_referrals(self) -> None:
        ids = [row["client_id"] for row in self.rows["clients"]]
        for number in range(len(ids) // 3):
            invited_on = self._some_day() - timedelta(days=self.random.randint(0, 200))
            self.rows["referrals"].append(
                {
                    "referral_id": f"R{number:04d}",
                    "referrer_id": self.random.choice(ids),
                    "referred_client_id": self._maybe(0.9, self.random.choice(ids)),
                    "invited_on": invited_on,
                    "signed_up_on": self._maybe(0.9, invited_on + timedelta(days=self.random.randint(0, 200))),
                }
            )

    def _activity(self) -> list[Row]:
        sources = [
            ("projects", "project_id", "client_id", "ordered_on", "project_ordered"),
            ("projects", "project_id", "client_id", "delivered_on", "project_delivered"),
            ("quotes", "quote_id", "client_id", "sent_on", "quote_sent"),
            ("quotes", "quote_id", "client_id", "decided_on", "quote_decided"),
            ("feedback", "feedback_id", "client_id", "given_on", "feedback_given"),
            ("referrals", "referral_id", "referrer_id", "invited_on", "referral_invited"),
        ]
        return [
            {"client_id": row[client], "kind": kind, "source_id": row[key], "occurred_on": row[day]}
            for table, key, client, day, kind in sources
            for row in self.rows[table]
            if row[day]
        ]

    def store(self, engine: Engine) -> None:
        """Write the base as an import would leave it."""
        with writing(engine) as connection:
            for name, rows in [*self.rows.items(), ("activity", self._activity())]:
                if rows:
                    columns = list(rows[0])
                    values = [[row[column] for column in columns] for row in rows]
                    insert_rows(connection, tables.metadata.tables[name], columns, values, ignore_existing=True)


_TABLES = ("clients", "projects", "quotes", "feedback", "invoices", "referrals", "suppressions")

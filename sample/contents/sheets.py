"""The eight files as they are filled: rows by file, ids given out in order."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

from programme.terms.schema import Programme
from sample.contents import people

COLUMNS = {
    "clients": (
        "client_id name email phone kind consent channel phone_consent tracking_consent iban iban_holder created_on"
    ),
    "projects": (
        "project_id client_id type value_eur ordered_on delivered_on cancelled_on engineer address postcode "
        "built_year monument"
    ),
    "quotes": "quote_id client_id type value_eur sent_on decided_on decision",
    "interactions": "interaction_id client_id occurred_on direction channel topic",
    "feedback": "feedback_id client_id project_id given_on kind score negative severity comment resolved_on",
    "invoices": "invoice_id client_id project_id amount_eur issued_on due_on paid_on",
    "referrals": "referral_id referrer_id referred_client_id referred_name referred_email invited_on signed_up_on",
    "suppressions": "email reason since",
}
FIRST_LETTER = {"projects": "P", "quotes": "O", "interactions": "C", "feedback": "F", "invoices": "I", "referrals": "R"}
# EUR; the lowest and the highest value of a project of each type.
VALUES = {
    "dakkapel": (450, 950),
    "uitbouw": (900, 2_600),
    "draagmuur": (450, 1_300),
    "fundering": (1_200, 4_800),
    "renovatie": (2_600, 10_000),
    "overig": (450, 1_500),
}


class Sheets:
    """The rows of the export so far, with everything that making more of them needs."""

    def __init__(self, programme: Programme, as_of: date, clients: int) -> None:
        self.programme = programme
        self.as_of = as_of
        self.rng = Random(crc32(b"bouwclub sample"))
        self.rows: dict[str, list[dict[str, str]]] = {name: [] for name in COLUMNS}
        self._free = [f"K{number:05d}" for number in range(1, clients + 1)]
        self._given: dict[str, int] = defaultdict(int)

    @property
    def free_clients(self) -> int:
        return len(self._free)

    def ago(self, days: int) -> date:
        return self.as_of - timedelta(days=days)

    def client(self, name: str = "", *, slot: int | None = None, **values: Any) -> str:
        """A new client, by default a consumer with an address and consent.

        Args:
            slot: the client's share of the season's spread, in days, when it matters.
        """
        client_id = self._take(slot)
        number = int(client_id[1:])
        name = name or people.person(self.rng)
        defaults: dict[str, object] = {
            "client_id": client_id,
            "name": name,
            "email": people.email_of(name, number, self.rng),
            "phone": people.mobile(self.rng),
            "kind": "consument",
            "consent": "yes",
            "tracking_consent": self.rng.random() < 0.6,
        }
        self._add("clients", defaults | values)
        return client_id

    def project(self, client_id: str, type_: str, delivered_on: date | None, **values: Any) -> str:
        """A project with an accepted quote before it; by default at an address of its own, ordered a month before."""
        rng = self.rng
        street, postcode = people.address(rng)
        ordered_on = (delivered_on or self.as_of) - timedelta(days=rng.randint(20, 45))
        low, high = VALUES[type_]
        defaults: dict[str, object] = {
            "client_id": client_id,
            "type": type_,
            "value_eur": rng.randint(low, high - 1) + rng.choice((0, 0.5, 0.95)),
            "ordered_on": ordered_on,
            "delivered_on": delivered_on,
            "engineer": rng.choice(people.ENGINEERS),
            "address": street,
            "postcode": postcode,
            "built_year": rng.choice((None, rng.randint(1890, 2022))),
        }
        return self._add("projects", defaults | values)

    def quote(self, client_id: str, sent_on: date, **values: Any) -> str:
        return self._add("quotes", {"client_id": client_id, "sent_on": sent_on} | values)

    def interaction(self, client_id: str, occurred_on: date, direction: str = "in", **values: Any) -> str:
        common = {"client_id": client_id, "occurred_on": occurred_on, "direction": direction}
        return self._add("interactions", common | values)

    def feedback(self, client_id: str, given_on: date, kind: str, **values: Any) -> str:
        return self._add("feedback", {"client_id": client_id, "given_on": given_on, "kind": kind} | values)

    def invoice(self, client_id: str, issued_on: date, **values: Any) -> str:
        """An invoice payable in 30 days."""
        common = {"client_id": client_id, "issued_on": issued_on, "due_on": issued_on + timedelta(days=30)}
        return self._add("invoices", common | values)

    def referral(self, referrer_id: str, invited_on: date, **values: Any) -> str:
        return self._add("referrals", {"referrer_id": referrer_id, "invited_on": invited_on} | values)

    def suppression(self, client_id: str, reason: str, since: date) -> None:
        email = next(row["email"] for row in self.rows["clients"] if row["client_id"] == client_id)
        self._add("suppressions", {"email": email, "reason": reason, "since": since})

    def value_of(self, project_id: str) -> float:
        text = next(row["value_eur"] for row in reversed(self.rows["projects"]) if row["project_id"] == project_id)
        return float(text.replace(",", "."))

    def write(self, folder: Path) -> None:
        """One CSV file a table, in UTF-8, with Dutch amounts and booleans."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.rows.items():
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS[name].split(), restval="", lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)

    def _take(self, slot: int | None) -> str:
        spread_days = self.programme.seasons.spread_days
        for place, client_id in enumerate(self._free):
            if slot is None or crc32(client_id.encode()) % spread_days == slot:
                return self._free.pop(place)
        raise ValueError("the sample needs more clients than it was given; ask for 200 or more")

    def _add(self, name: str, values: dict[str, object]) -> str:
        row = {key: _cell(value) for key, value in values.items()}
        if letter := FIRST_LETTER.get(name):
            self._given[name] += 1
            row = {COLUMNS[name].split()[0]: f"{letter}{self._given[name]:05d}"} | row
        self.rows[name].append(row)
        return row[COLUMNS[name].split()[0]]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float):
        return f"{value:.2f}".replace(".", ",")
    return str(value)

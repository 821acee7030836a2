"""Plain facts for tests: keyword overrides, sane defaults, no randomness."""

import tomllib
import zlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from programme.facts.records import Client, Feedback, Invoice, PastMessage, Project, Quote, Recipient
from programme.terms.schema import Programme
from programme.words.states import Purpose

ROOT = Path(__file__).resolve().parent.parent


@cache
def shipped_programme() -> Programme:
    """The programme that ships, freshly validated."""
    return Programme.model_validate(tomllib.loads((ROOT / "programme.toml").read_text("utf-8")))


def programme(**changes: Any) -> Programme:
    """The shipped programme with dotted keys changed: programme(**{"caps.marketing_gap_days": 3})."""
    raw = tomllib.loads((ROOT / "programme.toml").read_text("utf-8"))
    for path, value in changes.items():
        table, *rest = path.split(".")
        place: Any = raw
        for name in [table, *rest][:-1]:
            place = place.setdefault(name, {})
        place[[table, *rest][-1]] = value
    return Programme.model_validate(raw)


def project(project_id: str = "P1", client_id: str = "C1", **changes: Any) -> Project:
    """A dakkapel of EUR 1,500, ordered 2025-10-01 and delivered 2025-11-01."""
    defaults: dict[str, Any] = {
        "type": "dakkapel",
        "value_cents": 150_000,
        "ordered_on": date(2025, 10, 1),
        "delivered_on": date(2025, 11, 1),
        "cancelled_on": None,
        "engineer": "ir. S. Wiersma",
        "address": "Kerkweg 1",
        "postcode": "8921 AB",
        "built_year": 1960,
        "monument": False,
    }
    return Project(project_id=project_id, client_id=client_id, **(defaults | changes))


def quote(quote_id: str = "Q1", client_id: str = "C1", **changes: Any) -> Quote:
    """A quote of EUR 1,200, sent 2026-02-01 and rejected 2026-02-20."""
    defaults: dict[str, Any] = {
        "type": "uitbouw",
        "value_cents": 120_000,
        "sent_on": date(2026, 2, 1),
        "decided_on": date(2026, 2, 20),
        "decision": "rejected",
    }
    return Quote(quote_id=quote_id, client_id=client_id, **(defaults | changes))


def feedback(feedback_id: str = "F1", client_id: str = "C1", **changes: Any) -> Feedback:
    """A review of P1 without a score."""
    defaults: dict[str, Any] = {
        "project_id": "P1",
        "given_on": date(2025, 11, 10),
        "kind": "review",
        "score": None,
        "negative": None,
        "severity": None,
        "resolved_on": None,
    }
    return Feedback(feedback_id=feedback_id, client_id=client_id, **(defaults | changes))


def invoice(invoice_id: str = "V1", client_id: str = "C1", **changes: Any) -> Invoice:
    """An unpaid invoice of 2026-01-01, due 2026-01-31."""
    defaults: dict[str, Any] = {"issued_on": date(2026, 1, 1), "due_on": date(2026, 1, 31), "paid_on": None}
    return Invoice(invoice_id=invoice_id, client_id=client_id, **(defaults | changes))


def client(client_id: str = "C1", **changes: Any) -> Client:
    """A consumer who said yes to our mails."""
    defaults: dict[str, Any] = {
        "recipient": "jan@voorbeeld.nl",
        "name": "Jan de Vries",
        "kind": "consument",
        "consent": "yes",
        "channel": "email",
        "id_crc32": zlib.crc32(client_id.encode()),
    }
    return Client(client_id=client_id, **(defaults | changes))


def recipient(*clients: Client, **changes: Any) -> Recipient:
    """The recipient of these records; of one default client without any."""
    members = clients or (client(),)
    return Recipient(members[0].recipient, tuple(members), **changes)


def message(touchpoint: str, as_of: date, **changes: Any) -> PastMessage:
    """A message that a daily run sent to the default client."""
    defaults: dict[str, Any] = {
        "client_id": "C1",
        "recipient": "jan@voorbeeld.nl",
        "occasion": "P0",
        "status": "accepted",
        "flow": "daily",
        "purpose": kind.purpose if (kind := shipped_programme().kinds.get(touchpoint)) else Purpose.SERVICE,
    }
    return PastMessage(touchpoint=touchpoint, as_of=as_of, **(defaults | changes))

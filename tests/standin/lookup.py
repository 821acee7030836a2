"""SendGrid's two ways of asking what became of a mail: Email Logs (/v3/logs) and Email Activity (/v3/messages)."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.standin.mailbox import read_log

_CONDITION = re.compile(r"""\s*(\w+)\s*(=|>=|<=|>|<|LIKE)\s*(?:TIMESTAMP\s*)?["']([^"']*)["']\s*""")
_LOG_FIELDS = {"sg_message_id", "subject", "to_email", "status", "reason", "categories", "sg_message_id_created_at"}
Reply = tuple[int, Any]


def logs(path: Path, raw: bytes) -> Reply:
    """POST /v3/logs: conditions joined by AND."""
    asked = json.loads(raw)
    limit = asked.get("limit", 10)
    if asked.keys() - {"query", "limit", "subusers"} or not 1 <= limit <= 1000:
        return _bad("invalid request")
    conditions = _parse(asked.get("query", ""))
    if conditions is None or {name for name, _, _ in conditions} - _LOG_FIELDS:
        return _bad("invalid query syntax")
    found = [entry for entry in _entries(path) if all(_holds(entry, *condition) for condition in conditions)]
    keys = ("from_email", "sg_message_id", "subject", "to_email", "status", "sg_message_id_created_at")
    return 200, {"messages": [{key: entry[key] for key in keys} for entry in found[:limit]]}


def get(path: Path, target: str) -> Reply:
    parts = urlsplit(target)
    if parts.path.startswith("/v3/logs/"):
        wanted = unquote(parts.path.removeprefix("/v3/logs/"))
        for entry in _entries(path):
            if entry["sg_message_id"] == wanted:
                return 200, entry | {"events": [], "api_key_id": "standin", "client_ip": "192.0.2.1"}
        return 404, {"errors": [{"message": "not found", "field": "message_id"}]}
    if parts.path.startswith("/v3/messages/"):
        wanted = unquote(parts.path.removeprefix("/v3/messages/"))
        for entry in _entries(path):
            if entry["sg_message_id"] == wanted:
                return 200, {"msg_id": wanted, "events": [], "unique_args": json.dumps(entry["custom_args"])}
        return 404, {"errors": [{"message": "not found", "field": "message_id"}]}
    if parts.path == "/v3/messages":
        return _activity(path, parse_qs(parts.query))
    return 404, {"errors": [{"message": "Not Found", "field": None}]}


def _activity(path: Path, query: dict[str, list[str]]) -> Reply:
    conditions = _parse(query.get("query", [""])[0])
    if conditions is None or any(name not in ("msg_id", "to_email", "last_event_time") for name, _, _ in conditions):
        return _bad("invalid syntax")
    found = [
        entry
        for entry in _entries(path)
        if all(_holds(entry, "sg_message_id" if name == "msg_id" else name, *rest) for name, *rest in conditions)
    ]
    limit = int(query.get("limit", ["10"])[0])
    keys = ("from_email", "subject", "to_email", "status")
    messages = [{key: entry[key] for key in keys} | {"msg_id": entry["sg_message_id"]} for entry in found[:limit]]
    return 200, {"messages": messages}


def _parse(text: str) -> list[tuple[str, str, str]] | None:
    conditions = []
    for part in re.split(r"\s+AND\s+", text):
        match = _CONDITION.fullmatch(part)
        if not match:
            return None
        conditions.append((match[1], match[2], match[3]))
    return conditions


def _holds(entry: dict[str, Any], name: str, operator: str, value: str) -> bool:
    found = str(entry.get(name, ""))
    if operator == "LIKE":
        return found.startswith(value.rstrip("%")) if value.endswith("%") else found == value
    if name.endswith("created_at"):
        left, right = (datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (found, value))
        return {"=": left == right, ">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[
            operator
        ]
    return operator == "=" and found == value


def _entries(path: Path) -> list[dict[str, Any]]:
    """One for each accepted recipient; the id is the request's, a server part and the recipient's place."""
    return [
        {
            "from_email": "bouwclub@bureaubroersma.example",
            "sg_message_id": f"{accepted['x']}.recvd-1-{position}",
            "subject": "",
            "to_email": address,
            "status": "delivered",
            "sg_message_id_created_at": datetime.fromtimestamp(accepted["at"], UTC).isoformat().replace("+00:00", "Z"),
            "custom_args": {"message_id": message_id},
        }
        for accepted in read_log(path)
        for position, (message_id, address) in enumerate(accepted["people"])
    ]


def _bad(message: str) -> Reply:
    return 400, {"errors": [{"message": message, "field": "query"}]}

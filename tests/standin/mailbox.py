"""What the stand-in accepted: a log on disk that outlives any process, and the mail that each recipient would see."""

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Mail(NamedTuple):
    """A mail as its recipient would get it."""

    x_message_id: str
    message_id: str
    to: str
    sender_name: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    categories: tuple[str, ...]
    open_tracking: bool
    click_tracking: bool


class Mailbox:
    """Args: path: the log; one JSON line for each accepted request, written before its answer."""

    def __init__(self, path: Path, keep_bodies: bool = True) -> None:
        self.path = path
        self.keep_bodies = keep_bodies
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def accept(self, x_message_id: str, body: dict[str, Any]) -> None:
        people = [
            [person["custom_args"]["message_id"], person["to"][0]["email"]] for person in body["personalizations"]
        ]
        entry = {"x": x_message_id, "at": time.time(), "people": people}
        if self.keep_bodies:
            entry["body"] = body
        with self._lock:
            os.write(self._file, json.dumps(entry).encode() + b"\n")

    def close(self) -> None:
        os.close(self._file)


def read_log(path: Path) -> list[dict[str, Any]]:
    """The accepted requests: {"x": X-Message-Id, "at": seconds, "people": [[message_id, address], ...], "body": …}."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def mails(path: Path) -> Iterator[Mail]:
    """Every mail that was accepted, with its substitutions made as SendGrid makes them."""
    for entry in read_log(path):
        for person in entry["body"]["personalizations"]:
            yield _mail(entry["x"], entry["body"], person)


def _mail(x_message_id: str, body: dict[str, Any], person: dict[str, Any]) -> Mail:
    content = {part["type"]: part["value"] for part in body["content"]}
    values = person.get("substitutions", {})
    tracking = body["tracking_settings"]
    return Mail(
        x_message_id,
        person["custom_args"]["message_id"],
        person["to"][0]["email"],
        (person.get("from") or body["from"]).get("name", ""),
        substituted(person.get("subject", body.get("subject", "")), values),
        substituted(content["text/plain"], values),
        substituted(content["text/html"], values),
        {**body.get("headers", {}), **person.get("headers", {})},
        tuple(body.get("categories", ())),
        tracking["open_tracking"]["enable"],
        tracking["click_tracking"]["enable"],
    )


def substituted(text: str, values: dict[str, str]) -> str:
    """Tags replaced one after the other. The order is not documented, so no order may make a difference."""
    forward, backward = text, text
    for tag, value in values.items():
        forward = forward.replace(tag, value)
    for tag, value in reversed(values.items()):
        backward = backward.replace(tag, value)
    assert forward == backward, "a value holds another's tag"
    return forward

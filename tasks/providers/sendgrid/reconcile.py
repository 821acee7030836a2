"""Looks up at SendGrid what became of requests in doubt.

SendGrid accepts a request as a whole, so one of its messages found in SendGrid's log settles all of them. The id that
we gave each message comes back as a custom argument, which no other message has. A request that is not found stays in
doubt: the log has a delay, and only a person may decide to send again. Sources: SendGrid's Email Logs (POST /v3/logs)
and, for accounts without those, Email Activity (GET /v3/messages).
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from sqlalchemy import Connection, Engine, select, update

from models import tables
from models.database import clock
from models.database.engine import reading, writing_durably
from models.settings import Settings
from programme.sending.state_changes import Cause, RequestState
from programme.words.states import MessageStatus
from tasks.providers.sendgrid.wire import AnswerLost, NotSent, Reply, SendGridWire
from tasks.sending.settling import members_of
from tasks.sending.status_changes import change_status

ASKED_OF_A_REQUEST = 3  # recipients looked up before a request counts as not found
LOOKUP_SECONDS = 20.0
CLOCKS_DIFFER = timedelta(minutes=10)
MOST_MATCHES = 100
WAITS_FOR_RATE = 3  # Email Activity allows six requests a minute
RATE_SECONDS = 11.0

_NOT_SENDGRID = "what answers at BOUWCLUB_SENDGRID_HOST is not SendGrid"

_MESSAGES, _REQUESTS = tables.messages, tables.requests


class LookupFailed(Exception):
    """SendGrid could not answer the look-up; everything stays as it was."""


class RequestInDoubt(NamedTuple):
    """A request in doubt, with some of its recipients as (message id, address)."""

    request_id: str
    sent_at: datetime
    messages: int
    some: list[tuple[str, str]]


@dataclass
class ReconcileReport:
    """The number of messages in doubt by request id, of accepted requests and of those not found."""

    accepted: dict[str, int] = field(default_factory=dict)
    not_found: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The report as values that JSON can hold."""
        return {"accepted": self.accepted, "not_found": self.not_found}


def reconcile(engine: Engine, settings: Settings) -> ReconcileReport:
    """Look up every request in doubt, and settle those that SendGrid accepted. Safe to repeat. Raises LookupFailed."""
    provider = _Provider(SendGridWire(settings, LOOKUP_SECONDS))
    report = ReconcileReport()
    with reading(engine) as connection:
        doubts = _read_doubts(connection)
    for doubt in doubts:
        provider_id = provider.find(doubt)
        if provider_id is None:
            report.not_found[doubt.request_id] = doubt.messages
        else:
            with writing_durably(engine) as connection:
                report.accepted[doubt.request_id] = _accept(connection, doubt.request_id, provider_id)
    return report


def _read_doubts(connection: Connection) -> list[RequestInDoubt]:
    query = (
        select(_MESSAGES.c.request_id, _MESSAGES.c.message_id, _MESSAGES.c.recipient, _REQUESTS.c.sent_at)
        .join_from(_REQUESTS, _MESSAGES, _MESSAGES.c.id.between(_REQUESTS.c.first_id, _REQUESTS.c.last_id))
        .where(_REQUESTS.c.state == RequestState.IN_DOUBT, _REQUESTS.c.delivery == "sendgrid")
        .where(_MESSAGES.c.request_id == _REQUESTS.c.request_id, _MESSAGES.c.status == MessageStatus.IN_DOUBT)
        .order_by(_REQUESTS.c.sent_at, _MESSAGES.c.id)
    )
    found: dict[str, RequestInDoubt] = {}
    for row in connection.execute(query):
        doubt = found.get(row.request_id) or RequestInDoubt(row.request_id, clock.aware(row.sent_at), 0, [])
        if doubt.messages < ASKED_OF_A_REQUEST:
            doubt.some.append((row.message_id, row.recipient))
        found[row.request_id] = doubt._replace(messages=doubt.messages + 1)
    return list(found.values())


def _accept(connection: Connection, request_id: str, provider_id: str) -> int:
    ours = members_of(connection, request_id)
    settled = change_status(connection, Cause.LOOK_UP, MessageStatus.ACCEPTED, ours, provider_id=provider_id)
    now = clock.now()
    learnt = {"state": RequestState.ACCEPTED, "provider_id": provider_id, "answered_at": now}
    connection.execute(update(_REQUESTS).where(_REQUESTS.c.request_id == request_id).values(learnt))
    return settled


class _Provider:
    """SendGrid's log of mails, through Email Logs or Email Activity."""

    def __init__(self, wire: SendGridWire) -> None:
        self._wire = wire
        self._has_logs = True

    def find(self, doubt: RequestInDoubt) -> str | None:
        """The X-Message-Id of a request that SendGrid accepted; None when its log does not have it (yet)."""
        for message_id, address in doubt.some:
            for found in self._candidates(address, doubt.sent_at):
                if self._message_id_of(found) == message_id:
                    return found.partition(".")[0]
        return None

    def _candidates(self, address: str, sent_at: datetime) -> Iterator[str]:
        """The ids of mails to an address around a moment."""
        first, last = sent_at - CLOCKS_DIFFER, sent_at + CLOCKS_DIFFER
        if self._has_logs:
            query = (
                f"to_email = '{_quoted(address)}' AND sg_message_id_created_at >= TIMESTAMP \"{_stamp(first)}\" "
                f'AND sg_message_id_created_at <= TIMESTAMP "{_stamp(last)}"'
            )
            body = orjson.dumps({"query": query, "limit": MOST_MATCHES})
            reply = self._ask(lambda: self._wire.post("logs", body))
            if reply.status == 200:
                yield from _ids(reply, "sg_message_id")
                return
            if reply.status not in (403, 404):
                raise LookupFailed(f"SendGrid answered HTTP {reply.status} to a look-up in its logs; try again later")
            self._has_logs = False
        query = f'to_email="{_quoted(address)}"'
        reply = self._ask(lambda: self._wire.get("messages", {"query": query, "limit": str(MOST_MATCHES)}))
        if reply.status == 429 or reply.status >= 500:
            raise LookupFailed(f"SendGrid answered HTTP {reply.status} to a look-up in its activity; try again later")
        if reply.status != 200:
            raise LookupFailed(
                f"SendGrid offers this account no look-up (HTTP {reply.status}): Email Logs or the Email Activity "
                "add-on is needed. The events of the webhook settle doubts too."
            )
        yield from _ids(reply, "msg_id")

    def _message_id_of(self, found: str) -> str | None:
        """Our own id, as returned with the mail's custom arguments.

        Only SendGrid's own word that it has no such mail says that: after any other answer nobody may read that the
        request was not found, and send it again.
        """
        place = "logs" if self._has_logs else "messages"
        reply = self._ask(lambda: self._wire.get(f"{place}/{quote(found, safe='')}"))
        if reply.status == 404:
            return None
        if reply.status != 200:
            raise LookupFailed(f"SendGrid answered HTTP {reply.status} when asked for one mail; try again later")
        details = _json(reply)
        arguments = details.get("custom_args") or details.get("unique_args") or {}
        if isinstance(arguments, str):
            arguments = _read(arguments)
        return arguments.get("message_id") if isinstance(arguments, dict) else None

    def _ask(self, call: Any) -> Reply:
        for attempt in range(WAITS_FOR_RATE + 1):
            try:
                reply: Reply = call()
            except (NotSent, AnswerLost) as error:
                raise LookupFailed(f"SendGrid cannot be asked: {error}; check BOUWCLUB_SENDGRID_HOST") from None
            if reply.status == 401:
                raise LookupFailed("SendGrid refuses the API key: check BOUWCLUB_SENDGRID_API_KEY")
            if reply.status != 429 or attempt == WAITS_FOR_RATE:
                return reply
            time.sleep(RATE_SECONDS)
        raise AssertionError("unreachable")


def _json(reply: Reply) -> dict[str, Any]:
    found = _read(reply.body)
    return found if isinstance(found, dict) else {}


def _read(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise LookupFailed(_NOT_SENDGRID) from None


def _ids(reply: Reply, name: str) -> Sequence[str]:
    """The ids of the mails that a look-up found."""
    rows = _json(reply).get("messages") or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) and row.get(name) for row in rows):
        raise LookupFailed(_NOT_SENDGRID)
    return [str(row[name]) for row in rows]


def _quoted(address: str) -> str:
    """The address for use inside a query. A quote would end the text, so an address with one finds nothing."""
    return address.replace("'", "").replace('"', "").replace("\\", "")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

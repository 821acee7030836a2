"""What a provider's event means: one of our events, its effect on its message, and whom it suppresses.

Nothing here refuses anything: what we do not know or cannot read becomes an event of kind "other". The order in
which events come carries no meaning, so every effect is worked out from the set of events alone.
Source: SendGrid's Event Webhook Reference; programme section 2 (statuses).
"""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from programme.words.addresses import compared
from programme.words.states import MessageStatus, SuppressionReason

FIRST_PLAUSIBLE_SECOND = 946_684_800  # 1 January 2000; an earlier timestamp is no timestamp
LONGEST_TEXT = 1000  # characters of a reason; servers answer with whole paragraphs
LONGEST_ID = 200  # sg_event_id has at most 100 characters
LONGEST_ADDRESS = 254


class EventKind(StrEnum):
    """Our words for what happens to a mail after it was handed over, in life order."""

    PROCESSED = "processed"
    DROPPED = "dropped"  # the provider did not even try
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BLOCKED = "blocked"  # refused this time; says nothing about the address
    BOUNCED = "bounced"  # refused for good
    OPENED = "opened"
    CLICKED = "clicked"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    OTHER = "other"


class Event(NamedTuple):
    """One event of a provider, read as far as it can be read; see models.events.EventRow."""

    provider_event_id: str
    kind: EventKind
    message_id: str | None
    provider_message_id: str | None
    recipient: str
    occurred_at: datetime
    is_machine: bool
    reason: str | None


_KINDS = {
    "processed": EventKind.PROCESSED,
    "dropped": EventKind.DROPPED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "blocked": EventKind.BLOCKED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "group_resubscribe": EventKind.RESUBSCRIBED,
}

_SUPPRESSED_BY = {
    EventKind.BOUNCED: SuppressionReason.BOUNCE,
    EventKind.COMPLAINED: SuppressionReason.SPAM_REPORT,
    EventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBE,
}
# A drop for one of these reasons means that the address stands on the provider's own list.
_SUPPRESSED_BY_DROP = {
    "unsubscribed address": SuppressionReason.UNSUBSCRIBE,
    "bounced address": SuppressionReason.BOUNCE,
    "spam reporting address": SuppressionReason.SPAM_REPORT,
    "invalid": SuppressionReason.INVALID,
}

# That the mail was at least tried at the receiving server, so the provider had accepted it.
_PROOFS_OF_SENDING = frozenset(
    {
        EventKind.DEFERRED,
        EventKind.DELIVERED,
        EventKind.BLOCKED,
        EventKind.BOUNCED,
        EventKind.OPENED,
        EventKind.CLICKED,
        EventKind.COMPLAINED,
        EventKind.UNSUBSCRIBED,
        EventKind.RESUBSCRIBED,
    }
)
# Statuses that an event may change. The others say that nothing was ever handed over.
OPEN_TO_EVENTS = frozenset(
    {
        MessageStatus.PLANNED,  # taken back or allowed to go again, while the first try was accepted after all
        MessageStatus.SENDING,
        MessageStatus.IN_DOUBT,
        MessageStatus.ACCEPTED,
        MessageStatus.REJECTED,
    }
)

_MESSAGE_ID = re.compile(r"[0-9a-f]{32}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def read_event(payload: object, received_at: datetime) -> Event:
    """The event that one element of a webhook's list tells of.

    Args:
        payload: as json.loads gave it; anything at all.
        received_at: aware; stands in for a missing or impossible timestamp, and nothing happened after it.
    """
    fields = payload if isinstance(payload, dict) else {}
    reason = _text(fields.get("reason")) or _text(fields.get("response")) or None
    message_id = fields.get("message_id")
    return Event(
        provider_event_id=_text(fields.get("sg_event_id"))[:LONGEST_ID] or _digest(payload),
        kind=_kind_of(fields),
        message_id=message_id if isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id) else None,
        provider_message_id=provider_message_id_of(_text(fields.get("sg_message_id"))),
        recipient=compared(_text(fields.get("email")))[:LONGEST_ADDRESS],
        occurred_at=_moment(fields.get("timestamp"), received_at),
        is_machine=str(fields.get("sg_machine_open", "")).lower() in ("true", "1"),
        reason=reason and reason[:LONGEST_TEXT],
    )


def suppression_of(event: Event) -> SuppressionReason | None:
    """Why the address of this event gets nothing more from us; None when it may."""
    if event.kind == EventKind.DROPPED:
        return _SUPPRESSED_BY_DROP.get((event.reason or "").strip().lower())
    return _SUPPRESSED_BY.get(event.kind)


def status_after(before: MessageStatus, kinds: Iterable[EventKind]) -> MessageStatus:
    """The status of a message that has had events of these kinds, in whatever order they came.

    A try at the receiving server outranks a drop, and a drop outranks "processed", which the provider may say of a
    message before it drops it.
    """
    seen = set(kinds)
    if before not in OPEN_TO_EVENTS:
        return before
    if seen & _PROOFS_OF_SENDING:
        return MessageStatus.ACCEPTED
    if EventKind.DROPPED in seen:
        return MessageStatus.REJECTED
    return MessageStatus.ACCEPTED if EventKind.PROCESSED in seen else before


def provider_message_id_of(text: str) -> str | None:
    """The id that the provider gave the request, which every `sg_message_id` of it begins with.

    >>> provider_message_id_of("qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0")
    'qNwBLgPQQjW6DJvKQwSAbw'
    """
    # Older ids hold dots themselves; a dropped event may name the server alone, without an id before it.
    found = re.match(r"(?!filter|recvd)(.+?)\.(?:filter|recvd)|(?!filter|recvd)([^.]+)", text)
    return (found[1] or found[2])[:LONGEST_ID] if found else None


def _kind_of(fields: dict[object, object]) -> EventKind:
    kind = _KINDS.get(_text(fields.get("event")), EventKind.OTHER)
    if kind == EventKind.BOUNCED and not _is_hard(fields):
        return EventKind.BLOCKED
    return kind


def _is_hard(fields: dict[object, object]) -> bool:
    """A bounce is hard unless its type says otherwise or, without a type, its status is a passing one (4.x.x)."""
    if kind := _text(fields.get("type")).lower():
        return kind == "bounce"
    return not _text(fields.get("status")).startswith("4")


def _moment(value: object, received_at: datetime) -> datetime:
    try:
        second = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
        if second >= FIRST_PLAUSIBLE_SECOND:
            return min(datetime.fromtimestamp(second, UTC), received_at)
    except (ValueError, OverflowError, OSError):
        pass
    return received_at


def _text(value: object) -> str:
    """Text without control characters and lone surrogates (PostgreSQL takes neither); "" for what is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _CONTROLS.sub(" ", str(value)).strip()


def _digest(payload: object) -> str:
    text = json.dumps(payload, sort_keys=True, default=str)
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()

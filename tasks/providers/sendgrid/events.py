"""SendGrid's Event Webhook in our words.

Nothing is refused here: an event that we do not know or cannot read becomes an event of kind "other".
Source: SendGrid's Event Webhook Reference.
"""

import hashlib
import json
import re
from datetime import UTC, datetime

from programme.inbound.events import Event, EventKind
from programme.words.addresses import LONGEST_ADDRESS, compared
from programme.words.states import SuppressionReason

FIRST_PLAUSIBLE_SECOND = 946_684_800  # 1 January 2000; an earlier timestamp must be wrong
LONGEST_TEXT = 1000  # characters of a reason; some servers answer with whole paragraphs
LONGEST_ID = 200  # sg_event_id has at most 100 characters

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
# A drop for one of these reasons means that the address is on SendGrid's own list.
_SUPPRESSED_BY_DROP = {
    "unsubscribed address": SuppressionReason.UNSUBSCRIBE,
    "bounced address": SuppressionReason.BOUNCE,
    "spam reporting address": SuppressionReason.SPAM_REPORT,
    "invalid": SuppressionReason.INVALID,
}
_OVER_QUOTA = re.compile(r"quota|credit", re.IGNORECASE)  # "Recipient List over Package Quota"

_MESSAGE_ID = re.compile(r"[0-9a-f]{32}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def read_event(payload: object, received_at: datetime) -> Event:
    """The event in one element of the webhook's list.

    Args:
        payload: as parsed by json.loads; any value.
        received_at: aware; replaces a missing or impossible timestamp, and is the latest possible one.
    """
    fields = payload if isinstance(payload, dict) else {}
    reason = _text(fields.get("reason")) or _text(fields.get("response")) or None
    message_id = fields.get("message_id")
    kind, suppresses = _meaning_of(fields)
    return Event(
        provider_event_id=_text(fields.get("sg_event_id"))[:LONGEST_ID] or _digest(payload),
        kind=kind,
        message_id=message_id if isinstance(message_id, str) and _MESSAGE_ID.fullmatch(message_id) else None,
        provider_message_id=provider_message_id_of(_text(fields.get("sg_message_id"))),
        recipient=compared(_text(fields.get("email")))[:LONGEST_ADDRESS],
        occurred_at=_moment(fields.get("timestamp"), received_at),
        is_machine=str(fields.get("sg_machine_open", "")).lower() in ("true", "1"),
        reason=reason and reason[:LONGEST_TEXT],
        suppresses=suppresses,
    )


def provider_message_id_of(text: str) -> str | None:
    """SendGrid's id of the request, with which every `sg_message_id` of it begins; None when there is none.

    >>> provider_message_id_of("qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0")
    'qNwBLgPQQjW6DJvKQwSAbw'
    """
    # Older ids have dots themselves; a dropped event may name only the server, without an id before it.
    found = re.match(r"(?!filter|recvd)(.+?)\.(?:filter|recvd)|(?!filter|recvd)([^.]+)", text)
    return (found[1] or found[2])[:LONGEST_ID] if found else None


def _meaning_of(fields: dict[object, object]) -> tuple[EventKind, SuppressionReason | None]:
    kind = _KINDS.get(_text(fields.get("event")), EventKind.OTHER)
    if kind == EventKind.DROPPED:
        return _meaning_of_drop(_text(fields.get("reason")))
    if kind == EventKind.BOUNCED and not _is_hard(fields):
        kind = EventKind.BLOCKED
    return kind, _SUPPRESSED_BY.get(kind)


def _meaning_of_drop(reason: str) -> tuple[EventKind, SuppressionReason | None]:
    """The kind of a drop: because of the address, or because of us (content, headers, account).

    A person looks at a drop with an unknown reason.
    """
    if suppresses := _SUPPRESSED_BY_DROP.get(reason.lower()):
        return EventKind.DROPPED, suppresses
    return EventKind.OVER_QUOTA if _OVER_QUOTA.search(reason) else EventKind.WITHHELD, None


def _is_hard(fields: dict[object, object]) -> bool:
    """Whether a bounce is hard: unless its type says otherwise or, without a type, its status is temporary (4.x.x)."""
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
    """The text without control characters and lone surrogates (PostgreSQL accepts neither); "" for any other value."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _CONTROLS.sub(" ", str(value)).strip()


def _digest(payload: object) -> str:
    text = json.dumps(payload, sort_keys=True, default=str)
    return "sha256-" + hashlib.sha256(text.encode()).hexdigest()

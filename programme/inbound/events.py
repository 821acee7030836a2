"""What a provider's event means for its message, whichever provider reports it.

The order in which events arrive carries no meaning, so every effect is derived from the set of events alone. Each
provider's own words are read in its folder (tasks/providers/). Source: programme section 2 (statuses).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from programme.sending.state_changes import Cause, may_change
from programme.words.states import MessageStatus, SuppressionReason


class EventKind(StrEnum):
    """Our words for what happens to a mail after the hand-over, in life order."""

    PROCESSED = "processed"
    DROPPED = "dropped"  # the provider did not try, because of the address
    OVER_QUOTA = "over_quota"  # the provider did not try, because our account has no mails left
    WITHHELD = "withheld"  # the provider did not try, because of our content or for an unknown reason
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
    """One event of a provider, as far as it can be read; see models.events.EventRow.

    Attributes:
        suppresses: why the address may get no more mail from us; None when it may.
    """

    provider_event_id: str
    kind: EventKind
    message_id: str | None
    provider_message_id: str | None
    recipient: str
    occurred_at: datetime
    is_machine: bool
    reason: str | None
    suppresses: SuppressionReason | None = None


# Drops that we caused ourselves: the address is good, and a person may release the message again.
OWN_FAULTS = frozenset({EventKind.OVER_QUOTA, EventKind.WITHHELD})
DROPS = OWN_FAULTS | {EventKind.DROPPED}

# Events that prove an attempt at the receiving server, so the provider had accepted the mail.
PROOFS_OF_SENDING = frozenset(
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
_CALLED_OFF = frozenset({MessageStatus.EXPIRED, MessageStatus.CANCELLED})
_NOTE = "arrived_after_"  # starts the note on a message that was sent although our log had called it off


def status_after(
    before: MessageStatus, kinds: Iterable[EventKind], earlier: Iterable[Iterable[EventKind]] = ()
) -> MessageStatus:
    """The status of a message that has had events of these kinds, in whatever order they arrived.

    An attempt at the receiving server outranks a drop. A drop outranks "processed", which the provider may report for a
    message before it drops it. Only an attempt outranks the fact that a message was called off.

    Args:
        kinds: the events of the request that carried the message last.
        earlier: the events of each earlier request, after which a person released the message again. Their drops are
            settled, but if the provider did accept an earlier request, the message must not go twice.
    """
    tries = [set(kinds), *(set(each) for each in earlier)]
    verdict = _verdict(tries[0])
    if any(_verdict(each) == MessageStatus.ACCEPTED for each in tries):
        verdict = MessageStatus.ACCEPTED
    if verdict is None or not may_change(Cause.EVENT, before, verdict):
        return before
    if before in _CALLED_OFF and not any(each & PROOFS_OF_SENDING for each in tries):
        return before
    return verdict


def _verdict(seen: set[EventKind]) -> MessageStatus | None:
    """The status that the events of one request imply; None when they decide nothing."""
    if seen & PROOFS_OF_SENDING:
        return MessageStatus.ACCEPTED
    if seen & DROPS:
        return MessageStatus.REJECTED
    return MessageStatus.ACCEPTED if EventKind.PROCESSED in seen else None


def note_of_arrival(before: MessageStatus, after: MessageStatus, reason: str | None) -> str | None:
    """The note on a message that arrived although it was called off or rejected; otherwise its own reason.

    >>> note_of_arrival(MessageStatus.CANCELLED, MessageStatus.ACCEPTED, "no_consent")
    'arrived_after_cancelled: no_consent'
    """
    if after != MessageStatus.ACCEPTED or before not in _CALLED_OFF | {MessageStatus.REJECTED}:
        return reason
    return f"{_NOTE}{before}: {reason}" if reason else f"{_NOTE}{before}"


def status_before_arrival(note: str | None) -> MessageStatus | None:
    """The status that such a note names; None for any other reason."""
    word = (note or "").partition(":")[0]
    return MessageStatus(word.removeprefix(_NOTE)) if word.startswith(_NOTE) else None

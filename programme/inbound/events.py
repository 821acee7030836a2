"""What a provider's event means for its message, whichever provider tells of it.

The order in which events come carries no meaning, so every effect is worked out from the set of events alone. A
provider's own words are read in its own folder (tasks/providers/). Source: programme section 2 (statuses).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from programme.sending.state_changes import Cause, may_change
from programme.words.states import MessageStatus, SuppressionReason


class EventKind(StrEnum):
    """Our words for what happens to a mail after it was handed over, in life order."""

    PROCESSED = "processed"
    DROPPED = "dropped"  # the provider did not even try, because of the address
    OVER_QUOTA = "over_quota"  # the provider did not even try: our account has no mails left
    WITHHELD = "withheld"  # the provider did not even try: our content, or a reason that we do not know
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
    """One event of a provider, read as far as it can be read; see models.events.EventRow.

    Attributes:
        suppresses: why the address gets nothing more from us; None when it may.
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


# Drops for our own sake: the address is good, and a person may let the message go again.
OWN_FAULTS = frozenset({EventKind.OVER_QUOTA, EventKind.WITHHELD})
DROPS = OWN_FAULTS | {EventKind.DROPPED}

# That the mail was at least tried at the receiving server, so the provider had accepted it.
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
_NOTE = "arrived_after_"  # begins the note of a message that went although our log said that it would not


def status_after(
    before: MessageStatus, kinds: Iterable[EventKind], earlier: Iterable[Iterable[EventKind]] = ()
) -> MessageStatus:
    """The status of a message that has had events of these kinds, in whatever order they came.

    A try at the receiving server outranks a drop, and a drop outranks "processed", which the provider may say of a
    message before it drops it. That a message was called off is outranked by a try alone.

    Args:
        kinds: of the request that carried it last.
        earlier: of each earlier request, after which a person let it go again: its drop is dealt with, but should
            the provider have taken it after all, it must not go twice.
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
    """What the events of one request say; None when they decide nothing."""
    if seen & PROOFS_OF_SENDING:
        return MessageStatus.ACCEPTED
    if seen & DROPS:
        return MessageStatus.REJECTED
    return MessageStatus.ACCEPTED if EventKind.PROCESSED in seen else None


def note_of_arrival(before: MessageStatus, after: MessageStatus, reason: str | None) -> str | None:
    """What the log keeps beside a message that arrived although it was called off or rejected; else its own reason.

    >>> note_of_arrival(MessageStatus.CANCELLED, MessageStatus.ACCEPTED, "no_consent")
    'arrived_after_cancelled: no_consent'
    """
    if after != MessageStatus.ACCEPTED or before not in _CALLED_OFF | {MessageStatus.REJECTED}:
        return reason
    return f"{_NOTE}{before}: {reason}" if reason else f"{_NOTE}{before}"


def status_before_arrival(note: str | None) -> MessageStatus | None:
    """The status that such a note tells of; None of any other reason."""
    word = (note or "").partition(":")[0]
    return MessageStatus(word.removeprefix(_NOTE)) if word.startswith(_NOTE) else None

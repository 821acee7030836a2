"""The tag beside each mail of a client says the last thing that became of it."""

from types import SimpleNamespace

import pytest

from programme.inbound.events import EventKind
from programme.words.states import MessageStatus
from tasks.insight.telling import Mailed
from web.desk.pages.client_story import _state_of

DELIVERED, OPENED = EventKind.DELIVERED, EventKind.OPENED


@pytest.mark.parametrize(
    ("events", "status", "state"),
    [
        ((), MessageStatus.ACCEPTED, "verstuurd"),
        ((DELIVERED,), MessageStatus.ACCEPTED, "bezorgd"),
        ((DELIVERED, OPENED), MessageStatus.ACCEPTED, "gelezen"),
        ((DELIVERED, OPENED, EventKind.COMPLAINED), MessageStatus.ACCEPTED, "ongewenst"),  # it did arrive
        ((EventKind.BOUNCED,), MessageStatus.ACCEPTED, "niet aangekomen"),
        ((), MessageStatus.IN_DOUBT, "in twijfel"),
    ],
)
def test_the_tag_is_what_became_of_the_mail(events: tuple[EventKind, ...], status: MessageStatus, state: str) -> None:
    mailed = Mailed(SimpleNamespace(status=status), "", "", (), frozenset(events))
    assert _state_of(mailed)[0] == state

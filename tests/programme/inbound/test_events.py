"""What events mean for a message, in whatever order they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.inbound.events import EventKind, note_of_arrival, status_after, status_before_arrival
from programme.words.states import MessageStatus


@given(st.lists(st.sampled_from(EventKind), max_size=8), st.sampled_from(MessageStatus), st.randoms())
def test_order_and_doubles_change_nothing(kinds: list[EventKind], before: MessageStatus, random: object) -> None:
    """The status after some events depends on which they are, not on when each was seen or how often."""
    shuffled = [*kinds, *kinds]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    in_turn = before
    for count in range(1, len(shuffled) + 1):
        in_turn = status_after(in_turn, shuffled[:count])

    assert in_turn == status_after(before, kinds)


@pytest.mark.parametrize(
    ("before", "kinds", "after"),
    [
        ("in_doubt", ["processed"], "accepted"),
        ("sending", ["opened"], "accepted"),
        ("in_doubt", ["dropped"], "rejected"),
        ("accepted", ["processed", "dropped"], "rejected"),
        ("accepted", ["bounced"], "accepted"),
        ("rejected", ["delivered", "dropped"], "accepted"),
        ("planned", ["delivered"], "accepted"),
        ("in_doubt", ["other"], "in_doubt"),
        ("logged", ["delivered"], "logged"),
        ("superseded", ["dropped"], "superseded"),
    ],
)
def test_what_each_kind_proves(before: str, kinds: list[str], after: str) -> None:
    """A try at the receiving server outranks a drop, a drop outranks processed, and what never left stays as it is."""
    assert status_after(MessageStatus(before), [EventKind(kind) for kind in kinds]) == after


@pytest.mark.parametrize("before", ["expired", "cancelled", "rejected"])
@pytest.mark.parametrize("kind", ["delivered", "opened", "clicked"])
def test_a_mail_that_arrived_says_so(before: str, kind: str) -> None:
    """Delivered, opened or clicked: accepted, with a note of what the log said before; a drop says nothing new."""
    status, told = MessageStatus(before), EventKind(kind)
    assert status_after(status, [told]) == MessageStatus.ACCEPTED
    assert status_after(status, [EventKind.DROPPED, told]) == MessageStatus.ACCEPTED
    assert status_after(status, [EventKind.DROPPED]) == status
    note = note_of_arrival(status, MessageStatus.ACCEPTED, "no_consent")
    assert note == f"arrived_after_{before}: no_consent"
    assert status_before_arrival(note) == status
    assert status_before_arrival("no_consent") is None


@pytest.mark.parametrize("before", ["expired", "cancelled"])
def test_what_was_called_off_is_sent_only_where_a_server_was_tried(before: str) -> None:
    """By this request or an earlier one; that the provider took it in proves nothing."""
    status, taken = MessageStatus(before), [EventKind.PROCESSED]
    assert status_after(status, taken) == status
    assert status_after(status, taken, [taken]) == status
    assert status_after(status, taken, [[EventKind.DEFERRED]]) == MessageStatus.ACCEPTED


def test_only_an_arrival_against_our_log_is_noted() -> None:
    """With the reason why it was called off, if any; otherwise the reason stays as it was."""
    accepted, cancelled = MessageStatus.ACCEPTED, MessageStatus.CANCELLED
    assert note_of_arrival(cancelled, accepted, None) == "arrived_after_cancelled"
    assert note_of_arrival(MessageStatus.IN_DOUBT, accepted, "lease_ended") == "lease_ended"
    assert note_of_arrival(cancelled, cancelled, "no_consent") == "no_consent"
    assert note_of_arrival(MessageStatus.IN_DOUBT, MessageStatus.REJECTED, None) is None
    assert status_before_arrival(None) is None


@pytest.mark.parametrize(
    ("kinds", "earlier", "after"),
    [
        ([], [["processed", "over_quota"]], "planned"),
        ([], [["processed"]], "accepted"),
        ([], [["over_quota", "delivered"]], "accepted"),
        (["processed"], [["over_quota"]], "accepted"),
        (["dropped"], [["processed", "over_quota"]], "rejected"),
        (["dropped"], [["processed"]], "accepted"),
    ],
)
def test_after_a_resend_the_old_drop_is_dealt_with(kinds: list[str], earlier: list[list[str]], after: str) -> None:
    """What was dropped before a person let the message go again counts no more; that it was taken counts always."""
    before = [[EventKind(kind) for kind in each] for each in earlier]
    assert status_after(MessageStatus.PLANNED, [EventKind(kind) for kind in kinds], before) == after

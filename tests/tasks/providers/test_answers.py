"""What SendGrid's answers mean: for the messages, for us, and for how long to wait."""

import json
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.sending.state_changes import MESSAGE_STATUS_AFTER, Cause, Refusal, RequestState, may_change
from programme.words.states import MessageStatus
from tasks.providers.sendgrid.answers import (
    LONGEST_RETRY_SECONDS,
    LONGEST_WINDOW_SECONDS,
    TO_MEND,
    ProviderError,
    faults_of,
    meaning_of,
    rate_of,
    retry_after_seconds,
)
from tasks.providers.sendgrid.wire import Reply

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
OF_RECIPIENT = [ProviderError("Does not contain a valid address.", "personalizations.0.to.0.email")]


@pytest.mark.parametrize(
    ("status", "faults", "recipients", "state", "refusal"),
    [
        (202, None, 1000, RequestState.ACCEPTED, None),
        (400, OF_RECIPIENT, 1, RequestState.REJECTED, None),
        (400, OF_RECIPIENT, 2, RequestState.SPLIT, None),
        (400, [ProviderError("Does not contain a valid address.", "")], 1, RequestState.REJECTED, None),
        (400, [ProviderError("The from address is not valid.", "")], 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("The reply_to email is not valid.", "")], 9, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("Bad Request", "")], 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("Invalid address", "reply_to.email")], 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("Invalid address", "from.email")], 12, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("too short", "content.0.value")], 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [*OF_RECIPIENT, ProviderError("no", "subject")], 2, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, [ProviderError("no", "personalizations.3.headers")], 5, RequestState.NOT_SENT, Refusal.REQUEST),
        (400, None, 1, RequestState.NOT_SENT, Refusal.HOST),
        (400, [], 1, RequestState.NOT_SENT, Refusal.HOST),
        (422, None, 30, RequestState.NOT_SENT, Refusal.HOST),
        (418, None, 1, RequestState.NOT_SENT, Refusal.HOST),
        (402, None, 1, RequestState.NOT_SENT, Refusal.CREDIT),
        (410, None, 1, RequestState.NOT_SENT, Refusal.HOST),
        (431, None, 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (413, None, 1000, RequestState.SPLIT, None),
        (413, None, 1, RequestState.NOT_SENT, Refusal.REQUEST),
        (429, None, 1000, RequestState.THROTTLED, None),
        (401, None, 1000, RequestState.NOT_SENT, Refusal.KEY),
        (403, None, 1000, RequestState.NOT_SENT, Refusal.PERMISSION),
        (404, None, 1, RequestState.NOT_SENT, Refusal.HOST),
        (308, None, 1, RequestState.NOT_SENT, Refusal.HOST),
        (451, None, 1, RequestState.NOT_SENT, Refusal.REGION),
        (200, None, 1, RequestState.IN_DOUBT, None),
        (302, None, 1, RequestState.IN_DOUBT, None),
        (408, None, 1, RequestState.IN_DOUBT, None),
        (500, None, 1, RequestState.IN_DOUBT, None),
        (503, OF_RECIPIENT, 1, RequestState.IN_DOUBT, None),
        (599, None, 1, RequestState.IN_DOUBT, None),
    ],
)
def test_what_an_answer_means(
    status: int, faults: list[ProviderError] | None, recipients: int, state: RequestState, refusal: Refusal | None
) -> None:
    """Accepted, refused for the recipient's sake, later, about us, or unknown; what is about us says what to mend."""
    assert meaning_of(status, faults, recipients) == (state, refusal)
    assert refusal is None or TO_MEND[refusal]


FAULTS = st.none() | st.lists(st.builds(ProviderError, st.text(max_size=20), st.text(max_size=20)), max_size=3)


@given(st.integers(100, 599), FAULTS, st.integers(1, 1000))
def test_only_202_is_accepted_and_every_answer_means_something(
    status: int, faults: list[ProviderError] | None, recipients: int
) -> None:
    """No other status is taken for accepted, and what it does to a message is a legal change."""
    state, refusal = meaning_of(status, faults, recipients)
    assert (state == RequestState.ACCEPTED) == (status == 202)
    assert may_change(Cause.ANSWER, MessageStatus.SENDING, MESSAGE_STATUS_AFTER[state])
    assert refusal is None or state == RequestState.NOT_SENT


@given(st.integers(100, 599), FAULTS, st.integers(1, 1000))
def test_a_key_is_closed_for_its_recipients_sake_alone(
    status: int, faults: list[ProviderError] | None, recipients: int
) -> None:
    """Rejected: a request for one, with errors that are all about its recipient."""
    if meaning_of(status, faults, recipients).state == RequestState.REJECTED:
        assert recipients == 1
        assert faults
        assert all(fault.is_recipients for fault in faults)


@given(st.binary(max_size=60) | st.recursive(st.none() | st.text(), st.lists).map(lambda one: json.dumps(one).encode()))
def test_any_body_is_read(body: bytes) -> None:
    """Whatever answers: a list of faults, or none of SendGrid's."""
    found = faults_of(body)
    assert found is None or all(isinstance(fault, ProviderError) for fault in found)


@pytest.mark.parametrize(
    ("remaining", "reset", "expected"),
    [
        ("5", int(NOW.timestamp()) + 30, (5, 30.0)),
        ("0", int(NOW.timestamp()) + 3600, (0, LONGEST_WINDOW_SECONDS)),
        ("0", int(NOW.timestamp()) * 1000, (0, LONGEST_WINDOW_SECONDS)),
        ("0", int(NOW.timestamp()) - 3600, (0, 0.0)),
        ("-1", 0, (None, None)),
        ("veel", 0, (None, None)),
    ],
)
def test_rate_headers_are_believed_for_a_window_and_a_minute(
    remaining: str, reset: int, expected: tuple[int | None, float | None]
) -> None:
    """A reset in an hour, or in milliseconds, holds nobody up for longer than two minutes."""
    headers = Message()
    headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"] = remaining, str(reset)
    headers["Date"] = format_datetime(NOW, usegmt=True)
    assert rate_of(Reply(202, headers, b"")) == expected


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("999999999999", 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(hours=2), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=2), usegmt=True), 3600),
        ("", None),
        (None, None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
        ("morgen", None),
    ],
)
def test_retry_after_in_both_forms(header: str | None, seconds: float | None) -> None:
    """Whole seconds or an HTTP date; never negative, at most an hour; anything else says nothing."""
    assert retry_after_seconds(header, NOW) == seconds


@given(st.text(max_size=40))
def test_no_header_breaks_the_waiting(header: str) -> None:
    """Whatever a server sends, the wait is None or within an hour."""
    seconds = retry_after_seconds(header, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST_RETRY_SECONDS

"""What answers mean, what may follow what, how long to wait, and when to stop."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.sending.state_changes import (
    CHANGES,
    MESSAGE_STATUS_AFTER,
    PIECES_IN_A_ROW,
    RETRY_AFTER_CAP_SECONDS,
    SETTLED_FROM,
    FailureBrake,
    Refusal,
    RequestState,
    band_fault,
    may_become,
    meaning_of,
    retry_after_seconds,
    split_positions,
)
from programme.words.states import MessageStatus

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "recipients", "state", "refusal"),
    [
        (202, 1000, RequestState.ACCEPTED, None),
        (400, 1, RequestState.REJECTED, None),
        (400, 2, RequestState.SPLIT, None),
        (413, 1000, RequestState.SPLIT, None),
        (429, 1000, RequestState.THROTTLED, None),
        (401, 1000, RequestState.NOT_SENT, Refusal.KEY),
        (403, 1000, RequestState.NOT_SENT, Refusal.PERMISSION),
        (404, 1, RequestState.NOT_SENT, Refusal.HOST),
        (308, 1, RequestState.NOT_SENT, Refusal.HOST),
        (451, 1, RequestState.NOT_SENT, Refusal.REGION),
        (200, 1, RequestState.IN_DOUBT, None),
        (302, 1, RequestState.IN_DOUBT, None),
        (408, 1, RequestState.IN_DOUBT, None),
        (500, 1, RequestState.IN_DOUBT, None),
        (503, 1, RequestState.IN_DOUBT, None),
        (599, 1, RequestState.IN_DOUBT, None),
    ],
)
def test_what_an_answer_means(status: int, recipients: int, state: RequestState, refusal: Refusal | None) -> None:
    """Accepted, definitely refused, later, about us, or unknown."""
    assert meaning_of(status, recipients) == (state, refusal)


@given(st.integers(100, 599), st.integers(1, 1000))
def test_only_202_is_accepted_and_every_answer_means_something(status: int, recipients: int) -> None:
    """No other status is taken for accepted, and what it does to a message is a legal change."""
    state = meaning_of(status, recipients).state
    assert (state == RequestState.ACCEPTED) == (status == 202)
    assert may_become(MessageStatus.SENDING, MESSAGE_STATUS_AFTER[state])


def test_ends_are_ends() -> None:
    """Nothing follows accepted, rejected, expired and cancelled; in doubt never goes straight to sending."""
    ends = (MessageStatus.ACCEPTED, MessageStatus.REJECTED, MessageStatus.EXPIRED, MessageStatus.CANCELLED)
    assert not any(CHANGES[end] for end in ends)
    assert not may_become(MessageStatus.IN_DOUBT, MessageStatus.SENDING)
    assert not may_become(MessageStatus.LOGGED, MessageStatus.SENDING)


def test_late_answers_are_legal_changes() -> None:
    """From each status that an answer may settle, accepted and rejected are allowed."""
    for before in SETTLED_FROM:
        assert may_become(before, MessageStatus.ACCEPTED)
        assert may_become(before, MessageStatus.REJECTED)


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
    assert seconds is None or 0 <= seconds <= RETRY_AFTER_CAP_SECONDS


@given(st.integers(2, 1000), st.lists(st.integers(-5, 1005), max_size=30))
def test_a_split_loses_and_doubles_nobody(count: int, suspects: list[int]) -> None:
    """The pieces hold every position once, and each is smaller than the whole."""
    pieces = split_positions(count, suspects)
    assert sorted(position for piece in pieces for position in piece) == list(range(count))
    assert all(0 < len(piece) < count for piece in pieces)


@given(st.integers(1, 400), st.sets(st.integers(0, 399), max_size=20), st.booleans())
def test_splitting_finds_exactly_the_bad_ones(count: int, bad: set[int], is_named: bool) -> None:
    """However the bad ones lie, splitting until they are alone rejects them and nobody else."""
    bad = {position for position in bad if position < count}
    accepted: set[int] = set()
    rejected: set[int] = set()
    waiting = [list(range(count))]
    while waiting:
        piece = waiting.pop()
        if not bad.intersection(piece):
            accepted.update(piece)
        elif len(piece) == 1:
            rejected.update(piece)
        else:
            named = [place for place, position in enumerate(piece) if position in bad][:1] if is_named else []
            waiting += [[piece[place] for place in part] for part in split_positions(len(piece), named)]
    assert rejected == bad
    assert accepted == set(range(count)) - bad


def test_three_failures_in_a_row_stop() -> None:
    """An accepted request between them starts the count anew; throttling counts for nothing."""
    brake = FailureBrake(0.5)
    for state in (RequestState.IN_DOUBT, RequestState.NOT_SENT, RequestState.THROTTLED, RequestState.ACCEPTED):
        brake.count(state)
    for state in (RequestState.IN_DOUBT, RequestState.IN_DOUBT, RequestState.THROTTLED):
        brake.count(state)
    assert brake.reason is None
    brake.count(RequestState.IN_DOUBT)
    assert brake.reason == "3 requests failed in a row"


def test_the_share_counts_from_twenty() -> None:
    """More than the allowed share of at least twenty requests stops the run."""
    brake = FailureBrake(0.4)
    for _ in range(10):
        brake.count(RequestState.IN_DOUBT)
        brake.count(RequestState.ACCEPTED)
        assert brake.reason is None or brake.requests >= 20
    assert brake.reason == "10 of 20 requests failed (allowed share: 0.4)"


def test_a_few_bad_addresses_do_not_stop_a_run() -> None:
    """The pieces of a refused request are not failures in a row; a provider that refuses all of them stops the run."""
    brake = FailureBrake(0.5)
    brake.count(RequestState.SPLIT)
    for _ in range(20):
        brake.count(RequestState.SPLIT, is_piece=True)
    assert brake.reason is None
    for _ in range(20):
        brake.count(RequestState.SPLIT, is_piece=True)
    assert brake.pieces_in_a_row == PIECES_IN_A_ROW
    assert brake.reason is not None


@pytest.mark.parametrize(
    ("would_send", "days", "band", "limit"),
    [
        (200, [], 3, None),
        (201, [], 3, 200),
        (301, [100, 20], 3, 300),
        (300, [100, 20], 3, None),
        (10**6, [1], 0, None),
        (251, [100], 2.5, 250),
    ],
)
def test_the_band(would_send: int, days: list[int], band: float, limit: int | None) -> None:
    """Above max(200, band x largest day) asks for a go; a band of 0 never does."""
    fault = band_fault(would_send, days, band)
    assert (fault.limit if fault else None) == limit

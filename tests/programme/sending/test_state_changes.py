"""The one table of legal changes: what it allows, and that nothing else changes a status."""

import ast
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.guard import ROOT
from programme.sending.state_changes import (
    CHANGES,
    MESSAGE_STATUS_AFTER,
    Cause,
    RequestState,
    may_change,
    split_positions,
    statuses_before,
)
from programme.words.states import MessageStatus

NEVER_LEFT = (MessageStatus.LOGGED, MessageStatus.SUPERSEDED, MessageStatus.REPEATED, MessageStatus.HELD_OUT)


def test_what_was_never_to_go_stays_as_it_is() -> None:
    """Logged, superseded, repeated and held out messages have no way out and no way in."""
    for cause, before, after in product(Cause, NEVER_LEFT, MessageStatus):
        assert not may_change(cause, before, after)
        assert not may_change(cause, after, before)


def test_only_the_fence_leads_to_the_wire() -> None:
    """Nothing but the fence makes a message sending, and only a planned one."""
    ways = {cause: before for (cause, after), before in CHANGES.items() if after == MessageStatus.SENDING}
    assert ways == {Cause.FENCE: {MessageStatus.PLANNED}}


def test_only_a_person_sends_again_what_may_have_gone() -> None:
    """From in doubt or rejected back to planned: a definite answer that nothing was taken, or a resend by name."""
    causes = {
        cause
        for (cause, after), before in CHANGES.items()
        if after == MessageStatus.PLANNED and before & {MessageStatus.IN_DOUBT, MessageStatus.REJECTED}
    }
    assert causes == {Cause.ANSWER, Cause.RESEND}
    assert MessageStatus.REJECTED not in CHANGES[Cause.ANSWER, MessageStatus.PLANNED]


def test_accepted_ends_unless_events_say_dropped() -> None:
    """Of an accepted message only an event says anything else."""
    causes = {cause for (cause, _), before in CHANGES.items() if MessageStatus.ACCEPTED in before}
    assert causes == {Cause.EVENT}


@pytest.mark.parametrize("state", [state for state in RequestState if state not in ("claimed", "on_wire")])
def test_every_end_of_a_request_settles_what_was_on_the_wire(state: RequestState) -> None:
    """Whatever became of a request has a legal place for its messages; a late doubt takes no resend back."""
    after = MESSAGE_STATUS_AFTER[state]
    assert may_change(Cause.ANSWER, MessageStatus.SENDING, after)
    assert may_change(Cause.ANSWER, MessageStatus.PLANNED, after) == (state != RequestState.IN_DOUBT)


@given(st.lists(st.tuples(st.sampled_from(Cause), st.sampled_from(MessageStatus)), max_size=12))
def test_no_history_leaves_the_table(steps: list[tuple[Cause, MessageStatus]]) -> None:
    """Whatever is asked in whatever order, a planned message only ever goes where the table leads."""
    known = {after for _, after in CHANGES} | {MessageStatus.PLANNED}
    status = MessageStatus.PLANNED
    for cause, after in steps:
        is_legal = may_change(cause, status, after)
        assert is_legal == ((cause, after) in CHANGES and status in statuses_before(cause, after))
        status = after if is_legal else status
        assert status in known


def status_writes(path: Path) -> Iterator[int]:
    """Lines that set a column `status` in an update: a keyword of values(), or a key of a dict given to it.

    The values of an insert make a message, and change none.
    """
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "values":
            continue
        if isinstance(node.func.value, ast.Call) and getattr(node.func.value.func, "id", "") == "insert":
            continue
        keys = [keyword.arg for keyword in node.keywords]
        keys += [
            key.value
            for argument in node.args
            if isinstance(argument, ast.Dict)
            for key in argument.keys
            if isinstance(key, ast.Constant)
        ]
        if "status" in keys:
            yield node.lineno


@pytest.mark.slow
def test_one_statement_changes_a_status() -> None:
    """No other module writes the column: the table cannot be passed by."""
    writers = {
        str(path.relative_to(ROOT))
        for folder in ("tasks", "web", "cli", "flows", "deployments")
        for path in (ROOT / folder).rglob("*.py")
        if list(status_writes(path))
    }
    assert writers == {"tasks/sending/status_changes.py"}


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

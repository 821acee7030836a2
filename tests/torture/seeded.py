"""Faults put into the algorithm on purpose, each a mistake that others have made; the harness must catch every one."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.sql.elements import ColumnElement

from models import tables
from models.database.given import in_values
from programme.sending.state_changes import RequestState
from programme.words.states import MessageStatus
from tasks.providers.sendgrid import answers, messenger
from tasks.providers.sendgrid.answers import Meaning, ProviderError
from tasks.sending import delivery, settling
from tasks.sending.claiming import claims
from tasks.sending.claiming.queue import Queue
from tasks.sending.messenger import Claim, ProviderAnswer

_STATES, _REQUESTS = tables.message_states, tables.requests
_real_meaning, _real_settle, _real_fence = answers.meaning_of, settling.settle, claims.fence


def put_in(name: str) -> None:
    """Change this process for good; only in a sender that was forked for it."""
    SEEDED[name]()


def _no_fence() -> None:
    """Two workers that claimed the same messages both send them: nothing is compared before the wire."""

    def fence(connection: Connection, queue: Queue, claim: Claim) -> None:
        values = {"status": MessageStatus.SENDING, "request_id": claim.request_id}
        connection.execute(update(_STATES).where(_members(connection, claim)).values(values))
        mine = _REQUESTS.c.request_id == claim.request_id
        connection.execute(update(_REQUESTS).where(mine).values(state=RequestState.ON_WIRE))

    _replace(claims, fence=fence)
    _replace(claims, ranges_of_claims=lambda connection: [])


def _no_mark() -> None:
    """Nothing is written before the wire, so a crash after it looks like a message that never went."""

    def fence(connection: Connection, queue: Queue, claim: Claim) -> None:
        pass

    def settle(connection: Connection, delivery: str, claim: Claim, answer: ProviderAnswer, is_limited: bool) -> int:
        connection.execute(update(_STATES).where(_members(connection, claim)).values(request_id=claim.request_id))
        return _real_settle(connection, delivery, claim, answer, is_limited)

    _replace(claims, fence=fence)
    _replace(settling, settle=settle)


def _blind_retry_on_5xx() -> None:
    """A 500 is taken for "not accepted"."""

    def meaning_of(http_status: int, faults: Sequence[ProviderError] | None, recipients: int) -> Meaning:
        return Meaning(RequestState.NOT_SENT) if http_status >= 500 else _real_meaning(http_status, faults, recipients)

    _replace(messenger, meaning_of=meaning_of)


def _blind_retry_on_lost_answer() -> None:
    """A connection that ended without an answer is taken for "not sent"."""
    _replace_answers(RequestState.IN_DOUBT, RequestState.NOT_SENT)


def _doubt_is_success() -> None:
    """A lost answer is taken for "accepted"."""
    _replace_answers(RequestState.IN_DOUBT, RequestState.ACCEPTED)


def _rescue_by_time() -> None:
    """What a dead worker had on the wire is simply planned again."""
    _replace(settling, _end_of=lambda state, is_repeatable: RequestState.NOT_SENT)


def _early_accept() -> None:
    """Accepted is written before the wire, so that a crash leaves a mail that nobody sent."""

    def fence(connection: Connection, queue: Queue, claim: Claim) -> None:
        _real_fence(connection, queue, claim)
        mine = _STATES.c.request_id == claim.request_id
        connection.execute(update(_STATES).where(mine).values(status=MessageStatus.ACCEPTED))

    _replace(claims, fence=fence)


def _settle_by_range() -> None:
    """An answer settles every message between the first and the last of its request, whoever has them."""

    def settle(connection: Connection, delivery: str, claim: Claim, answer: ProviderAnswer, is_limited: bool) -> int:
        if answer.state == RequestState.ACCEPTED:
            between = _STATES.c.id.between(claim.letters[0].id, claim.letters[-1].id)
            connection.execute(update(_STATES).where(between).values(status=MessageStatus.ACCEPTED))
        return _real_settle(connection, delivery, claim, answer, is_limited)

    _replace(settling, settle=settle)


def _no_split() -> None:
    """A refused request is refused for all of its messages."""
    _replace_answers(RequestState.SPLIT, RequestState.REJECTED)


def _throttled_is_refused() -> None:
    """A 429 is a refusal like any other 4xx."""
    _replace_answers(RequestState.THROTTLED, RequestState.REJECTED)


def _dead_workers_keep_theirs() -> None:
    """Nobody looks after what a dead worker had on the wire: it shows as sending for ever."""
    _replace(delivery, end_lost_requests=lambda connection, deliveries: connection.execute(select(1)))


def _members(connection: Connection, claim: Claim) -> ColumnElement[bool]:
    return in_values(_STATES.c.id, [letter.id for letter in claim.letters])


def _replace_answers(before: RequestState, after: RequestState) -> None:
    real = messenger.SendGridMessenger.deliver

    def deliver(self: Any, claim: Claim, parcel: Any) -> ProviderAnswer:
        answer = real(self, claim, parcel)
        if answer.state == before:
            answer.state = after
        return answer

    _replace(messenger.SendGridMessenger, deliver=deliver)


def _replace(place: Any, **names: Any) -> None:
    for name, value in names.items():
        assert hasattr(place, name), name
        setattr(place, name, value)


SEEDED: dict[str, Callable[[], None]] = {
    "no_fence": _no_fence,
    "no_mark": _no_mark,
    "blind_retry_on_5xx": _blind_retry_on_5xx,
    "blind_retry_on_lost_answer": _blind_retry_on_lost_answer,
    "doubt_is_success": _doubt_is_success,
    "rescue_by_time": _rescue_by_time,
    "early_accept": _early_accept,
    "settle_by_range": _settle_by_range,
    "no_split": _no_split,
    "throttled_is_refused": _throttled_is_refused,
    "dead_workers_keep_theirs": _dead_workers_keep_theirs,
}

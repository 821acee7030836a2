"""Sends the planned messages: none twice without a person's decision, none lost.

    claim    commit which messages go in which request (tasks/sending/claiming/claims.py); a crash here has no effect
    fence    commit that the request goes on the wire now, if the claim still stands
    deliver  one try, no retry anywhere below
    settle   compare-and-set by request id: accepted, rejected, in doubt, or planned again (tasks/sending/settling.py)

One thread does all of the database work; making requests ready and the wire have threads of their own. Nothing here may
be retried from outside: the table decides what goes again.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, Engine

from models.database.engine import copying_log, writing_durably
from programme.sending.brakes import FailureBrake
from programme.sending.state_changes import NOT_SENT_SECONDS, RequestState, split_positions
from tasks.base.checkpoints import passed
from tasks.sending.claiming.claims import Claimed, claim_piece, claim_window, fence_all, release
from tasks.sending.claiming.queue import Queue
from tasks.sending.means import Delivery
from tasks.sending.messenger import Claim, DeliveryReport, DeliveryStopped, Messenger, Parcel, ProviderAnswer
from tasks.sending.pacing import limiter
from tasks.sending.pacing.stops import busy_for, stop_for
from tasks.sending.pacing.waiting import count_left, seconds_to_next
from tasks.sending.parcels import Preparing, Ready
from tasks.sending.settling import end_lost_requests, settle_surely

logger = logging.getLogger("bouwclub.mail")

POLL_SECONDS = 1.0
GATHER_SECONDS = 0.02  # answers that arrive within it are settled in one transaction

Progress = Callable[[int], None]


def deliver_queued(
    delivery: Delivery, as_of: date, run_id: str, *, limit: int | None = None, progress: Progress | None = None
) -> DeliveryReport:
    """Send the planned messages dated `as_of`, until none is left that may go. Any number of these may run at once.

    Args:
        limit: claim at most this many messages.
        progress: called with the number of newly settled messages.

    Returns:
        The counts; messages in doubt and left ones are in the message log.

    Raises:
        DeliveryStopped: a brake, a refusal, an unreachable or busy provider; its `report` has the counts so far.
    """
    return _Run(delivery, delivery.queue(as_of, run_id), limit, progress).work()


class _Piece(NamedTuple):
    """A part of a refused request, or a message that must go alone."""

    ids: list[int]
    split_of: str | None


@dataclass
class _Run:
    """The state of one delivering run; a crash loses nothing of it that matters."""

    delivery: Delivery
    queue: Queue
    limit: int | None
    progress: Progress | None
    engine: Engine = field(init=False)
    messenger: Messenger = field(init=False)
    brake: FailureBrake = field(init=False)
    patience: float = field(init=False)
    report: DeliveryReport = field(init=False)
    ready: Preparing = field(init=False)
    pieces: list[_Piece] = field(default_factory=list)
    on_wire: dict[Future[ProviderAnswer], Claim] = field(default_factory=dict)
    stop: DeliveryStopped | None = None
    cursor: int = 0
    looked_at: int = 0  # messages, since the cursor was last at the beginning
    is_through: bool = False  # the cursor has come to the end
    claimed: int = 0
    copy_log: Callable[[], None] = lambda: None
    rest: float = 0.0  # seconds that the limiter asked us to wait
    gave_up_after: float = 0.0  # seconds that the provider asked for and that we had not
    set_aside: set[int] = field(default_factory=set)  # held, moved or unfit: not again in this run
    moved: int = 0  # messages that the next run says anew, for another address

    def __post_init__(self) -> None:
        self.engine, self.messenger = self.delivery.workspace.engine, self.delivery.messenger
        self.patience = self.delivery.patience_seconds
        self.brake = FailureBrake(self.delivery.workspace.settings.max_failure_share)
        self.report = DeliveryReport(self.messenger.name, self.queue.as_of)
        self.ready = Preparing(self.messenger, self.delivery.renderer)

    def work(self) -> DeliveryReport:
        """Deliver until nothing is left, then wind up; raises DeliveryStopped."""
        with writing_durably(self.engine) as connection:
            self._end_lost_requests(connection)
        wire = ThreadPoolExecutor(self.messenger.parallel, thread_name_prefix="deliver")
        with copying_log(self.engine) as self.copy_log, wire as pool:
            try:
                while self._feed(pool) or self._await_more():
                    self._collect()
            finally:
                self.ready.close()
                self._wind_up()
        if self.gave_up_after and self.report.left and not self.stop:
            self.stop = busy_for(self.gave_up_after, self.report.left)
        if self.stop:
            self.stop.report = self.report
            raise self.stop
        return self.report

    def _end_lost_requests(self, connection: Connection) -> None:
        """End the lost requests of this provider; upkeep handles those of others."""
        end_lost_requests(connection, {self.messenger.name: self.messenger.is_repeatable})

    def _feed(self, pool: ThreadPoolExecutor) -> bool:
        """Put requests on the wire up to the allowed number; False when none is on it."""
        self.rest = 0.0
        while not self.stop and not self.rest and (free := self._allowed() - len(self.on_wire)) > 0:
            if self.pieces:
                self._claim_piece()
            elif not self.ready:
                self._claim_windows()
            if not self.ready and not self.pieces:
                break
            batch = self.ready.take(free)
            for claim, parcel in batch:
                self._take_out(claim, parcel)
            for claim, parcel in self._fence(batch):
                self.on_wire[pool.submit(self.messenger.deliver, claim, parcel)] = claim
        return bool(self.on_wire)

    def _allowed(self) -> int:
        """One request at a time until the provider has accepted something, and while requests fail."""
        return self.messenger.parallel if self.brake.was_accepted and not self.brake.in_a_row else 1

    def _claim_windows(self) -> None:
        """Claim the next messages; after a window in which none may go comes the next one."""
        while not (self.ready or self.is_through or self._is_at_limit()):
            self._claim_window()

    def _is_at_limit(self) -> bool:
        return self.limit is not None and self.claimed >= self.limit

    def _claim_window(self) -> None:
        left = None if self.limit is None else self.limit - self.claimed
        passed("before_claim")
        with writing_durably(self.engine) as connection:
            found = claim_window(connection, self.queue, self.cursor, self.set_aside, left)
        passed("after_claim")
        self.is_through = not found.last_id
        self.cursor = found.last_id or self.cursor
        self.looked_at += found.looked_at
        self.claimed += sum(len(claim.letters) for claim in found.claims)
        self.copy_log()
        self._take_in(found, self.ready.add)

    def _claim_piece(self) -> None:
        """Claim the largest piece first: good messages are accepted soon, and if all are refused, few are rejected."""
        piece = self.pieces.pop(max(range(len(self.pieces)), key=lambda place: len(self.pieces[place].ids)))
        with writing_durably(self.engine) as connection:
            found = claim_piece(connection, self.queue, piece.ids, piece.split_of)
        self._take_in(found, self.ready.add_first)

    def _take_in(self, found: Claimed, add: Callable[[list[Claim]], None]) -> None:
        for reason, count in found.cancelled.items():
            self.report.cancelled[reason] = self.report.cancelled.get(reason, 0) + count
        self.report.held += len(found.held)
        self.moved += len(found.moved)
        self.set_aside.update(found.held, found.moved)
        add(found.claims)

    def _take_out(self, claim: Claim, parcel: Parcel) -> None:
        """Leave unfit letters planned, and queue the letters that must go alone."""
        if not (out := {*parcel.unfit, *parcel.alone}):
            return
        claim.letters = [letter for letter in claim.letters if letter.id not in out]
        self.report.unfit += len(parcel.unfit)
        for reason, number in Counter(parcel.unfit.values()).items():
            logger.error("%s: %d could not be made into a mail and stay planned: %s", claim.touchpoint, number, reason)
        self.set_aside.update(parcel.unfit)
        self.pieces.extend(_Piece([number], None) for number in parcel.alone)
        parcel.unfit.clear()
        parcel.alone.clear()

    def _fence(self, batch: list[Ready]) -> list[Ready]:
        """The requests to send now, committed together; others wait for the provider, or their claim was lost."""
        with writing_durably(self.engine) as connection:
            granted = len(batch)
            if self.queue.leaves_machine:
                granted, self.rest = limiter.take(connection, self.queue.delivery, granted)
            self.ready.put_back(batch[granted:])
            # The messages of a lost claim are planned or another worker's; a later pass finds those that are left.
            lost = fence_all(connection, self.queue, [ready.claim for ready in batch[:granted]])
            release(connection, lost)
        passed("after_fence")
        return [ready for ready in batch[:granted] if ready.claim.request_id not in lost]

    def _await_more(self) -> bool:
        """Wait for messages that may not go yet; False when the run is over."""
        if self.stop:
            return False
        if self.rest > 0.0:
            return self._wait_for_provider(self.rest)
        if self._is_at_limit() and not self.ready and not self.pieces:
            return False
        with writing_durably(self.engine) as connection:
            self._end_lost_requests(connection)
            seconds = seconds_to_next(connection, self.queue, self.set_aside)
        if seconds is None:
            return False
        is_claimed = seconds <= 0.0 and not self.looked_at  # all that is left is covered by another worker's claim
        self.cursor = self.looked_at = 0
        self.is_through = False
        if is_claimed:
            return self._sleep(POLL_SECONDS)
        return seconds <= 0.0 or self._wait_for_provider(seconds)

    def _wait_for_provider(self, seconds: float) -> bool:
        """Sleep a while; False, and the run ends, when the provider asks for more than is left of our patience."""
        if not self._sleep(seconds):
            self.gave_up_after = seconds
            return False
        return True

    def _sleep(self, seconds: float) -> bool:
        if seconds > self.patience:
            return False
        nap = min(max(seconds, 0.01), POLL_SECONDS)
        time.sleep(nap)
        self.patience -= nap
        return True

    def _collect(self) -> None:
        """Settle the answers that came back; waits for the first one, and a moment for others."""
        if not self.on_wire:
            return
        wait(self.on_wire, timeout=GATHER_SECONDS)
        back = wait(self.on_wire, return_when=FIRST_COMPLETED).done
        passed("after_answer")
        self._settle([(self.on_wire.pop(future), _answer_of(future)) for future in back])
        passed("after_settle")
        for future in back:
            future.result()  # a bug of ours ends the run

    def _settle(self, answers: list[tuple[Claim, ProviderAnswer]]) -> None:
        for _, answer in answers:
            if answer.state == RequestState.NOT_SENT and not answer.wait_seconds:
                answer.wait_seconds = NOT_SENT_SECONDS
        settled = settle_surely(self.engine, self.queue.delivery, answers, self.queue.leaves_machine)
        for claim, answer in answers:
            self._count(claim, answer)
        if self.progress:
            self.progress(settled)

    def _count(self, claim: Claim, answer: ProviderAnswer) -> None:
        self.brake.count(answer.state, is_piece=claim.split_of is not None)
        self.report.count(answer.state, len(claim.letters))
        if answer.state == RequestState.SPLIT:
            for positions in split_positions(len(claim.letters), answer.suspects):
                ids = [claim.letters[position].id for position in positions]
                self.pieces.append(_Piece(ids, claim.request_id))
        if not self.stop:
            self.stop = stop_for(answer, self.brake)

    def _wind_up(self) -> None:
        """However the run ends: settle what is on the wire, release the other claims, count what is left."""
        wait(self.on_wire)
        if self.on_wire:
            self._settle([(claim, _answer_of(future)) for future, claim in self.on_wire.items()])
        with writing_durably(self.engine) as connection:
            release(connection, self.ready.request_ids())
            self.report.left = self.moved + count_left(connection, self.queue, self.set_aside)


def _answer_of(future: Future[ProviderAnswer]) -> ProviderAnswer:
    """The answer that came back; after a bug around the wire nobody knows whether the request left."""
    if error := future.exception():
        return ProviderAnswer(RequestState.IN_DOUBT, detail=f"{type(error).__name__} while sending")
    return future.result()

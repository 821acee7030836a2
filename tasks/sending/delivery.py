"""Sending what is planned: never twice by itself, never lost.

    claim    commit which messages go in which request (tasks/sending/claims.py); a crash here costs nothing
    fence    commit that the request goes on the wire now, if the claim still stands
    deliver  one try, no retry anywhere below
    settle   compare-and-set by request id: accepted, rejected, in doubt, or planned again (tasks/sending/settling.py)

One thread does all of the database work; making requests ready and the wire have threads of their own. Nothing here may
be retried from outside: the table decides what goes again.
"""

import time
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Engine

from models.database.engine import copying_log, writing_durably
from models.settings import Settings
from programme.sending.state_changes import NOT_SENT_SECONDS, FailureBrake, RequestState, split_positions
from programme.terms.schema import Programme
from tasks.base.checkpoints import passed
from tasks.sending.claims import Claimed, ClaimLost, Queue, claim_piece, claim_window, fence, release
from tasks.sending.messenger import Answer, Claim, DeliveryReport, DeliveryStopped, Messenger, Parcel
from tasks.sending.parcels import Preparing, Ready
from tasks.sending.rechecking import known_on
from tasks.sending.sender import this_worker
from tasks.sending.settling import end_lost_requests, settle_surely
from tasks.sending.stops import stop_for
from tasks.sending.waiting import count_left, seconds_to_next

if TYPE_CHECKING:
    from tasks.mail.render import Renderer

WINDOW_REQUESTS = 16  # requests' worth of messages looked at in one claiming transaction
PATIENCE_SECONDS = 900.0  # waiting in all, for a provider that throttles or for another worker's claims
POLL_SECONDS = 1.0
GATHER_SECONDS = 0.02  # answers that come together are written down together

Progress = Callable[[int], None]


def deliver_queued(
    engine: Engine,
    settings: Settings,
    renderer: "Renderer",
    messenger: Messenger,
    programme: Programme,
    as_of: date,
    *,
    run_id: str,
    limit: int | None = None,
    progress: Progress | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
    kinds: Collection[str] | None = None,
) -> DeliveryReport:
    """Send the planned messages dated `as_of`, until none is left that may go. Any number of these may run at once.

    Args:
        limit: claim no more messages than this.
        progress: told of newly settled messages, by number.
        kinds: send mails of these kinds alone, by id; None sends all.

    Returns:
        Counts; in doubt and left ones are visible in the message log.

    Raises:
        DeliveryStopped: a brake, a refusal or an unreachable provider; its `report` says how far the run came.
    """
    queue = Queue(
        programme=programme,
        as_of=as_of,
        known_on=known_on(engine, as_of) if messenger.leaves_machine else as_of,
        delivery=messenger.name,
        per_request=min(settings.send_batch, messenger.per_request),
        window=min(settings.send_batch, messenger.per_request) * WINDOW_REQUESTS,
        lease_seconds=settings.lease_seconds,
        tracks=messenger.leaves_machine,
        is_limited=messenger.leaves_machine,
        run_id=run_id,
        worker=this_worker(),
        kinds=None if kinds is None else tuple(kinds),
    )
    brake = FailureBrake(settings.max_failure_share)
    run = _Run(engine, renderer, messenger, queue, brake, limit, progress, patience_seconds)
    return run.work()


class _Piece(NamedTuple):
    """A part of a refused request, or a message that has to go alone."""

    ids: list[int]
    split_of: str | None


@dataclass
class _Run:
    """The state of one delivering run; a crash loses nothing of it that matters."""

    engine: Engine
    renderer: "Renderer"
    messenger: Messenger
    queue: Queue
    brake: FailureBrake
    limit: int | None
    progress: Progress | None
    patience: float
    report: DeliveryReport = field(init=False)
    ready: Preparing = field(init=False)
    pieces: list[_Piece] = field(default_factory=list)
    on_wire: dict[Future[Answer], Claim] = field(default_factory=dict)
    stop: DeliveryStopped | None = None
    cursor: int = 0
    looked_at: int = 0  # messages, since the cursor was last at the beginning
    is_through: bool = False  # the cursor has come to the end
    claimed: int = 0
    copy_log: Callable[[], None] = lambda: None
    rest: float = 0.0  # seconds that the limiter asked us to wait
    set_aside: set[int] = field(default_factory=set)  # held or unfit: not again in this run

    def __post_init__(self) -> None:
        self.report = DeliveryReport(self.messenger.name, self.queue.as_of)
        self.ready = Preparing(self.messenger, self.renderer)

    def work(self) -> DeliveryReport:
        with writing_durably(self.engine) as connection:
            end_lost_requests(connection)
        wire = ThreadPoolExecutor(self.messenger.parallel, thread_name_prefix="deliver")
        with copying_log(self.engine) as self.copy_log, wire as pool:
            try:
                while self._feed(pool) or self._await_more():
                    self._collect()
            finally:
                self.ready.close()
                self._wind_up()
        if self.stop:
            self.stop.report = self.report
            raise self.stop
        return self.report

    def _feed(self, pool: ThreadPoolExecutor) -> bool:
        """Put requests on the wire up to the allowed number; False when none is there."""
        self.rest = 0.0
        while not self.stop and not self.rest and (free := self._allowed() - len(self.on_wire)) > 0:
            if self.pieces:
                self._claim_piece()
            elif not self.ready:
                self._claim_window()
            if not self.ready and not self.pieces:
                break
            batch = self.ready.take(free)
            for claim, parcel in batch:
                self._take_out(claim, parcel)
            for claim, parcel in self._fence(batch):
                self.on_wire[pool.submit(self.messenger.deliver, claim, parcel)] = claim
        return bool(self.on_wire)

    def _allowed(self) -> int:
        """One at a time until the provider accepted something, and while requests fail."""
        return self.messenger.parallel if self.brake.was_accepted and not self.brake.in_a_row else 1

    def _claim_window(self) -> None:
        left = None if self.limit is None else self.limit - self.claimed
        if self.is_through or (left is not None and left <= 0):
            return
        passed("before_claim")
        with writing_durably(self.engine) as connection:
            found = claim_window(connection, self.queue, self.cursor, self.set_aside, left)
        passed("after_claim")
        self.is_through = not found.looked_at
        self.cursor = found.last_id or self.cursor
        self.looked_at += found.looked_at
        self.claimed += sum(len(claim.letters) for claim in found.claims)
        self.copy_log()
        self._take_in(found, self.ready.add)

    def _claim_piece(self) -> None:
        """The largest first: good ones are soon accepted, and where all are refused none is rejected for nothing."""
        piece = self.pieces.pop(max(range(len(self.pieces)), key=lambda place: len(self.pieces[place].ids)))
        with writing_durably(self.engine) as connection:
            found = claim_piece(connection, self.queue, piece.ids, piece.split_of)
        self._take_in(found, self.ready.add_first)

    def _take_in(self, found: Claimed, add: Callable[[list[Claim]], None]) -> None:
        for reason, count in found.cancelled.items():
            self.report.cancelled[reason] = self.report.cancelled.get(reason, 0) + count
        self.report.held += len(found.held)
        self.set_aside.update(found.held)
        add(found.claims)

    def _take_out(self, claim: Claim, parcel: Parcel) -> None:
        """Letters that no mail can be made of stay planned; those that have to go alone are claimed anew."""
        out = {*parcel.unfit, *parcel.alone}
        claim.letters = [letter for letter in claim.letters if letter.id not in out]
        self.report.unfit += len(parcel.unfit)
        self.set_aside.update(parcel.unfit)
        self.pieces.extend(_Piece([number], None) for number in parcel.alone)
        parcel.unfit.clear()
        parcel.alone.clear()

    def _fence(self, batch: list[Ready]) -> list[Ready]:
        """Those that may and must be sent now, committed together; the others wait for the provider, or were lost."""
        fenced: list[Ready] = []
        lost: list[str] = []
        with writing_durably(self.engine) as connection:
            for place, ready in enumerate(batch):
                try:
                    with connection.begin_nested():
                        self.rest = fence(connection, self.queue, ready.claim)
                except ClaimLost:
                    # Its messages are planned or somebody else's; a later pass finds those that are left.
                    lost.append(ready.claim.request_id)
                    continue
                if self.rest:
                    self.ready.put_back(batch[place:])
                    break
                fenced.append(ready)
            release(connection, lost)
        passed("after_fence")
        return fenced

    def _await_more(self) -> bool:
        """Wait for messages that may not go yet; False when the run is over."""
        if self.stop:
            return False
        if self.rest > 0.0:
            return self._sleep(self.rest)
        if self.limit is not None and self.claimed >= self.limit and not self.ready and not self.pieces:
            return False
        with writing_durably(self.engine) as connection:
            end_lost_requests(connection)
            seconds = seconds_to_next(connection, self.queue.as_of, self.set_aside, self.queue.run_id, self.queue.kinds)
        if seconds is None:
            return False
        if seconds <= 0.0 and not self.looked_at:
            seconds = POLL_SECONDS  # all that is left is covered by another worker's claim
        self.cursor = self.looked_at = 0
        self.is_through = False
        return seconds <= 0.0 or self._sleep(seconds)

    def _sleep(self, seconds: float) -> bool:
        if seconds > self.patience:
            return False
        nap = min(max(seconds, 0.01), POLL_SECONDS)
        time.sleep(nap)
        self.patience -= nap
        return True

    def _collect(self) -> None:
        """Settle what came back; waits for an answer when requests are on the wire, and a moment for the others."""
        if not self.on_wire:
            return
        wait(self.on_wire, timeout=GATHER_SECONDS)
        back = wait(self.on_wire, return_when=FIRST_COMPLETED).done
        passed("after_answer")
        self._settle([(self.on_wire.pop(future), _answer_of(future)) for future in back])
        passed("after_settle")
        for future in back:
            future.result()  # a fault of ours ends the run

    def _settle(self, answers: list[tuple[Claim, Answer]]) -> None:
        for _, answer in answers:
            if answer.state == RequestState.NOT_SENT and not answer.wait_seconds:
                answer.wait_seconds = NOT_SENT_SECONDS
        settled = settle_surely(self.engine, self.queue.delivery, answers, self.queue.is_limited)
        for claim, answer in answers:
            self._count(claim, answer)
        if self.progress:
            self.progress(settled)

    def _count(self, claim: Claim, answer: Answer) -> None:
        self.brake.count(answer.state, is_piece=claim.split_of is not None)
        self.report.count(answer.state, len(claim.letters))
        if answer.state == RequestState.SPLIT:
            for positions in split_positions(len(claim.letters), answer.suspects):
                ids = [claim.letters[position].id for position in positions]
                self.pieces.append(_Piece(ids, claim.request_id))
        if not self.stop:
            self.stop = stop_for(answer, self.brake)

    def _wind_up(self) -> None:
        """Whatever ends the run: settle what is on the wire, give the other claims back, count what is left."""
        wait(self.on_wire)
        if self.on_wire:
            self._settle([(claim, _answer_of(future)) for future, claim in self.on_wire.items()])
        with writing_durably(self.engine) as connection:
            release(connection, self.ready.request_ids())
            self.report.left = count_left(
                connection, self.queue.as_of, self.set_aside, self.queue.run_id, self.queue.kinds
            )


def _answer_of(future: Future[Answer]) -> Answer:
    """What came back; after a fault of ours around the wire nobody knows whether the request left."""
    if fault := future.exception():
        return Answer(RequestState.IN_DOUBT, detail=f"{type(fault).__name__} while sending")
    return future.result()

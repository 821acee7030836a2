"""What takes long to work out and steers nobody by the minute: worked out once for all visitors, in a thread beside."""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from types import TracebackType
from typing import Any, TypeVar, cast

from starlette.requests import Request

T = TypeVar("T")

FRESH = timedelta(minutes=15)
TIMES_AS_LONG = 10
PATIENCE_SECONDS = 10.0  # that a visitor waits; after that the page says that it is being worked out


class AnswerOf:
    """Hands a fault of its block to whoever waits for the answer, as the pools of concurrent.futures do.

    Their threads are waited for when the process ends, and a forecast may take minutes.
    """

    def __init__(self, answer: "Future[Any]") -> None:
        self._answer = answer

    def __enter__(self) -> "Future[Any]":
        return self._answer

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if fault is not None:
            self._answer.set_exception(fault)
        return True


@dataclass
class KeptResult:
    """One answer, being worked out since `at` or ready; it took `took`, of real time."""

    at: datetime
    answer: "Future[Any]"
    before: Any = None
    took: timedelta = timedelta()

    def is_old(self, at: datetime) -> bool:
        """Whether it is ready and not fresh. What took long stays longer: making it slows all visitors down."""
        return self.answer.done() and at - self.at >= max(FRESH, TIMES_AS_LONG * self.took)

    def work(self, make: Callable[[], Any], turn: Lock) -> None:
        """Work it out when it is its turn; whatever goes wrong is the answer's."""
        with turn, AnswerOf(self.answer) as answer:
            began = time.monotonic()
            made = make()
            self.took = timedelta(seconds=time.monotonic() - began)
            answer.set_result(made)


@dataclass
class Kept:
    """Answers by key. Whoever asks while one is worked out waits for the same; an old one serves until it is there."""

    entries: dict[Any, KeptResult] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    turn: Lock = field(default_factory=Lock)  # one is worked out at a time, so that pages keep half of the processor

    def get(self, key: Any, at: datetime, make: Callable[[], T], patience: float = PATIENCE_SECONDS) -> T | None:
        """The answer, fresh if that can be had in time, an old one otherwise; None when there is none yet.

        Raises:
            Whatever `make` raised; the next who asks tries again.
        """
        entry = self._entry(key, at, make)
        if not wait([entry.answer], patience).done:
            return cast(T | None, entry.before)
        return cast(T, self._result(key, entry))

    def wait(self, key: Any, at: datetime, make: Callable[[], T]) -> T:
        """The answer, fresh, however long that takes. Raises whatever `make` raised."""
        return cast(T, self._result(key, self._entry(key, at, make)))

    def peek(self, key: Any) -> Any:
        """The answer when it is there, fresh or not; None otherwise. Nothing is worked out."""
        with self.lock:
            entry = self.entries.get(key)
        if entry is None or not entry.answer.done() or entry.answer.exception():
            return None
        return entry.answer.result()

    def _entry(self, key: Any, at: datetime, make: Callable[[], Any]) -> KeptResult:
        with self.lock:
            entry = self.entries.get(key)
            if entry is None or entry.is_old(at):
                entry = self._begin(key, at, make, entry)
            return entry

    def _result(self, key: Any, entry: KeptResult) -> Any:
        """What was worked out, however long that takes; a failure is raised, and not kept."""
        fault = entry.answer.exception()
        if fault is None:
            return entry.answer.result()
        with self.lock:
            if self.entries.get(key) is entry:
                del self.entries[key]
        raise fault

    def _begin(self, key: Any, at: datetime, make: Callable[[], Any], old: KeptResult | None) -> KeptResult:
        stale = [name for name, each in self.entries.items() if each.is_old(at)]
        for name in stale:
            del self.entries[name]
        before = old.answer.result() if old and not old.answer.exception() else None
        entry = self.entries[key] = KeptResult(at, Future(), before)
        Thread(target=entry.work, args=(make, self.turn), daemon=True).start()
        return entry


def kept_of(request: Request, name: str = "desk_kept") -> Kept:
    """Of the application that serves this request; those of another name take turns of their own."""
    state = request.app.state
    if not hasattr(state, name):
        setattr(state, name, Kept())
    return cast(Kept, getattr(state, name))

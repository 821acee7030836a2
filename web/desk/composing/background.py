"""What takes long while a campaign is written: done in a thread, one at a time, and for each draft only the newest."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from web.desk.kept import Kept

T = TypeVar("T")

MOST_ASKERS = 200
MOST_SEEN = 200
BUSY_SECONDS = 0.05


class Superseded(Exception):
    """Nobody waits for this any more: whoever asked for it asks for something else by now."""


class BackgroundResult(NamedTuple, Generic[T]):
    """What is there: the whole, or what was seen of it so far.

    Attributes:
        whole: None while it is being worked out.
        seen: what the work told last; None before that.
    """

    whole: T | None
    seen: Any


@dataclass
class Background:
    """Work of one kind. `wanted` holds what each asker asked for last, `seen` what the work told of each digest."""

    kind: str
    wanted: dict[str, str] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    turn: Lock = field(default_factory=Lock)

    def ask(
        self,
        kept: Kept,
        asker: str,
        digest: str,
        at: datetime,
        make: Callable[[Callable[[Any], None]], T],
        patience: float,
    ) -> BackgroundResult[T]:
        """The answer as far as it is there within `patience` seconds. Raises whatever `make` raised.

        Args:
            digest: of all that the answer depends on.
            make: works it out; what it is given is to be called now and then with what it has so far, and ends the
                work when nobody wants it any more.
        """
        with self.lock:
            self._want(asker, digest)

        def work() -> T:
            with self.turn:
                self._require(digest)
                return make(lambda seen: self._tell(digest, seen))

        if digest in self.seen and not kept.peek((self.kind, digest)):
            patience = min(patience, BUSY_SECONDS)  # it takes long, so waiting for the end of it is no use
        for _ in range(2):  # an answer that was given up earlier is begun again
            try:
                whole = kept.get((self.kind, digest), at, work, patience)
            except Superseded:
                continue
            return BackgroundResult(whole, self.seen.get(digest))
        return BackgroundResult(None, None)

    def _want(self, asker: str, digest: str) -> None:
        self.wanted.pop(asker, None)
        self.wanted[asker] = digest
        while len(self.wanted) > MOST_ASKERS:
            del self.wanted[next(iter(self.wanted))]

    def _require(self, digest: str) -> None:
        with self.lock:
            if digest not in self.wanted.values():
                raise Superseded(self.kind)

    def _tell(self, digest: str, seen: Any) -> None:
        self._require(digest)
        with self.lock:
            self.seen.pop(digest, None)
            self.seen[digest] = seen
            while len(self.seen) > MOST_SEEN:
                del self.seen[next(iter(self.seen))]

"""Claims on their way to the wire: one thread makes them ready while another does the database work."""

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from programme.terms.kinds import UnknownKind
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing
from tasks.sending.messenger import Claim, Messenger, Parcel

if TYPE_CHECKING:
    from tasks.mail.render import Renderer


MADE_AHEAD = 8  # requests; 0.4 MB each when full


class Ready(NamedTuple):
    """A claim with its parcel."""

    claim: Claim
    parcel: Parcel


@dataclass
class _Waiting:
    claim: Claim
    parcel: "Future[Parcel] | None" = None  # None until it is its turn to be made


class Preparing:
    """The claims of a run that are not on the wire yet, in order."""

    def __init__(self, messenger: Messenger, renderer: "Renderer") -> None:
        self._messenger, self._renderer = messenger, renderer
        self._waiting: deque[_Waiting] = deque()
        self._maker = ThreadPoolExecutor(1, "prepare")

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, claims: Iterable[Claim]) -> None:
        """Append claims, and start to make the first ones ready."""
        self._waiting.extend(map(_Waiting, claims))
        self._make_ahead()

    def add_first(self, claims: Iterable[Claim]) -> None:
        """Put claims before those that wait already."""
        self._waiting.extendleft(map(_Waiting, reversed(list(claims))))

    def put_back(self, ready: Iterable[Ready]) -> None:
        """Return claims that were taken but could not go yet."""
        for claim, parcel in reversed(list(ready)):
            made: Future[Parcel] = Future()
            made.set_result(parcel)
            self._waiting.appendleft(_Waiting(claim, made))

    def take(self, count: int) -> list[Ready]:
        """The next claims, made ready. Raises the error of making one ready: a bug of ours."""
        taken: list[Ready] = []
        try:
            while self._waiting and len(taken) < count:
                first = self._waiting[0]
                taken.append(Ready(first.claim, self._made(first).result()))
                self._waiting.popleft()
        except BaseException:
            self.put_back(taken)  # the run releases them with the others
            raise
        self._make_ahead()
        return taken

    def request_ids(self) -> list[str]:
        """The ids of the waiting claims, which the run must release when it ends."""
        return [waiting.claim.request_id for waiting in self._waiting]

    def close(self) -> None:
        """Stop the thread."""
        self._maker.shutdown(cancel_futures=True)

    def _make_ahead(self) -> None:
        for waiting in islice(self._waiting, MADE_AHEAD):
            self._made(waiting)

    def _made(self, waiting: _Waiting) -> "Future[Parcel]":
        if waiting.parcel is None:
            waiting.parcel = self._maker.submit(self._prepare, waiting.claim)
        return waiting.parcel

    def _prepare(self, claim: Claim) -> Parcel:
        """Its parcel; with all letters unfit if their template was lost or broken while they waited: others must go."""
        try:
            return self._messenger.prepare(self._renderer, claim)
        except (UnknownKind, TemplateInvalid, TemplateMissing) as fault:
            return Parcel(None, dict.fromkeys((letter.id for letter in claim.letters), str(fault)), [])

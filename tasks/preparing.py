"""Claims on their way to the wire, each made ready when its turn comes."""

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from tasks.messenger import Claim, Messenger, Parcel

if TYPE_CHECKING:
    from tasks.render import Renderer


class Ready(NamedTuple):
    claim: Claim
    parcel: Parcel


class Preparing:
    """The claims of a run that are not on the wire yet, in their order."""

    def __init__(self, messenger: Messenger, renderer: "Renderer") -> None:
        self._messenger, self._renderer = messenger, renderer
        self._waiting: deque[tuple[Claim, Parcel | None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, claims: Iterable[Claim]) -> None:
        self._waiting.extend((claim, None) for claim in claims)

    def add_first(self, claims: Iterable[Claim]) -> None:
        """Before those that wait already."""
        self._waiting.extendleft((claim, None) for claim in reversed(list(claims)))

    def put_back(self, ready: Iterable[Ready]) -> None:
        """Those that were taken and could not go yet."""
        self._waiting.extendleft(reversed(list(ready)))

    def take(self, count: int) -> list[Ready]:
        """The next claims, made ready. Raises what making one ready raised: a template that does not compile."""
        taken: list[Ready] = []
        try:
            while self._waiting and len(taken) < count:
                claim, parcel = self._waiting[0]
                taken.append(Ready(claim, parcel or self._messenger.prepare(self._renderer, claim)))
                self._waiting.popleft()
        except BaseException:
            self.put_back(taken)  # they are given back with the others
            raise
        return taken

    def request_ids(self) -> list[str]:
        """Of the claims that are to be given back when the run ends."""
        return [claim.request_id for claim, _ in self._waiting]

"""Claims on their way to the wire, each made ready when its turn comes."""

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tasks.messenger import Claim, Messenger, Parcel

if TYPE_CHECKING:
    from tasks.render import Renderer


class Preparing:
    """The claims of a run that are not on the wire yet, in their order."""

    def __init__(self, messenger: Messenger, renderer: "Renderer") -> None:
        self._messenger, self._renderer = messenger, renderer
        self._waiting: deque[Claim] = deque()
        self._head: Parcel | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, claims: Iterable[Claim], *, first: bool = False) -> None:
        """Args: first: before those that wait already."""
        if not first:
            self._waiting.extend(claims)
            return
        self._waiting.extendleft(reversed(list(claims)))
        self._head = None

    def head(self) -> tuple[Claim, Parcel]:
        """The next claim, ready. Raises what making it ready raised: a template that does not compile."""
        claim = self._waiting[0]
        if self._head is None:
            self._head = self._messenger.prepare(self._renderer, claim)
        return claim, self._head

    def drop_head(self) -> None:
        self._waiting.popleft()
        self._head = None

    def request_ids(self) -> list[str]:
        """Of the claims that are to be given back when the run ends."""
        return [claim.request_id for claim in self._waiting]

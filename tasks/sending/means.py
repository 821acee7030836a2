"""What a delivering run works with, and the queue that follows from it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from tasks.base.workspace import Workspace
from tasks.sending.claiming.queue import Queue
from tasks.sending.messenger import Messenger
from tasks.sending.sender import this_worker

if TYPE_CHECKING:
    from tasks.mail.render import Renderer

WINDOW_REQUESTS = 32  # the messages of so many requests are examined in one claiming transaction; some 40 MB
PATIENCE_SECONDS = 900.0  # waiting in all, for a provider that throttles or for another worker's claims


@dataclass(frozen=True)
class Delivery:
    """What a delivering run works with.

    Attributes:
        patience_seconds: the total wait for a throttling provider or for another worker's claims.
        kinds: send only mails of these kinds, by id; None sends all.
    """

    workspace: Workspace
    renderer: "Renderer"
    messenger: Messenger
    patience_seconds: float = PATIENCE_SECONDS
    kinds: Collection[str] | None = None

    def queue(self, as_of: date, run_id: str) -> Queue:
        """The messages of a day, in the requests that this provider accepts."""
        settings = self.workspace.settings
        per_request = min(settings.send_batch, self.messenger.per_request)
        return Queue(
            programme=self.workspace.programme,
            as_of=as_of,
            delivery=self.messenger.name,
            per_request=per_request,
            window=per_request * WINDOW_REQUESTS,
            lease_seconds=settings.lease_seconds,
            leaves_machine=self.messenger.leaves_machine,
            run_id=run_id,
            worker=this_worker(),
            kinds=None if self.kinds is None else tuple(self.kinds),
        )

"""Mails to look at while a campaign is written. Each is a page of its own in a frame that may do nothing.

They are kept in the memory of the process, because what they show may not be saved anywhere yet.
"""

import hashlib
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple, cast

from starlette.requests import Request

MOST_MADE = 90
MOST_MAILS = 3 * MOST_MADE  # about 20 kB each


class MailPreview(NamedTuple):
    """One mail: whom it is like, and what it says."""

    label: str
    subject: str
    sender: str
    text: str
    key: str


@dataclass
class Shelf:
    """Mails by a key that follows from what they say, and which mails a form made; those that were made last."""

    mails: dict[str, str] = field(default_factory=dict)
    made: dict[str, list[MailPreview]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def put(self, html: str) -> str:
        """Keep a mail's HTML, and return its key."""
        key = hashlib.sha256(html.encode("utf-8", "replace")).hexdigest()[:32]
        with self.lock:
            self.mails.pop(key, None)
            self.mails[key] = html
            while len(self.mails) > MOST_MAILS:
                del self.mails[next(iter(self.mails))]
        return key

    def remember(self, said: str, made: list[MailPreview]) -> None:
        """Keep which mails were made of this; no longer than the mails themselves are kept."""
        with self.lock:
            self.made[said] = made
            while len(self.made) > MOST_MADE:
                del self.made[next(iter(self.made))]

    def find(self, key: str) -> str | None:
        return self.mails.get(key)


def shelf_of(request: Request) -> Shelf:
    """Of the application that serves this request."""
    state = request.app.state
    if not hasattr(state, "desk_shelf"):
        state.desk_shelf = Shelf()
    return cast(Shelf, state.desk_shelf)

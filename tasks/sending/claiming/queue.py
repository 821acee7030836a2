"""What a delivering run claims."""

from dataclasses import dataclass
from datetime import date

from programme.terms.schema import Programme


@dataclass(frozen=True)
class Queue:
    """What a run claims, and for whom.

    Attributes:
        known_on: the day whose facts rules 1 to 3 and 6 see.
        window: the number of messages examined in one transaction; several requests come out of it.
        tracks: the provider can report opens.
        is_limited: the provider has a rate that all workers share.
        kinds: claim only mails of these kinds, by id; None claims all.
    """

    programme: Programme
    as_of: date
    known_on: date
    delivery: str
    per_request: int
    window: int
    lease_seconds: float
    tracks: bool
    is_limited: bool
    run_id: str
    worker: str
    kinds: tuple[str, ...] | None = None

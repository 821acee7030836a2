"""What a delivering run claims."""

from dataclasses import dataclass
from datetime import date

from programme.terms.schema import Programme


@dataclass(frozen=True)
class Queue:
    """What a run claims, and for whom.

    Attributes:
        window: the number of messages examined in one transaction; several requests come out of it.
        leaves_machine: mails reach people. The provider can report opens, and has a rate that all workers share.
        kinds: claim only mails of these kinds, by id; None claims all.
    """

    programme: Programme
    as_of: date
    delivery: str
    per_request: int
    window: int
    lease_seconds: float
    leaves_machine: bool
    run_id: str
    worker: str
    kinds: tuple[str, ...] | None = None

"""What a way of delivering must offer, what it answers, and the mistakes that stop a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from programme.sending.state_changes import Refusal, RequestState


class Letter(NamedTuple):
    """A claimed message, as the log has it; `variant` and `fields` are JSON.

    Attributes:
        standing: what is known of the records behind its address (tasks/sending/prescreen.py).
    """

    id: int
    message_id: str
    client_id: str
    recipient: str
    touchpoint: str
    purpose: str
    sender_name: str | None
    variant: str | None
    fields: str | None
    standing: int


@dataclass(slots=True)
class Claim:
    """One request to be: messages of one touchpoint, variant and kind of tracking, no address twice.

    Attributes:
        split_of: the refused request that this is a piece of.
    """

    request_id: str
    as_of: date
    touchpoint: str
    variant: str | None
    is_tracked: bool
    letters: list[Letter]
    split_of: str | None = None


@dataclass(slots=True)
class Answer:
    """What became of one request.

    Attributes:
        wait_seconds: for throttled and not sent: the messages rest so long.
        refusal: the answer was about us, not about the messages; the run stops, whatever the number of messages.
        to_mend: what people have to do about a refusal, in the provider's words: the beginning of a sentence.
        suspects: positions in the request that the provider's errors name.
        remaining, window_seconds: what the provider says of its rate, when it does.
        detail: one line for people, without addresses or keys.
    """

    state: RequestState
    provider_id: str | None = None
    http_status: int | None = None
    wait_seconds: float = 0.0
    refusal: Refusal | None = None
    to_mend: str | None = None
    suspects: Sequence[int] = ()
    remaining: int | None = None
    window_seconds: float | None = None
    detail: str | None = None


class Parcel(NamedTuple):
    """A claim made ready for the wire.

    Attributes:
        content: whatever the messenger's `deliver` wants.
        unfit: ids of letters that cannot be made into a mail, each with the reason.
        alone: ids of letters that have to go in a request of their own.
    """

    content: Any
    unfit: dict[int, str]
    alone: list[int]


class Messenger(Protocol):
    """A way of delivering.

    Attributes:
        name: as in BOUWCLUB_DELIVERY.
        leaves_machine: mails reach people; brakes, limiter and tracking apply.
        is_repeatable: doing an unfinished request again does no harm, so nothing is ever in doubt.
        per_request: messages a request takes at most.
        parallel: requests on the wire at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def leaves_machine(self) -> bool: ...

    @property
    def is_repeatable(self) -> bool: ...

    @property
    def per_request(self) -> int: ...

    @property
    def parallel(self) -> int: ...

    def prepare(self, renderer: Any, claim: Claim) -> Parcel:
        """Everything that can fail before a byte leaves."""
        ...

    def deliver(self, claim: Claim, parcel: Parcel) -> Answer:
        """One try. Called from several threads."""
        ...


@dataclass
class DeliveryReport:
    """What a delivering run did; every message it looked at is counted once under its last fate.

    Attributes:
        cancelled: by reason (rules 1 to 3, asked again).
        held: left planned by an open case.
        unfit: left planned because no mail could be made of them.
        left: still planned at the end for any other reason (throttled, a brake, another worker's claim).
        requests, failed, throttled: requests to the provider and how they ended.
    """

    delivery: str
    as_of: date
    accepted: int = 0
    rejected: int = 0
    in_doubt: int = 0
    cancelled: dict[str, int] = field(default_factory=dict)
    held: int = 0
    unfit: int = 0
    left: int = 0
    requests: int = 0
    failed: int = 0
    throttled: int = 0

    def count(self, state: RequestState, letters: int) -> None:
        """Count one request that ended, and its messages where that was their fate too."""
        self.requests += 1
        match state:
            case RequestState.ACCEPTED:
                self.accepted += letters
            case RequestState.THROTTLED:
                self.throttled += 1
            case _:
                self.failed += 1
                self.rejected += letters * (state == RequestState.REJECTED)
                self.in_doubt += letters * (state == RequestState.IN_DOUBT)

    def as_dict(self) -> dict[str, Any]:
        return {
            "delivery": self.delivery,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "in_doubt": self.in_doubt,
            "cancelled": dict(sorted(self.cancelled.items())),
            "held": self.held,
            "unfit": self.unfit,
            "left": self.left,
            "requests": self.requests,
            "failed": self.failed,
            "throttled": self.throttled,
        }


class DeliveryStopped(Exception):
    """A delivering run had to stop; what was not sent is still planned. `report` tells how far it came."""

    report: DeliveryReport | None = None


class TooManyFailures(DeliveryStopped):
    """The brake: too many requests of the run failed."""


class HostUnreachable(DeliveryStopped):
    """Nothing could be sent: no connection to the provider."""


class ProviderBusy(DeliveryStopped):
    """The provider asks to wait for longer than a run waits."""


class KeyRefused(DeliveryStopped):
    """The provider does not know our key, or the account has no mails left."""


class SenderRefused(DeliveryStopped):
    """The provider forbids this sender, or this key to send."""


class HostWrong(DeliveryStopped):
    """What answers is not the provider's API."""


class RequestRefused(DeliveryStopped):
    """The provider refuses what we wrote in the request beside its recipients."""


class OutboxUnwritable(DeliveryStopped):
    """The outbox folder cannot be written: a full disk, a missing permission."""


class NotReadyToSend(Exception):
    """A setting that sending needs is missing; nothing was claimed."""

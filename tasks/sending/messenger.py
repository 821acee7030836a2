"""The interface of a provider, its answers, and the errors that stop a run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol

from programme.sending.state_changes import Refusal, RequestState


class Letter(NamedTuple):
    """A claimed message, as stored in the log.

    Attributes:
        variant_id: of message_variants; the claim has its text.
        fields: JSON.
        standing: bits about the records behind its address (tasks/sending/claiming/prescreen.py).
    """

    id: int
    message_id: str
    client_id: str
    recipient: str
    touchpoint: str
    purpose: str
    sender_name: str | None
    variant_id: int | None
    fields: str | None
    standing: int


class Enclosed(NamedTuple):
    """A file that goes with a mail; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


class ToStaff(NamedTuple):
    """What a mail to somebody at the firm has beside its text.

    Attributes:
        reply_to: whom an answer goes to; "" for the firm's own mailbox.
        files: what goes with it.
    """

    reply_to: str = ""
    files: tuple[Enclosed, ...] = ()


@dataclass(slots=True)
class Claim:
    """A request to be sent: messages of one touchpoint, variant and kind of tracking, no address twice.

    Attributes:
        split_of: the refused request that this is a piece of.
        to_staff: set for one letter to somebody at the firm, which no machine may answer.
    """

    request_id: str
    as_of: date
    touchpoint: str
    variant: str | None
    is_tracked: bool
    letters: list[Letter]
    split_of: str | None = None
    to_staff: ToStaff | None = None


@dataclass(slots=True)
class ProviderAnswer:
    """The provider's answer to one request.

    Attributes:
        wait_seconds: how long the messages rest, when throttled or not sent.
        refusal: the refusal is about us, not about the messages; the run stops.
        to_mend: what a person must mend after a refusal, in the provider's words: the start of a sentence.
        suspects: positions in the request that the provider's errors name.
        remaining, window_seconds: the rate that the provider states, if any.
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
        content: whatever the messenger's `deliver` needs.
        unfit: ids of letters that cannot be made into a mail, with the reason.
        alone: ids of letters that need a request of their own.
    """

    content: Any
    unfit: dict[int, str]
    alone: list[int]


class Messenger(Protocol):
    """A provider, as the delivery sees it.

    Attributes:
        name: as in BOUWCLUB_DELIVERY.
        leaves_machine: mails reach people; brakes, limiter and tracking apply.
        is_repeatable: repeating an unfinished request is harmless, so nothing is ever in doubt.
        per_request: the most messages in a request.
        parallel: the most requests on the wire at once.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def leaves_machine(self) -> bool: ...  # noqa: D102

    @property
    def is_repeatable(self) -> bool: ...  # noqa: D102

    @property
    def per_request(self) -> int: ...  # noqa: D102

    @property
    def parallel(self) -> int: ...  # noqa: D102

    def prepare(self, renderer: Any, claim: Claim) -> Parcel:
        """Do everything that can fail before a byte leaves."""
        ...

    def deliver(self, claim: Claim, parcel: Parcel) -> ProviderAnswer:
        """Send the request once. Called from several threads."""
        ...


@dataclass
class DeliveryReport:
    """The counts of a delivering run; each message examined is counted once under its last fate.

    Attributes:
        cancelled: by reason (rules 1 to 3, checked again).
        held: left planned because of an open case.
        unfit: left planned because no mail could be made.
        left: still planned at the end for any other reason (throttled, a brake, another worker's claim, an address that
            changed meanwhile).
        requests, failed, throttled: requests to the provider, and how they ended.
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
        """Count one finished request, and its messages where that was their fate too."""
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
        """The report as values that JSON can hold."""
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
    """A delivering run had to stop; what was not sent is still planned. `report` has the counts so far."""

    report: DeliveryReport | None = None


class TooManyFailures(DeliveryStopped):
    """The brake: too many requests of the run failed."""


class HostUnreachable(DeliveryStopped):
    """Nothing could be sent: no connection to the provider."""


class ProviderBusy(DeliveryStopped):
    """The provider asks for a longer wait than a run allows."""


class KeyRefused(DeliveryStopped):
    """The provider does not accept our key, or the account has no mails left."""


class SenderRefused(DeliveryStopped):
    """The provider forbids this sender, or this key must not send."""


class HostWrong(DeliveryStopped):
    """The host that answers is not the provider's API."""


class RequestRefused(DeliveryStopped):
    """The provider refuses something in the request other than its recipients."""


class OutboxUnwritable(DeliveryStopped):
    """The outbox folder cannot be written: a full disk, a missing permission."""


class NotReadyToSend(Exception):
    """A setting that sending needs is missing or wrong; nothing was claimed."""

"""When a delivering run must stop, and the one line that says why and what to do."""

from programme.sending.brakes import FailureBrake
from programme.sending.state_changes import Refusal, RequestState
from tasks.sending.messenger import (
    DeliveryStopped,
    HostUnreachable,
    HostWrong,
    KeyRefused,
    OutboxUnwritable,
    ProviderAnswer,
    ProviderBusy,
    RequestRefused,
    SenderRefused,
    TooManyFailures,
)

_STAY = "What was not sent stays planned"

_REFUSALS: dict[Refusal, type[DeliveryStopped]] = {
    Refusal.KEY: KeyRefused,
    Refusal.CREDIT: KeyRefused,
    Refusal.PERMISSION: SenderRefused,
    Refusal.HOST: HostWrong,
    Refusal.REGION: SenderRefused,
    Refusal.REQUEST: RequestRefused,
    Refusal.STORAGE: OutboxUnwritable,
}


def stop_for(answer: ProviderAnswer, brake: FailureBrake) -> DeliveryStopped | None:
    """The exception that ends the run after this answer; None while it may continue."""
    detail = f" ({answer.detail})" if answer.detail else ""
    if answer.refusal is not None:
        return _REFUSALS[answer.refusal](f"{answer.to_mend or answer.refusal}{detail}. {_STAY}.")
    if (reason := brake.reason) is None:
        return None
    if answer.state == RequestState.NOT_SENT:
        return HostUnreachable(f"{answer.detail or 'nothing could be sent'}; {reason}. {_STAY}.")
    return TooManyFailures(
        f"the run was stopped: {reason}; the last one: {answer.state}{detail}. {_STAY}; see bouwclub messages --status "
        "in_doubt, and BOUWCLUB_MAX_FAILURE_SHARE."
    )


def busy_for(seconds: float, left: int) -> ProviderBusy:
    """The exception for a run that would have to wait longer than it may."""
    stay = "1 message stays" if left == 1 else f"{left:,} messages stay"
    return ProviderBusy(
        f"{stay} planned: the provider asks to wait {seconds:,.0f} seconds more, longer than a run waits. "
        "The next run of this or a later day sends them."
    )

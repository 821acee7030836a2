"""When a delivering run has to stop, and the one line that says why and what to do."""

from programme.sending.state_changes import FailureBrake, Refusal, RequestState
from tasks.sending.messenger import (
    Answer,
    DeliveryStopped,
    HostUnreachable,
    HostWrong,
    KeyRefused,
    OutboxUnwritable,
    SenderRefused,
    TooManyFailures,
)

_STAY = "What was not sent stays planned"

_REFUSALS: dict[Refusal, tuple[type[DeliveryStopped], str]] = {
    Refusal.KEY: (
        KeyRefused,
        "SendGrid refuses the API key (or its credits are used up): check BOUWCLUB_SENDGRID_API_KEY and the account",
    ),
    Refusal.PERMISSION: (
        SenderRefused,
        "SendGrid forbids this: the sender address must be verified and the key must have the mail.send permission; "
        "after many bad requests it also blocks for a while",
    ),
    Refusal.HOST: (
        HostWrong,
        "what answers at BOUWCLUB_SENDGRID_HOST is not SendGrid's mail API; use https://api.sendgrid.com or "
        "https://api.eu.sendgrid.com",
    ),
    Refusal.REGION: (
        SenderRefused,
        "SendGrid refuses for reasons of data residency: BOUWCLUB_SENDGRID_HOST must be the account's region",
    ),
    Refusal.STORAGE: (OutboxUnwritable, "the outbox cannot be written: check BOUWCLUB_OUTBOX_DIR and the disk"),
}


def stop_for(answer: Answer, brake: FailureBrake) -> DeliveryStopped | None:
    """The exception that ends the run after this answer, None while it may go on."""
    said = f" ({answer.detail})" if answer.detail else ""
    if answer.refusal is not None:
        kind, line = _REFUSALS[answer.refusal]
        return kind(f"{line}{said}. {_STAY}.")
    if (reason := brake.reason) is None:
        return None
    if answer.state == RequestState.NOT_SENT:
        return HostUnreachable(f"no connection to BOUWCLUB_SENDGRID_HOST{said}; {reason}. {_STAY}.")
    return TooManyFailures(
        f"the run was stopped: {reason}; the last one: {answer.state}{said}. {_STAY}; see bouwclub messages --status "
        "in_doubt, and BOUWCLUB_MAX_FAILURE_SHARE."
    )

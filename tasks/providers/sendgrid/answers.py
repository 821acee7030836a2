"""What SendGrid's answers to a request mean in our terms, and what a person must mend after a refusal.

Source: SendGrid's v3 mail send reference (status codes, errors with `message` and `field`) and its rate limit headers.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from programme.sending.state_changes import Refusal, RequestState
from tasks.providers.sendgrid.wire import Reply

LONGEST_RETRY_SECONDS = 3600.0
# SendGrid's rate windows are minutes. When headers state a longer window, we wait this long at most and then try; a
# 429 tells how long it really takes.
LONGEST_WINDOW_SECONDS = 120.0

TO_MEND: dict[Refusal, str] = {
    Refusal.KEY: (
        "SendGrid refuses the API key (or its credits are used up): check BOUWCLUB_SENDGRID_API_KEY and the account"
    ),
    Refusal.CREDIT: "SendGrid takes no mail of this account until it is paid for: check its plan and its bill",
    Refusal.PERMISSION: (
        "SendGrid forbids this: the sender address must be verified and the key must have the mail.send permission; "
        "after many bad requests it also blocks for a while"
    ),
    Refusal.HOST: (
        "what answers at BOUWCLUB_SENDGRID_HOST is not SendGrid's mail API; use https://api.sendgrid.com or "
        "https://api.eu.sendgrid.com"
    ),
    Refusal.REGION: (
        "SendGrid refuses for reasons of data residency: BOUWCLUB_SENDGRID_HOST must be the account's region"
    ),
    Refusal.REQUEST: (
        "SendGrid refuses what all mails share, not a recipient: check [brand] in the programme (sender_address, "
        "reply_address, names) and the mail's template"
    ),
}

_REFUSALS = {
    401: Refusal.KEY,
    402: Refusal.CREDIT,
    403: Refusal.PERMISSION,
    404: Refusal.HOST,
    405: Refusal.HOST,
    406: Refusal.HOST,
    407: Refusal.HOST,
    410: Refusal.HOST,
    415: Refusal.HOST,
    421: Refusal.HOST,
    431: Refusal.REQUEST,  # our headers are too large, and only the key varies in them
    451: Refusal.REGION,
    # A mail API does not redirect, so another server answered.
    301: Refusal.HOST,
    307: Refusal.HOST,
    308: Refusal.HOST,
}
_TOO_LARGE = 413  # comes as an HTML page; fewer recipients make a smaller request
_UNKNOWABLE = frozenset({408, 499})  # time-outs on the way: the request may have been read or not

_OF_RECIPIENT = re.compile(r"(?:personalizations[.\[](\d+)\]?[.\[])?to\b")
_ABOUT_ADDRESS = re.compile(r"\baddress|\be-?mail|\brecipient", re.IGNORECASE)
_ABOUT_OURS = re.compile(r"\bfrom (?:address|e-?mail)|\breply|\bsender", re.IGNORECASE)


class ProviderError(NamedTuple):
    """One error of an answer; "" for a part that it does not have."""

    message: str
    field: str

    @property
    def is_recipients(self) -> bool:
        """Whether it is about the recipient's address, not ours. Without a field, the words of the message decide."""
        if not self.field:
            return bool(_ABOUT_ADDRESS.search(self.message)) and not _ABOUT_OURS.search(self.message)
        return bool(_OF_RECIPIENT.match(self.field))

    @property
    def position(self) -> int | None:
        """The position of the recipient that it names, from 0; None when it names none."""
        found = _OF_RECIPIENT.match(self.field)
        return int(found[1]) if found and found[1] else None


class Meaning(NamedTuple):
    """The state of a request after its answer, and the cause when the refusal is our own fault."""

    state: RequestState
    refusal: Refusal | None = None


def meaning_of(http_status: int, faults: Sequence[ProviderError] | None, recipients: int) -> Meaning:
    """What an answer means for all messages of its request.

    A refusal closes a message's key only when it is about that message's recipient.

    Args:
        faults: from faults_of; None when the body was not SendGrid's.
        recipients: the number of messages in the request; a refusal of several only means that one is bad.
    """
    if http_status == 202:
        return Meaning(RequestState.ACCEPTED)
    if http_status == 429:
        return Meaning(RequestState.THROTTLED)
    if refusal := _REFUSALS.get(http_status):
        return Meaning(RequestState.NOT_SENT, refusal)
    if not 400 <= http_status < 500 or http_status in _UNKNOWABLE:
        return Meaning(RequestState.IN_DOUBT)
    if http_status == _TOO_LARGE:
        return Meaning(RequestState.SPLIT) if recipients > 1 else Meaning(RequestState.NOT_SENT, Refusal.REQUEST)
    if not faults:
        return Meaning(RequestState.NOT_SENT, Refusal.HOST)
    if not all(fault.is_recipients for fault in faults):
        return Meaning(RequestState.NOT_SENT, Refusal.REQUEST)
    return Meaning(RequestState.REJECTED if recipients == 1 else RequestState.SPLIT)


def faults_of(body: bytes) -> list[ProviderError] | None:
    """The errors of an answer; None when the body is not SendGrid's JSON."""
    try:
        errors = json.loads(body)["errors"]
        return [ProviderError(*(str(error.get(name) or "") for name in ProviderError._fields)) for error in errors]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def rate_of(reply: Reply) -> tuple[int | None, float | None]:
    """(requests still allowed, seconds until the count starts anew); (None, None) without those headers."""
    remaining, reset = reply.headers.get("X-RateLimit-Remaining", ""), reply.headers.get("X-RateLimit-Reset", "")
    if not (remaining.isascii() and remaining.isdigit() and reset.isascii() and reset.isdigit()):
        return None, None
    seconds = int(reset[:12]) - provider_now(reply).timestamp()
    return int(remaining[:9]), min(max(seconds, 0.0), LONGEST_WINDOW_SECONDS)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """The seconds in a Retry-After header, limited to [0, 3600]; None when it is absent or unreadable.

    Args:
        header: whole seconds or an HTTP date (RFC 9110 section 10.2.3).
        now: aware; only the date form needs it.
    """
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return _capped(float(text[:9]))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _capped((moment - now).total_seconds())


def provider_now(reply: Reply) -> datetime:
    """The provider's own time, so that a wrong clock here changes no waiting time."""
    try:
        moment = parsedate_to_datetime(reply.headers.get("Date", ""))
    except (ValueError, TypeError):
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _capped(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_RETRY_SECONDS)

"""Asking SendGrid to erase what it has of people.

Source: Recipients' Data Erasure API (OpenAPI tsg_recipients_data_erasure_v3): POST /v3/recipients/erasejob with at most
5,000 addresses; answered with 202 and the id of a job. It is no suppression, and the lists of suppressions stay.
"""

import json
from collections.abc import Sequence

from models.settings import Settings
from tasks.providers.sendgrid.wire import AnswerLost, NotSent, SendGridWire

PATH = "recipients/erasejob"
TIMEOUT_SECONDS = 20


class ProviderNotTold(Exception):
    """The provider did not take the request; the message says why."""


def erase_at_provider(settings: Settings, addresses: Sequence[str]) -> None:
    """Have everything about these addresses erased there. Safe to repeat. Raises ProviderNotTold."""
    body = json.dumps({"email_addresses": list(addresses)}).encode()
    try:
        status = SendGridWire(settings, TIMEOUT_SECONDS).post(PATH, body).status
    except (NotSent, AnswerLost) as error:
        raise ProviderNotTold(f"{settings.sendgrid_host} gave no answer: {error}. {_AGAIN}") from None
    if status in (401, 403):
        raise ProviderNotTold(
            "the provider refused the key for erasing; give it the scope recipients.erasejob.create, or ask the "
            f"provider's support for it. {_AGAIN}"
        )
    if not 200 <= status < 300:
        raise ProviderNotTold(f"the provider answered {status} to {PATH}. {_AGAIN}")


_AGAIN = "Nothing was erased here; give the same command again once that is mended"

"""The bytes of whole requests, against tests/golden/wire; `make golden` writes them anew, and the diff is reviewed."""

import os
from pathlib import Path

import pytest

from tasks.providers.sendgrid.messenger import SendGridMessenger
from tasks.sending.messenger import Claim
from tests.tasks.mail.plain_renderer import PlainRenderer
from tests.tasks.providers.test_personalizing import HOSTILE, TOKENS, fields, letters
from tests.tasks.providers.test_sendgrid import settings
from tests.tasks.sending.test_delivery import DAY, PROGRAMME

GOLDEN = Path(__file__).parents[2] / "golden" / "wire"
MANY = [fields(name, TOKENS[place % len(TOKENS)]) for place, name in enumerate(HOSTILE)]
REQUESTS = {
    "many": letters(MANY),
    "alike": letters([fields("Jan", token) for token in TOKENS]),
    "senders": letters(MANY[:3], ["ir. S. Wiersma", None, "B. Bakker, constructeur"]),
    "one": letters(MANY[4:5], ["ir. S. Wiersma"]),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_the_bytes_of_a_request_are_reviewed(name: str) -> None:
    """Whatever makes requests faster leaves each byte where it was, or shows what it moved."""
    messenger = SendGridMessenger(settings(None), PROGRAMME)
    claim = Claim("r1", DAY, "anniversary", None, name == "alike", REQUESTS[name])
    content = messenger.prepare(PlainRenderer(), claim).content
    path = GOLDEN / f"{name}.json"
    if os.environ.get("GOLDEN_REWRITE"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert content == path.read_bytes()

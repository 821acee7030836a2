"""Where answers go: each mail's Reply-To leads back to its own message, by either provider."""

import re
from datetime import date
from typing import Any

import orjson
import pytest

from models.settings import Settings
from programme.inbound.replies import ReplyAddress
from tasks.mail.reply_to import ReplyTo
from tasks.providers.sendgrid.messenger import SendGridMessenger
from tasks.sending.messenger import Claim, Enclosed, Letter, ToStaff
from tests.tasks.mail.plain_renderer import PlainRenderer
from tests.tasks.sending.test_delivery import PROGRAMME

KEY = "geheim"
ADDRESS = "antwoord@in.bureau.nl"
IDS = ["0" * 31 + "1", "f" * 32]


def settings(**changes: Any) -> Settings:
    base = {"delivery": "sendgrid", "sendgrid_api_key": "SG.x", "secret_key": KEY, "base_url": "https://club.nl"}
    return Settings(_env_file=None, **(base | changes))


def request(count: int, to_staff: ToStaff | None = None, **changes: Any) -> dict[str, Any]:
    """The body of a request for so many letters."""
    fields = orjson.dumps({"name": "Jan", "project": "dakkapel", "unsubscribe_url": "https://x.nl/u"}).decode()
    letters = [
        Letter(number, message_id, "C1", f"k{number}@voorbeeld.nl", "anniversary", "marketing", None, None, fields, 0)
        for number, message_id in enumerate(IDS[:count])
    ]
    claim = Claim("r1", date(2026, 3, 2), "anniversary", "{}", False, letters, to_staff=to_staff)
    messenger = SendGridMessenger(settings(**changes), PROGRAMME)
    body: dict[str, Any] = orjson.loads(messenger.prepare(PlainRenderer(), claim).content)
    return body


def test_a_token_leads_back_to_its_message() -> None:
    """In a request for many, a tag that an address may hold stands in its place, and each person has a token for it."""
    reply = ReplyAddress.of(ADDRESS)
    assert reply
    body = request(2, reply_address=ADDRESS)
    tagged = body["reply_to"]["email"]
    assert "[" not in tagged
    found = []
    for person in body["personalizations"]:
        for tag, value in person["substitutions"].items():
            tagged_for = tagged.replace(tag, value)
            found += [message_id for message_id in [reply.message_of([KEY.encode()], [tagged_for])] if message_id]
    assert found == IDS
    assert request(1, reply_address=ADDRESS)["reply_to"]["email"] == ReplyTo(
        settings(reply_address=ADDRESS), PROGRAMME.brand
    ).of(IDS[0])


@pytest.mark.parametrize("count", [1, 2])
def test_a_mail_that_asks_for_no_more_says_whose_it_is(count: int) -> None:
    """Somebody may read at another address than the one that we know: a forward, an alias."""
    reply = ReplyAddress.of(ADDRESS)
    assert reply
    headers = [
        person["headers"]["List-Unsubscribe"] for person in request(count, reply_address=ADDRESS)["personalizations"]
    ]
    addresses = [re.search(r"<mailto:([^?]+)\?subject=afmelden>$", each) for each in headers]
    assert [reply.message_of([KEY.encode()], [found[1]]) for found in addresses if found] == IDS[:count]


def test_without_a_reply_address_answers_go_to_the_firms_own_mailbox() -> None:
    """And nobody's request gets longer by a token."""
    body = request(2)
    assert body["reply_to"]["email"] == PROGRAMME.brand.reply_address
    assert not any("reply-token" in str(person) for person in body["personalizations"])


def test_a_mail_to_staff_answers_the_client_and_carries_the_files() -> None:
    """No machine may answer it, and it is no list: nobody's program may mail "afmelden" to the client."""
    body = request(1, ToStaff("jan@voorbeeld.nl", (Enclosed("a.pdf", "application/pdf", b"x"),)))
    assert body["reply_to"]["email"] == "jan@voorbeeld.nl"
    assert body["headers"] == {"Auto-Submitted": "auto-generated"}
    assert "headers" not in body["personalizations"][0]
    assert body["attachments"] == [
        {"content": "eA==", "type": "application/pdf", "filename": "a.pdf", "disposition": "attachment"}
    ]


@pytest.mark.parametrize("address", ["antwoord", "a+b@in.bureau.nl", "een-heel-lange-naam-hiervoor@in.bureau.nl"])
def test_an_address_that_cannot_carry_a_token_is_refused(address: str) -> None:
    """Before a mail goes out with a Reply-To that no server takes."""
    with pytest.raises(ValueError, match="reply_address"):
        settings(reply_address=address)

"""Delivery through SendGrid's v3 mail API: one request for many recipients, with one body and each recipient's values.

Source: contract section 4. SendGrid replaces the tags of the compiled mail ("substitutions"), so a client receives
exactly what CompiledMail.fill returns.
"""

import base64
import random
import re
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import orjson

from models.secrecy import scrubbed
from models.settings import Settings
from programme.mail.appointment import Attachment
from programme.mail.links import unsubscribe_ways
from programme.sending.state_changes import RequestState
from programme.terms.schema import Programme
from programme.words.tokens import LinkPurpose, message_token, reply_token
from tasks.base.memory import without_cycle_search
from tasks.mail.reply_to import ReplyTo
from tasks.providers.sendgrid import IS_REPEATABLE, NAME
from tasks.providers.sendgrid.answers import (
    TO_MEND,
    ProviderError,
    faults_of,
    meaning_of,
    provider_now,
    rate_of,
    retry_after_seconds,
)
from tasks.providers.sendgrid.personalizing import REPLY_TAG, Fields, TaggedBody, person_of, personalize, read_people
from tasks.providers.sendgrid.settings import require_for_sending
from tasks.providers.sendgrid.wire import AnswerLost, NotSent, Reply, SendGridWire, total_seconds
from tasks.sending.messenger import Claim, Enclosed, Letter, Parcel, ProviderAnswer

if TYPE_CHECKING:
    from tasks.mail.render import CompiledMail, Renderer

MOST_RECIPIENTS = 1000  # personalizations in a request
REQUESTS_AT_ONCE = 4
THROTTLE_SECONDS = 30.0  # the longest wait after a 429 that states no time
LEAST_REST_SECONDS = 0.5  # the wait after a 429, even when it states none
DETAIL_CHARACTERS = 300

_ADDRESS = re.compile(r"[^\s<>\"']+@[^\s<>\"']+")


class SendGridMessenger:
    """Sends through SendGrid. Raises NotReadyToSend, naming each setting that is missing or wrong."""

    name = NAME
    leaves_machine = True
    is_repeatable = IS_REPEATABLE
    per_request = MOST_RECIPIENTS
    parallel = REQUESTS_AT_ONCE

    def __init__(self, settings: Settings, programme: Programme) -> None:
        require_for_sending(settings)
        self._settings = settings
        self._brand = programme.brand
        self._base_url = settings.base_url
        self._key = settings.key()
        self._reply_to = ReplyTo(settings, programme.brand)
        self._lines = threading.local()
        self._throttles = 0

    def prepare(self, renderer: "Renderer", claim: Claim) -> Parcel:
        """The request's JSON, and the letters that are unfit or need a request of their own."""
        compiled = renderer.compiled(claim.touchpoint, claim.variant or "{}")
        if len(claim.letters) == 1:
            return self._single(compiled, claim)
        with without_cycle_search():
            people = read_people(compiled, claim.letters, self._ways_to_stop)
            reply = self._reply_to.address
            made = personalize(compiled, people, self._sender_of, self._reply_token if reply else None)
        content = self._body(claim, made.body, made.people, made.sender_name, compiled.files)
        return Parcel(content, people.unfit, people.alone)

    def _single(self, compiled: "CompiledMail", claim: Claim) -> Parcel:
        """A request for one recipient: the values are in its body, so none can be too long or replace a tag."""
        letter = claim.letters[0]
        try:
            fields: Fields = orjson.loads(letter.fields or "{}")
            body = TaggedBody(*compiled.fill(fields))
            # What goes to staff is no list, as in the outbox (tasks/mail/eml.py).
            person = person_of(letter, "" if claim.to_staff else self._ways_to_stop([letter], [fields])[0])
        except (KeyError, ValueError) as error:
            return Parcel(b"", {letter.id: f"{type(error).__name__} in its fields"}, [])
        one = [orjson.dumps(person).decode()]
        return Parcel(self._body(claim, body, one, letter.sender_name, compiled.files), {}, [])

    def deliver(self, claim: Claim, parcel: Parcel) -> ProviderAnswer:
        """POST the request once; every outcome is returned as an answer."""
        try:
            reply = self._line().post("mail/send", parcel.content)
        except NotSent as error:
            return ProviderAnswer(RequestState.NOT_SENT, detail=f"no connection to BOUWCLUB_SENDGRID_HOST ({error})")
        except AnswerLost as error:
            return ProviderAnswer(RequestState.IN_DOUBT, detail=f"no answer came back ({error})")
        return self._answer(reply, len(claim.letters))

    def _line(self) -> SendGridWire:
        if not hasattr(self._lines, "wire"):
            self._lines.wire = SendGridWire(self._settings, total_seconds(self._settings.lease_seconds))
        wire: SendGridWire = self._lines.wire
        return wire

    def _answer(self, reply: Reply, recipients: int) -> ProviderAnswer:
        faults = faults_of(reply.body)
        meaning = meaning_of(reply.status, faults, recipients)
        remaining, window = rate_of(reply)
        answer = ProviderAnswer(
            meaning.state,
            provider_id=reply.headers.get("X-Message-Id"),
            http_status=reply.status,
            refusal=meaning.refusal,
            to_mend=TO_MEND[meaning.refusal] if meaning.refusal else None,
            remaining=remaining,
            window_seconds=window,
        )
        if meaning.state == RequestState.THROTTLED:
            answer.wait_seconds = self._rest(reply, window)
        else:
            self._throttles = 0
        if meaning.state != RequestState.ACCEPTED:
            answer.suspects = [fault.position for fault in faults or () if fault.position is not None]
            answer.detail = self._detail(reply.status, faults or [])
        return answer

    def _rest(self, reply: Reply, window: float | None) -> float:
        """The seconds that a 429 asks for; without any, twice as long each time, with jitter to spread the workers."""
        self._throttles += 1
        stated = retry_after_seconds(reply.headers.get("Retry-After"), provider_now(reply))
        if stated is None:
            stated = window
        if stated is not None:
            return max(stated, LEAST_REST_SECONDS)
        return min(THROTTLE_SECONDS, 2.0**self._throttles) * random.uniform(0.75, 1.25)

    def _detail(self, status: int, faults: list[ProviderError]) -> str:
        """SendGrid's explanation for people, without addresses and secrets."""
        text = "; ".join(f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in faults[:3])
        text = scrubbed(_ADDRESS.sub("<address>", text), self._settings)
        return f"HTTP {status}: {text}"[:DETAIL_CHARACTERS] if text else f"HTTP {status}"

    def _sender_of(self, name: str | None) -> dict[str, str] | None:
        """The sender of a letter; None for the firm's own name, which is set at the root of the request."""
        if not name or name == self._brand.sender_name:
            return None
        return self._sender(name)

    def _sender(self, name: str) -> dict[str, str]:
        return {"email": self._brand.sender_address, "name": _display_name(name)}

    def _ways_to_stop(self, letters: Sequence[Letter], fields: Sequence[Fields]) -> list[str]:
        """The List-Unsubscribe header of each letter; a mail by it says whose it is, whatever address it comes from."""
        urls = [each.get("unsubscribe_url") or self._stop_url(of) for of, each in zip(letters, fields, strict=True)]
        addresses = [self._reply_to.of(letter.message_id) for letter in letters]
        return [", ".join(unsubscribe_ways(*ways)) for ways in zip(urls, addresses, strict=True)]

    def _stop_url(self, letter: Letter) -> str:
        return f"{self._base_url}/u/{message_token(self._key, LinkPurpose.UNSUBSCRIBE, letter.message_id)}"

    def _reply_token(self, letter: Letter) -> str:
        return reply_token(self._key, letter.message_id)

    def _answers_to(self, claim: Claim) -> str:
        """The Reply-To; of a request for many, with a tag in the token's place, which the provider replaces there too.

        Where it would not, the address is ours all the same, and a reply is known by what it answers or by its sender.
        """
        if claim.to_staff:
            return claim.to_staff.reply_to or self._brand.reply_address
        address = self._reply_to.address
        if address is None or len(claim.letters) == 1:
            return self._reply_to.of(claim.letters[0].message_id)
        return f"{address.name}+{REPLY_TAG}@{address.domain}"

    def _body(
        self,
        claim: Claim,
        body: TaggedBody,
        people: list[str],
        sender_name: str | None,
        files: Sequence[Enclosed | Attachment] = (),
    ) -> bytes:
        """The whole request; what all its recipients share is set once, at the root."""
        root: dict[str, Any] = {
            "from": self._sender(sender_name or self._brand.sender_name),
            "reply_to": {"email": self._answers_to(claim)},
            "subject": body.subject,
            "content": [{"type": "text/plain", "value": body.text}, {"type": "text/html", "value": body.html}],
            "headers": {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            "categories": [claim.touchpoint],
            "tracking_settings": {
                "click_tracking": {"enable": False, "enable_text": False},
                "open_tracking": {"enable": claim.is_tracked},
                "subscription_tracking": {"enable": False},
            },
        }
        if claim.to_staff:
            root["headers"] = {"Auto-Submitted": "auto-generated"}
        if enclosed := [*files, *(claim.to_staff.files if claim.to_staff else ())]:
            root["attachments"] = [_enclosed(file) for file in enclosed]
        return b'{"personalizations":[' + ",".join(people).encode() + b"]," + orjson.dumps(root)[1:]


def _enclosed(file: Enclosed | Attachment) -> dict[str, str]:
    content = base64.b64encode(file.content).decode()
    return {"content": content, "type": file.kind, "filename": file.name, "disposition": "attachment"}


def _display_name(name: str) -> str:
    """The name without comma and semicolon, which SendGrid refuses."""
    return " ".join(re.sub("[,;]", " ", name).split())

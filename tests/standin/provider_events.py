"""What SendGrid tells back of the mails it took: events, signed as it signs them."""

import base64
import json
import time
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.standin.mailbox import read_log

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"


class EventSender:
    """Posts signed events to our webhook; `public_key` is what BOUWCLUB_SENDGRID_WEBHOOK_KEY takes."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        spki = self._key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public_key = base64.b64encode(spki).decode()

    def post(self, url: str, events: Iterable[dict[str, Any]]) -> int:
        """The status of the answer."""
        body = b"[" + b",\r\n".join(json.dumps(event).encode() for event in events) + b"]\r\n"
        timestamp = str(int(time.time()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        request = urllib.request.Request(url, body, {"Content-Type": "application/json;charset=utf-8"})
        request.add_header(SIGNATURE, base64.b64encode(signature).decode())
        request.add_header(TIMESTAMP, timestamp)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)


def delivered_events(log: Path) -> list[dict[str, Any]]:
    """For each mail that the stand-in took: processed, then delivered."""
    now = int(time.time())
    return [
        {
            "email": address,
            "timestamp": now,
            "event": kind,
            "sg_event_id": f"{kind}-{message_id}",
            "sg_message_id": f"{entry['x']}.filter-0001",
            "message_id": message_id,
        }
        for entry in read_log(log)
        for message_id, address in entry["people"]
        for kind in ("processed", "delivered")
    ]

"""The signature of SendGrid's event webhook: ECDSA over P-256 and SHA-256, of the timestamp and the raw body.

Source: SendGrid, Event Webhook Security Features; checked against the official test vectors.
"""

import base64
import re
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

# Retries last 24 hours and it is not documented whether they are signed anew; the rest is clocks that differ.
OLDEST = timedelta(hours=48)
FURTHEST_AHEAD = timedelta(minutes=5)


class WebhookKeyInvalid(Exception):
    """BOUWCLUB_SENDGRID_WEBHOOK_KEY is no public key; the message says what is allowed."""


def read_public_key(text: str) -> ec.EllipticCurvePublicKey:
    """The key as SendGrid shows it (base64 of a DER key), with or without PEM lines. Raises WebhookKeyInvalid."""
    encoded = re.sub(r"-----[A-Z ]+-----|\s", "", text)
    try:
        key = serialization.load_der_public_key(base64.b64decode(encoded, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise WebhookKeyInvalid(
            "BOUWCLUB_SENDGRID_WEBHOOK_KEY is no P-256 public key; copy the verification key that SendGrid shows under "
            "Settings, Mail Settings, Event Webhooks (it begins with MFkw)"
        )
    return key


def is_signature(text: str) -> bool:
    """Whether this has the form of a signature, which costs nothing to see; whose it is says is_signed."""
    try:
        decode_dss_signature(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    return True


def is_signed(key: ec.EllipticCurvePublicKey, signature: str, timestamp: str, body: bytes) -> bool:
    """Whether the holder of the private key signed exactly this timestamp text and these bytes."""
    try:
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):  # ValueError: what is no base64, or no ASCII
        return False
    return True


def is_timely(timestamp: str, now: datetime) -> bool:
    """Whether a signature's time is believable; doubles are recognised by their ids, so this may be generous."""
    if not re.fullmatch(r"[0-9]{1,12}", timestamp, re.ASCII):
        return False
    age = now.timestamp() - int(timestamp)
    return -FURTHEST_AHEAD.total_seconds() <= age <= OLDEST.total_seconds()

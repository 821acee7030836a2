"""Ids, codes and link tokens, all derived from a secret key without a clock or randomness.

So a preview equals the later mail, and a token can be checked without being stored. Source: contract section 2.
"""

import base64
import hashlib
import hmac
import re
from _hashlib import HMAC, hmac_new  # behind `hmac`, whose shell takes three times as long; HTTPS needs it too
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

UNIT_SEPARATOR = "\x1f"  # cannot occur in an id, because the import refuses control characters
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MAC_BYTES = 12  # 96 bits: short enough for a link, too long to guess
REPLY_MAC_BYTES = 9  # with the message's 16 bytes exactly 40 letters and digits, which fit before the @ of an address
_MISREAD = str.maketrans("OIL", "011")
CODE_IN_WORDS = re.compile(r"\b[A-Z]{3,}\d{1,3}\b")  # what a reader takes for a discount code: LENTE10
_NO_PART_OF_CODE = re.compile(r"""[-\s.,;:!?()<>"'*]+""")


class LinkPurpose(StrEnum):
    """What a token allows; a token for one purpose is not valid for another."""

    UNSUBSCRIBE = "unsubscribe"
    ANSWER = "answer"
    DASHBOARD = "dashboard"
    ACCOUNT = "account"
    REPLY = "reply"


def message_id_of(key: bytes, client_id: str, touchpoint: str, occasion: str) -> str:
    """32 hex digits, the same for the same key and occasion; nobody without `key` can predict them."""
    return message_ids_of(key, [client_id], touchpoint, [occasion])[0]


def message_ids_of(key: bytes, client_ids: Sequence[str], touchpoint: str, occasions: Iterable[str]) -> list[str]:
    """The same for many clients, each with its occasion, in their order."""
    keyed, between, made = _keyed(key), UNIT_SEPARATOR.join(("", touchpoint, "")), []
    for client_id, occasion in zip(client_ids, occasions, strict=False):
        signing = keyed.copy()
        signing.update((client_id + between + occasion).encode())
        made.append(signing.digest()[:16].hex())
    return made


def client_code_of(key: bytes, client_id: str, attempt: int = 0) -> str:
    """Eight Crockford base32 characters; raise `attempt` to get another code when one is taken."""
    text = client_id if attempt == 0 else f"{client_id}{UNIT_SEPARATOR}{attempt}"
    # 5 bytes are 40 bits: exactly eight characters of 5 bits each.
    number = int.from_bytes(_mac(key, text)[:5], "big")
    return "".join(CROCKFORD[(number >> shift) & 31] for shift in range(35, -1, -5))


def read_client_code(text: str) -> str | None:
    """A client's code as people type it from paper; None for no code.

    In small letters too, O for 0, I and L for 1; in groups, and with what stood behind the link in a message.
    """
    code = _NO_PART_OF_CODE.sub("", text).upper().translate(_MISREAD)
    return code if len(code) == 8 and set(code) <= set(CROCKFORD) else None


def message_token(key: bytes, purpose: LinkPurpose, message_id: str) -> str:
    """The opaque token of a link in one message: 38 URL-safe characters."""
    return message_tokens(key, purpose, [message_id])[0]


def message_tokens(key: bytes, purpose: LinkPurpose, message_ids: Iterable[str]) -> list[str]:
    """The same for many messages, in their order."""
    keyed, made = _keyed(key).copy(), []
    keyed.update(_signed(purpose))
    for raw in map(bytes.fromhex, message_ids):
        signing = keyed.copy()
        signing.update(raw)
        made.append(_encode(raw + signing.digest()[:MAC_BYTES]))
    return made


def read_message_token(keys: Iterable[bytes], purpose: LinkPurpose, token: str) -> str | None:
    """The message id of a token that one of `keys` made for this purpose; None for any other text.

    Several keys, because links in old mails must keep working after the key changes.
    """
    raw = _decode(token)
    if raw is None or len(raw) != 16 + MAC_BYTES:
        return None
    body, mac = raw[:16], raw[16:]
    # Constant-time comparison: timing must not leak how much of a forged token is right.
    if any(hmac.compare_digest(mac, _message_mac(key, purpose, body)) for key in keys):
        return body.hex()
    return None


def reply_token(key: bytes, message_id: str) -> str:
    """The token in the address that answers to a message go to: 40 small letters and digits, whatever case they get."""
    raw = bytes.fromhex(message_id)
    return base64.b32encode(raw + _message_mac(key, LinkPurpose.REPLY, raw)[:REPLY_MAC_BYTES]).decode().lower()


def read_reply_token(keys: Iterable[bytes], token: str) -> str | None:
    """The message id of a token of a reply address that one of `keys` made; None for any other text."""
    try:
        raw = base64.b32decode(token.upper())
    except ValueError:
        return None
    if len(raw) != 16 + REPLY_MAC_BYTES:
        return None
    message_id = raw[:16].hex()
    known = any(hmac.compare_digest(token.lower(), reply_token(key, message_id)) for key in keys)
    return message_id if known else None


def dashboard_token(key: bytes, code: str) -> str:
    """The token of a client's dashboard: the client's code and a signature over it."""
    mac = _mac(key, UNIT_SEPARATOR.join((LinkPurpose.DASHBOARD, code)))[:MAC_BYTES]
    return _encode(code.encode() + mac)


def read_dashboard_token(keys: Iterable[bytes], token: str) -> str | None:
    """The client's code of a token that one of `keys` made; None for any other text."""
    raw = _decode(token)
    if raw is None or len(raw) != 8 + MAC_BYTES or not raw[:8].isascii():
        return None
    code = raw[:8].decode()
    return code if any(hmac.compare_digest(token, dashboard_token(key, code)) for key in keys) else None


def account_token(key: bytes, client_id: str, asked_at: str) -> str:
    """The token of a link behind which a client gives an account; each moment of asking has its own."""
    return _encode(_mac(key, UNIT_SEPARATOR.join((LinkPurpose.ACCOUNT, client_id, asked_at)))[:24])


def token_hash(token: str) -> str:
    """What is kept of a token that must not be read from the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_hash(key: bytes, address: str) -> str:
    """What is kept of the address of an erased person: it tells that address again, and cannot be read back."""
    return _mac(key, UNIT_SEPARATOR.join(("erased", address))).hex()


def _message_mac(key: bytes, purpose: LinkPurpose, message_id: bytes) -> bytes:
    return _signature(key, _signed(purpose) + message_id)[:MAC_BYTES]


def _signed(purpose: LinkPurpose) -> bytes:
    """With what the signed text of a message's token begins."""
    return purpose.encode() + b"\x1f"


def _mac(key: bytes, text: str) -> bytes:
    return _signature(key, text.encode())


def _signature(key: bytes, text: bytes) -> bytes:
    signing = _keyed(key).copy()
    signing.update(text)
    return signing.digest()


@lru_cache(maxsize=16)  # the key, and old ones that stay accepted; a copy takes a third less than to begin anew
def _keyed(key: bytes) -> HMAC:
    return hmac_new(key, digestmod="sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(token: str) -> bytes | None:
    """The bytes of a token in its one canonical spelling; None for any other spelling, so a token cannot be varied."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if _encode(raw) == token else None

"""Ids and tokens are signed by the standard's HMAC-SHA256, though by a shorter way."""

import hmac

import pytest

from programme.words.tokens import BLOCK_BYTES, message_id_of


@pytest.mark.parametrize("length", [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 1_000])
def test_an_id_is_the_hmac_of_its_key(length: int) -> None:
    """A key of any length gives what the library gives, also when it is used again."""
    key = bytes(number % 251 for number in range(length))

    made = [message_id_of(key, "C1", "welcome", occasion) for occasion in ("P1", "Zoë", "P1")]

    told = [f"C1\x1fwelcome\x1f{occasion}".encode() for occasion in ("P1", "Zoë", "P1")]
    assert made == [hmac.digest(key, text, "sha256").hex()[:32] for text in told]

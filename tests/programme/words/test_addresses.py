"""What counts as an e-mail address."""

import time

import email_validator
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programme.words.addresses import PLAIN_ADDRESS, _validated, recipient_of

NEAR_PLAIN = st.from_regex(r"[abX09_+.-]{1,9}@([aX0-]{1,5}\.){1,3}[abX0-]{1,4}", fullmatch=True)


@given(st.one_of(st.from_regex(PLAIN_ADDRESS, fullmatch=True), NEAR_PLAIN))
def test_the_short_cut_takes_nothing_that_the_validator_refuses(address: str) -> None:
    """A plain address is judged the same by the pattern and by the validator."""
    if PLAIN_ADDRESS.fullmatch(address):
        assert _validated(address) == address.lower() == recipient_of(address)
    else:
        assert recipient_of(address) == _validated(address)


@pytest.mark.parametrize(
    ("address", "recipient"),
    [
        (" Jan@Foo.NL ", "jan@foo.nl"),
        ("jan+tag@foo.nl", "jan+tag@foo.nl"),
        ("o'brien@foo.nl", "o'brien@foo.nl"),
        ("jan@BÜCHER.nl", "jan@xn--bcher-kva.nl"),
        ("jan@xn--bcher-kva.nl", "jan@xn--bcher-kva.nl"),
        ("jan@foo.test", "jan@foo.test"),
        ("jan@foo.local", "jan@foo.local"),
        ("jan@foo.invalid", "jan@foo.invalid"),
        ("a" * 64 + "@foo.nl", "a" * 64 + "@foo.nl"),
    ],
)
def test_an_address_that_a_server_takes_becomes_a_recipient(address: str, recipient: str) -> None:
    """Trimmed and lower-cased, the domain in ASCII, so that two spellings are one; reserved domains are syntax too."""
    assert recipient_of(address) == recipient


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jan",
        "@foo.nl",
        "jan@",
        "jan@foo",
        "jan@test",
        "jan@foo.123",
        "jan@foo..nl",
        ".jan@foo.nl",
        "jan.@foo.nl",
        "jan..s@foo.nl",
        "jan s@foo.nl",
        "jan@foo.nl.",
        "jan@-foo.nl",
        "jan@foo-.nl",
        "jan@fo_o.nl",
        "jan@[127.0.0.1]",
        "jörg@foo.nl",
        '"jan"@foo.nl',
        "Jan <jan@foo.nl>",
        "a@foo.nl,b@foo.nl",
        "jan@foo．nl",
        "jan@foo.nl\r\nBcc: x@y.nl",
        "jan@foo.nl\x00",
        "a" * 65 + "@foo.nl",
        "jan@" + "a" * 64 + ".nl",
        "jan@" + "a." * 130 + "nl",
        "x" * 1_000_000 + "@foo.nl",
    ],
)
def test_anything_else_is_no_address(text: str) -> None:
    """Refused without an exception, however odd or long."""
    assert recipient_of(text) == ""


@given(st.text(alphabet=st.characters(), max_size=40))
def test_any_text_is_judged_and_judged_the_same_again(text: str) -> None:
    """No exception, and a recipient is its own recipient."""
    found = recipient_of(text)
    assert recipient_of(found) == found


@given(st.emails())
def test_addresses_of_the_standard_are_taken_when_the_validator_takes_them(address: str) -> None:
    """Beyond the short cut the validator has the last word."""
    assume(len(address.partition("@")[0]) <= 64)
    try:
        email_validator.validate_email(address, check_deliverability=False, allow_smtputf8=False)
    except email_validator.EmailNotValidError:
        assert recipient_of(address) == ""
    else:
        assert recipient_of(address) == address.lower()


def test_a_hundred_thousand_addresses_take_seconds() -> None:
    """The short cut is what makes an import of all clients affordable."""
    start = time.perf_counter()
    assert all(recipient_of(f"klant.{number}@example.nl") for number in range(100_000))
    assert time.perf_counter() - start < 5

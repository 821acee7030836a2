"""The form behind a link, the time that it was open, and what is added later."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.referrals.sign_up import (
    SignUp,
    added,
    read_sign_up,
    seconds_open,
    signed_time,
    signup_id,
    tidy,
    voucher_of,
)
from programme.referrals.visitors import is_person
from programme.terms.project_types import SHIPPED_TYPES as TYPES
from programme.words.tokens import CROCKFORD, client_code_of, read_client_code

KEY = b"a key for tests"
AT = datetime(2026, 3, 20, 10, tzinfo=UTC)
FIELDS = ("naam", "email", "telefoon", "soort", "postcode", "huisnummer", "bericht", "toestemming")


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=80)))
def test_any_form_is_a_sign_up_or_has_faults(fields: dict[str, str]) -> None:
    """Never both, never neither; what passes is clean: one line each, and lines without controls in the message."""
    friend, faults = read_sign_up(fields, TYPES)

    assert (friend is None) == bool(faults)
    if friend:
        for text in friend[:7]:
            assert text is None or (text and text.isprintable()) or not text.isascii()
        assert "\n" not in friend.name
        assert friend.consents == (fields.get("toestemming") == "ja")


@pytest.mark.parametrize(
    "name",
    [
        "J.P. de Wit",
        "J.de Wit",
        "mevr.de Wit",
        "Fam.van Beek",
        "Ing.Jansen",
        "A.M.E. Co",
        "Jan & Marie",
        "Bos/Smit",
        "M’hamed",
    ],
)
def test_a_name_in_hasty_spelling_is_a_name(name: str) -> None:
    """A full stop without a space makes no address of it."""
    assert read_sign_up({"naam": name, "email": "a@voorbeeld.nl"}, TYPES)[1] == {}


ASKED = {"naam": "Vera Postma", "email": "vera@voorbeeld.nl"}


def test_what_is_asked_is_enough() -> None:
    """Name and address; what was left empty is not there, and a box that was left empty gives no consent."""
    assert read_sign_up(ASKED, TYPES) == (SignUp("Vera Postma", "vera@voorbeeld.nl", "vera@voorbeeld.nl"), {})
    assert SignUp("Vera Postma", "vera@voorbeeld.nl", "vera@voorbeeld.nl").consents is False


@pytest.mark.parametrize(
    ("field", "typed", "kept_as", "kept"),
    [
        ("naam", " Vera \t Postma ", "name", "Vera Postma"),
        ("email", " Vera@Voorbeeld.NL ", "email", "Vera@Voorbeeld.NL"),
        ("email", " Vera@Voorbeeld.NL ", "recipient", "vera@voorbeeld.nl"),
        ("telefoon", "06 12 34 56 78", "phone", "06 12 34 56 78"),
        ("telefoon", "12-34-56-78", "phone", "12-34-56-78"),  # eight digits are enough
        ("telefoon", "+49 151 234 567 890 1", "phone", "+49 151 234 567 890 1"),  # fifteen are not too many
        ("soort", "uitbouw", "project_type", "uitbouw"),
        ("postcode", "8921ab", "postcode", "8921 AB"),
        ("postcode", "8921 AB", "postcode", "8921 AB"),
        ("huisnummer", "14a", "house_number", "14a"),
        ("bericht", " Dag.\r\n\r\nWij willen  een dakkapel.\n", "message", "Dag.\nWij willen een dakkapel."),
        ("bericht", "x" * 2_000, "message", "x" * 2_000),
        ("toestemming", "ja", "consents", True),
        ("toestemming", "nee", "consents", False),
    ],
)
def test_what_is_kept_of_a_field(field: str, typed: str, kept_as: str, kept: object) -> None:
    """As people write it, tidied; only a postcode is written as the post writes it."""
    friend, faults = read_sign_up(ASKED | {field: typed}, TYPES)
    assert faults == {}
    assert getattr(friend, kept_as) == kept


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("naam", ""),
        ("naam", "06 12"),
        ("naam", "Win een prijs op www.prijs.nl"),
        ("email", ""),
        ("email", "vera.voorbeeld.nl"),
        ("telefoon", "1234567"),
        ("telefoon", "1234567890123456"),
        ("telefoon", "06 12 34 56 78 na vijven"),
        ("soort", "kasteel"),
        ("postcode", "0921 AB"),
        ("postcode", "8921"),
        ("huisnummer", "a14"),
        ("bericht", "x" * 2_001),
        ("bericht", "x" * 3_000),
        ("bericht", "x\n" * 1_001),
    ],
)
def test_what_is_refused_stands_beside_its_field(field: str, typed: str) -> None:
    """One sentence at the field itself, and nothing is kept."""
    friend, faults = read_sign_up(ASKED | {field: typed}, TYPES)
    assert friend is None
    assert list(faults) == [field]


@given(st.text(max_size=400))
def test_tidy_text_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_a_time_is_good_for_its_link_and_key() -> None:
    """Another link, key, moment or digit is worth nothing; an old key's is still read."""
    signed = signed_time(KEY, "AAAAAAAA", AT)
    now = AT + timedelta(seconds=5)

    assert seconds_open((b"new", KEY), "AAAAAAAA", signed, now) == 5
    assert seconds_open((KEY,), "BBBBBBBB", signed, now) is None
    assert seconds_open((b"new",), "AAAAAAAA", signed, now) is None
    assert seconds_open((KEY,), "AAAAAAAA", signed, AT - timedelta(seconds=1)) is None
    assert seconds_open((KEY,), "AAAAAAAA", "0" + signed, now) is None
    assert seconds_open((KEY,), "AAAAAAAA", signed + "é", now) is None
    assert seconds_open((KEY,), "AAAAAAAA", signed, AT) == 0


@given(st.text(max_size=60))
def test_no_text_is_a_signed_time(text: str) -> None:
    assert seconds_open((KEY,), "AAAAAAAA", text, AT) is None


@pytest.mark.parametrize(
    ("before", "later", "both"),
    [
        (None, None, None),
        (None, "b", "b"),
        ("a", None, "a"),
        ("a", "a", "a"),
        ("a", "b", "a, b"),
        ("a, b", "b", "a, b"),
        ("a", "b" * 7, "a, bbbbbbb"),
        ("a, b", "c" * 9, "a, b"),
    ],
)
def test_what_is_told_later_is_added_once(before: str | None, later: str | None, both: str | None) -> None:
    """And what would make it too long is left out."""
    assert added(before, later, ", ", 10) == both


@given(st.text(min_size=1, max_size=40), st.emails())
def test_ids_and_vouchers_have_their_form(code: str, recipient: str) -> None:
    """The same for the same friend over the same link, and another over another."""
    one = signup_id(KEY, code, recipient)

    assert one == signup_id(KEY, code, recipient) != signup_id(KEY, code + "x", recipient)
    assert one.startswith("web-")
    assert len(one) == 16
    voucher = voucher_of(KEY, one)
    assert voucher == voucher_of(KEY, one) != voucher_of(b"another key", one)
    assert len(voucher) == len("VRIEND-") + 8
    assert set(voucher.removeprefix("VRIEND-")) <= set(CROCKFORD)


def test_a_voucher_spells_the_first_forty_bits_of_its_mac() -> None:
    """Each sign stands for five bits, the first for the highest: no bit is left out and none counts twice."""
    bits = "".join(f"{byte:08b}" for byte in hmac.digest(KEY, b"web-0123456789ab", "sha256")[:5])
    spelt = voucher_of(KEY, "web-0123456789ab").removeprefix("VRIEND-")
    assert "".join(f"{CROCKFORD.index(sign):05b}" for sign in spelt) == bits


@given(st.text(min_size=1, max_size=20))
def test_a_code_is_read_as_people_type_it(client_id: str) -> None:
    """In small letters, with O for 0 and I or L for 1, in two groups, and with the end of a sentence behind it."""
    code = client_code_of(KEY, client_id)

    assert read_client_code(code.lower()) == code
    assert read_client_code(code.replace("0", "o").replace("1", "l")) == code
    assert read_client_code(f"{code[:4]}-{code[4:]}") == read_client_code(f"{code[:4]} {code[4:]}).") == code
    assert read_client_code(code + "0") is None


@pytest.mark.parametrize(
    ("method", "headers", "counts"),
    [
        ("GET", {"user-agent": "Mozilla/5.0 Firefox/140.0"}, True),
        ("GET", {"user-agent": "Mozilla/5.0 (Linux; Android 16) Chrome/141.0 Mobile"}, True),
        ("HEAD", {"user-agent": "Mozilla/5.0 Firefox/140.0"}, False),
        ("GET", {}, False),
        ("GET", {"user-agent": "WhatsApp/2.23.20.0 i"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 (compatible; bingbot/2.0)"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 Firefox/140.0", "sec-purpose": "prefetch"}, False),
        ("GET", {"user-agent": "Mozilla/5.0 Safari", "x-purpose": "preview"}, False),
    ],
)
def test_who_counts_as_a_visit(method: str, headers: dict[str, str], counts: bool) -> None:
    assert is_person(method, headers) == counts

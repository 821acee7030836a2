"""A mail as a file."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.mail.eml import build_eml
from tasks.mail.render import Mail
from tests.tasks.mail.cases import CASES, renderer

RENDERER = renderer()
MAIL = CASES["anniversary-personal"].mail(RENDERER)


def parsed(mail: Mail) -> EmailMessage:
    return message_from_bytes(build_eml(mail), _class=EmailMessage, policy=default)


def _content(part: EmailMessage) -> str:
    """What a mail system reads; lines end in CRLF on their way, as in every text of a mail."""
    return str(part.get_content()).replace("\r\n", "\n")


@pytest.mark.parametrize("name", CASES)
def test_parts_come_out_as_they_went_in(name: str) -> None:
    """Plain text first, then HTML, each byte for byte; nothing else, and no fault that a parser sees."""
    mail = CASES[name].mail(RENDERER)
    message = parsed(mail)
    parts = list(message.iter_parts())

    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [_content(part) for part in parts] == [mail.text, mail.html]
    assert not message.defects
    assert not any(part.defects for part in parts)


def test_same_mail_same_bytes() -> None:
    """No clock and no randomness, the boundary included."""
    assert build_eml(MAIL) == build_eml(CASES["anniversary-personal"].mail(renderer()))


def test_lines_are_short_and_end_as_mail_wants() -> None:
    """CRLF everywhere, no line over 998 octets, and quoted-printable within 76."""
    for found in CASES.values():
        content = build_eml(found.mail(RENDERER))

        assert b"\n" not in content.replace(b"\r\n", b"")
        assert b"\r" not in content.replace(b"\r\n", b"")
        head, _, body = content.partition(b"\r\n\r\n")
        assert max(map(len, head.split(b"\r\n"))) <= 998
        assert max(map(len, body.split(b"\r\n"))) <= 76
        assert content.isascii()


def test_headers_say_who_and_how_to_stop() -> None:
    """The engineer's name with the firm's address, a reply address that works, one-click unsubscribing."""
    message = parsed(MAIL)

    assert message["From"].addresses[0].display_name == "ir. S. Wiersma van Bureau Broersma"
    assert message["From"].addresses[0].addr_spec == "bouwclub@bureaubroersma.example"
    assert message["Reply-To"] == "info@bureaubroersma.example"
    assert message["To"] == "jan@voorbeeld.nl"
    mailto = "<mailto:info@bureaubroersma.example?subject=afmelden>"
    assert message["List-Unsubscribe"] == f"<{MAIL.unsubscribe_url}>, {mailto}"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"] == f"<{MAIL.message_id}@bureaubroersma.example>"
    assert message["Date"] == "Fri, 04 Sep 2026 09:05:00 +0200"
    assert message["Content-Language"] == "nl"


def test_long_unsubscribe_link_is_not_encoded() -> None:
    """Mail systems follow the link as it stands; encoded words they would not."""
    mail = replace(MAIL, unsubscribe_url="https://een.heel.lange.naam.example/" + "u" * 300)

    assert f"List-Unsubscribe: <{mail.unsubscribe_url}>,\r\n <mailto:".encode() in build_eml(mail)


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=150
    )
)
def test_any_visible_name_and_subject_arrive(text: str) -> None:
    """Quotes, commas, encoded words and other scripts come out as they went in."""
    words = " ".join(text.split()) or "x"
    # The standard library's newer parser puts a space between two encoded words of a name; the older is right.
    message = message_from_bytes(build_eml(replace(MAIL, subject=words, sender_name=words)))

    name, address = parseaddr(message["From"])

    assert str(make_header(decode_header(message["Subject"]))) == words
    assert str(make_header(decode_header(name))) == words
    assert address == MAIL.sender_address


@pytest.mark.parametrize("field", ["recipient", "reply_address", "sender_address", "sender_name", "unsubscribe_url"])
def test_no_value_can_begin_a_header(field: str) -> None:
    """A line end in an address, a name or a link is refused."""
    with pytest.raises(ValueError, match="control characters"):
        build_eml(replace(MAIL, **{field: "x@y.nl\r\nBcc: z@y.nl"}))


def test_subject_cannot_begin_a_header() -> None:
    """Nor a subject, which is cleaned before it gets here."""
    with pytest.raises(ValueError, match="control characters"):
        build_eml(replace(MAIL, subject="Dag\r\nBcc: z@y.nl"))


def test_boundary_cannot_come_from_the_content() -> None:
    """Text that looks like the boundary does not end its part."""
    fake = f"--=_{MAIL.message_id}--\n--=_{MAIL.message_id}\n.\nFrom x\n"
    message = parsed(replace(MAIL, text=fake))

    assert len(list(message.iter_parts())) == 2
    assert _content(next(message.iter_parts())) == fake
    assert not re.search(rb"(?m)^\.\r$", build_eml(replace(MAIL, text=fake)))

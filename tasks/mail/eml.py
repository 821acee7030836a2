"""A mail as a file: RFC 5322 headers, then plain text, then HTML; the same mail always gives the same bytes.

The standard library's generator takes 2 ms for such a message, and turns a long List-Unsubscribe link into encoded
words, which no mail system understands. So this module writes the few headers itself.
"""

import binascii
from datetime import date, datetime, time
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

from programme.mail.appointment import Attachment
from programme.mail.links import unsubscribe_ways
from programme.words.dates import AMSTERDAM
from tasks.mail.render import Mail

HANDED_OVER_AT = time(9, 5)  # the daily run's time; a file must not depend on when it was written
LONGEST_LINE = 76  # characters, RFC 2047


def build_eml(mail: Mail) -> bytes:
    """The whole message with CRLF line ends.

    Raises:
        ValueError: an address or a name has control characters, which no header can hold.
    """
    boundary = f"=_{mail.message_id}"  # "=_" cannot occur in quoted-printable text
    domain = mail.sender_address.rpartition("@")[2]
    lines = [
        f"From: {_mailbox(mail.sender_name, mail.sender_address)}",
        f"Reply-To: {_one_line(mail.reply_address)}",
        f"To: {_one_line(mail.recipient)}",
        f"Subject: {_words(mail.subject, 'Subject')}",
        f"Date: {_dated(mail.as_of)}",
        f"Message-ID: <{mail.message_id}@{domain}>",
        "List-Unsubscribe: "
        + ",\r\n ".join(unsubscribe_ways(_one_line(mail.unsubscribe_url), _one_line(mail.reply_address))),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Content-Language: nl",
        "MIME-Version: 1.0",
    ]
    parts = [_part(boundary, "plain", mail.text), _part(boundary, "html", mail.html)]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    alternative = f'Content-Type: multipart/alternative; boundary="{boundary}"'
    if mail.attachment is None:
        return "\r\n".join([*lines, alternative, "", ""]).encode() + body
    outer = f"{boundary}_1"
    head = [*lines, f'Content-Type: multipart/mixed; boundary="{outer}"', "", f"--{outer}", alternative, "", ""]
    return "\r\n".join(head).encode() + body + _file(outer, mail.attachment) + f"--{outer}--\r\n".encode()


def _file(boundary: str, attachment: Attachment) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: {attachment.type}; charset="utf-8"; name="{attachment.name}"\r\n'
        f'Content-Disposition: attachment; filename="{attachment.name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    coded = binascii.b2a_base64(attachment.content.encode(), newline=False)
    rows = [coded[start : start + LONGEST_LINE] for start in range(0, len(coded), LONGEST_LINE)]
    return head.encode() + b"\r\n".join(rows) + b"\r\n"


def _part(boundary: str, subtype: str, content: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    body = binascii.b2a_qp(content.encode()).replace(b"\n", b"\r\n")
    return head.encode() + body + b"\r\n"


@lru_cache(maxsize=1024)
def _mailbox(name: str, address: str) -> str:
    """ "name" <address>; a name outside ASCII becomes encoded words."""
    if not name.isascii() or "=?" in name:
        return f"{_words(name, 'From')} <{_one_line(address)}>"
    quoted = _one_line(name).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{_one_line(address)}>'


@lru_cache(maxsize=4096)
def _words(text: str, header: str) -> str:
    """Free text of a header, folded; text that looks like encoded words is encoded itself."""
    text = _one_line(text)
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return Header(text, charset, maxlinelen=LONGEST_LINE, header_name=header).encode(linesep="\r\n")


def _one_line(text: str) -> str:
    """The text unchanged. Raises ValueError for control characters, which could end the header or start another."""
    if not text.isprintable():
        raise ValueError("a header cannot hold control characters; found some")
    return text


@lru_cache(maxsize=64)
def _dated(day: date) -> str:
    return format_datetime(datetime.combine(day, HANDED_OVER_AT, AMSTERDAM))

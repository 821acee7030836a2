"""A mail as a file: RFC 5322 headers, then plain text, then HTML; the same mail always gives the same bytes.

The standard library's generator takes 2 ms for such a message, and turns a long List-Unsubscribe link into encoded
words, which no mail system understands. So this module writes the few headers itself.
"""

import binascii
from base64 import encodebytes
from collections.abc import Sequence
from datetime import date, datetime, time
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from programme.mail.links import unsubscribe_ways
from programme.words.dates import AMSTERDAM
from tasks.mail.render import Mail

HANDED_OVER_AT = time(9, 5)  # the daily run's time; a file must not depend on when it was written
AUTOMATIC = "Auto-Submitted: auto-generated"  # RFC 3834: no out-of-office reply, no mail that goes round
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
        *([AUTOMATIC] if mail.is_automatic else []),
        "Content-Language: nl",
        "MIME-Version: 1.0",
    ]
    texts = [_part(boundary, "plain", mail.text), _part(boundary, "html", mail.html)]
    body = b"".join([f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode(), *texts])
    body += f"--{boundary}--\r\n".encode()
    if mail.files:
        body = _with_files(f"{boundary}.f", body, mail.files)
    return "\r\n".join([*lines, ""]).encode() + body


def _with_files(boundary: str, texts: bytes, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    edge = f"--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/mixed; boundary="{boundary}"\r\n\r\n'.encode()
    parts = [edge + texts, *(edge + _file(*file) for file in files)]
    return b"".join([head, *parts, f"--{boundary}--\r\n".encode()])


def _file(name: str, kind: str, content: bytes) -> bytes:
    head = (
        f"Content-Type: {_one_line(kind)}\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{quote(_one_line(name), safe='')}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + encodebytes(content).replace(b"\n", b"\r\n")


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

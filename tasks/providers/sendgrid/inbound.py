"""SendGrid's Inbound Parse: a mail that came in, as the form that SendGrid posts it in, parsed or raw.

Source: SendGrid, "Setting Up The Inbound Parse Webhook"; the samples of sendgrid-python.
"""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from programme.inbound.incoming import (
    MOST_ADDRESSES,
    Attachment,
    Incoming,
    addresses_in,
    decoded,
    read_headers,
    read_mime,
    text_of_html,
)

MOST_PARTS = 200
MOST_HEADER_BYTES = 8_000  # of one part
RAW_FIELDS = ("email", "rawEmail")


class InboundUnreadable(ValueError):
    """A request that is no form of Inbound Parse; the message says why, and holds nothing of it."""


@dataclass
class _Part:
    """One field of the form, as it comes in."""

    header_name: bytes = b""
    header_value: bytes = b""
    headers: dict[str, bytes] = field(default_factory=dict)
    content: list[bytes] = field(default_factory=list)
    size: int = 0

    def grow(self, size: int) -> None:
        self.size += size
        if self.size > MOST_HEADER_BYTES:
            raise InboundUnreadable("a part of the form has too long a header")

    def disposition(self) -> dict[bytes, bytes]:
        _, options = parse_options_header(self.headers.get("content-disposition", b""))
        return options


@dataclass(frozen=True)
class _Field:
    name: str
    file_name: str | None
    kind: str
    content: bytes


def read_inbound(content_type: str, body: bytes) -> Incoming:
    """The mail in the body of a request.

    Raises:
        InboundUnreadable: it is no such form.
    """
    found = _read_fields(content_type, body)
    fields = {each.name: each.content for each in reversed(found) if each.file_name is None}
    raw = next((each.content for name in RAW_FIELDS for each in found if each.name == name), None)
    if raw is not None:
        mail = read_mime(raw)
    elif fields.keys() & {"headers", "from", "envelope"}:
        mail = _of_fields(fields, found)
    else:
        raise InboundUnreadable("the form has neither 'email' nor 'headers', 'from' or 'envelope'")
    return _with_envelope(mail, fields)


def _of_fields(fields: dict[str, bytes], found: list[_Field]) -> Incoming:
    """The parsed form: the headers as text, and the rest decoded by the charset that SendGrid names for each field."""
    charsets = _object(fields.get("charsets", b""))

    def text(name: str) -> str:
        return decoded(fields.get(name, b""), str(charsets.get(name, "")))

    mail = read_headers(fields.get("headers", b""))
    files = [
        Attachment(each.file_name or "", each.kind, each.content)
        for each in found
        if re.fullmatch(r"attachment\d{1,4}", each.name)
    ]
    return replace(
        mail,
        sender=mail.sender or next(iter(addresses_in(text("from"))), ""),
        subject=text("subject") or mail.subject,
        text=text("text").strip() or text_of_html(text("html")),
        attachments=tuple(files),
    )


def _with_envelope(mail: Incoming, fields: dict[str, bytes]) -> Incoming:
    """The mail with what the receiving server saw, which no sender writes into his headers."""
    envelope = _object(fields.get("envelope", b""))
    to, sender = envelope.get("to"), envelope.get("from")
    named = [each for each in to if isinstance(each, str)][:MOST_ADDRESSES] if isinstance(to, list) else []
    reached = [address for each in named for address in addresses_in(each)]
    return_path = mail.return_path
    if isinstance(sender, str) and return_path != "":
        return_path = next(iter(addresses_in(sender)), "")
    sent_to = addresses_in(decoded(fields.get("to", b""), ""))
    return replace(
        mail,
        addressed=tuple(dict.fromkeys([*reached, *sent_to, *mail.addressed])),
        return_path=return_path,
    )


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _read_fields(content_type: str, body: bytes) -> list[_Field]:
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise InboundUnreadable("the body is no multipart/form-data with a boundary")
    if body.startswith(b"--" + boundary + b"\n"):  # written by hand, as the samples: a server ends its lines by CRLF
        body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    parts: list[_Part] = []
    try:
        parser = MultipartParser(boundary, _callbacks(parts))
        parser.write(body)
        parser.finalize()
        return [_field(part) for part in parts]
    except MultipartParseError:
        raise InboundUnreadable("the form is broken off or malformed") from None


def _callbacks(parts: list[_Part]) -> Any:
    def begin() -> None:
        if len(parts) >= MOST_PARTS:
            raise InboundUnreadable(f"the form has more than {MOST_PARTS} parts")
        parts.append(_Part())

    def header_field(data: bytes, start: int, end: int) -> None:
        parts[-1].grow(end - start)
        parts[-1].header_name += data[start:end]

    def header_value(data: bytes, start: int, end: int) -> None:
        parts[-1].grow(end - start)
        parts[-1].header_value += data[start:end]

    def header_end() -> None:
        part = parts[-1]
        part.headers[part.header_name.decode("latin-1").strip().lower()] = part.header_value
        part.header_name = part.header_value = b""

    def part_data(data: bytes, start: int, end: int) -> None:
        parts[-1].content.append(data[start:end])

    return {
        "on_part_begin": begin,
        "on_header_field": header_field,
        "on_header_value": header_value,
        "on_header_end": header_end,
        "on_part_data": part_data,
    }


def _field(part: _Part) -> _Field:
    options = part.disposition()
    name = options.get(b"name", b"").decode("utf-8", "replace")
    file_name = options.get(b"filename")
    kind, _ = parse_options_header(part.headers.get("content-type", b""))
    return _Field(
        name,
        None if file_name is None else file_name.decode("utf-8", "replace"),
        kind.decode("latin-1") or "application/octet-stream",
        b"".join(part.content),
    )

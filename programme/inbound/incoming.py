"""A mail that came in, as read from its MIME text; hostile mail costs no more than its size, and never raises.

Nothing in it is trusted: headers are cut, parts are counted before any is made, and no charset is taken that is a
program rather than a table.
"""

import email.errors
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import EmailPolicy
from email.utils import getaddresses
from functools import lru_cache
from html import unescape
from typing import Any, cast

from programme.words.addresses import compared

HEADER_CHARACTERS = 4_000  # of one header; References of long threads are the longest that people send
PART_HEADER_CHARACTERS = 1_000  # of one header that says what a part is; a long name of a file takes most
MOST_PART_HEADER_BYTES = 100_000  # of all those headers together; fifty files take a quarter of that
MOST_PARTS = 200  # and levels: multiparts and messages within messages
MOST_DELIMITERS = 5_000  # lines that begin like the edge of a part
MOST_ATTACHMENTS = 50
TEXT_BYTES = 400_000  # of the text that is read; what people write is a hundredth of that
MOST_ADDRESSES = 50
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, email.errors.MessageError)
_NESTS = re.compile(rb"(?i)(?:multipart|message)/")
_DELIMITER = re.compile(rb"(?m)^--")
_PART_HEADER = re.compile(rb"(?i)(?:\A|[\r\n])content-[^\r\n]*(?:(?:\r\n|[\r\n])[ \t][^\r\n]*)*")
_TABLES = re.compile(
    r"(?i)(us-?ascii|utf-?(8|16|32)|iso-?8859|latin|windows-?125|cp-?(125|437|850|852|866|874)|koi8|mac|big5|gb|euc|"
    r"shift|iso-?2022|hz)[\w-]*"
)
_SILENT = re.compile(r"(?i)<(?:!--|(head|style|script|title|template)\b)")
_END_OF = {
    name: re.compile(rf"(?i)</{name}[^<>]{{0,20}}>" if name else "-->")
    for name in ("", "head", "style", "script", "title", "template")
}
_SPACE = re.compile(r"\s+")
_BREAK = re.compile(r"(?i)<(?:br|/?(?:p|div|li|tr|h\d|blockquote|table|hr))(?:\s[^<>]*)?/?>")
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,300})>")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mail; its name and type are the sender's words."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail that came in.

    Attributes:
        reference: its Message-ID without brackets; "" without one.
        sender: the address that it came from, as we compare addresses; "" when it names none.
        addressed: the addresses that it was sent to, those of the envelope first.
        return_path: of the envelope; "" is an empty one, as bounces have; None when nobody said it.
        replied: the Message-IDs that it answers, the nearest first.
        report_type: of a multipart/report, such as delivery-status; "" for another mail.
        is_wish: a mail program wrote it, because its user pressed the button that our List-Unsubscribe header makes.
        text: its plain text, or its HTML as text.
        is_whole: False when its parts could not be read; then only its headers are known.
    """

    reference: str = ""
    sender: str = ""
    addressed: tuple[str, ...] = ()
    return_path: str | None = None
    auto_submitted: str = ""
    precedence: str = ""
    report_type: str = ""
    is_wish: bool = False
    replied: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    is_whole: bool = True


class _Bounded(EmailPolicy):
    """The default policy, with headers cut where no honest one ends: its parser takes the square of their length."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        is_of_part = name.lower().startswith("content-")
        return name, value[: PART_HEADER_CHARACTERS if is_of_part else HEADER_CHARACTERS]

    def header_fetch_parse(self, name: str, value: str) -> str:
        return _parsed(name, value)


_POLICY = _Bounded(utf8=True, refold_source="none")  # to fold a header anew it would be parsed as well


@lru_cache(maxsize=8)  # the library parses a header each time that it is asked for: some ten times a part
def _parsed(name: str, value: str) -> str:
    return cast(str, EmailPolicy.header_fetch_parse(_POLICY, name, value))


def read_mime(raw: bytes) -> Incoming:
    """The mail of a MIME text, whatever it holds."""
    is_whole = _is_moderate(raw)
    if not is_whole:
        raw = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0][:TEXT_BYTES]
    try:
        message = cast(EmailMessage, message_from_bytes(raw, policy=cast(Any, _POLICY)))
        text, attachments = _content(message) if is_whole else ("", ())
    except _UNREADABLE:
        return Incoming(is_whole=False)
    return Incoming(
        reference=next(iter(_ids(message, "Message-ID")), ""),
        sender=next(iter(addresses_in(header(message, "From"))), ""),
        addressed=_addressed(message),
        return_path=_return_path(message),
        auto_submitted=header(message, "Auto-Submitted").strip().lower(),
        precedence=header(message, "Precedence").strip().lower(),
        report_type=_report_type(message),
        is_wish=header(message, "X-Apple-Unsubscribe").strip().lower() == "true",
        replied=tuple(dict.fromkeys([*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))])),
        subject=_decoded(message, "Subject"),
        text=text,
        attachments=attachments,
        is_whole=is_whole,
    )


def _is_moderate(raw: bytes) -> bool:
    """Whether its parts are few enough, and say little enough of themselves, to be read."""
    if len(_NESTS.findall(raw)) > MOST_PARTS or len(_DELIMITER.findall(raw)) > MOST_DELIMITERS:
        return False
    return sum(map(len, _PART_HEADER.findall(raw))) <= MOST_PART_HEADER_BYTES


def read_headers(raw: bytes) -> Incoming:
    """The mail of its headers alone, without text and attachments."""
    return read_mime(re.split(rb"\r?\n\r?\n", raw.lstrip(), maxsplit=1)[0][:TEXT_BYTES] + b"\r\n\r\n")


def decoded(content: bytes, charset: str) -> str:
    """The text of these bytes; what the charset does not have, or an unknown charset, costs no more than a mark."""
    content = content[:TEXT_BYTES]
    if _TABLES.fullmatch(charset.strip()):
        try:
            return content.decode(charset.strip(), "replace")
        except LookupError:
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def addresses_in(text: str) -> list[str]:
    """The addresses of a header, as we compare addresses, in their order; none of one that cannot be read."""
    try:
        found = getaddresses([text[:HEADER_CHARACTERS]])[:MOST_ADDRESSES]
    except _UNREADABLE:  # thousands of comments within comments
        return []
    return [compared(address) for _, address in found if "@" in address]


def text_of_html(html: str) -> str:
    """What a reader sees of HTML, as plain lines, in one pass: the standard parser takes the square of a bomb."""
    seen = "".join(_visible_parts(html[:TEXT_BYTES]))
    lined = _BREAK.sub("\n", _SPACE.sub(" ", seen))
    lines = (" ".join(line.split()) for line in unescape(_TAG.sub("", lined)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _visible_parts(html: str) -> Iterator[str]:
    """The pieces outside comments, head, style and script; what is never closed hides nothing but its tag."""
    place, unclosed = 0, set()
    for found in _SILENT.finditer(html):
        name = (found[1] or "").lower()
        if found.start() < place or name in unclosed:
            continue
        end = _END_OF[name].search(html, found.end())
        if end is None:
            unclosed.add(name)
            continue
        yield html[place : found.start()]
        place = end.end()
    yield html[place:]


def header(message: Message, name: str) -> str:
    """The raw text of a header's first occurrence, unfolded; "" without it. The library's parsers see none of it."""
    raw = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return re.sub(r"\r?\n", "", str(raw))


def _decoded(message: EmailMessage, name: str) -> str:
    """A header with its encoded words decoded."""
    try:
        return str(message[name] or "")
    except _UNREADABLE + (IndexError,):
        return header(message, name)


def _ids(message: Message, name: str) -> list[str]:
    return _MESSAGE_ID.findall(header(message, name))


def _addressed(message: Message) -> tuple[str, ...]:
    names = ("Delivered-To", "X-Original-To", "To", "Cc")
    return tuple(dict.fromkeys(address for name in names for address in addresses_in(header(message, name))))


def _return_path(message: Message) -> str | None:
    found = header(message, "Return-Path").strip()
    return None if not found else next(iter(addresses_in(found)), "")


def _report_type(message: EmailMessage) -> str:
    try:
        if message.get_content_type() != "multipart/report":
            return ""
        return str(message.get_param("report-type", "")).strip().lower() or "report"
    except _UNREADABLE:
        return ""


def _content(message: EmailMessage) -> tuple[str, tuple[Attachment, ...]]:
    """The text that a reader would see, and the files."""
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        is_text = kind in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
        if is_text and not part.get_filename():
            charset = str(part.get_param("charset", "") or "")
            (plain if kind == "text/plain" else html).append(decoded(_bytes_of(part), charset))
        elif len(files) < MOST_ATTACHMENTS:
            files.append(Attachment(str(part.get_filename() or ""), kind, _bytes_of(part)))
    said = "\n".join(plain).strip()
    return said or text_of_html("\n".join(html)), tuple(files)


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that hold something; a mail within the mail is one file."""
    if message.get_content_maintype() == "message" or not message.is_multipart():
        yield message
        return
    for part in cast("list[Message]", message.get_payload()):
        yield from _leaves(part)


def _bytes_of(part: Message) -> bytes:
    if part.is_multipart():
        return b"\r\n".join(inner.as_bytes() for inner in cast("list[Message]", part.get_payload()))
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""

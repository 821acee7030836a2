"""The mail that passes a client's own mail on to somebody at the firm: staff mail, and never in the message log."""

import re

from programme.inbound.incoming import Attachment
from programme.terms.kinds import MailKind
from programme.words.plain_text import clean_lines
from programme.words.states import Purpose

REPLY_FORWARD = MailKind(
    "reply_forward",
    "Mail van een klant doorgestuurd",
    Purpose.SERVICE,
    "inbound",
    fields=frozenset({"client_id", "link_url", "came_on", "came_at", "sender", "subject_line", "words"}),
    choices={"is_known": False, "has_files": False, "is_whole": True, "has_desk": True},
)
LONGEST_FILE_NAME = 100  # characters
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,80}")
_NO_FILE_NAME = re.compile(r'[/\\:*?"<>|;,\n]')


def file_name_of(attachment: Attachment, number: int) -> str:
    """A harmless name for the n-th file: no folder, no sign that a system reads, its ending kept."""
    name = _NO_FILE_NAME.sub(" ", clean_lines(attachment.name, 10 * LONGEST_FILE_NAME))
    name = " ".join(name.split()).strip(". ")
    if len(name) > LONGEST_FILE_NAME:
        start, dot, ending = name.rpartition(".")
        keeps = dot and len(ending) <= 10
        name = f"{start[: LONGEST_FILE_NAME - 11]}.{ending}" if keeps else name[:LONGEST_FILE_NAME]
    return name or f"bijlage-{number}"


def media_type_of(attachment: Attachment) -> str:
    """Its media type when that is one; what a browser would run, or a mail in a mail, is bytes to us."""
    kind = attachment.kind.lower()
    harmless = _MEDIA_TYPE.fullmatch(kind) and not kind.startswith(("multipart/", "message/", "text/html"))
    return kind if harmless else "application/octet-stream"

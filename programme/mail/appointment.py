"""The appointment of an event, as a file that a client's calendar takes (RFC 5545)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from programme.words.dates import AMSTERDAM

MINUTES = 60  # a mail says when an event begins; a calendar wants to know when it ends
LINE_OCTETS = 73  # a longer line is folded; RFC 5545 allows 75
UTC_FORM = "%Y%m%dT%H%M%SZ"


class Attachment(NamedTuple):
    """A file that goes with a mail; `kind` is its media type."""

    name: str
    kind: str
    content: bytes


def appointment_of(touchpoint: str, texts: Mapping[str, Any]) -> Attachment | None:
    """The appointment of a campaign's event; None when its texts name no day.

    Args:
        texts: the marketer's own, as `texts_of` gives them.
    """
    if not texts.get("event"):
        return None
    day, _, hour = str(texts["event"]).partition("T")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//bouwclub//mails//NL",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{touchpoint}-{str(texts['event']).replace(':', '')}@bouwclub",
        *_times(date.fromisoformat(day), hour),
        f"SUMMARY:{_escaped(texts['title'])}",
        *([f"LOCATION:{_escaped(texts['place'])}"] if texts["place"] else []),
        *([f"URL:{texts['link_url']}"] if texts["link_url"] else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    content = "".join(f"{_folded(line)}\r\n" for line in lines).encode()
    return Attachment("afspraak.ics", "text/calendar; charset=utf-8; method=PUBLISH", content)


def _times(day: date, hour: str) -> list[str]:
    """A whole day without an hour. The stamp is the beginning itself, so that one event always gives one file."""
    if not hour:
        return [f"DTSTAMP:{day:%Y%m%d}T000000Z", f"DTSTART;VALUE=DATE:{day:%Y%m%d}"]
    begins = datetime.fromisoformat(f"{day.isoformat()}T{hour}").replace(tzinfo=AMSTERDAM).astimezone(UTC)
    ends = begins + timedelta(minutes=MINUTES)
    return [f"DTSTAMP:{begins:{UTC_FORM}}", f"DTSTART:{begins:{UTC_FORM}}", f"DTEND:{ends:{UTC_FORM}}"]


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def _folded(line: str) -> str:
    """The line in parts of at most LINE_OCTETS; each further part begins with a space."""
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > LINE_OCTETS:
            parts.append(part)
            part = " "
        part += letter
    return "\r\n".join([*parts, part])

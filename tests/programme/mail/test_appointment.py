"""The appointment that goes with the mail about an event."""

from datetime import UTC, date, datetime, time

from icalendar import Calendar

from programme.campaigns.texts import CampaignTexts, copy_of, texts_of
from programme.mail.appointment import appointment_of
from tests import factories


def _made(**changes: object) -> str:
    asked = CampaignTexts("Webinar", title="Muren; en, balken", event_on=date(2026, 3, 26), place="Dam 2")
    texts = texts_of(copy_of(factories.shipped_programme(), "lente", asked._replace(**changes)))  # type: ignore[arg-type]
    made = appointment_of("webinar_invitation", texts)
    return made.content.decode() if made else ""


def test_a_calendar_reads_the_day_the_hour_and_the_place() -> None:
    """In UTC, so that no calendar needs our time zone; marks of the format are escaped, and lines end as it wants."""
    lines = _made(event_time=time(19, 30)).split("\r\n")
    assert {"DTSTART:20260326T183000Z", "DTEND:20260326T193000Z", "LOCATION:Dam 2"} <= set(lines)
    assert "SUMMARY:Muren\\; en\\, balken" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_a_calendar_program_takes_it() -> None:
    """A whole calendar of one event, as icalendar reads it back."""
    (event,) = Calendar.from_ical(_made(event_time=time(19, 30), link_url="https://a.nl/b?c=1")).walk("VEVENT")
    assert event.errors == []
    assert event["SUMMARY"] == "Muren; en, balken"
    assert event["URL"].startswith("https://a.nl/b?c=1")
    assert event.decoded("DTSTART") == datetime(2026, 3, 26, 18, 30, tzinfo=UTC)
    assert {"UID", "DTSTAMP", "DTEND", "LOCATION"} <= set(event)


def test_a_day_without_an_hour_is_a_whole_day_and_no_day_is_no_file() -> None:
    """The same event gives the same file; a mail without an event gives none."""
    assert "DTSTART;VALUE=DATE:20260326" in _made()
    assert _made() == _made()
    assert _made(event_on=None) == ""


def test_no_line_is_too_long_and_no_text_can_begin_one() -> None:
    """Long texts are folded at whole characters."""
    made = _made(title="Ééé " * 60, place="X\r\nATTENDEE:mailto:a@b.nl")
    assert max(len(line.encode()) for line in made.split("\r\n")) <= 75
    assert "\r\nATTENDEE" not in made

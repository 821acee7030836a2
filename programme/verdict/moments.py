"""Whether people whose mail is deferred would still hear of an event in time."""

from collections.abc import Iterator
from datetime import date, timedelta

from programme.verdict.findings import Code, Finding
from programme.words.wording import weekday_words

DAYS_BEFORE = 2  # who hears of an event later than this many days before it can hardly come


def late_news(place: str, event_on: date | None, send_on: date, grace_days: int) -> Iterator[Finding]:
    """An event whose mail may still go, for who was deferred, on the last days before it.

    Args:
        send_on: the day on which the campaign starts; its mails may go until `grace_days` later.
    """
    last_on = send_on + timedelta(days=grace_days)
    if event_on and event_on - last_on < timedelta(days=DAYS_BEFORE):
        shown = f"Wie uitgesteld is, hoort er tot {weekday_words(last_on)} van, en de dag zelf is"
        yield Finding(Code.EVENT_TOO_LATE, place, f"{shown} {weekday_words(event_on)}")

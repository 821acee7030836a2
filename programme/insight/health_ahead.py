"""How a client's health will change by itself in the days to come, if nothing happens."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from programme.care.health import Health, TrackedMail, health_of
from programme.facts.records import Client, Recipient
from programme.terms.schema import Programme


def health_ahead(
    programme: Programme, client: Client, recipient: Recipient, mails: Iterable[TrackedMail], as_of: date, days: int
) -> Iterator[tuple[date, Health]]:
    """Each day within `days` on which the score becomes another one, with the new health."""
    mails = tuple(mails)
    score = health_of(programme, client, recipient, mails, as_of).score
    for number in range(1, days + 1):
        day = as_of + timedelta(days=number)
        health = health_of(programme, client, recipient, mails, day)
        if health.score != score:
            score = health.score
            yield day, health

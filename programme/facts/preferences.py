"""What a recipient wants to get, from the choices made on the preference page (preferences.md)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from programme.facts.records import Preference
from programme.words.dates import add_months
from programme.words.states import PreferenceName

ON, OFF = "on", "off"


class Wanted(NamedTuple):
    """The choices as they stand on one day.

    Attributes:
        unwanted: the topics that are off.
        paused_until: the first day after a pause, past or to come; None when none was chosen.
        channel: the chosen Channel; None when none was chosen.
        built_on: the day of "my building work is done"; projects delivered by then are not asked about any more.
    """

    unwanted: frozenset[str] = frozenset()
    paused_until: date | None = None
    is_less_often: bool = False
    channel: str | None = None
    built_on: date | None = None


ANYTHING = Wanted()


def wanted_at(preferences: Iterable[Preference], as_of: date) -> Wanted:
    """What is wanted on that day: of each choice the latest that was made by then.

    Args:
        preferences: in order of time, so that the latest choice of a day counts.
    """
    latest = {one.name: one for one in preferences if one.on <= as_of}
    if not latest:
        return ANYTHING
    topic = f"{PreferenceName.TOPIC}:"
    is_on = {name: one.value == ON for name, one in latest.items()}
    channel, built = latest.get(PreferenceName.CHANNEL), latest.get(PreferenceName.BUILT)
    return Wanted(
        frozenset(name.removeprefix(topic) for name, yes in is_on.items() if name.startswith(topic) and not yes),
        _end_of_pause(latest.get(PreferenceName.PAUSE)),
        is_on.get(PreferenceName.LESS_OFTEN, False),
        channel.value if channel else None,
        built.on if built and built.value == ON else None,
    )


def _end_of_pause(pause: Preference | None) -> date | None:
    return add_months(pause.on, int(pause.value)) if pause and pause.value != "0" else None

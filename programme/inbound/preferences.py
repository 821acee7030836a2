"""The preference page: what it offers, in which words, and what a posted form chooses (preferences.md)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from programme.facts.preferences import OFF, ON, Wanted
from programme.terms.trade import TradeTerms
from programme.words.dates import add_months
from programme.words.states import Channel, PreferenceName, Topic
from programme.words.wording import capitalised

NO_PAUSE = "0"
SHOWN = "stond"  # the field that says how everything stood on the page that is posted


@dataclass(frozen=True)
class TopicOffer:
    """A topic as the page offers it."""

    topic: Topic
    label: str
    hint: str


# By the months that a form may post.
PAUSE_WORDS = {
    NO_PAUSE: "Geen pauze",
    "1": "Een pauze van 1 maand",
    "3": "Een pauze van 3 maanden",
    "6": "Een pauze van 6 maanden",
}
LESS_OFTEN_WORDS = "Hooguit één keer per maand reclame."
CHANNEL_WORDS = {Channel.EMAIL: "Mail mij", Channel.PHONE: "Bel mij liever", Channel.POST: "Stuur post"}
PHONE_WORDS = "Ja, u mag mij bellen over nieuwe plannen."


def topics_of(trade: TradeTerms) -> tuple[TopicOffer, ...]:
    """The topics in the order of the page."""
    return (
        TopicOffer(Topic.PROJECT, "Over uw project", trade.project_mails),
        TopicOffer(Topic.CLUB, trade.club, "Uw niveau, uw korting, een jaar na uw project."),
        TopicOffer(Topic.IDEAS, "Ideeën en nieuws", "Seizoensbrief, nieuwe plannen, nieuwsbrief, prijsnieuws."),
        TopicOffer(Topic.EVENTS, "Bijeenkomsten", "Uitnodigingen."),
        TopicOffer(Topic.RESEARCH, "Vragen over ons", "Enquêtes."),
    )


def built_words(trade: TradeTerms) -> str:
    """ "Mijn verbouwing is klaar."."""
    return f"{capitalised(trade.own_work)} is klaar."


class Choosing(NamedTuple):
    """One thing that a form says: the name and value of a preference, and the words that stood beside it."""

    name: str
    value: str
    wording: str


class Present(NamedTuple):
    """What stands for an address now, as the page shows it.

    Attributes:
        channel: of its client records, or as chosen.
        may_call: all records that say something about calls for marketing say yes.
        is_built: the building work is done, and nothing was delivered since that was said.
        paused_until: the first day without the pause; None when there is none on that day.
    """

    unwanted: frozenset[str]
    paused_until: date | None
    is_less_often: bool
    channel: str
    may_call: bool
    is_built: bool

    def after(self, choices: tuple[Choosing, ...], today: date) -> "Present":
        """The same once these choices are made."""
        said = {one.name: one.value for one in choices}
        unwanted = {
            str(topic) for topic in Topic if said.get(_name(topic), OFF if topic in self.unwanted else ON) == OFF
        }
        paused_until, months = self.paused_until, said.get(PreferenceName.PAUSE)
        if months is not None:
            paused_until = None if months == NO_PAUSE else add_months(today, int(months))
        return Present(
            frozenset(unwanted),
            paused_until,
            said.get(PreferenceName.LESS_OFTEN, _word(self.is_less_often)) == ON,
            said.get(PreferenceName.CHANNEL, self.channel),
            said.get(PreferenceName.PHONE_CONSENT, _word(self.may_call)) == ON,
            said.get(PreferenceName.BUILT, _word(self.is_built)) == ON,
        )

    def news(self, choices: tuple[Choosing, ...]) -> list[Choosing]:
        """Those of the choices that change something; a pause that is chosen anew begins anew."""
        stands = dict(self._values())
        return [one for one in choices if stands.get(one.name) != one.value]

    @property
    def shown(self) -> str:
        """How everything stands, for the page to say when it is posted."""
        return " ".join(f"{name}={value}" for name, value in self._values())

    def _values(self) -> Iterator[tuple[str, str]]:
        yield from ((_name(topic), _word(topic not in self.unwanted)) for topic in Topic)
        yield PreferenceName.LESS_OFTEN, _word(self.is_less_often)
        yield PreferenceName.CHANNEL, self.channel
        yield PreferenceName.PHONE_CONSENT, _word(self.may_call)
        yield PreferenceName.BUILT, _word(self.is_built)
        if self.paused_until is None:
            yield PreferenceName.PAUSE, NO_PAUSE


def present_of(wanted: Wanted, channels: set[str], calls: set[bool], delivered: set[date], today: date) -> Present:
    """What stands today.

    Args:
        channels, calls: what the client records say.
        delivered: the days on which projects of theirs were delivered.
    """
    channel = wanted.channel or (next(iter(channels)) if len(channels) == 1 else Channel.EMAIL.value)
    is_paused = wanted.paused_until is not None and today < wanted.paused_until
    built_on = wanted.built_on
    return Present(
        wanted.unwanted,
        wanted.paused_until if is_paused else None,
        wanted.is_less_often,
        channel,
        calls == {True},
        built_on is not None and not any(built_on < day <= today for day in delivered),
    )


def read_choices(trade: TradeTerms, fields: Mapping[str, str]) -> tuple[Choosing, ...]:
    """What a posted form says: everything that the page asks, for a box that is not ticked says no.

    Values that the page does not offer say nothing, nor does what is posted as the page showed it: somebody may have
    chosen otherwise meanwhile, in another tab or mail.
    """
    shown = frozenset(fields.get(SHOWN, "").split(" "))
    found = [
        Choosing(_name(one.topic), _ticked(fields, one.topic), f"{one.label}: {one.hint}") for one in topics_of(trade)
    ]
    if (months := fields.get("pauze", "")) in PAUSE_WORDS:
        found.append(Choosing(PreferenceName.PAUSE, months, PAUSE_WORDS[months]))
    found.append(Choosing(PreferenceName.LESS_OFTEN, _ticked(fields, "minder"), LESS_OFTEN_WORDS))
    if (channel := fields.get("kanaal", "")) in list(Channel):
        found.append(Choosing(PreferenceName.CHANNEL, channel, CHANNEL_WORDS[Channel(channel)]))
    found.append(Choosing(PreferenceName.PHONE_CONSENT, _ticked(fields, "bellen"), PHONE_WORDS))
    found.append(Choosing(PreferenceName.BUILT, _ticked(fields, "klaar"), built_words(trade)))
    return tuple(one for one in found if f"{one.name}={one.value}" not in shown)


def choice_words(trade: TradeTerms, name: str, value: str) -> str:
    """A choice as a colleague reads it: "Wil geen mail meer over Ideeën en nieuws"."""
    labels = {_name(one.topic): one.label for one in topics_of(trade)}
    if name in labels:
        return f"Wil {'weer' if value == ON else 'geen'} mail over: {labels[name]}"
    match name:
        case PreferenceName.PAUSE:
            return "Beëindigde de pauze" if value == NO_PAUSE else f"Vroeg: {PAUSE_WORDS[value].lower()}"
        case PreferenceName.LESS_OFTEN:
            return "Wil minder vaak mail" if value == ON else "Wil weer zo vaak mail als eerst"
        case PreferenceName.CHANNEL:
            return f"Koos: {CHANNEL_WORDS[Channel(value)].lower()}"
        case PreferenceName.PHONE_CONSENT:
            return "Mag gebeld worden voor reclame" if value == ON else "Wil niet gebeld worden voor reclame"
        case _:
            return f"{capitalised(trade.work)} is {'klaar' if value == ON else 'toch niet klaar'}"


def _name(topic: Topic) -> str:
    return f"{PreferenceName.TOPIC}:{topic}"


def _ticked(fields: Mapping[str, str], name: str) -> str:
    return _word(fields.get(name) == "ja")


def _word(is_on: bool) -> str:
    return ON if is_on else OFF

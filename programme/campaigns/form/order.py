"""Turn a filled-in form into a campaign, or into the list of all its faults in Dutch.

The form checks its fields too, but those checks can be switched off in the UI, so nothing here relies on them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, NamedTuple

from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.contradictions import contradictions
from programme.campaigns.audience.traits import TRAITS, Area, Shape, Trait, areas_of
from programme.campaigns.campaign import Campaign
from programme.campaigns.form import form_words as words
from programme.campaigns.form.faults import FormFault
from programme.campaigns.form.moments import read_day, read_time
from programme.campaigns.form.options import Option, choices_of, chosen_of, offers, templates
from programme.campaigns.form.text_faults import text_faults
from programme.campaigns.names import name_of
from programme.campaigns.texts import BODY_LENGTH, INTRO_LENGTH, LINE_LENGTH, CampaignTexts, copy_of, is_link
from programme.terms.schema import Programme
from programme.words.addresses import recipient_of
from programme.words.dates import AMSTERDAM
from programme.words.plain_text import clean
from programme.words.wording import date_words

NAME = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,58}[a-z0-9]")
OF_PEOPLE = ("audience", *words.AUDIENCE, "sending", "day", "hour")  # the places that decide who gets it
_SHOWN = 60  # characters of a bad value that a fault quotes


class Order(NamedTuple):
    """A form that was read.

    Attributes:
        campaign: None when there are faults.
        moment: when it must go (aware); None for at once.
        test_address: "" for none.
        faults: one Dutch sentence for each fault, with its place in the form.
        people: the campaign with whatever texts it has, to count whom it reaches; None when its template, audience or
            moment has faults.
    """

    campaign: Campaign | None
    moment: datetime | None
    test_address: str
    faults: list[FormFault]
    people: Campaign | None = None


def read_order(programme: Programme, form: Mapping[str, Any], today: date) -> Order:
    """Read the three groups of the form: "message", "audience" and "sending".

    Args:
        form: values as JSON or Python types (dates); a missing value counts as empty.
        today: the day on which the campaign is started; without a moment it goes on this day.
    """
    read = _Reader(programme)
    message = read.group(form, "message", words.MESSAGE)
    sending = read.group(form, "sending", words.SENDING)
    audience = read.audience(form)
    name, template_id = read.name(message), read.template(message)
    texts = read.texts(message, template_id)
    offer = read.choice(message, "offer", words.MESSAGE, offers(programme)) or None
    moment = read.moment(sending)
    test_address = read.address(sending)
    first_on = moment.date() if moment else today
    read.check_days(texts, first_on)
    if template_id is None:
        return Order(None, moment, test_address, read.faults)
    template = programme.campaigns[template_id]
    copy = copy_of(programme, name, texts if is_link(texts.link_url) else texts._replace(link_url=""))
    campaign = Campaign(name, template_id, template, texts, copy, offer, audience, first_on)
    people = None if any(fault.is_about(OF_PEOPLE) for fault in read.faults) else campaign
    return Order(None if read.faults else campaign, moment, test_address, read.faults, people)


class _Reader:
    """Reads values one by one and collects their faults."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self.faults: list[FormFault] = []

    def fault(self, label: str, text: str, place: str) -> None:
        self.faults.append(FormFault(f"{label}: {text}", place))

    def group(self, form: Mapping[str, Any], key: str, known: Mapping[str, words.Words]) -> Mapping[str, Any]:
        label = words.GROUPS[key].label if key in words.GROUPS else words.AUDIENCE[key].label
        found = form.get(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self.fault(label, "hier hoort een groep velden te staan. Open het formulier opnieuw.", key)
            return {}
        for name in found.keys() - known.keys():
            self.fault(label, f"het veld {_shown(name)} bestaat niet. Haal het weg.", key)
        return found

    def name(self, message: Mapping[str, Any]) -> str:
        label, given = words.MESSAGE["name"].label, self.text(message, "name", words.MESSAGE)
        name = name_of(given)
        if not given:
            self.fault(label, "is leeg. Geef de campagne een eigen naam.", "name")
        elif not NAME.fullmatch(name):
            text = f"{_shown(given)} kan niet. Gebruik 3 tot 60 letters en cijfers, met spaties of streepjes."
            self.fault(label, text, "name")
        return name

    def template(self, message: Mapping[str, Any]) -> str | None:
        options = templates(self.programme)
        if not message.get("template"):
            self.fault(words.MESSAGE["template"].label, f"is leeg. Kies uit: {choices_of(options)}.", "template")
            return None
        return self.choice(message, "template", words.MESSAGE, options)

    def texts(self, message: Mapping[str, Any], template_id: str | None) -> CampaignTexts:
        def text(key: str, longest: int = LINE_LENGTH) -> str:
            return self.text(message, key, words.MESSAGE, longest)

        if template_id and self.programme.campaigns[template_id].survey:
            self._check_left_empty(message)
            return CampaignTexts("")
        texts = CampaignTexts(
            text("subject"),
            text("title"),
            text("intro", INTRO_LENGTH),
            text("body", BODY_LENGTH),
            text("link_label"),
            text("link_url", 500).strip(),
            self.day(message, "event_on", words.MESSAGE),
            self.time(message),
            text("place"),
            self.day(message, "valid_from", words.MESSAGE),
        )
        for key, text_fault in text_faults(texts):
            self.fault(words.MESSAGE[key].label, text_fault, key)
        asks = self.programme.campaigns[template_id].asks if template_id else ()
        for key in asks:
            field = "link_url" if key == "link" else key
            if not getattr(texts, field) and not message.get(field):
                label = self.programme.campaigns[str(template_id)].label
                self.fault(
                    words.MESSAGE[field].label, f"is leeg, en hoort bij het sjabloon {label}. Vul het in.", field
                )
        return texts

    def _check_left_empty(self, message: Mapping[str, Any]) -> None:
        """A survey asks everybody the same, in words that are kept with each answer."""
        filled = {key for key, found in message.items() if found not in (None, "", words.NO_OFFER)}
        for key in sorted(filled & words.MESSAGE.keys() - {"name", "template"}):
            text = "hoort niet bij een enquête, want die heeft eigen woorden. Maak dit leeg."
            self.fault(words.MESSAGE[key].label, text, key)

    def check_days(self, texts: CampaignTexts, first_on: date) -> None:
        if texts.event_on and texts.event_on < first_on:
            when = f"{date_words(texts.event_on)} ligt voor de dag van verzending, {date_words(first_on)}"
            self.fault(words.MESSAGE["event_on"].label, f"{when}. Kies een latere dag.", "event_on")

    def audience(self, form: Mapping[str, Any]) -> Audience:
        groups = self.group(form, "audience", words.AUDIENCE)
        found = Audience(*(self._traits(groups, key) for key in words.AUDIENCE))
        self.faults += [FormFault(sentence, "audience") for sentence in contradictions(self.programme, found)]
        return found

    def _traits(self, groups: Mapping[str, Any], key: str) -> Traits:
        before = len(self.faults)
        group = self.group(groups, key, {trait.name: trait.words for trait in TRAITS.values()})
        traits = Traits(**{trait.name: self._trait(group, trait) for trait in TRAITS.values()})
        label = words.AUDIENCE[key].label
        self.faults[before:] = [
            fault if fault.place == key else FormFault(f"{label}, {fault}", f"{key}.{fault.place}")
            for fault in self.faults[before:]
        ]
        return traits

    def _trait(self, group: Mapping[str, Any], trait: Trait) -> Any:
        read: Mapping[Shape, Callable[[Mapping[str, Any], Trait], Any]] = {
            Shape.SEVERAL: self._several,
            Shape.AREAS: self._areas,
            Shape.FLAG: self._flag,
            Shape.MONTHS: self._months,
        }
        return read[trait.shape](group, trait)

    def _areas(self, group: Mapping[str, Any], trait: Trait) -> tuple[Area, ...]:
        text = self.text(group, trait.name, {trait.name: trait.words}, BODY_LENGTH)
        areas = areas_of(text)
        if areas is None:
            text = f"{_shown(text)} kan niet. Schrijf 8921, 8900-8999 of 89, met komma's."
            self.fault(trait.words.label, text, trait.name)
        return areas or ()

    def _flag(self, group: Mapping[str, Any], trait: Trait) -> bool:
        found = group.get(trait.name) or False
        if not isinstance(found, bool):
            self.fault(trait.words.label, f"{_shown(found)} is geen ja of nee.", trait.name)
            return False
        return found

    def _months(self, group: Mapping[str, Any], trait: Trait) -> int:
        found = group.get(trait.name) or 0
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= words.MOST_MONTHS:
            text = f"{_shown(found)} kan niet. Schrijf een heel getal van 0 tot en met {words.MOST_MONTHS}."
            self.fault(trait.words.label, text, trait.name)
            return 0
        return found

    def moment(self, sending: Mapping[str, Any]) -> datetime | None:
        day = self.day(sending, "day", words.SENDING)
        hour = sending.get("hour") or words.DEFAULT_HOUR
        if hour not in words.HOURS:
            text = f"{_shown(hour)} kan niet. Kies een tijd van {words.HOURS[0]} tot en met {words.HOURS[-1]}."
            self.fault(words.SENDING["hour"].label, text, "hour")
            return None
        return datetime.combine(day, time.fromisoformat(hour), AMSTERDAM) if day else None

    def address(self, sending: Mapping[str, Any]) -> str:
        given = self.text(sending, "test_address", words.SENDING, 254)
        address = recipient_of(given)
        if given.strip() and not address:
            self.fault(words.SENDING["test_address"].label, f"{_shown(given)} is geen e-mailadres.", "test_address")
        return address

    def text(
        self, group: Mapping[str, Any], key: str, known: Mapping[str, words.Words], longest: int = LINE_LENGTH
    ) -> str:
        found = group.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.fault(known[key].label, f"{_shown(found)} is geen tekst.", key)
            return ""
        if len(found) > longest:
            self.fault(known[key].label, f"is {len(found)} tekens lang, en {longest} is het meeste. Kort het in.", key)
        return found[:longest]  # so that it is not said to be empty as well

    def choice(
        self, group: Mapping[str, Any], key: str, known: Mapping[str, words.Words], options: Sequence[Option]
    ) -> str | None:
        found = group.get(key)
        if found in (None, ""):
            return None
        chosen = chosen_of(found, options)
        if chosen is None:
            self.fault(known[key].label, f"{_shown(found)} bestaat niet. Kies uit: {choices_of(options)}.", key)
        return chosen

    def _several(self, group: Mapping[str, Any], trait: Trait) -> tuple[str, ...]:
        options = trait.options(self.programme) if trait.options else ()
        found = group.get(trait.name) or []
        if not isinstance(found, list | tuple):
            found = [found]
        chosen = [chosen_of(each, options) for each in found]
        for each, option in zip(found, chosen, strict=True):
            if option is None:
                text = f"{_shown(each)} bestaat niet. Kies uit: {choices_of(options)}."
                self.fault(trait.words.label, text, trait.name)
        return tuple(dict.fromkeys(option for option in chosen if option is not None))

    def day(self, group: Mapping[str, Any], key: str, known: Mapping[str, words.Words]) -> date | None:
        found = group.get(key)
        if found in (None, ""):
            return None
        return self._parsed(known[key].label, found, read_day, "is geen dag. Kies er een, zoals 2026-03-01.", key)

    def time(self, message: Mapping[str, Any]) -> time | None:
        found = message.get("event_time")
        if found in (None, ""):
            return None
        label = words.MESSAGE["event_time"].label
        return self._parsed(label, found, read_time, "is geen tijd. Schrijf die als 19:30.", "event_time")

    def _parsed(self, label: str, found: object, parse: Callable[[object], Any], text: str, place: str) -> Any:
        try:
            return parse(found)
        except ValueError:
            self.fault(label, f"{_shown(found)} {text}", place)
            return None


def _shown(found: object) -> str:
    return f"'{clean(str(found), _SHOWN)}'"

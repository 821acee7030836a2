"""The campaign's form as fields of a page, and back: each field of a page has one name and one text.

"subject" or "day" is a field by itself; "none_of.areas" is a trait of a part of the audience, and
"all_of.segments.verbouwer" one of its options, which is there when it is chosen. What is not known any more (an option,
a trait) comes through both ways, so that the reading of the order can refuse it: dropping it would widen the audience.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from programme.campaigns.audience.traits import TRAITS, Shape, Trait
from programme.campaigns.form.form_words import AUDIENCE, MESSAGE, SENDING
from programme.campaigns.form.options import Option, chosen_of, offers, templates
from programme.campaigns.form.template_fields import message_fields
from programme.terms.schema import Programme
from programme.terms.tables.campaign_terms import CampaignTemplate

CHOSEN = "on"
CHOICES = {"template": templates, "offer": offers}
WHEN = ("day", "hour")  # of the group "sending"; a test address is no part of what is kept


def template_of(programme: Programme, found: object) -> CampaignTemplate | None:
    """The template with this id or label; None when there is none."""
    chosen = chosen_of(found, templates(programme))
    return programme.campaigns[chosen] if chosen else None


def form_of(programme: Programme, fields: Mapping[str, str]) -> dict[str, Any]:
    """The three groups, as the flow `campaign` takes them: only what is filled in, and what the template uses."""
    wanted = message_fields(template_of(programme, fields.get("template", "")))
    message = {name: text for name in wanted if (text := _written(fields.get(name, "")))}
    for name, options in CHOICES.items():
        if name in message:
            message[name] = _label(message[name], options(programme))
    audience = {group: traits for group in AUDIENCE if (traits := _traits(programme, group, fields))}
    sending = {name: text for name in WHEN if (text := fields.get(name, "").strip())}
    return {"message": message, "audience": audience, "sending": sending if "day" in sending else {}}


def fields_of(programme: Programme, form: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a page that shows this form."""
    message, sending = form.get("message") or {}, form.get("sending") or {}
    fields = {name: str(message[name]) for name in MESSAGE if message.get(name)}
    for name, options in CHOICES.items():
        if name in fields:
            fields[name] = _id(fields[name], options(programme))
    fields |= {name: str(sending[name]) for name in SENDING if name in WHEN and sending.get(name)}
    return fields | audience_fields(programme, form.get("audience") or {})


def audience_fields(programme: Programme, audience: Mapping[str, Any]) -> dict[str, str]:
    """The fields of the group "audience" alone."""
    fields: dict[str, str] = {}
    for group in AUDIENCE:
        for name, value in (audience.get(group) or {}).items():
            if name in TRAITS and TRAITS[name].shape is Shape.SEVERAL:
                chosen = value if isinstance(value, list | tuple) else [value]
                fields |= {f"{group}.{name}.{_id(each, _options(programme, TRAITS[name]))}": CHOSEN for each in chosen}
            elif value:
                fields[f"{group}.{name}"] = CHOSEN if value is True else str(value)
    return fields


def without_audience(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields that are about something other than the audience."""
    return {name: text for name, text in fields.items() if name.partition(".")[0] not in AUDIENCE}


def strange_fields(programme: Programme, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of the audience that no field of the form is for: traits and options that there are no more."""
    known = {f"{group}.{name}" for group in AUDIENCE for name, trait in TRAITS.items() if not trait.options}
    known |= {
        f"{group}.{name}.{option.id}"
        for group in AUDIENCE
        for name, trait in TRAITS.items()
        for option in _options(programme, trait)
    }
    return {
        name: text for name, text in fields.items() if name.partition(".")[0] in AUDIENCE and name not in known and text
    }


def _traits(programme: Programme, group: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """What is filled in of one part of the audience, known traits first."""
    found: dict[str, Any] = {}
    for name, trait in TRAITS.items():
        value = _value(programme, trait, f"{group}.{name}", fields)
        if value:
            found[name] = value
    for field, text in fields.items():
        name = field.removeprefix(f"{group}.")
        if name != field and name.partition(".")[0] not in TRAITS and text.strip():
            found[name] = text.strip()
    return found


def _value(programme: Programme, trait: Trait, field: str, fields: Mapping[str, str]) -> Any:
    text = fields.get(field, "").strip()
    match trait.shape:
        case Shape.SEVERAL:
            options = _options(programme, trait)
            ids = [name.removeprefix(f"{field}.") for name, on in fields.items() if name.startswith(f"{field}.") and on]
            return [_label(each, options) for each in _in_order(ids, options)]
        case Shape.FLAG:
            return True if text == CHOSEN else text
        case Shape.MONTHS:
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
        case _:
            return text


def _options(programme: Programme, trait: Trait) -> list[Option]:
    return list(trait.options(programme)) if trait.options else []


def _in_order(ids: Iterable[str], options: list[Option]) -> list[str]:
    """In the order of the options, so that one choice is one text however it was clicked together."""
    places = {option.id: place for place, option in enumerate(options)}
    return sorted(ids, key=lambda each: (places.get(each, len(places)), each))


def _label(found: str, options: Iterable[Option]) -> str:
    return next((option.label for option in options if option.id == found), found)


def _id(found: object, options: Iterable[Option]) -> str:
    chosen = chosen_of(found, list(options))
    return str(found) if chosen is None else chosen


def _written(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()

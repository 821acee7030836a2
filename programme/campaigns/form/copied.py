"""A campaign that went out, as the form of a new one: its words and its audience, without its name and its dates."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from programme.campaigns.audience.traits import TRAITS, Shape
from programme.campaigns.form.options import offers
from programme.campaigns.texts import DEFAULT_LINK_LABEL, texts_of
from programme.terms.schema import Programme

_STATISTICS = ("utm_source", "utm_medium", "utm_campaign")


def copied_form(programme: Programme, said: str, audience: str) -> dict[str, Any]:
    """The groups of the form, from what the table `campaigns` keeps of one.

    Args:
        said: template, texts and offer, as JSON.
        audience: as JSON.
    """
    kept = json.loads(said)
    template = programme.campaigns.get(kept.get("template", ""))
    message: dict[str, Any] = {"template": template.label if template else str(kept.get("template", ""))}
    if template is None or not template.survey:
        message |= _texts(kept.get("copy") or {})
    if offer := kept.get("offer"):
        message["offer"] = next((option.label for option in offers(programme) if option.id == offer), str(offer))
    return {"message": message, "audience": audience_form(programme, json.loads(audience)), "sending": {}}


def audience_form(programme: Programme, audience: Mapping[str, Any]) -> dict[str, Any]:
    """The group "audience" of the form for a stored audience; what there is no more stays in, to be refused."""
    parts = {group: (audience.get(group) or {}).get("values") or {} for group in ("all_of", "any_of", "none_of")}
    return {
        group: {name: _filled_in(programme, name, value) for name, value in values.items()}
        for group, values in parts.items()
        if values
    }


def _filled_in(programme: Programme, name: str, value: Any) -> Any:
    trait = TRAITS.get(name)
    if trait is None:
        return str(value)
    if trait.shape is Shape.AREAS:
        return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in value)
    if trait.options:
        labels = {option.id: option.label for option in trait.options(programme)}
        return [labels.get(each, each) for each in value]
    return value


def _texts(copy: Mapping[str, Any]) -> dict[str, str]:
    texts = texts_of(json.dumps(copy))
    written = {
        "subject": texts["subject"],
        "title": texts["title"] if texts["title"] != texts["subject"] else "",
        "intro": texts["intro"],
        "body": _body(texts["body"]),
        "link_url": _without_statistics(texts["link_url"]),
        "link_label": texts["link_label"] if texts["link_label"] != DEFAULT_LINK_LABEL else "",
        "event_time": texts["event"].partition("T")[2],
        "place": texts["place"],
    }
    return {name: text for name, text in written.items() if text}


def _body(parts: Sequence[str | Sequence[str]]) -> str:
    return "\n\n".join(part if isinstance(part, str) else "\n".join(f"- {line}" for line in part) for part in parts)


def _without_statistics(url: str) -> str:
    """The link as the marketer wrote it: without the name of the campaign that it was for."""
    parts = urlsplit(url)
    asked = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in asked if name not in _STATISTICS]
    return url if len(kept) == len(asked) else urlunsplit(parts._replace(query=urlencode(kept)))

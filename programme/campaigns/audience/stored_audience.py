"""An audience as text that a table can keep, and back again."""

import json
from dataclasses import asdict
from typing import Any

from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.traits import TRAITS, Area, Shape


def written_audience(audience: Audience) -> str:
    """The audience as JSON; the same audience gives the same text."""
    return json.dumps(asdict(audience), ensure_ascii=False, sort_keys=True)


def read_audience(text: str) -> Audience:
    """The audience of such a text. Raises TypeError for a trait that there is no more."""
    groups = json.loads(text)
    return Audience(*(_traits(groups[key]["values"]) for key in ("all_of", "any_of", "none_of")))


def _traits(values: dict[str, Any]) -> Traits:
    return Traits(**{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    if name in TRAITS and TRAITS[name].shape is Shape.AREAS:
        return tuple(Area(*each) for each in value)
    return tuple(value) if isinstance(value, list) else value

"""Whom a campaign is for: traits of clients, of which all, at least one or none must be there.

Each trait of `Traits` that is filled in counts as one; within it one match is enough. `all_of`, `any_of` and
`none_of` each leave out what they do not name, so that an empty audience is everyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from programme.campaigns.traits import TRAITS, Who
from programme.facts.records import Client, Recipient
from programme.terms.schema import Programme


@dataclass(frozen=True, init=False)
class Traits:
    """What a client may be asked for: Traits(tiers=("goud",), quiet_months=6).

    Attributes:
        values: by the trait's name, in the order of TRAITS; what is empty, False or 0 asks nothing and is left out.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, **values: Any) -> None:
        """Raises TypeError for a trait that is none."""
        if strange := values.keys() - TRAITS.keys():
            raise TypeError(f"no trait is called {', '.join(sorted(strange))}; there are {', '.join(TRAITS)}")
        object.__setattr__(self, "values", {name: values[name] for name in TRAITS if values.get(name)})

    def named(self) -> list[str]:
        """The traits that are asked for."""
        return list(self.values)

    @property
    def asks_activity(self) -> bool:
        return any(TRAITS[name].asks_activity for name in self.values)


@dataclass(frozen=True)
class Audience:
    all_of: Traits = Traits()
    any_of: Traits = Traits()
    none_of: Traits = Traits()

    @property
    def asks_activity(self) -> bool:
        return any(traits.asks_activity for traits in (self.all_of, self.any_of, self.none_of))


def belongs(programme: Programme, audience: Audience, client: Client, recipient: Recipient, as_of: date) -> bool:
    """Whether this client record is in the audience, by its facts on `as_of`."""
    who = Who(programme, client, recipient, as_of)

    def has(traits: Traits) -> list[bool]:
        return [TRAITS[name].holds(value, who) for name, value in traits.values.items()]

    some = has(audience.any_of)
    return all(has(audience.all_of)) and (not some or any(some)) and not any(has(audience.none_of))

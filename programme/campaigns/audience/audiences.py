"""Whom a campaign is for: traits of which a client must have all, at least one, or none.

Each trait of `Traits` that is filled in counts as one; within a trait, one match is enough. A trait that is not filled
in tests nothing, so an empty audience is everyone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from programme.campaigns.audience.traits import TRAITS, Who
from programme.facts.records import Client, Recipient
from programme.terms.schema import Programme


@dataclass(frozen=True, init=False)
class Traits:
    """The traits to test, for example Traits(tiers=("goud",), quiet_months=6).

    Attributes:
        values: by the trait's name, in the order of TRAITS; empty values, False and 0 test nothing and are left out.
    """

    values: Mapping[str, Any] = field(default_factory=dict)

    def __init__(self, **values: Any) -> None:
        """Raises TypeError for an unknown trait."""
        if strange := values.keys() - TRAITS.keys():
            raise TypeError(f"no trait is called {', '.join(sorted(strange))}; there are {', '.join(TRAITS)}")
        # The dataclass is frozen, so its own __init__ cannot assign.
        object.__setattr__(self, "values", {name: values[name] for name in TRAITS if values.get(name)})

    def named(self) -> list[str]:
        """The names of the traits that are tested."""
        return list(self.values)

    @property
    def asks_activity(self) -> bool:
        """Whether one of these traits needs the recipient's last activity to be read."""
        return any(TRAITS[name].asks_activity for name in self.values)


@dataclass(frozen=True)
class Audience:
    """Whom a campaign is for: all of, any of, and none of these traits."""

    all_of: Traits = Traits()
    any_of: Traits = Traits()
    none_of: Traits = Traits()

    @property
    def asked(self) -> list[tuple[str, Any]]:
        """(name, value) of every trait that is tested."""
        return [each for traits in (self.all_of, self.any_of, self.none_of) for each in traits.values.items()]

    @property
    def asks_activity(self) -> bool:
        """Whether a trait needs the recipient's last activity to be read."""
        return any(traits.asks_activity for traits in (self.all_of, self.any_of, self.none_of))


def belongs(programme: Programme, audience: Audience, client: Client, recipient: Recipient, as_of: date) -> bool:
    """Whether this client record is in the audience, by its facts on `as_of`."""
    who = Who(programme, client, recipient, as_of)

    def has(traits: Traits) -> list[bool]:
        return [TRAITS[name].holds(value, who) for name, value in traits.values.items()]

    some = has(audience.any_of)
    return all(has(audience.all_of)) and (not some or any(some)) and not any(has(audience.none_of))

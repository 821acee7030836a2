"""Single values of the programme file that become others."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, NamedTuple

from programme.terms.faults import bare

Key = tuple[str, ...]


class Change(NamedTuple):
    """A value of the programme file; None where the key is not there.

    Attributes:
        key: the tables that lead to it, and its own name.
    """

    key: Key
    old: Any
    new: Any

    @property
    def dotted(self) -> str:
        """The key as the file would write it: `touchpoints.win_back.offset`."""
        return ".".join(bare(part) for part in self.key)


def value_at(raw: Mapping[str, Any], key: Key) -> Any:
    """What the file has there; None when it has nothing."""
    place: Any = raw
    for part in key:
        if not isinstance(place, Mapping) or part not in place:
            return None
        place = place[part]
    return place


def changed(raw: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """A copy of the file's tables with the changes made."""
    result = deepcopy(dict(raw))
    for change in changes:
        place = result
        for part in change.key[:-1]:
            place = place.setdefault(part, {})
        if change.new is None:
            place.pop(change.key[-1], None)
        else:
            place[change.key[-1]] = deepcopy(change.new)
    return result


def clashes(raw: Mapping[str, Any], changes: Iterable[Change]) -> list[Change]:
    """The changes whose place has another value by now than the one that was seen; `new` is what it has."""
    now = ((change, value_at(raw, change.key)) for change in changes)
    return [change._replace(new=found) for change, found in now if found != change.old]


def are_made(raw: Mapping[str, Any], changes: Iterable[Change]) -> bool:
    """Whether every place has the new value."""
    return all(value_at(raw, change.key) == change.new for change in changes)

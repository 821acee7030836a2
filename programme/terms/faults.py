"""The faults of a programme file, in sentences for the person who wrote it.

pydantic reports the values that it does not accept. This module turns each into: where, what was found, what is
allowed, what to do.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import Annotated, Any, NamedTuple, cast, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from programme.terms.schema import Part, Programme

Path = tuple[str | int, ...]

LONGEST_FOUND = 60  # characters of a bad value that a message quotes

# The patterns of programme.terms.schema in words: a regular expression in a message would help nobody.
PATTERNS = {
    r"[A-Za-z0-9]": "a name with a letter or digit that a bank can write",
    r"^[a-z][a-z0-9_]{0,39}$": "a name of small letters, digits and _, starting with a letter, at most 40 characters",
    r"^#[0-9a-fA-F]{6}$": "a colour as '#1f4e5f'",
    r"^[A-Z][A-Z0-9]{1,19}$": "a code of 2 to 20 capitals and digits, starting with a capital",
    r"^[a-z0-9][a-z0-9-]{0,59}$": "a name of small letters, digits and -, at most 60 characters",
    r"^[A-Z]{2}$": "a code of two capitals, such as 'NL'",
    r"^(de|het) \S.{0,40}$": "a thing with its article, such as 'de verbouwing'",
    r"^een (ander|andere) \S.{0,40}$": "another of its kind, such as 'een ander bureau' or 'een andere hovenier'",
    r"^[1-9][0-9]{0,2}$": "a whole number of months from 1 to 999",
}
KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text in quotes",
    "bool": "true or false",
    "date": "a day as 2026-03-01, without quotes",
    "tuple": "a list in [ ]",
    "dict": "a table",
    "model": "a table",
    "dataclass": "a number and a unit in quotes: '3 days', '8 weeks', '4 months', '1 year'",
}
BOUNDS = {
    "greater_than_equal": ("ge", "the least is", "Dat is te weinig: het minste is"),
    "less_than_equal": ("le", "the most is", "Dat is te veel: het meeste is"),
    "greater_than": ("gt", "it must be more than", "Dat is te weinig: het moet meer zijn dan"),
    "less_than": ("lt", "it must be less than", "Dat is te veel: het moet minder zijn dan"),
}
NO_OFFSET = "Vul een getal tot en met 9999 in (jaren: tot en met 999) en kies dagen, weken, maanden of jaar."
MISSING = "Vul dit in."


class Fault(NamedTuple):
    """One fault: the keys that lead to it (numbers count list items from 0), and the sentence about it.

    Attributes:
        dutch: the same for the marketer at the form; "" where no field of the form can cause it.
    """

    path: Path
    text: str
    line: int | None = None
    dutch: str = ""

    @property
    def key(self) -> str:
        """The path as the file writes it; "" for the whole file.

        For example `touchpoints.win_back.offset` and `tiers[1].discount_percent`.
        """
        return "".join(f"[{part}]" if isinstance(part, int) else f".{bare(part)}" for part in self.path)[1:]

    def in_file(self, name: str) -> str:
        """One line: `programme.toml: touchpoints.win_back.offset (line 312): …`."""
        line = f" (line {self.line})" if self.line else ""
        return f"{name}: {self.key}{line}: {self.text}" if self.path else f"{name}: {self.text}"


def bare(key: str) -> str:
    """A key as TOML writes it: quoted unless it is a plain word, so that it cannot break the line."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key)


def did_you_mean(found: object, allowed: Iterable[str]) -> str:
    """ " Did you mean '…'?" (with a leading space) when one of `allowed` is close to `found`; otherwise ""."""
    close = _closest(found, allowed)
    return f" Did you mean '{close}'?" if close else ""


def unknown(what: str, name: str, known: Collection[str], table: str) -> str:
    """The sentence about a name that refers to nothing, with the names that exist."""
    listed = ", ".join(known) or "none"
    return f"there is no {what} {quoted(name)} in {table}; it has: {listed}.{did_you_mean(name, known)}"


def quoted(found: object) -> str:
    """A bad value as a message shows it: on one line, shortened to LONGEST_FOUND characters."""
    text = repr(found)
    return text if len(text) <= LONGEST_FOUND else f"{text[:LONGEST_FOUND]}…"


def schema_faults(error: ValidationError, raw: Mapping[str, Any]) -> list[Fault]:
    """One fault for each mistake that pydantic found, in the order of the schema.

    A misspelt key counts as one mistake, although pydantic also reports its right name as missing.
    """
    found = error.errors(include_url=False)
    meant = {_key_meant(_path_in_file(details), raw) for details in found if details["type"] == "extra_forbidden"}
    return [
        _schema_fault(details, raw)
        for details in found
        if details["type"] != "missing" or _path_in_file(details) not in meant
    ]


def salvage(kind: Any, raw: Any) -> Any:
    """As much of a faulty value as can be understood, so that the other checks can continue.

    A table with bad keys has None in their place, and a list likewise; a value that cannot be understood at all
    becomes None.
    """
    if isinstance(kind, type) and issubclass(kind, Part) and isinstance(raw, Mapping):
        named = {name for name in kind.model_fields if name in raw}
        values = {name: _salvage_field(kind, name, raw) for name in kind.model_fields}
        return kind.model_construct(named, **values)
    if get_origin(kind) is dict and isinstance(raw, Mapping):
        return {name: salvage(get_args(kind)[1], value) for name, value in raw.items()}
    if get_origin(kind) is tuple and isinstance(raw, list):
        return tuple(salvage(get_args(kind)[0], value) for value in raw)
    try:
        return _reader_of(kind).validate_python(raw)
    except ValidationError:
        return None


@cache
def _reader_of(kind: Any) -> TypeAdapter[Any]:
    """Made once a process: making one takes half a millisecond, and a programme has some hundreds of values."""
    return TypeAdapter(kind)


def _salvage_field(model: type[Part], name: str, raw: Mapping[str, Any]) -> Any:
    field = model.model_fields[name]
    if name not in raw:
        return None if field.is_required() else field.default
    # A plain field carries its own bounds (ge, pattern), which the bare annotation does not have.
    if _is_plain(field.annotation):
        return salvage(Annotated[field.annotation, field], raw[name])
    return salvage(field.annotation, raw[name])


def _is_plain(kind: Any) -> bool:
    """Whether a field holds one value, not a table or a list."""
    return get_origin(kind) not in (dict, tuple) and not (isinstance(kind, type) and issubclass(kind, Part))


def _schema_fault(details: ErrorDetails, raw: Mapping[str, Any]) -> Fault:
    path = _path_in_file(details)
    kind = details["type"]
    context = details.get("ctx", {})
    found = quoted(details["input"])
    if kind == "missing":
        return Fault(path, "is missing; add it (docs/programme.md says what it means).", dutch=MISSING)
    if kind == "extra_forbidden":
        return Fault(path, _unknown_key(path, raw))
    if kind in ("literal_error", "enum"):
        return Fault(path, _not_a_choice(found, details["input"], str(context["expected"])))
    if kind == "union_tag_invalid":
        tag = context["tag"]
        return Fault((*path, "name"), _not_a_choice(quoted(tag), tag, str(context["expected_tags"])))
    if kind == "union_tag_not_found":
        return Fault((*path, "name"), 'is missing; a condition starts with its name: { name = "no_feedback" }.')
    if kind == "string_pattern_mismatch":
        return Fault(path, f"{found} is not {PATTERNS.get(context['pattern'], context['pattern'])}.")
    if kind in BOUNDS:
        bound, words, dutch = BOUNDS[kind]
        return Fault(
            path,
            f"{found} is out of range; {words} {context[bound]}.",
            dutch=f"{dutch} {_dutch(path, context[bound])}.",
        )
    if kind == "too_short":
        return Fault(path, f"is empty; list at least {context['min_length']}.")
    if kind == "too_long":
        return Fault(path, f"lists {context['actual_length']}; the most is {context['max_length']}.")
    if kind == "value_error":
        return Fault(path, f"{context['error']}.", dutch=NO_OFFSET if path[-1:] == ("offset",) else "")
    allowed = KINDS.get(kind.split("_")[0])
    return Fault(path, f"{found} is not {allowed}." if allowed else f"{found}: {details['msg']}.")


def _dutch(path: Path, bound: float) -> str:
    """A bound as a field shows it: of a share, as a percentage."""
    return f"{bound * 100:g}%" if str(path[-1]).endswith("_share") else f"{bound:g}"


def _closest(found: object, allowed: Iterable[str]) -> str | None:
    options = {name.casefold(): name for name in allowed}
    close = get_close_matches(str(found).casefold(), options, n=1)
    return options[close[0]] if close else None


def _not_a_choice(shown: str, found: object, expected: str) -> str:
    options = [option.strip("'") for option in expected.replace(" or ", ", ").split(", ")]
    return f"{shown} is not known; allowed: {', '.join(options)}.{did_you_mean(found, options)}"


def _unknown_key(path: Path, raw: Mapping[str, Any]) -> str:
    keys = _keys_at(path[:-1], raw)
    hint = did_you_mean(path[-1], keys) or f" Known: {', '.join(keys)}."
    return f"is not a key that is known here.{hint} Correct the name, or delete it."


def _key_meant(path: Path, raw: Mapping[str, Any]) -> Path:
    """The path of the key that the unknown key was probably meant to be; its own path when none is close."""
    return (*path[:-1], _closest(path[-1], _keys_at(path[:-1], raw)) or path[-1])


def _path_in_file(details: ErrorDetails) -> Path:
    """pydantic's location without what is not in the file: the name of a union's member, the mark of a bad key."""
    location = details["loc"]
    is_of_key = location[-1:] == ("[key]",) and details["type"] != "extra_forbidden"  # else the file has such a key
    path: list[str | int] = []
    for position, part in enumerate(location[:-1] if is_of_key else location):
        is_name_of_condition = position >= 2 and location[position - 2] == "conditions"
        if not (is_name_of_condition and isinstance(part, str)):
            path.append(part)
    return tuple(path)


def _keys_at(path: Path, raw: Mapping[str, Any]) -> list[str]:
    """The keys that the schema allows in the table at `path`."""
    kind: Any = Programme
    value: Any = raw
    for part in path:
        kind = _inner_kind(kind, part)
        value = value[part]
    member = _member(kind, value)
    return list(member.model_fields) if member else []


def _inner_kind(kind: Any, part: str | int) -> Any:
    if NoneType in get_args(kind):  # a table that may be absent
        kind = get_args(kind)[0]
    if isinstance(kind, type) and issubclass(kind, Part):
        return kind.model_fields[str(part)].annotation
    return get_args(kind)[1 if get_origin(kind) is dict else 0]


def _member(kind: Any, value: Any) -> type[Part] | None:
    """The model itself; for a union of conditions, the member that the value names."""
    if isinstance(kind, type):
        return kind if issubclass(kind, Part) else None
    for option in get_args(get_args(kind)[0]):
        if value.get("name") in get_args(option.model_fields["name"].annotation):
            return cast(type[Part], option)
    return None

"""Which fields of a form hold what they cannot, in Dutch; pydantic says it in English, and of what was meant nothing.

The form of a campaign is read by programme/campaigns/form instead.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from programme.words.dates import FIRST_DAY, LAST_DAY
from programme.words.wording import date_words

# By the first word of pydantic's kind of error, or all of it.
_WORDS = {
    "missing": "is leeg. Vul het in",
    "date": "is geen dag. Kies er een, zoals 2026-03-01",
    "datetime": "is geen moment. Schrijf het zoals 2026-03-01T09:15",
    "bool": "is geen ja of nee. Zet het aan of uit",
    "int": "is geen heel getal. Vul er een in",
    "float": "is geen getal. Vul er een in",
    "string": "is geen tekst. Vul er een in",
    "literal_error": "staat niet in de lijst. Kies uit: {expected}",
    "enum": "staat niet in de lijst. Kies uit: {expected}",
    "greater_than_equal": "is te laag. Vul minstens {ge} in",
    "less_than_equal": "is te hoog. Vul hoogstens {le} in",
    "string_pattern_mismatch": "is leeg. Vul het in",  # the one pattern asks for a character
    "string_too_short": "is te kort. Vul minstens {min_length} tekens in",
    "string_too_long": "is te lang. Vul hoogstens {max_length} tekens in",
    "value_error": "past niet: {error}",  # what a form of ours found itself, in Dutch
    "extra_forbidden": "bestaat niet. Haal het weg",
}
OTHER = "past niet. Vul het anders in"
_BOUNDS = f"{date_words(FIRST_DAY)} tot en met {date_words(LAST_DAY)}"
OUT_OF_BOUNDS = f"is geen dag om mee te rekenen. Kies er een van {_BOUNDS}"


class FieldsRefused(Exception):
    """Fields of a form hold what they cannot; nothing was done."""


def fields_refused(error: Exception, form: Mapping[str, Any]) -> str | None:
    """A sentence for each field, from Prefect's refusal of the parameters; None when it does not say which they are.

    Args:
        form: the schema of the parameters, which has the names that the form shows.
    """
    found = error.__context__
    if not isinstance(found, ValidationError):
        return None
    faults = found.errors(include_url=False, include_input=False)
    told = [f"{_shown_name(fault['loc'], form)} {_words(fault)}." for fault in faults]
    return " ".join(["Er is niets gedaan.", *dict.fromkeys(told)])


def days_refused(values: Mapping[str, Any], form: Mapping[str, Any]) -> str | None:
    """A sentence for each day so far away that sums with it fail; None when there is none."""
    faults = [place for place, day in _days_in((), values) if not FIRST_DAY <= day <= LAST_DAY]
    told = [f"{_shown_name(place, form)} {OUT_OF_BOUNDS}." for place in faults]
    return " ".join(["Er is niets gedaan.", *told]) if told else None


def _days_in(place: tuple[str, ...], value: Any) -> Iterator[tuple[tuple[str, ...], date]]:
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _days_in((*place, name), part)
    elif isinstance(value, date):  # a moment is one as well
        yield place, value.date() if isinstance(value, datetime) else value


def _shown_name(place: Sequence[int | str], form: Mapping[str, Any]) -> str:
    name, group = "Het formulier", form
    for part in place:
        field = group.get("properties", {}).get(part)
        if field is None:  # a place in a list, or one of several kinds of value
            break
        name = str(field.get("title", part))
        named = re.search(r"'\$ref': '#/definitions/(\w+)'", str(field))
        group = form["definitions"].get(named[1], {}) if named else {}
    return name


def _words(error: Mapping[str, Any]) -> str:
    kind, context = str(error["type"]), dict(error.get("ctx", {}))
    if "expected" in context:
        context["expected"] = ", ".join(re.findall(r"'([^']*)'", str(context["expected"])))
    words = _WORDS.get(kind) or _WORDS.get(kind.partition("_")[0], OTHER)
    return words.format_map(context)

"""Whether the office ever opens, on days that the calendar knows, and its scripts say only what is known."""

from collections.abc import Iterator

from programme.terms.faults import Fault, Path, did_you_mean, quoted
from programme.terms.schema import Programme
from programme.terms.script_terms import FACTS, MARKETING, names_in
from programme.terms.tables.care_terms import CareTerms
from programme.words.public_holidays import names_of_holidays

SHIPPED = CareTerms()


def care_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [care]: without an hour in which the office is open no deadline could ever be told.

    And those of [scripts].
    """
    yield from _script_faults(programme)
    terms = programme.care
    if not terms:
        return
    if None not in (terms.opens, terms.closes) and terms.closes <= terms.opens:
        text = f"{terms.closes:%H:%M} is not later than opens {terms.opens:%H:%M}, so the office never opens."
        yield Fault(("care", "closes"), f"{text} Change either.")
    yield from _holiday_faults(terms)


def _holiday_faults(terms: CareTerms) -> Iterator[Fault]:
    named = [(number, day) for number, day in enumerate(terms.open_on or ()) if isinstance(day, str)]
    is_as_shipped = terms.holidays == SHIPPED.holidays and {day for _, day in named} <= set(SHIPPED.open_on)
    if terms.holidays is None or is_as_shipped:
        return  # the calendar of holidays takes longer to load than all else of a check
    try:
        known = names_of_holidays(terms.holidays)
    except NotImplementedError:
        text = f"no country has the code {quoted(terms.holidays)}; write the two letters of ISO 3166, such as 'NL'."
        yield Fault(("care", "holidays"), text)
        return
    folded = {name.casefold() for name in known}
    for number, day in named:
        if day.casefold() not in folded:
            text = (
                f"{quoted(day)} is no public holiday of {terms.holidays}; it has: {', '.join(known)}."
                f"{did_you_mean(day, known)} A date stands without quotes."
            )
            yield Fault(("care", "open_on", number), text)


def _script_faults(programme: Programme) -> Iterator[Fault]:
    """What stands between { and } in a script is filled in, so it must be something that is known."""
    for kind, own in (programme.scripts or {}).items():
        for name, value in own.given.items() if own else ():
            path: Path = ("scripts", kind, name)
            if name == "closing" and kind in MARKETING:
                text = "the law asks that this call ends with the right to refuse further calls; delete it."
                yield Fault(path, text)
            for text in (value,) if isinstance(value, str) else filter(None, value):
                yield from _place_faults(path, text)


def _place_faults(path: Path, text: str) -> Iterator[Fault]:
    try:
        names = names_in(text)
    except ValueError:
        yield Fault(path, f"{quoted(text)} has a {{ or }} alone; write it twice, or name what is to stand there.")
        return
    for name in names:
        if name not in FACTS:
            known = ", ".join(FACTS)
            yield Fault(
                path, f"{quoted(name)} is nothing that a script knows; it has: {known}.{did_you_mean(name, FACTS)}"
            )

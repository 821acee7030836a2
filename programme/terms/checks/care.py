"""Whether the office of a programme file ever opens, and its days off are days that the calendar knows."""

from collections.abc import Iterator

from programme.terms.faults import Fault, did_you_mean, quoted
from programme.terms.schema import Programme
from programme.terms.tables.care_terms import CareTerms
from programme.words.public_holidays import names_of_holidays

SHIPPED = CareTerms()


def care_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of [care]: without an hour in which the office is open no deadline could ever be told."""
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

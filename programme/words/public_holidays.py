"""The public holidays of a country, with their Dutch names where it has them."""

from functools import lru_cache
from typing import Any

# Of the years in which a name is looked for. Ten hold also what is a day off once in five years, as Bevrijdingsdag.
YEARS_OF_NAMES = range(2021, 2031)


@lru_cache(maxsize=32)
def holidays_of(country: str, year: int) -> Any:
    """The public holidays of a year by day, with their Dutch names.

    Raises NotImplementedError when no country has this code.
    """
    import holidays

    return holidays.country_holidays(country, years=year, language="nl")


def single_names(name: str) -> list[str]:
    """The names of one day, which may be two holidays at once."""
    return [part.strip() for part in name.split(";")]


def names_of_holidays(country: str) -> list[str]:
    """The names that a year's holidays can have, in the order of the calendar. Raises as `holidays_of`."""
    named = [item for year in YEARS_OF_NAMES for item in sorted(holidays_of(country, year).items())]
    first_year_first = sorted(named, key=lambda item: (item[0].month, item[0].day))
    return list(dict.fromkeys(one for _, name in first_year_first for one in single_names(name)))

"""The discounts that mails give: each is kept once, with its day, and the messages name it by its number."""

from collections.abc import Sequence, Set
from datetime import date

from sqlalchemy import Connection, select

from models.database.bulk import insert_rows
from models.database.given import in_values
from models.tables import discount_codes
from programme.rules.groups.offers import GivenCode

Discount = tuple[date, str, int, date | None]
"""(the day on which it is given, code, percent, last day)."""

_COLUMNS = ("given_on", "code", "percent", "valid_until")


def discount_ids(connection: Connection, days: Sequence[date], codes: Sequence[GivenCode | None]) -> list[int | None]:
    """The numbers of the discounts that mails of these days give, in their order; None for a mail without a code."""
    given = [(day, *code) if code else None for day, code in zip(days, codes, strict=True)]
    numbers = _numbers_of(connection, {each for each in given if each})
    return [numbers[each] if each else None for each in given]


def _numbers_of(connection: Connection, given: Set[Discount]) -> dict[Discount, int]:
    """The numbers by discount, made where there was none."""
    if not given:
        return {}
    found = _read(connection, given)
    if missing := sorted(given - found.keys(), key=str):
        insert_rows(connection, discount_codes, _COLUMNS, missing)
        found = _read(connection, given)
    return found


def _read(connection: Connection, given: Set[Discount]) -> dict[Discount, int]:
    own = discount_codes.c
    days, codes = {each[0] for each in given}, {each[1] for each in given}
    query = select(*own[(*_COLUMNS, "id")]).where(own.given_on.in_(days), in_values(own.code, codes))
    return {tuple(row[:-1]): row.id for row in connection.execute(query.order_by(own.id.desc()))}

"""Who may be in a campaign's audience: SQL rules out whom it can, the rules decide about the others.

The condition holds for at least every client that `programme.campaigns.audience.audiences.belongs` accepts (a property
test checks that). A trait that SQL cannot express rules out nobody.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Integer, and_, case, cast, exists, func, or_
from sqlalchemy.sql.elements import ColumnElement

from models.present import clients, projects
from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.traits import Area

_POSTCODE_DIGITS = 4


def may_belong(audience: Audience) -> ColumnElement[bool] | None:
    """An SQL condition on the client; None when SQL can rule out nobody."""
    conditions = [_SQL[name](audience.all_of.values[name]) for name in _in_sql(audience.all_of)]
    some = audience.any_of.named()
    # One trait that SQL cannot express may be the one that holds. `none_of` is left to the rules, because the SQL
    # conditions are wider than the traits and their negation would rule out too many.
    if some and len(_in_sql(audience.any_of)) == len(some):
        conditions.append(or_(*(_SQL[name](audience.any_of.values[name]) for name in some)))
    return and_(*conditions) if conditions else None


def _in_sql(traits: Traits) -> list[str]:
    """The names of the traits that SQL can express."""
    return [name for name in traits.named() if name in _SQL]


def _has_project(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(projects.c.client_id == clients.c.client_id, condition)


def _in_areas(areas: tuple[Area, ...]) -> ColumnElement[bool]:
    digits = func.substr(func.trim(projects.c.postcode), 1, _POSTCODE_DIGITS)
    # Only four digits are cast: for any other text PostgreSQL would refuse the whole statement.
    is_number = func.length(func.trim(digits, "0123456789")) == 0
    number = case((and_(is_number, func.length(digits) == _POSTCODE_DIGITS), cast(digits, Integer)))
    return _has_project(or_(*(number.between(area.first, area.last) for area in areas)))


_SQL: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "last_types": lambda types: _has_project(projects.c.type.in_(types)),
    "bought": lambda types: _has_project(projects.c.type.in_(types)),
    "areas": _in_areas,
    "monument": lambda _: _has_project(projects.c.monument.is_(True)),
}

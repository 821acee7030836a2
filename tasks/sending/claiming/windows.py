"""The statements that find the messages of a claim; each form of them is made once."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, not_, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from models.database import clock
from models.database.given import in_given, not_in_given
from models.messages import PLANNED
from models.tables import message_plans, message_states
from tasks.sending.claiming.letters import letters_where

_PLANS, _STATES = message_plans, message_states


class Form(NamedTuple):
    """In what the statements of one window differ from those of another; the rest is parameters.

    They are `day`, `after` (an id), `set_aside` (ids), and those of ends_of.

    Attributes:
        others: the number of ranges that other claims cover.
        sets_aside: the run leaves some ids alone.
        kinds: claim only mails of these kinds, by id; None claims all.
    """

    others: int
    sets_aside: bool
    kinds: tuple[str, ...] | None


def ends_of(ranges: Sequence[tuple[int, int]]) -> dict[str, int]:
    """The parameters for the ranges that other claims cover."""
    ends: dict[str, int] = {}
    for place, (first, last) in enumerate(ranges):
        ends[f"from_{place}"], ends[f"to_{place}"] = first, last
    return ends


@lru_cache(maxsize=64)
def bounds(form: Form) -> Select[tuple[int | None, int | None]]:
    """The first and last id of the next `size` messages; NULL when there is none."""
    ids = select(_STATES.c.id).where(*_is_next(form)).order_by(_STATES.c.id).limit(bindparam("size")).subquery()
    return select(func.min(ids.c.id), func.max(ids.c.id))


@lru_cache(maxsize=64)
def window(form: Form) -> Select[Any]:
    """The letters from the id `first` to the id `last`."""
    # Both tables are told the range: a database does not conclude it from their common id.
    within = [table.c.id.between(bindparam("first"), bindparam("last")) for table in (_STATES, _PLANS)]
    return letters_where([*_is_next(form), *within], form.kinds)


@cache
def piece(is_split: bool, kinds: tuple[str, ...] | None) -> Select[Any]:
    """The letters of `ids` on `day`; of the refused request `split_of`, those that are still its own."""
    of_request = [_STATES.c.request_id == bindparam("split_of")] if is_split else []
    return letters_where([_is_planned(), in_given(_STATES.c.id, "ids"), *of_request], kinds)


def _is_next(form: Form) -> list[ColumnElement[bool]]:
    conditions = [_is_planned(), _STATES.c.id > bindparam("after")]
    for place in range(form.others):
        conditions.append(not_(_STATES.c.id.between(bindparam(f"from_{place}"), bindparam(f"to_{place}"))))
    return [*conditions, not_in_given(_STATES.c.id, "set_aside")] if form.sets_aside else conditions


def _is_planned() -> ColumnElement[bool]:
    """SQL for the states of the day's planned messages that need not wait."""
    return and_(
        text(f"message_states.{PLANNED}"),
        _STATES.c.as_of == bindparam("day"),
        or_(_STATES.c.not_before.is_(None), _STATES.c.not_before <= clock.now()),
    )

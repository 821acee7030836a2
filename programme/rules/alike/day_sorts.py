"""The sorts of plain clients for a touchpoint on one day, column by column: those of one sort get one decision.

A plain client stands alone at its address, has one project or none, and nothing else that counts. The occasions of a
season are the same for everybody, and that of a delivery is the client's only project, so the decisions about those of
a sort differ in whom and in what project they are about. Who is due, and what stops the mail, is found of the first of
each sort, by the same rules as everybody's; here stands only what they look at.
"""

from collections.abc import Hashable, Iterator, Sequence
from datetime import date, timedelta
from itertools import repeat
from typing import Any

from programme.rules.alike.likeness import with_superseding
from programme.rules.alike.project_likeness import ProjectLikeness, ProjectSorts
from programme.rules.conditions import ASKING_FEEDBACK, ASKING_LITTLE
from programme.rules.due import due_anchors, due_on_of, unspread_due_on
from programme.rules.experiments import is_held_out
from programme.terms.schema import Programme, Touchpoint
from programme.terms.tables.condition_kinds import LatestDeliveryBeforeSeason, NoProjectFrom
from programme.words.dates import add_months, day_from, occasion_of_season, season_starts

# The columns of a client and of its project, by name; without a project those are None.
COLUMNS = (
    *("client_id", "kind", "consent", "id_crc32"),
    *("value_cents", "ordered_on", "delivered_on", "cancelled_on", "address", "built_year"),
    "type",
)
_ANCHORS = ("season_start", "project_delivered")
_ASKED = ASKING_LITTLE | ASKING_FEEDBACK  # who gave feedback, or of whose project somebody did, has more that counts


def is_sorted(programme: Programme, touchpoint_id: str) -> bool:
    """Whether columns tell who is alike to a touchpoint, and to those that take precedence over it."""
    every = with_superseding(programme, touchpoint_id)
    return all(
        each.anchor in _ANCHORS and all(condition.name in _ASKED for condition in each.conditions) for each in every
    )


class DaySorts:
    """Of what sort plain clients are to a touchpoint that is sorted, on one day.

    Attributes:
        occasions: the seasons of the touchpoint that may be due on the day; none for one that is about a project.
    """

    def __init__(self, programme: Programme, touchpoint_id: str, as_of: date) -> None:
        self.programme, self.touchpoint_id, self.as_of = programme, touchpoint_id, as_of
        every = with_superseding(programme, touchpoint_id)
        starts = _starts(programme, every[0], as_of) if every[0].anchor == "season_start" else ()
        self.occasions = frozenset(map(occasion_of_season, starts))
        days = {day for each in every for day in _days(programme, each, as_of)}
        self._projects = ProjectSorts(ProjectLikeness(programme, as_of), _amounts(programme, every), days)
        self._asks_type = any(each.project_types or each.target for each in every)
        self._spread_days = programme.seasons.spread_days if any(each.spread for each in every) else 1
        self._due_on: dict[Hashable, date] = {}
        self._is_tried = any(each.touchpoint == touchpoint_id for each in programme.experiments.values())

    def of(self, columns: Sequence[Sequence[Any]]) -> Iterator[tuple[Hashable, ...]]:
        """The sort of each client; the columns are those of COLUMNS."""
        ids, kinds, consents, numbers, *of_project, types = columns
        return zip(
            kinds,
            consents,
            [each % self._spread_days for each in numbers],
            map(self._is_held_out, ids) if self._is_tried else repeat(False),
            *self._projects.parts(*of_project),
            types if self._asks_type else repeat(None),
            strict=False,
        )

    def due_on(self, delivered_on: Any, id_crc32: int) -> date:
        """The day on which a delivery comes due for the client with this number; of those of a sort it may differ."""
        key = delivered_on, id_crc32 % self._spread_days
        if key not in self._due_on:
            touchpoint = self.programme.touchpoints[self.touchpoint_id]
            self._due_on[key] = due_on_of(self.programme, touchpoint, day_from(delivered_on), id_crc32)
        return self._due_on[key]

    def _is_held_out(self, client_id: str) -> bool:
        return is_held_out(self.programme, self.touchpoint_id, client_id, self.as_of)


def _amounts(programme: Programme, every: Sequence[Touchpoint]) -> Iterator[int]:
    """The amounts in cents from which on a touchpoint is due, or its mail says something else."""
    yield programme.personalisation.personal_above_cents + 1
    for touchpoint in every:
        if touchpoint.value_below_cents is not None:
            yield touchpoint.value_below_cents
        yield from (each.value_cents for each in touchpoint.conditions if isinstance(each, NoProjectFrom))


def _days(programme: Programme, touchpoint: Touchpoint, as_of: date) -> Iterator[date]:
    """The days of delivery from which on something is due of the touchpoint on `as_of`, or no more."""
    if touchpoint.anchor == "season_start":
        for start in _starts(programme, touchpoint, as_of):
            yield start
            for condition in touchpoint.conditions:
                if isinstance(condition, LatestDeliveryBeforeSeason):
                    yield add_months(start, -condition.within_months)
    elif anchors := due_anchors(programme, touchpoint, as_of):
        first, last = anchors
        yield from (first, last + timedelta(days=1))
        if touchpoint.spread:
            inside = [first + timedelta(days=number) for number in range((last - first).days + 1)]
            due = [unspread_due_on(programme, touchpoint, day) for day in inside]
            yield from (day for day, before, own in zip(inside[1:], due, due[1:], strict=False) if own != before)


def _starts(programme: Programme, touchpoint: Touchpoint, as_of: date) -> Sequence[date]:
    """The starts of the seasons of which the touchpoint may be due on `as_of`."""
    anchors = due_anchors(programme, touchpoint, as_of)
    return season_starts(programme.season_days, *anchors) if anchors else []

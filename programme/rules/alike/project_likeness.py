"""How finely the rules look at a client's projects: € 900 and € 1,200 reach the same tiers."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from programme.facts.projects import is_cancelled, is_delivered, is_running
from programme.facts.records import Project, WithProjects
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import tier_rank
from programme.terms.schema import Programme
from programme.words.dates import day_from


class ProjectLikeness:
    """Which clients are alike by their projects on one day, to tiers, segments and the rule about running projects."""

    def __init__(self, programme: Programme, as_of: date) -> None:
        self.programme, self.as_of = programme, as_of
        # The amounts and years of which the rules ask on which side a project lies.
        self.spends = sorted({rule.spend_cents_at_least or 0 for _, rule in programme.tier_rules})
        years = (segment.when.built_within_years for segment in programme.segments)
        self.years = sorted({as_of.year - each for each in years if each is not None})

    def of_only(self, project: Project) -> Hashable:
        """The likeness of clients with this project alone."""
        as_of = self.as_of
        return (
            project.ordered_on <= as_of and not is_cancelled(project, as_of),
            is_delivered(project, as_of),
            is_running(project, as_of),
            self.age(project.built_year),
            bool(project.address and project.address.strip()),
            self.spend(project.value_cents),
        )

    def of_several(self, client: WithProjects) -> Hashable:
        """The likeness of a client with any number of projects and won referrals."""
        as_of = self.as_of
        done = any(is_delivered(project, as_of) for project in client.projects)
        running = any(is_running(project, as_of) for project in client.projects)
        return done, running, segment_of(self.programme, client, as_of), tier_rank(self.programme, client, as_of)

    def spend(self, cents: int) -> int:
        """How many amounts of the tiers are reached."""
        return bisect_right(self.spends, cents)

    def age(self, built_year: int | None) -> int:
        """How many years of the segments lie before it; -1 when it is not known."""
        return -1 if built_year is None else bisect_left(self.years, built_year)


class ProjectSorts:
    """The likeness of many clients column by column, of whom each has one project or none.

    Args:
        cents, days: amounts, and days of delivery, from which on something else holds than before.
    """

    def __init__(self, likeness: ProjectLikeness, cents: Iterable[int], days: Iterable[date] = ()) -> None:
        tomorrow = likeness.as_of + timedelta(days=1)
        self._amounts = sorted({*likeness.spends, *cents})
        self._years = likeness.years
        self._is_over, self._delivered = _Sides([tomorrow]), _Sides(sorted({tomorrow, *days}))

    def parts(
        self,
        cents: Sequence[Any],
        ordered_on: Sequence[Any],
        delivered_on: Sequence[Any],
        cancelled_on: Sequence[Any],
        addresses: Sequence[Any],
        built_years: Sequence[Any],
    ) -> tuple[Iterable[Hashable], ...]:
        """The parts of a sort, each for all clients; days may be ISO text, and without a project all are None."""
        amounts, years, is_over = self._amounts, self._years, self._is_over.__getitem__
        return (
            [each if each is None else bisect_right(amounts, each) for each in cents],
            map(is_over, ordered_on),
            map(self._delivered.__getitem__, delivered_on),
            map(is_over, cancelled_on),
            [address and bool(address.strip()) for address in addresses],
            [each if each is None else bisect_left(years, each) for each in built_years],
        )


class _Sides(dict[Any, int | None]):
    """How many of some days have come on a day, by that day or its text; each is read once."""

    def __init__(self, days: Sequence[date]) -> None:
        super().__init__({None: None})
        self._days = days

    def __missing__(self, value: Any) -> int | None:
        self[value] = bisect_right(self._days, day_from(value))
        return self[value]

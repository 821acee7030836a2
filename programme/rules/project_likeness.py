"""How finely the rules look at a client's projects: € 900 and € 1,200 reach the same tiers."""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable
from datetime import date

from programme.facts.projects import is_cancelled, is_delivered, is_running
from programme.facts.records import Client, Project
from programme.rules.segments import segment_of
from programme.rules.tiers import tier_rank
from programme.terms.schema import Programme


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

    def of_several(self, client: Client) -> Hashable:
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

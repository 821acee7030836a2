"""The sorts of plain recipients, column by column: those of one sort are alike, and so are their mails.

A plain recipient has one record, one project at most, and nothing else that counts. A sort is found by a look at each
column of its row; the likeness of a sort is that of the first who is of it, by the same rules as everybody's.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import repeat
from typing import Any

from programme.campaigns.audience.traits import lies_in
from programme.campaigns.campaign import Campaign
from programme.rules.alike.project_likeness import ProjectLikeness, ProjectSorts
from programme.rules.experiments import is_held_out
from programme.terms.schema import Programme
from programme.words.naming.greetings import is_company

# What a likeness looks at of a client and of a project, and what mails and audiences look at beside that. Mails look at
# the name and the consent to measure opens, too.
CLIENT_FACTS = ("client_id", "kind", "consent")
PROJECT_FACTS = ("value_cents", "ordered_on", "delivered_on", "cancelled_on", "address", "built_year")
MORE_FACTS = ("type", "engineer", "monument")

Columns = Sequence[Sequence[Any]]
"""Those of CLIENT_FACTS, PROJECT_FACTS, the postcode and, where mails follow or an audience asks for them, MORE_FACTS,
the name and the consent to measure opens; without a project None."""


class SortRule:
    """Of what sort the plain recipients of a campaign are, on one day."""

    def __init__(self, programme: Programme, campaign: Campaign, as_of: date) -> None:
        self.programme, self.as_of, self.touchpoint = programme, as_of, campaign.kind.id
        # Whole cents: from one cent above the bound on, a mail says more.
        above = programme.personalisation.personal_above_cents + 1
        self._projects = ProjectSorts(ProjectLikeness(programme, as_of), [above])
        self._has_experiment = any(each.touchpoint == self.touchpoint for each in programme.experiments.values())
        self._areas = [value for name, value in campaign.audience.asked if name == "areas"]

    def of(self, has_address: bool, columns: Columns) -> Iterator[Hashable]:
        """The sort of each row, as fine as mails and audiences look at it where there are the columns for that."""
        return zip(*self._parts_of(has_address, columns), strict=False)

    def _parts_of(self, has_address: bool, columns: Columns) -> tuple[Iterable[Any], ...]:
        """The parts of the sorts, each for all rows, no finer than those look at them who use them."""
        ids, kinds, consents, cents, ordered_on, delivered_on, cancelled_on, addresses, built_years, *others = columns
        postcodes, *of_mail = others
        more: list[Iterable[Any]] = [*of_mail[:-2], map(is_company, of_mail[-2]), of_mail[-1]] if of_mail else []
        return (
            kinds,
            repeat(has_address),
            consents,
            *self._projects.parts(cents, ordered_on, delivered_on, cancelled_on, addresses, built_years),
            map(self._is_held_out, ids) if self._has_experiment else repeat(False),
            [tuple(lies_in(areas, each) for areas in self._areas) for each in postcodes] if self._areas else repeat(()),
            *more,
        )

    def _is_held_out(self, client_id: str) -> bool:
        return is_held_out(self.programme, self.touchpoint, client_id, self.as_of)

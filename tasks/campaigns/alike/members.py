"""The recipients of a page who have one likeness."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from programme.campaigns.campaign import Judged
from programme.campaigns.likeness import Brief
from programme.facts.records import Recipient
from tasks.campaigns.alike.briefs import Other
from tasks.campaigns.alike.rows import CLIENT_ID, Row

Own = dict[int, tuple[Judged | None, Recipient]]
"""The results for recipients who were judged themselves, by their places on the page."""


class Members(NamedTuple):
    """The recipients of a page who have one likeness.

    Attributes:
        plain: the places of rows, by sort.
    """

    plain: dict[Hashable, list[int]]
    others: list[Other]

    @property
    def number(self) -> int:
        """How many they are."""
        return sum(map(len, self.plain.values())) + len(self.others)

    def of_record(self, rows: Sequence[Row], place: int) -> Iterator[tuple[Brief, Row]]:
        """The others, each with the row of the record at this place among its own."""
        for other in self.others:
            if other.brief:
                client_id, found = other.brief.records[place].client_id, other.place
                while rows[found][CLIENT_ID] != client_id:
                    found += 1
                yield other.brief, rows[found]

    @property
    def places(self) -> list[int]:
        """Those of all of them, in the order of the page."""
        return sorted([*chain.from_iterable(self.plain.values()), *(other.place for other in self.others)])

    def without(self, own: Own) -> "Members":
        """Those who were not judged themselves."""
        plain = {sort: [place for place in places if place not in own] for sort, places in self.plain.items()}
        others = [other for other in self.others if other.place not in own]
        return Members({sort: places for sort, places in plain.items() if places}, others)

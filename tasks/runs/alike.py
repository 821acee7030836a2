"""Plain clients of one sort: of each sort the first is judged by the rules, for all of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import NamedTuple

from programme.facts.records import Recipient
from programme.mail.likeness import likeness_of_mail
from programme.rules.day_sorts import DaySorts
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Outcome
from tasks.clients.plain import ADDRESS, MAY_FOLLOW, Row, recipient_of, sorted_by
from tasks.runs.chunks import DecidedAlike

MOST_SORTS = 20_000  # remembered at once; a season has thousands


class _Group(NamedTuple):
    """What all of one sort, and of others like it, share."""

    number: int
    decision: Decision


class AlikeJudge:
    """Judges rows by their sorts.

    Args:
        decide: the decisions about a recipient of whom that client may be due of that touchpoint.
    """

    def __init__(
        self,
        programme: Programme,
        sorts: Mapping[str, DaySorts],
        decide: Callable[[Recipient, str], Sequence[Decision]],
    ) -> None:
        self.programme, self.sorts, self.decide = programme, sorts, decide
        self._of_sort: dict[Hashable, _Group | None] = {}
        self._groups: dict[Hashable, _Group] = {}

    def judge(self, rows: Mapping[str, Sequence[Row]]) -> list[DecidedAlike]:
        """The decisions about these clients, by touchpoint; those of whom nothing is due are left out."""
        if len(self._of_sort) > MOST_SORTS:
            self._of_sort.clear()
            self._groups.clear()
        found: dict[tuple[int, bool], tuple[Decision, list[Row]]] = {}
        for touchpoint, own in rows.items():
            of_sort: dict[tuple[Hashable, bool], list[Row]] = defaultdict(list)
            for sort, row in zip(self.sorts[touchpoint].of(sorted_by(own)), own, strict=True):
                of_sort[sort, bool(row[MAY_FOLLOW])].append(row)
            for (its_sort, is_followed), alike in of_sort.items():
                if group := self._group_of(touchpoint, its_sort, alike[0]):
                    found.setdefault((group.number, is_followed), (group.decision, []))[1].extend(alike)
        return [_decided(decision, alike, followed) for (_, followed), (decision, alike) in found.items()]

    def _group_of(self, touchpoint: str, sort: Hashable, row: Row) -> _Group | None:
        """What follows for a sort, of which this row is one; None when nothing is due."""
        key = touchpoint, sort
        if key not in self._of_sort:
            recipient = recipient_of(row)
            decisions = self.decide(recipient, touchpoint)
            self._of_sort[key] = self._joined(recipient, decisions[0]) if decisions else None
        return self._of_sort[key]

    def _joined(self, recipient: Recipient, decision: Decision) -> _Group:
        """The group of all who get this decision and, when a mail follows, a mail like that of this recipient."""
        kind, client = self.programme.kinds[decision.touchpoint], recipient.clients[0]
        mail = likeness_of_mail(self.programme, kind, decision, client) if decision.outcome == Outcome.SEND else None
        return self._groups.setdefault((decision[4:], mail), _Group(len(self._groups), decision))


def _decided(decision: Decision, rows: Sequence[Row], is_followed: bool) -> DecidedAlike:
    ids, addresses = [row[0] for row in rows], [row[ADDRESS] for row in rows]
    to_compose = rows if decision.outcome == Outcome.SEND else ()
    return DecidedAlike(decision, ids, addresses, is_followed=is_followed, rows=to_compose)

"""Plain clients of one sort: of each sort the first is judged by the rules, for all of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from operator import itemgetter
from typing import Any

from programme.facts.records import Recipient
from programme.mail.likeness import likeness_of_mail
from programme.mail.project_words import MailSorts
from programme.rules.alike.day_sorts import COLUMNS, DaySorts
from programme.rules.decide import Decision
from programme.terms.schema import Programme
from programme.words.states import Outcome
from tasks.clients.facts.plain import ADDRESS, DELIVERED_ON, NUMBER, PROJECT_ID, Row, columns_of, recipient_of
from tasks.runs.deciding.chunks import DecidedAlike

MOST_SORTS = 20_000  # remembered at once; a season has thousands
# In what the decisions about those of one group differ; only a decision about a project has one.
OWN = ("client_id", "recipient", "occasion", "due_on", "closes_on", "project_id")
_SHARED = itemgetter(*(place for place, name in enumerate(Decision._fields) if name not in OWN))
_OF_MAIL = ("name", "delivered_on", "address", "type", "engineer", "monument")


@dataclass(frozen=True, eq=False, slots=True)
class _Group:
    """Sorts whose decisions differ in OWN alone and, when mails follow, have mails of this likeness."""

    likeness: Hashable | None


_Sorted = tuple[Decision, Sequence[Row]]
"""Those of one sort."""


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
        kinds = programme.kinds
        self._mail_sorts = {each: MailSorts(programme, kinds[each], of.as_of) for each, of in sorts.items()}
        self._decisions: dict[Hashable, Decision | None] = {}
        self._of_sort: dict[Hashable, _Group] = {}
        self._groups: dict[Hashable, _Group] = {}

    def judge(self, rows: Mapping[str, Sequence[Row]]) -> list[DecidedAlike]:
        """The decisions about these clients, by touchpoint; those of whom nothing is due are left out."""
        if len(self._of_sort) > MOST_SORTS:
            self._decisions.clear()
            self._of_sort.clear()
            self._groups.clear()
        found: dict[tuple[_Group, bool], list[_Sorted]] = defaultdict(list)
        for touchpoint, own in rows.items():
            of_sort: dict[tuple[Hashable, Hashable, bool], list[Row]] = defaultdict(list)
            for sorts, row in zip(self._sorts_of(touchpoint, own), own, strict=True):
                of_sort[sorts].append(row)
            for (sort, of_mail, is_followed), alike in of_sort.items():
                if decision := self._decision(touchpoint, sort, alike[0]):
                    group = self._group(decision, (touchpoint, sort, of_mail), alike[0])
                    found[group, is_followed].append((decision, alike))
        return [self._decided(group, is_followed, every) for (group, is_followed), every in found.items()]

    def _sorts_of(self, touchpoint: str, rows: Sequence[Row]) -> Iterator[tuple[Hashable, Hashable, bool]]:
        """Of each row its sort, that of its mail, and whether opens are measured."""
        columns = columns_of(rows)
        return zip(
            self.sorts[touchpoint].of([columns[name] for name in COLUMNS]),
            self._mail_sorts[touchpoint].of(*(columns[name] for name in _OF_MAIL)),
            map(bool, columns["tracking_consent"]),
            strict=True,
        )

    def _decision(self, touchpoint: str, sort: Hashable, row: Row) -> Decision | None:
        """The decision about a sort, of which this row is one; None when nothing is due."""
        key = touchpoint, sort
        if key not in self._decisions:
            self._decisions[key] = next(iter(self.decide(recipient_of(row), touchpoint)), None)
        return self._decisions[key]

    def _group(self, decision: Decision, sort: Hashable, row: Row) -> _Group:
        """The group of a sort with this decision, of which this row is one."""
        if sort not in self._of_sort:
            key = _SHARED(decision), self._likeness(decision, row)
            self._of_sort[sort] = self._groups.setdefault(key, _Group(key[1]))
        return self._of_sort[sort]

    def _likeness(self, decision: Decision, row: Row) -> Hashable | None:
        """Of the mail of a row with a decision like this; None where none follows."""
        if decision.outcome != Outcome.SEND:
            return None
        recipient, kind = recipient_of(row), self.programme.kinds[decision.touchpoint]
        if decision.project_id is not None:
            decision = decision._replace(project_id=row[PROJECT_ID])
        return likeness_of_mail(self.programme, kind, decision, recipient.clients[0], recipient)

    def _decided(self, group: _Group, is_followed: bool, every: Sequence[_Sorted]) -> DecidedAlike:
        decision, rows = every[0][0], list(chain.from_iterable(alike for _, alike in every))
        own: dict[str, Sequence[Any]] = {
            "client_id": [row[0] for row in rows],
            "recipient": [row[ADDRESS] for row in rows],
        }
        if decision.project_id is None:
            own["due_on"] = list(chain.from_iterable(repeat(each.due_on, len(alike)) for each, alike in every))
        else:
            due_on = self.sorts[decision.touchpoint].due_on
            own["due_on"] = [due_on(row[DELIVERED_ON], row[NUMBER]) for row in rows]
            own["occasion"] = own["project_id"] = [row[PROJECT_ID] for row in rows]
        window = decision.closes_on - decision.due_on
        own["closes_on"] = [day + window for day in own["due_on"]]
        to_compose = rows if decision.outcome == Outcome.SEND else ()
        return DecidedAlike(decision, own, None, is_followed, to_compose, group.likeness)

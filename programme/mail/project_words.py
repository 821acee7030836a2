"""What a mail says of its one project in fields of its own, and of which sort it is by that project."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple, Protocol

from programme.mail.subject import engineer_name, is_late, works_here
from programme.mail.together import Named, project_words, reference_words
from programme.terms.kinds import MailKind
from programme.terms.project_types import ProjectTypes
from programme.terms.schema import Programme
from programme.words.dates import day_from
from programme.words.naming.greetings import is_company
from programme.words.plain_text import clean
from programme.words.wording import date_words


class AboutProject(Named, Protocol):
    """The project of a mail, by what the mail says of it in words of its own."""

    @property
    def engineer(self) -> str | None:
        """As the CRM has the name."""
        ...

    @property
    def delivered_on(self) -> date | None:
        """None for one that is not delivered."""
        ...


class OwnProject(NamedTuple):
    """The same alone."""

    type: str
    address: str | None
    engineer: str | None
    delivered_on: date | None


Words = Callable[[ProjectTypes, AboutProject, bool], str]
"""The words of a project; True for a client who lives there."""

_OF_PROJECT: Mapping[str, Words] = {
    "address": lambda _types, project, _: clean(project.address or ""),
    "delivered_on": lambda _types, project, _: date_words(project.delivered_on) if project.delivered_on else "",
    "engineer": lambda _types, project, _: engineer_name(project.engineer),
    "project": lambda types, project, is_own: project_words(types, (project,), is_own),
    "project_for": lambda types, project, is_own: project_words(types, (project,), is_own, done=True),
    "reference": lambda types, project, _: reference_words(types, (project,)),
}
PROJECT_FIELDS = frozenset(_OF_PROJECT)


def words_of_projects(types: ProjectTypes, field: str, projects: Iterable[AboutProject], is_own: bool) -> list[str]:
    """What a field of PROJECT_FIELDS says in the mails about these projects, of which each is about one."""
    words = _OF_PROJECT[field]
    return [words(types, project, is_own) for project in projects]


def signs(programme: Programme, engineer: str | None) -> tuple[bool, bool]:
    """Whether there is an engineer who can sign, and whether he still works at the firm."""
    name = engineer_name(engineer)
    return bool(name), works_here(programme, name)


class MailSorts:
    """Of what sort the mails of one kind are, column by column, of clients of whom each has one project or none.

    Those of one sort who got one decision by the same facts of day_sorts are alike.
    """

    def __init__(self, programme: Programme, kind: MailKind, as_of: date) -> None:
        self.programme, self.kind, self.as_of = programme, kind, as_of
        self._signers: dict[str | None, tuple[bool, bool]] = {}

    def of(
        self,
        names: Sequence[str],
        delivered_on: Sequence[Any],
        addresses: Sequence[str | None],
        types: Sequence[str | None],
        engineers: Sequence[str | None],
        monuments: Sequence[Any],
    ) -> Iterator[tuple[Hashable, ...]]:
        """The sort of each client; days may be ISO text, and without a project all but the name are None."""
        for engineer in set(engineers) - self._signers.keys():
            self._signers[engineer] = signs(self.programme, engineer)
        late = {day: is_late(self.kind, day_from(day), self.as_of) for day in set(delivered_on)}
        return zip(
            map(is_company, names),
            types,
            map(self._signers.__getitem__, engineers),
            monuments,
            [bool(clean(each or "")) for each in addresses] if self.kind.target else repeat(False),
            map(late.__getitem__, delivered_on),
            strict=False,
        )

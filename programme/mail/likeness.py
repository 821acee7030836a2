"""Whose mails are alike: they differ in the recipient's own words alone, so one of them is composed for all."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import repeat
from typing import Any, NamedTuple, Protocol

from programme.facts.projects import counted, is_delivered
from programme.facts.records import Client, Project, Recipient, WithProjects
from programme.mail.links import LINKS
from programme.mail.subject import engineer_name, is_late, project_of, works_here
from programme.mail.together import Named, project_words, reference_words
from programme.rules.decide import Decision, allows_marketing
from programme.rules.offers import next_reward_words
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.dates import day_from
from programme.words.greetings import is_company
from programme.words.plain_text import clean
from programme.words.states import Purpose
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


Words = Callable[[AboutProject, bool], str]
"""The words of a project; True for a client who lives there."""

_OF_PROJECT: Mapping[str, Words] = {
    "address": lambda project, _: clean(project.address or ""),
    "delivered_on": lambda project, _: date_words(project.delivered_on) if project.delivered_on else "",
    "engineer": lambda project, _: engineer_name(project.engineer),
    "project": lambda project, is_own: project_words((project,), is_own),
    "project_for": lambda project, is_own: project_words((project,), is_own, done=True),
    "reference": lambda project, _: reference_words((project,)),
}
# The fields of a mail that are the same for all whose mails are alike, and those of one recipient's own: they follow
# from the name, the code, the message and the project.
PROJECT_FIELDS = frozenset(_OF_PROJECT)
OWN_FIELDS = frozenset({"greeting", "member_code", "name", *LINKS}) | PROJECT_FIELDS
SHARED_FIELDS = frozenset(
    {"club", "code", "discount", "discount_on", "larger", "next_reward", "offer_percent", "valid_until"}
)


def shares_fields(places: Iterable[str]) -> bool:
    """Whether a mail that places these fields can be composed for many; all others say more of one client's facts."""
    return (SHARED_FIELDS | OWN_FIELDS).issuperset(places)


def words_of_projects(field: str, projects: Iterable[AboutProject], is_own: bool) -> list[str]:
    """What a field of PROJECT_FIELDS says in the mails about these projects, of which each is about one."""
    words = _OF_PROJECT[field]
    return [words(project, is_own) for project in projects]


def likeness_of_mail(
    programme: Programme, kind: MailKind, decision: Decision, client: Client, recipient: Recipient
) -> Hashable | None:
    """What decides how far a mail, whose decision is a send, is that of others; None for one that is like no other.

    The mail of a season is the same for all. One about a project is so for who has that project alone; other mails say
    more of the client's own than can be shared.
    """
    if kind.values:
        return None
    is_season = kind.anchor == "season_start" and kind.purpose == Purpose.MARKETING
    is_of_one = kind.anchor == "project_delivered" and len(recipient.clients) == len(client.projects) == 1
    return facts_of_mail(programme, kind, decision, client, lambda: recipient) if is_season or is_of_one else None


def facts_of_mail(
    programme: Programme, kind: MailKind, decision: Decision, client: WithProjects, recipient: Callable[[], Recipient]
) -> Hashable:
    """The facts that the words of a mail follow from, as finely as they do, without those of the recipient's own.

    Args:
        recipient: makes the client's; a mail of marketing does not ask for it.
    """
    as_of = decision.as_of
    return (
        kind.id,
        as_of,
        None if decision.project_id else decision.occasion,
        decision.segment,
        decision.tier,
        client.kind,
        is_company(client.name),
        # Marketing goes only to whom rule 3 allows it.
        kind.purpose == Purpose.MARKETING or allows_marketing(programme, recipient(), as_of),
        sum(is_delivered(each, as_of) for each in client.projects) >= programme.personalisation.loyal_from_deliveries,
        next_reward_words(programme, client, as_of) if kind.ends_with_referral else "",
        _said_of(programme, kind, project_of(decision, client, as_of), as_of),
        frozenset(project.type for project in counted(client.projects, as_of)) if kind.anchor else None,
    )


def _said_of(programme: Programme, kind: MailKind, project: Project | None, as_of: date) -> Hashable:
    """What a mail says of its project, as finely as it chooses its words by it."""
    return project and (
        project.type,
        _signs(programme, project.engineer),
        project.value_cents > programme.personalisation.personal_above_cents,
        bool(project.monument),
        bool(project.address),
        bool(kind.target and clean(project.address or "")),
        is_late(kind, project.delivered_on, as_of),
    )


def _signs(programme: Programme, engineer: str | None) -> tuple[bool, bool]:
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
            self._signers[engineer] = _signs(self.programme, engineer)
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

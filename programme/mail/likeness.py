"""Whose mails are alike: they differ in the recipient's own words alone, so one of them is composed for all."""

from collections.abc import Callable, Hashable, Iterable
from datetime import date

from programme.facts.projects import counted, is_delivered
from programme.facts.records import Client, Project, Recipient, WithProjects
from programme.mail.links import LINKS
from programme.mail.project_words import PROJECT_FIELDS, signs
from programme.mail.subject import is_late, project_of
from programme.rules.decide import Decision, allows_marketing
from programme.rules.groups.offers import next_reward_words
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.naming.greetings import is_company
from programme.words.plain_text import clean
from programme.words.states import Purpose

# The fields of a mail that are the same for all whose mails are alike, and those of one recipient's own: they follow
# from the name, the code, the message and the project.
OWN_FIELDS = frozenset({"greeting", "member_code", "name", *LINKS}) | PROJECT_FIELDS
SHARED_FIELDS = frozenset(
    {"club", "code", "discount", "discount_on", "larger", "next_reward", "offer_percent", "valid_until"}
)


def shares_fields(places: Iterable[str]) -> bool:
    """Whether a mail that places these fields can be composed for many; all others say more of one client's facts."""
    return (SHARED_FIELDS | OWN_FIELDS).issuperset(places)


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
        signs(programme, project.engineer),
        project.value_cents > programme.personalisation.personal_above_cents,
        bool(project.monument),
        bool(project.address),
        bool(kind.target and clean(project.address or "")),
        is_late(kind, project.delivered_on, as_of),
    )

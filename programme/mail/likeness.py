"""Whose mails are alike: they differ in the recipient's own words alone, so one of them is composed for all."""

from collections.abc import Hashable, Iterable

from programme.facts.projects import counted, is_delivered, latest_delivery
from programme.facts.records import Client, Project
from programme.mail.links import LINKS
from programme.rules.decide import Decision
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme
from programme.words.greetings import is_company
from programme.words.states import Purpose

# The fields of a mail that are the same for all whose mails are alike, and those of one recipient's own that follow
# from the name, the code and the message.
SHARED_FIELDS = frozenset({"club", "code", "discount", "discount_on", "engineer", "offer_percent", "valid_until"})
OWN_FIELDS = frozenset({"greeting", "member_code", "name", *LINKS})


def shares_fields(places: Iterable[str]) -> bool:
    """Whether a mail that places these fields can be composed for many; no field is made of a client's own facts."""
    return (SHARED_FIELDS | OWN_FIELDS).issuperset(places)


def likeness_of_mail(programme: Programme, kind: MailKind, decision: Decision, client: Client) -> Hashable | None:
    """What decides how far the mail of a season, whose decision is a send, is that of others; None for other mails.

    A season is the same for all. The mail about a project or a tier says more of the client's own than can be shared.
    """
    if kind.anchor != "season_start" or kind.purpose != Purpose.MARKETING or kind.values:
        return None
    as_of, terms = decision.as_of, programme.personalisation
    done = sum(is_delivered(project, as_of) for project in client.projects)
    return (
        kind.id,
        as_of,
        decision.occasion,
        decision.segment,
        decision.tier,
        client.kind,
        is_company(client.name),
        done >= terms.loyal_from_deliveries,
        said_of(programme, latest_delivery(client, as_of)),
        frozenset(project.type for project in counted(client.projects, as_of)),
    )


def said_of(programme: Programme, latest: Project | None) -> Hashable:
    """What mails say of the latest delivered project, as finely as they choose their words by it."""
    return latest and (
        latest.type,
        latest.engineer,
        latest.value_cents > programme.personalisation.personal_above_cents,
        bool(latest.monument),
        bool(latest.address),
    )

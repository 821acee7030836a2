"""What one mail is about: its occasion, the projects, the tier and the engineer."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from programme.facts.projects import latest_delivery
from programme.facts.records import Client, Project, Recipient, WithProjects
from programme.mail.together import delivered_together
from programme.rules.groups.tiers import tier_of
from programme.rules.recipient_day import allows_marketing
from programme.terms.kinds import MailKind
from programme.terms.schema import Brand, Programme, Tier
from programme.words.naming.greetings import NAME_LENGTH
from programme.words.plain_text import clean, sender_part

LATE_DAYS = 2  # a mail more days after its day does not say "two weeks ago"


class AboutOccasion(Protocol):
    """What a mail needs to know about its occasion; a Decision has it too."""

    @property
    def occasion(self) -> str:
        """The occasion's part of the key."""
        ...

    @property
    def project_id(self) -> str | None:
        """The project that the occasion is about; None when it is about no project."""
        ...

    @property
    def quote_id(self) -> str | None:
        """The quote that the occasion is about; None when it is about no quote."""
        ...


class Subject(NamedTuple):
    """What one mail is about."""

    programme: Programme
    kind: MailKind
    occasion: AboutOccasion
    client: Client
    as_of: date
    projects: tuple[Project, ...]
    tier: Tier | None
    allows_marketing: bool
    engineer: str

    @classmethod
    def of(
        cls,
        programme: Programme,
        kind: MailKind,
        occasion: AboutOccasion,
        client: Client,
        recipient: Recipient,
        as_of: date,
    ) -> "Subject":
        """What the mail about `occasion` is about, by the client's facts on `as_of`."""
        project = project_of(occasion, client, as_of)
        tier = _tier_of(programme, kind, occasion, client, as_of)
        allowed = allows_marketing(programme, recipient, as_of)
        engineer = engineer_name(project.engineer) if project else ""
        projects = delivered_together(programme, kind, project, recipient, as_of) if project else ()
        return cls(programme, kind, occasion, client, as_of, projects, tier, allowed, engineer)

    @property
    def project(self) -> Project | None:
        """The project whose engineer, value and type the mail uses."""
        return self.projects[0] if self.projects else None

    @property
    def is_personal(self) -> bool:
        """Whether the project is large enough for its engineer to be the sender and to sign every mail."""
        least = self.programme.personalisation.personal_above_cents
        return bool(self.engineer) and self.project is not None and self.project.value_cents > least


def project_of(occasion: AboutOccasion, client: WithProjects, as_of: date) -> Project | None:
    """The occasion's project; for an occasion without one, the client's latest delivered project."""
    if occasion.project_id is not None:
        return next(project for project in client.projects if project.project_id == occasion.project_id)
    return latest_delivery(client, as_of)


def _tier_of(programme: Programme, kind: MailKind, occasion: AboutOccasion, client: Client, as_of: date) -> Tier | None:
    """The present tier; for a mail about reaching a tier, that tier."""
    if kind.anchor == "tier_reached":
        return next(tier for tier in programme.tiers if tier.id == occasion.occasion)
    return tier_of(programme, client, as_of)


@lru_cache(maxsize=1024)
def engineer_name(text: str | None) -> str:
    """The engineer of a project as a mail shows the name; "" without one."""
    return clean(text or "", NAME_LENGTH)


def works_here(programme: Programme, engineer: str) -> bool:
    """Whether the engineer is among [[people]]; a programme that names nobody is taken at the export's word."""
    return bool(engineer) and (not programme.people or engineer in programme.staff_names)


def is_late(kind: MailKind, delivered_on: date | None, as_of: date) -> bool:
    """Whether the mail about a delivery goes more than LATE_DAYS after its day, when that is counted in days."""
    months, days = kind.since or (0, 0)
    if months or not days or kind.anchor != "project_delivered" or delivered_on is None:
        return False
    return (as_of - delivered_on).days > days + LATE_DAYS


def sender_name(brand: Brand, engineer: str) -> str:
    """The display name: that of the engineer who signs, or with "" the firm's; without comma and semicolon."""
    return sender_part(f"{engineer} van {brand.name}" if engineer else brand.sender_name)

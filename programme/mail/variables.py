"""What a mail says to whom: which of its blocks appear (the variant) and the recipient's own values (the fields).

A variant is a bounded set of choices, so that a template is compiled once for each and not once for each recipient.
The fields are plain text, never markup: rendering escapes them where they land in HTML.
"""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from programme.facts.projects import counted, delivered, latest_delivery
from programme.facts.records import Client, Project, Recipient
from programme.mail.links import Links
from programme.mail.together import delivered_together, project_words, reference_words
from programme.rules import offers
from programme.rules.offers import GivenCode
from programme.rules.recipient_day import allows_marketing
from programme.rules.segments import segment_of
from programme.rules.tiers import measure_of, tier_of
from programme.terms.kinds import Choice as Choice
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme, Tier
from programme.words import wording
from programme.words.dates import occasion_of_season
from programme.words.names import NAMELESS, called
from programme.words.plain_text import clean, sender_part
from programme.words.states import Purpose

NAME_LENGTH = 80
OWN_LENGTH = 500  # of a value that only one kind of mail has, such as a link
PROFESSIONAL = "professional"  # the segment whose project is somebody else's house

# Every choice of a variant with its neutral value; a kept variant leaves out those that its template did not ask for.
NEUTRAL: Mapping[str, Choice] = {
    "allowed": False,  # marketing may go to this recipient: offers may be shown
    "copy": "",  # what the marketer wrote in a campaign, as JSON (programme.campaigns.texts)
    "has_priority": False,  # of a tier with a code of its own, or a higher one: they come first in planning
    "has_project": False,
    "is_member": False,  # of the club, whichever tier
    "is_test": False,  # a campaign's test mail
    "loyal": False,
    "monument": False,
    "next_steps": "",  # project types after a cross-sell's target, separated by a space
    "next_tier": "",
    "offer": "",  # "code", "tier" (the tier's discount in its place) or "personal" (a tier's own code)
    "personal": False,  # the engineer is sender and signs
    "referral": False,
    "season": "",
    "segment": "",
    "signed_by": "team",
    "tier": "",
    "type": "",
}


class AboutOccasion(Protocol):
    """What a mail needs of its occasion; a Decision has it as well."""

    @property
    def occasion(self) -> str: ...
    @property
    def project_id(self) -> str | None: ...
    @property
    def quote_id(self) -> str | None: ...


class MailContext(NamedTuple):
    """All that rendering needs beside the template.

    Attributes:
        variant: the same keys for every mail, in sorted order, and those that only its kind has.
        fields: by name; what a mail of this kind has no value for is absent.
        code: the discount code that the mail gives the client, None when it gives none.
    """

    variant: dict[str, Choice]
    fields: dict[str, str]
    sender_name: str
    code: GivenCode | None


def mail_context(
    programme: Programme,
    kind: MailKind,
    occasion: AboutOccasion,
    client: Client,
    recipient: Recipient,
    as_of: date,
    links: Links,
) -> MailContext:
    """Variant and fields of the mail about `occasion`, as the client's facts stand on `as_of`.

    Args:
        client: its `code` must be known when the mail gives a personal code.
        kind: with the values of this very mail, where it has any.
    """
    subject = _Subject.of(programme, kind, occasion, client, recipient, as_of)
    variant = _variant(subject)
    fields = _fields(subject, variant["segment"], links)
    if kind.values:
        _add_own(kind, variant, fields)
    code = _add_offer(subject, variant, fields) or _add_tier_code(subject, variant, fields)
    _add_occasion(subject, variant, fields)
    return MailContext(variant, fields, _sender_name(subject), code)


def _add_own(kind: MailKind, variant: dict[str, Choice], fields: dict[str, str]) -> None:
    """What only this kind of mail says; its texts may be a client's and are made fit for a mail."""
    for name, value in kind.values.items():
        if name in kind.fields:
            fields[name] = clean(str(value), OWN_LENGTH)
        else:
            variant[name] = value


class _Subject(NamedTuple):
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
    ) -> "_Subject":
        project = _project_of(occasion, client, as_of)
        tier = _tier_of(programme, kind, occasion, client, as_of)
        allowed = allows_marketing(programme, recipient, as_of)
        engineer = clean(project.engineer, NAME_LENGTH) if project and project.engineer else ""
        projects = delivered_together(programme, kind, project, recipient, as_of) if project else ()
        return cls(programme, kind, occasion, client, as_of, projects, tier, allowed, engineer)

    @property
    def project(self) -> Project | None:
        """The one whose engineer, value and type the mail takes."""
        return self.projects[0] if self.projects else None

    @property
    def is_personal(self) -> bool:
        """Whether the project is of the size at which its engineer is the sender and signs every mail."""
        least = self.programme.personalisation.personal_above_cents
        return bool(self.engineer) and self.project is not None and self.project.value_cents > least


def _project_of(occasion: AboutOccasion, client: Client, as_of: date) -> Project | None:
    """The occasion's project; for an occasion that is no project, the client's latest delivered one."""
    if occasion.project_id is not None:
        return next(project for project in client.projects if project.project_id == occasion.project_id)
    return latest_delivery(client, as_of)


def _tier_of(programme: Programme, kind: MailKind, occasion: AboutOccasion, client: Client, as_of: date) -> Tier | None:
    """The present tier; of a mail about reaching one, that tier."""
    if kind.anchor == "tier_reached":
        return next(tier for tier in programme.tiers if tier.id == occasion.occasion)
    return tier_of(programme, client, as_of)


def _sender_name(subject: _Subject) -> str:
    """The display name: the engineer's on a personal mail, else the firm's; without comma and semicolon."""
    brand = subject.programme.brand
    name = f"{subject.engineer} van {brand.name}" if subject.is_personal else brand.sender_name
    return sender_part(name)


def _variant(subject: _Subject) -> dict[str, Choice]:
    """Every choice, in sorted order, those of an offer and of a special occasion still neutral."""
    programme, project = subject.programme, subject.project
    done = len(delivered(subject.client.projects, subject.as_of))
    signs = subject.is_personal or (bool(subject.engineer) and subject.kind.signed_by == "engineer")
    return dict(NEUTRAL) | {
        "allowed": subject.allows_marketing or subject.kind.purpose == Purpose.MARKETING,
        "has_priority": bool(subject.tier and subject.tier.code_prefix),
        "has_project": project is not None,
        "is_member": subject.tier is not None,
        "loyal": done >= programme.personalisation.loyal_from_deliveries,
        "monument": bool(project and project.monument),
        "personal": subject.is_personal,
        "referral": subject.allows_marketing,
        "segment": segment_of(programme, subject.client, subject.as_of),
        "signed_by": "engineer" if signs else "team",
        "tier": subject.tier.id if subject.tier else "",
        "type": project.type if project else "",
    }


def _fields(subject: _Subject, segment: Choice, links: Links) -> dict[str, str]:
    fields = links._asdict() | {"name": clean(called(subject.client.name), NAME_LENGTH) or NAMELESS}
    if subject.engineer:
        fields["engineer"] = subject.engineer
    if tier := subject.tier:
        fields |= _club_fields(tier.label, tier.discount_percent, tier.discount_on)
    if project := subject.project:
        fields["project"] = project_words(subject.projects, is_own=segment != PROFESSIONAL)
        fields["reference"] = reference_words(subject.projects)
        if project.delivered_on:
            fields["delivered_on"] = wording.date_words(project.delivered_on)
    return fields


@lru_cache(maxsize=64)
def _club_fields(label: str, percent: int, discount_on: str) -> Mapping[str, str]:
    return {"club": clean(label), "discount": str(percent), "discount_on": clean(discount_on)}


def _add_offer(subject: _Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """The touchpoint's own offer; in a service mail only where marketing is allowed."""
    offer = offers.offer_of(subject.programme, subject.kind, subject.tier, subject.as_of)
    if offer is None or not variant["allowed"]:
        return None
    variant["offer"], fields["offer_percent"] = offer.kind, str(offer.percent)
    if offer.code and offer.code.valid_until:
        fields["code"] = offer.code.code
        fields["valid_until"] = wording.date_words(offer.code.valid_until)
    return offer.code


def _add_tier_code(subject: _Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """What a mail about reaching a tier says: what earned it, what is missing for the next, and the tier's own code."""
    tier = subject.tier
    if subject.kind.anchor != "tier_reached" or tier is None:
        return None
    measure = measure_of(subject.client, subject.as_of)
    fields["earned"] = offers.earned_words(tier, measure)
    above = offers.next_tier(subject.programme, tier)
    if above and (missing := offers.missing_words(above, measure)):
        variant["next_tier"] = above.id
        fields["missing"] = missing
    if code := offers.tier_code(tier, subject.client.code):
        variant["offer"], fields["offer_percent"] = "personal", str(code.percent)
        fields["code"] = code.code
        return code
    return None


def _add_occasion(subject: _Subject, variant: dict[str, Choice], fields: dict[str, str]) -> None:
    """What only mails with a target, of a season or about a quote say."""
    if subject.kind.target and subject.project:
        had = [project.type for project in counted(subject.client.projects, subject.as_of)]
        steps = offers.next_steps(subject.programme, subject.kind, had, subject.project.type)
        variant["next_steps"] = " ".join(steps)
    if subject.kind.anchor == "season_start":
        variant["season"] = _season_of(subject.programme, subject.occasion.occasion)
    if subject.occasion.quote_id is not None:
        quotes = subject.client.quotes
        quote = next(quote for quote in quotes if quote.quote_id == subject.occasion.quote_id)
        fields["quoted"] = wording.PROJECT_WORDS[quote.type].yours if quote.type else "uw plannen"
        fields["quote_sent_on"] = wording.date_words(quote.sent_on)


def _season_of(programme: Programme, occasion: str) -> str:
    """The season's name in the programme, of an occasion "YYYY-MM"; raises ValueError for any other."""
    year = int(occasion[:4])
    for name, start in programme.seasons.starts.items():
        if occasion_of_season(start.month_day.in_year(year)) == occasion:
            return name
    raise ValueError(f"'{occasion}' is no season start; [seasons.starts] has {', '.join(programme.seasons.starts)}")

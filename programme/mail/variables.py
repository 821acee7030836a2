"""The content of a mail for one recipient: which blocks appear (the variant), and the recipient's values (the fields).

The variant is a bounded set of choices, so a template is compiled once per variant, not once per recipient. The
fields are plain text, never markup; rendering escapes them where they are inserted into HTML.
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
OWN_LENGTH = 500  # characters of a value that only one kind of mail has, such as a link
PROFESSIONAL = "professional"  # the segment that builds for others

# Every choice of a variant with its neutral value. A stored variant leaves out choices that its template never reads.
NEUTRAL: Mapping[str, Choice] = {
    "allowed": False,  # marketing may go to this recipient: offers may be shown
    "copy": "",  # what the marketer wrote in a campaign, as JSON (programme.campaigns.texts)
    "has_priority": False,  # the tier has a personal code; such members come first in planning
    "has_project": False,
    "is_member": False,  # has any tier of the club
    "is_test": False,  # is a campaign's test mail
    "loyal": False,
    "monument": False,
    "next_steps": "",  # project types after a cross-sell's target, separated by a space
    "next_tier": "",
    "offer": "",  # "code", "tier" (the tier's discount in its place) or "personal" (a tier's own code)
    "personal": False,  # the engineer is the sender and signs
    "referral": False,
    "season": "",
    "segment": "",
    "signed_by": "team",
    "tier": "",
    "type": "",
}


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


class MailContext(NamedTuple):
    """Everything that rendering needs besides the template.

    Attributes:
        variant: the same keys for every mail, sorted, and then the keys that only its kind has.
        fields: by name; a field without a value is absent.
        code: the discount code that the mail gives the client; None when it gives none.
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
    """The variant and the fields of the mail about `occasion`, from the client's facts on `as_of`.

    Args:
        client: its `code` must be set when the mail gives a personal code.
        kind: with the values of this particular mail, if its kind has any.

    Raises:
        ValueError: the occasion is a season that the programme file does not have.
        StopIteration: the occasion names a project, quote or tier that does not exist.
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
    """Add the values that only this kind of mail has. Its texts may come from a client, so they are cleaned."""
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
        """The project whose engineer, value and type the mail uses."""
        return self.projects[0] if self.projects else None

    @property
    def is_personal(self) -> bool:
        """Whether the project is large enough for its engineer to be the sender and to sign every mail."""
        least = self.programme.personalisation.personal_above_cents
        return bool(self.engineer) and self.project is not None and self.project.value_cents > least


def _project_of(occasion: AboutOccasion, client: Client, as_of: date) -> Project | None:
    """The occasion's project; for an occasion without one, the client's latest delivered project."""
    if occasion.project_id is not None:
        return next(project for project in client.projects if project.project_id == occasion.project_id)
    return latest_delivery(client, as_of)


def _tier_of(programme: Programme, kind: MailKind, occasion: AboutOccasion, client: Client, as_of: date) -> Tier | None:
    """The present tier; for a mail about reaching a tier, that tier."""
    if kind.anchor == "tier_reached":
        return next(tier for tier in programme.tiers if tier.id == occasion.occasion)
    return tier_of(programme, client, as_of)


def _sender_name(subject: _Subject) -> str:
    """The display name: the engineer's for a personal mail, otherwise the firm's; without comma and semicolon."""
    brand = subject.programme.brand
    name = f"{subject.engineer} van {brand.name}" if subject.is_personal else brand.sender_name
    return sender_part(name)


def _variant(subject: _Subject) -> dict[str, Choice]:
    """Every choice, sorted; those of an offer and of a special occasion are still neutral."""
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
    """Add the touchpoint's own offer; a service mail shows it only where marketing is allowed."""
    offer = offers.offer_of(subject.programme, subject.kind, subject.tier, subject.as_of)
    if offer is None or not variant["allowed"]:
        return None
    variant["offer"], fields["offer_percent"] = offer.kind, str(offer.percent)
    if offer.code and offer.code.valid_until:
        fields["code"] = offer.code.code
        fields["valid_until"] = wording.date_words(offer.code.valid_until)
    return offer.code


def _add_tier_code(subject: _Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """Add what a mail about a tier says: how it was earned, what the next one takes, and the personal code."""
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
    """Add what only mails with a target, about a season or about a quote say."""
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
    """The season's name in the programme file for an occasion "YYYY-MM". Raises ValueError when there is none."""
    year = int(occasion[:4])
    for name, start in programme.seasons.starts.items():
        if occasion_of_season(start.month_day.in_year(year)) == occasion:
            return name
    raise ValueError(f"'{occasion}' is no season start; [seasons.starts] has {', '.join(programme.seasons.starts)}")

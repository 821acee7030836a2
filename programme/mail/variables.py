"""The content of a mail for one recipient: which blocks appear (the variant), and the recipient's values (the fields).

The variant is a bounded set of choices, so a template is compiled once per variant, not once per recipient. The
fields are plain text, never markup; rendering escapes them where they are inserted into HTML.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from programme.facts.projects import counted, delivered
from programme.facts.records import Client, Project, Recipient
from programme.mail.subject import AboutOccasion as AboutOccasion
from programme.mail.subject import Subject, is_late, sender_name, works_here
from programme.mail.together import project_words, reference_words
from programme.rules.groups import offers
from programme.rules.groups.offers import GivenCode
from programme.rules.groups.progress import progress_to
from programme.rules.groups.segments import segment_of
from programme.rules.groups.tiers import TierMeasure, is_met, measure_of, tier_before, tier_reached_on
from programme.terms.kinds import Choice as Choice
from programme.terms.kinds import MailKind
from programme.terms.project_types import OTHER, ProjectTypes
from programme.terms.schema import Programme, Tier
from programme.words import wording
from programme.words.dates import occasion_of_season
from programme.words.naming import greetings
from programme.words.plain_text import clean
from programme.words.states import ClientKind, Purpose

OWN_LENGTH = 500  # characters of a value that only one kind of mail has, such as a link
# Who has several buildings, and who builds for others: to them it is "de dakkapel (Kerkweg 1)", not "uw dakkapel".
BUILDERS = frozenset({str(ClientKind.AANNEMER), str(ClientKind.ARCHITECT)})
NOT_AT_HOME = BUILDERS | {"investeerder"}

# Every choice of a variant with its neutral value. A stored variant leaves out choices that its template never reads.
NEUTRAL: Mapping[str, Choice] = {
    "allowed": False,  # marketing may go to this recipient: offers may be shown
    "copy": "",  # what the marketer wrote in a campaign, as JSON (programme.campaigns.texts)
    "earned_by": "",  # what earned a tier: "projects", "referral", "referrals" or "spend"
    "has_address": False,  # the project's
    "has_idea": False,  # the client has not ordered what follows his type of project
    "has_own_code": False,  # the tier has a personal code; such members come first in planning
    "has_project": False,
    "is_company": False,  # the name is that of a firm or another body
    "is_late": False,  # the mail goes some days after its day
    "is_member": False,  # has any tier of the club
    "is_test": False,  # is a campaign's test mail
    "loyal": False,
    "monument": False,
    "next_steps": "",  # project types after a cross-sell's target, separated by a space
    "next_tier": "",
    "offer": "",  # "code", "tier" (the tier's discount in its place) or "personal" (a tier's own code)
    "personal": False,  # the engineer is the sender and signs
    "quote_type": "",
    "reader": "",  # whom the mail speaks to: "aannemer", "architect", or the segment of any other client
    "referral": False,
    "same_engineer": False,  # the engineer still works at the firm
    "season": "",
    "segment": "",
    "signed_by": "team",
    "tier": "",
    "tier_before": "",  # in a mail about reaching a tier, the one that the client had before
    "together": False,  # the mail is about several projects
    "type": "",
}


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
) -> MailContext:
    """The variant and the fields of the mail about `occasion`, from the client's facts on `as_of`, without its links.

    Args:
        client: its `code` must be set when the mail gives a personal code.
        kind: with the values of this particular mail, if its kind has any.

    Raises:
        ValueError: the occasion is a season that the programme file does not have.
        StopIteration: the occasion names a project, quote or tier that does not exist.
    """
    subject = Subject.of(programme, kind, occasion, client, recipient, as_of)
    variant = _variant(subject)
    fields = _fields(subject, variant)
    if kind.values:
        _add_own(kind, variant, fields)
    code = _add_offer(subject, variant, fields) or _add_tier_code(subject, variant, fields)
    code = code or _add_member_code(subject, variant, fields)
    _add_occasion(subject, variant, fields)
    sender = sender_name(programme.brand, subject.engineer if subject.is_personal else "")
    return MailContext(variant, fields, sender, code)


def _add_own(kind: MailKind, variant: dict[str, Choice], fields: dict[str, str]) -> None:
    """Add the values that only this kind of mail has. Its texts may come from a client, so they are cleaned."""
    for name, value in kind.values.items():
        if name in kind.fields:
            fields[name] = clean(str(value), OWN_LENGTH)
        else:
            variant[name] = value


def _variant(subject: Subject) -> dict[str, Choice]:
    """Every choice, sorted; those of an offer and of a special occasion are still neutral."""
    programme, project, client = subject.programme, subject.project, subject.client
    done = len(delivered(client.projects, subject.as_of))
    signs = subject.is_personal or (bool(subject.engineer) and subject.kind.signed_by == "engineer")
    segment = segment_of(programme, client, subject.as_of)
    return dict(NEUTRAL) | {
        "allowed": subject.allows_marketing or subject.kind.purpose == Purpose.MARKETING,
        "has_address": bool(project and project.address),
        "has_own_code": bool(subject.tier and subject.tier.code_prefix),
        "has_project": project is not None,
        "is_company": greetings.is_company(client.name),
        "is_late": is_late(subject.kind, project.delivered_on if project else None, subject.as_of),
        "is_member": subject.tier is not None,
        "loyal": done >= programme.personalisation.loyal_from_deliveries,
        "monument": bool(project and project.monument),
        "personal": subject.is_personal,
        "reader": client.kind if client.kind in BUILDERS else segment,
        "referral": subject.allows_marketing and programme.referral.rewards(client.kind),
        "same_engineer": works_here(programme, subject.engineer),
        "segment": segment,
        "signed_by": "engineer" if signs else "team",
        "tier": subject.tier.id if subject.tier else "",
        "together": len(subject.projects) > 1,
        "type": project.type if project else "",
    }


def _fields(subject: Subject, variant: Mapping[str, Choice]) -> dict[str, str]:
    fields: dict[str, str] = {}
    fields["name"], fields["greeting"] = greetings.addressed(subject.client.name, bool(variant["is_company"]))
    if subject.engineer:
        fields["engineer"] = subject.engineer
    if tier := subject.tier:
        fields |= _club_fields(tier.label, tier.discount_percent, tier.discount_on)
    if subject.project:
        fields |= _project_fields(subject.programme.types, subject.projects, variant["reader"] not in NOT_AT_HOME)
    if subject.kind.target and subject.project and (address := clean(subject.project.address or "")):
        fields["address"] = address
    if subject.kind.ends_with_referral and variant["referral"]:
        reward = offers.next_reward_words(subject.programme, subject.client, subject.as_of)
        fields["next_reward"] = wording.unbroken(reward)
    return fields


def _project_fields(types: ProjectTypes, projects: Sequence[Project], is_own: bool) -> dict[str, str]:
    fields = {
        "project": project_words(types, projects, is_own),
        "project_for": project_words(types, projects, is_own, done=True),
        "reference": reference_words(types, projects),
    }
    # One mail is about projects of several days where these come due together: a season's, or those of a month's end.
    if days := sorted({project.delivered_on for project in projects if project.delivered_on}):
        fields["delivered_on"] = wording.listed([wording.date_words(day) for day in days])
    return fields


@lru_cache(maxsize=64)
def _club_fields(label: str, percent: int, discount_on: str) -> Mapping[str, str]:
    return {"club": clean(label), "discount": str(percent), "discount_on": clean(discount_on)}


def _add_offer(subject: Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """Add the touchpoint's own offer; a service mail shows it only where marketing is allowed."""
    offer = offers.offer_of(subject.programme, subject.kind, subject.tier, subject.as_of)
    if offer is None or not variant["allowed"]:
        return None
    variant["offer"], fields["offer_percent"] = offer.kind, str(offer.percent)
    if offer.code and offer.code.valid_until:
        fields["code"] = offer.code.code
        fields["valid_until"] = wording.date_words(offer.code.valid_until)
    return offer.code


def _add_member_code(subject: Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """Add the personal code of the client's tier, for mails that name the tier's discount."""
    kind = subject.kind
    names_it = kind.offer or kind.family == "cross-sell" or kind.ends_with_referral
    if not (names_it and variant["allowed"] and subject.tier):
        return None
    code = offers.tier_code(subject.tier, subject.client.code)
    if code:
        fields["member_code"] = code.code
    return code


def _add_tier_code(subject: Subject, variant: dict[str, Choice], fields: dict[str, str]) -> GivenCode | None:
    """Add what a mail about a tier says: how it was earned, what the next one takes, and the personal code."""
    tier = subject.tier
    if subject.kind.anchor != "tier_reached" or tier is None:
        return None
    measure = measure_of(subject.client, subject.as_of)
    variant["earned_by"], earned = offers.earned_by(tier, _measure_when_reached(subject, tier, measure))
    fields["earned"] = wording.unbroken(earned)
    before = tier_before(subject.programme, subject.client, subject.as_of)
    variant["tier_before"] = before.id if before else ""
    above = offers.next_tier(subject.programme, tier)
    if above and (missing := offers.missing_words(above, measure, variant["reader"] not in BUILDERS)):
        variant["next_tier"] = above.id
        fields["missing"] = wording.unbroken(wording.capitalised(missing))
        fields["progress"] = _percent_words(above, measure)
    if code := offers.tier_code(tier, subject.client.code):
        variant["offer"], fields["offer_percent"] = "personal", str(code.percent)
        fields["member_code"] = code.code
        return code
    return None


def _measure_when_reached(subject: Subject, tier: Tier, present: TierMeasure) -> TierMeasure:
    """What earned the tier: a later delivery did not, though the mail may be some days late."""
    reached = tier_reached_on(subject.programme, subject.client, subject.as_of)
    measure = measure_of(subject.client, reached) if reached else present
    return measure if any(is_met(rule, measure) for rule in tier.any_of) else present


def _percent_words(above: Tier, measure: TierMeasure) -> str:
    """How much of the way to the next tier is done, in per cent, for the width of a bar."""
    done = progress_to(above, measure)
    return str(100 * done.value // done.goal)


def _add_occasion(subject: Subject, variant: dict[str, Choice], fields: dict[str, str]) -> None:
    """Add what only mails with a target, about a season, about larger plans or about a quote say."""
    kind, project, types = subject.kind, subject.project, subject.programme.types
    had = [each.type for each in counted(subject.client.projects, subject.as_of)]
    if kind.target and project:
        steps = offers.next_steps(subject.programme, kind, had, project.type)
        variant["next_steps"] = " ".join(steps)
    elif kind.family == "cross-sell" and project:
        larger = offers.larger_plans(types, project.type, had)
        fields["larger"] = wording.listed([types[plan].a for plan in larger], "of")
    if kind.anchor == "season_start":
        variant["season"] = _season_of(subject.programme, subject.occasion.occasion)
        variant["has_idea"] = project is not None and offers.has_idea(types, project.type, had)
    if subject.occasion.quote_id is not None:
        quotes = subject.client.quotes
        quote = next(quote for quote in quotes if quote.quote_id == subject.occasion.quote_id)
        variant["quote_type"] = quote.type or ""
        fields["quoted"] = _quoted_words(types, quote.type or OTHER, str(variant["reader"]))
        fields["quote_sent_on"] = wording.date_words(quote.sent_on)


def _quoted_words(types: ProjectTypes, project_type: str, reader: str) -> str:
    """What the quote was for: "een dakkapel", "het verwijderen van uw draagmuur", "uw plannen"."""
    if types.is_other(project_type):
        return "uw plannen"
    words = types[project_type]
    return words.the if reader in NOT_AT_HOME else words.done


def _season_of(programme: Programme, occasion: str) -> str:
    """The season's name in the programme file for an occasion "YYYY-MM". Raises ValueError when there is none."""
    year = int(occasion[:4])
    for name, start in programme.seasons.starts.items():
        if occasion_of_season(start.month_day.in_year(year)) == occasion:
            return name
    raise ValueError(f"'{occasion}' is no season start; [seasons.starts] has {', '.join(programme.seasons.starts)}")

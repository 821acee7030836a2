"""Which discount a mail may show (programme sections 5 and 6): the higher of two valid ones, never their sum."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple

from programme.facts.records import WithProjects
from programme.referrals.qualifying import qualified_on
from programme.rules.groups.tiers import TierMeasure, is_met
from programme.terms.kinds import MailKind
from programme.terms.project_types import OTHER, ProjectTypes
from programme.terms.schema import Programme, Tier, TierRule
from programme.words.wording import capitalised, counted_words, euros, listed, number_words, ordinal_words, whole_euros

EarnedBy = Literal["projects", "referral", "referrals", "spend"]


class GivenCode(NamedTuple):
    """A discount code given to a client; `valid_until` is None while it is valid for as long as the tier lasts."""

    code: str
    percent: int
    valid_until: date | None

    @property
    def is_own(self) -> bool:
        """Whether it comes with the client's tier, and has the client's own code in it."""
        return self.valid_until is None


class ShownOffer(NamedTuple):
    """The discount that a mail shows: a code, or the discount of the client's tier in its place (`code` is None)."""

    kind: Literal["code", "tier"]
    percent: int
    code: GivenCode | None


def offer_of(programme: Programme, kind: MailKind, tier: Tier | None, as_of: date) -> ShownOffer | None:
    """The offer that a mail of this kind shows this client on that day; None when the kind has none.

    A code that is not higher than the tier's discount gives way to it, so that no mail shows less than the client has.
    """
    if kind.offer is None:
        return None
    terms = programme.offers[kind.offer]
    if tier is not None and tier.discount_percent >= terms.percent:
        return ShownOffer("tier", tier.discount_percent, None)
    code = GivenCode(kind.offer, terms.percent, as_of + timedelta(days=terms.valid_days))
    return ShownOffer("code", terms.percent, code)


def tier_code(tier: Tier, client_code: str) -> GivenCode | None:
    """The personal code that comes with a tier; None for a tier without one."""
    if not tier.code_prefix:
        return None
    return GivenCode(f"{tier.code_prefix}-{client_code}", tier.discount_percent, None)


def next_tier(programme: Programme, tier: Tier) -> Tier | None:
    """The tier above this one; None at the top."""
    above = programme.tiers.index(tier) + 1
    return programme.tiers[above] if above < len(programme.tiers) else None


def earned_words(tier: Tier, measure: TierMeasure) -> str:
    """What earned the tier: "twee opgeleverde projecten", "één geslaagde aanbeveling", "€ 10.250 aan projecten"."""
    rule = _rule_met(tier, measure)
    if rule.delivered_at_least is not None:
        return counted_words(measure.delivered, "opgeleverd project", "opgeleverde projecten")
    if rule.referrals_at_least is not None:
        return counted_words(measure.referrals, "geslaagde aanbeveling", "geslaagde aanbevelingen")
    return f"{whole_euros(measure.spend_cents // 100 * 100)} aan opgeleverde projecten"


def earned_by(tier: Tier, measure: TierMeasure) -> tuple[EarnedBy, str]:
    """The same for a sentence of a mail: ("projects", "tweede"), ("referrals", "Twee"), ("spend", "meer dan € 10.000").

    For spending it is the least that the tier asks, and "meer dan" where it is more.
    """
    rule = _rule_met(tier, measure)
    if rule.delivered_at_least is not None:
        return "projects", ordinal_words(measure.delivered)
    if rule.referrals_at_least is not None:
        return ("referrals" if measure.referrals > 1 else "referral"), capitalised(number_words(measure.referrals))
    least = rule.spend_cents_at_least or 0
    return "spend", f"meer dan {euros(least)}" if measure.spend_cents > least else euros(least)


def _rule_met(tier: Tier, measure: TierMeasure) -> TierRule:
    return next((rule for rule in tier.any_of if is_met(rule, measure)), tier.any_of[0])


def missing_words(tier: Tier, measure: TierMeasure, with_referrals: bool = True) -> str:
    """What the client still lacks for `tier`: "nog één project of twee aanbevelingen"; "" when the client has it.

    Args:
        with_referrals: False for who is offered nothing for recommending us.
    """
    ways = []
    for rule in tier.any_of:
        if is_met(rule, measure):
            return ""
        if rule.delivered_at_least is not None:
            ways.append(counted_words(rule.delivered_at_least - measure.delivered, "project", "projecten"))
        elif rule.referrals_at_least is not None and with_referrals:
            ways.append(counted_words(rule.referrals_at_least - measure.referrals, "aanbeveling", "aanbevelingen"))
        elif rule.spend_cents_at_least is not None:
            ways.append(f"{whole_euros(rule.spend_cents_at_least - measure.spend_cents)} aan projecten")
    return f"nog {listed(ways, 'of')}" if ways else ""


def next_reward_words(programme: Programme, client: WithProjects, as_of: date) -> str:
    """What the client's next recommendation earns, without a bonus: "€ 100"."""
    won = sum(1 for referral in client.won_referrals if qualified_on(referral, as_of)) if client.won_referrals else 0
    return euros([step.reward_cents for step in programme.referral.steps if step.from_n <= won + 1][-1])


def larger_plans(types: ProjectTypes, project_type: str, ordered_types: Collection[str]) -> list[str]:
    """Two types of larger plans that the client has not ordered; where nothing is left, what is larger than any."""
    larger = types[project_type].larger
    left = [plan for plan in larger if plan not in ordered_types][:2]
    return left or [*types[OTHER].larger[:1]] or [*larger[:1]] or [OTHER]


def has_idea(types: ProjectTypes, project_type: str, ordered_types: Collection[str]) -> bool:
    """Whether the client has not yet ordered what often follows this type of project."""
    follows = types[project_type].follows
    return bool(follows) and not set(follows) <= set(ordered_types)


def next_steps(programme: Programme, kind: MailKind, ordered_types: Iterable[str], from_type: str) -> list[str]:
    """The project types that a cross-sell mail shows after its target, at most two.

    The first is the next step of the natural path that the client has not ordered. From some types the path also leads
    straight to its last step, which then follows.
    """
    path = programme.personalisation.natural_path
    had = {*ordered_types, kind.target}
    start = path.index(kind.target) + 1 if kind.target in path else 0
    steps = [str(step) for step in path[start:] if step not in had][:1]
    if from_type in programme.personalisation.path_ends_early_from and path[-1] not in had and path[-1] not in steps:
        steps.append(str(path[-1]))
    return steps

"""How far a client is on the way to the next tier, by the way that is nearest."""

from typing import NamedTuple

from programme.rules.groups.tiers import TierMeasure
from programme.terms.schema import Tier, TierRule
from programme.words.wording import euros


class Progress(NamedTuple):
    """`value` of `goal`, and the same in words: "2 van 3 aanbevelingen"."""

    value: int
    goal: int
    words: str


def progress_to(tier: Tier, measure: TierMeasure) -> Progress:
    """By that rule of the tier of which the greatest share is there."""
    ways = [_by(rule, measure) for rule in tier.any_of]
    return max(ways, key=lambda way: way.value / way.goal)


def _by(rule: TierRule, measure: TierMeasure) -> Progress:
    if rule.delivered_at_least is not None:
        goal, value = rule.delivered_at_least, measure.delivered
        unit = "afgerond project" if goal == 1 else "afgeronde projecten"
    elif rule.referrals_at_least is not None:
        goal, value = rule.referrals_at_least, measure.referrals
        unit = "afgeronde aanbeveling" if goal == 1 else "afgeronde aanbevelingen"
    else:
        goal, spent = rule.spend_cents_at_least or 1, measure.spend_cents
        value = min(spent, goal)
        return Progress(value, goal, f"{euros(value // 100 * 100)} van {euros(goal)} aan projecten")
    value = min(value, goal)
    return Progress(value, goal, f"{value} van {goal} {unit}")

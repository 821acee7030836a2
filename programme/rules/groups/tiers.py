"""Which tier of the loyalty club a client has, and since when (programme section 6)."""

from datetime import date
from typing import NamedTuple

from programme.facts.projects import is_delivered
from programme.facts.records import Client, WithProjects
from programme.referrals.qualifying import qualified_on
from programme.terms.schema import Programme, Tier, TierRule

NO_TIER = -1  # a rank below every tier, so that ranks can be compared


class TierMeasure(NamedTuple):
    """What earns a tier: delivered projects, qualified referrals, and the value delivered (cents, without VAT)."""

    delivered: int
    referrals: int
    spend_cents: int


def measure_of(client: WithProjects, as_of: date) -> TierMeasure:
    """The client's measure on that day."""
    values = [project.value_cents for project in client.projects if is_delivered(project, as_of)]
    referrals = sum(1 for referral in client.won_referrals if qualified_on(referral, as_of))
    return TierMeasure(len(values), referrals, sum(values))


def tier_of(programme: Programme, client: Client, as_of: date) -> Tier | None:
    """The highest tier that the client has earned; None when there is none."""
    rank = tier_rank(programme, client, as_of)
    return None if rank == NO_TIER else programme.tiers[rank]


def tier_rank(programme: Programme, client: WithProjects, as_of: date) -> int:
    """The tier's place in the file, from 0 (lowest); NO_TIER when there is none."""
    return _rank_of(programme, measure_of(client, as_of))


def rank_of_tier(programme: Programme, tier_id: str) -> int:
    """The place of this tier in the file, from 0 (lowest). Raises StopIteration for an unknown id."""
    return next(rank for rank, tier in enumerate(programme.tiers) if tier.id == tier_id)


def tier_reached_on(programme: Programme, client: Client, as_of: date) -> date | None:
    """The first day of the unbroken period up to `as_of` with the present tier or a higher one; None without a tier."""
    ranks = _rank_history(programme, client, as_of)
    if not ranks or ranks[-1][1] == NO_TIER:
        return None
    present = ranks[-1][1]
    reached = ranks[-1][0]
    for day, rank in reversed(ranks):
        if rank < present:
            break
        reached = day
    return reached


def tier_before(programme: Programme, client: Client, as_of: date) -> Tier | None:
    """The tier that the client had on the day before the present one was reached; None when there was none."""
    reached = tier_reached_on(programme, client, as_of)
    ranks = [rank for day, rank in _rank_history(programme, client, as_of) if reached and day < reached]
    return programme.tiers[ranks[-1]] if ranks and ranks[-1] != NO_TIER else None


def was_higher_since(programme: Programme, client: Client, since: date, as_of: date) -> bool:
    """Whether the client had a higher tier than the present one on some day from `since` to `as_of`."""
    present = tier_rank(programme, client, as_of)
    return any(rank > present for day, rank in _rank_history(programme, client, as_of) if day >= since)


def _rank_history(programme: Programme, client: Client, as_of: date) -> list[tuple[date, int]]:
    """(day, rank) for each day on which the rank can have changed, in order of day."""
    days: set[date | None] = set()
    for project in client.projects:
        days |= {project.delivered_on, project.cancelled_on}
    for referral in client.won_referrals:
        for delivery in referral.deliveries:
            days |= {delivery.delivered_on, delivery.cancelled_on}
        days |= {spell.from_on for spell in referral.spells} - {date.min}
        days |= {spell.until_on for spell in referral.spells} - {date.max}
    return [(day, tier_rank(programme, client, day)) for day in sorted(day for day in days if day and day <= as_of)]


def _rank_of(programme: Programme, measure: TierMeasure) -> int:
    return next((rank for rank, rule in programme.tier_rules if is_met(rule, measure)), NO_TIER)


def is_met(rule: TierRule, measure: TierMeasure) -> bool:
    """Whether the measure reaches the one threshold that the rule names."""
    if rule.delivered_at_least is not None:
        return measure.delivered >= rule.delivered_at_least
    if rule.referrals_at_least is not None:
        return measure.referrals >= rule.referrals_at_least
    return rule.spend_cents_at_least is not None and measure.spend_cents >= rule.spend_cents_at_least

"""Whether the smaller tables of a programme file make sense: segments, tiers, caps, seasons, health."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from programme.terms.faults import Fault, Path, quoted, unknown
from programme.terms.schema import Programme, Segment, Tier

MEASURES = ("delivered_at_least", "referrals_at_least", "spend_cents_at_least")
POINTS = (
    "inactive_points",
    "negative_feedback_points",
    "quote_rejected_points",
    "no_review_points",
    "unopened_points",
)
FULL_HEALTH = 100


def table_faults(programme: Programme) -> Iterator[Fault]:
    """The faults of these tables, table by table."""
    yield from _segment_faults(programme.segments or ())
    yield from _tier_faults(programme.tiers or ())
    if programme.caps and programme.caps.held_by_invoice_from_tier:
        yield from tier_reference(
            ("caps", "held_by_invoice_from_tier"), programme.caps.held_by_invoice_from_tier, programme
        )
    yield from _season_faults(programme)
    yield from _path_faults(programme)
    yield from _health_faults(programme)
    yield from _tracking_faults(programme)
    yield from _curve_faults(programme)


def tier_reference(path: Path, tier_id: str, programme: Programme) -> Iterator[Fault]:
    """A fault when no tier has this id."""
    tiers = [tier.id for tier in programme.tiers or () if tier and tier.id]
    if tier_id not in tiers:
        yield Fault(path, unknown("tier", tier_id, tiers, "[[tiers]]"))


def segment_reference(path: Path, segment_id: str, programme: Programme) -> Iterator[Fault]:
    """A fault when no segment has this id."""
    segments = [segment.id for segment in programme.segments or () if segment and segment.id]
    if programme.segments is not None and segment_id not in segments:
        yield Fault(path, unknown("segment", segment_id, segments, "[[segments]]"))


def _segment_faults(segments: Sequence[Segment | None]) -> Iterator[Fault]:
    yield from _doubles("segments", "id", segments)
    catches_all = [segment is not None and _takes_everyone(segment) for segment in segments]
    for number, segment in enumerate(segments):
        path: Path = ("segments", number)
        is_last = number == len(segments) - 1
        if catches_all[number] and not is_last:
            text = "takes everyone, so the segments after it stay empty. Give it a `when`, or move it last."
            yield Fault(path, text)
        if is_last and segment and segment.when is not None and not catches_all[number]:
            text = (
                f"the last segment must take everyone who is left, and '{segment.id}' does not. Add one without `when`."
            )
            yield Fault(path, text)
        rule = segment.when if segment else None
        least, exactly = (rule.delivered_at_least, rule.delivered_exactly) if rule else (None, None)
        # With both, either the two contradict each other or one of them is redundant.
        if least is not None and exactly is not None:
            text = f"beside delivered_at_least = {least} one of the two says nothing or excludes everyone. Delete one."
            yield Fault((*path, "when", "delivered_exactly"), text)


def _takes_everyone(segment: Segment) -> bool:
    """Whether the segment has no condition; a condition with a faulty value still counts as one."""
    rule = segment.when
    return rule is not None and all(getattr(rule, name) == () for name in rule.model_fields_set)


def _tier_faults(tiers: Sequence[Tier | None]) -> Iterator[Fault]:
    yield from _doubles("tiers", "id", tiers)
    yield from _doubles("tiers", "code_prefix", [tier if tier and tier.code_prefix else None for tier in tiers])
    for number, tier in enumerate(tiers):
        if tier is not None:
            yield from _rule_faults(("tiers", number), tier)
            yield from _prefix_faults(("tiers", number, "code_prefix"), tier.code_prefix)
    present = [(number, tier) for number, tier in enumerate(tiers) if tier is not None]
    for (_, lower), (number, higher) in zip(present, present[1:], strict=False):
        below, percent = lower.discount_percent, higher.discount_percent
        if None not in (below, percent) and percent < below:
            text = f"{percent} is less than the {below} of '{lower.id}' below it; tiers are listed from low to high."
            yield Fault(("tiers", number, "discount_percent"), f"{text} Raise it, or reorder.")
    yield from _threshold_faults(present)


def _rule_faults(path: Path, tier: Tier) -> Iterator[Fault]:
    for number, rule in enumerate(tier.any_of or ()):
        named = [measure for measure in MEASURES if rule is not None and measure in rule.model_fields_set]
        if rule is not None and len(named) != 1:
            found = " and ".join(named) or "no measure"
            text = f"names {found}; each way to a tier names exactly one of: {', '.join(MEASURES)}."
            yield Fault((*path, "any_of", number), text)


def _prefix_faults(path: Path, prefix: str | None) -> Iterator[Fault]:
    if prefix and not (prefix.isascii() and prefix.isalnum() and prefix.isupper()):
        yield Fault(path, f"{quoted(prefix)} is not a prefix of a code; write capitals and digits, or leave it out.")


def _threshold_faults(tiers: Sequence[tuple[int, Tier]]) -> Iterator[Fault]:
    """By each measure, a higher tier must ask more; otherwise no client would ever stop at the lower tier."""
    highest: dict[str, tuple[int, str]] = {}
    for number, tier in tiers:
        asked = _thresholds(tier)
        for measure, least in asked.items():
            below, owner = highest.get(measure, (0, ""))
            if least <= below:
                text = f"{measure} = {least} is not more than the {below} of '{owner}' below it. Raise it, or reorder."
                yield Fault(("tiers", number, "any_of"), text)
            highest[measure] = max((least, tier.id), (below, owner))


def _thresholds(tier: Tier) -> dict[str, int]:
    rules = [rule for rule in tier.any_of or () if rule is not None]
    asked = {measure: [getattr(rule, measure) for rule in rules] for measure in MEASURES}
    return {measure: min(found) for measure, values in asked.items() if (found := [one for one in values if one])}


def _season_faults(programme: Programme) -> Iterator[Fault]:
    starts = (programme.seasons.starts if programme.seasons else None) or {}
    uses = [name for name, one in (programme.touchpoints or {}).items() if one and _needs_season(one)]
    if programme.seasons and programme.seasons.starts == {} and uses:
        yield Fault(("seasons", "starts"), f"names no season, and touchpoint {quoted(uses[0])} waits for one. Add one.")
    seen: dict[int, str] = {}
    for name, start in starts.items():
        if start is None or start.month is None:
            continue
        if start.month in seen:
            other = quoted(seen[start.month])
            text = f"{start.month} is also the month of {other}; a season is known by year and month. Change one."
            yield Fault(("seasons", "starts", name, "month"), text)
        seen.setdefault(start.month, name)


def _needs_season(touchpoint: Any) -> bool:
    return touchpoint.anchor == "season_start" or bool(touchpoint.to_next_season)


def _path_faults(programme: Programme) -> Iterator[Fault]:
    terms = programme.personalisation
    if not terms or terms.natural_path is None:
        return
    steps = [step for step in terms.natural_path if step]
    for step, times in Counter(steps).items():
        if times > 1:
            text = f"'{step}' stands in it {times} times; each type has one place on the path."
            yield Fault(("personalisation", "natural_path"), text)
    for number, step in enumerate(terms.path_ends_early_from or ()):
        if step and step not in steps[:-1]:
            text = f"'{step}' is no step of natural_path before its last; allowed: {', '.join(steps[:-1]) or 'none'}."
            yield Fault(("personalisation", "path_ends_early_from", number), text)


def _health_faults(programme: Programme) -> Iterator[Fault]:
    terms = programme.health
    if not terms:
        return
    for name in POINTS:
        points = getattr(terms, name)
        if points is not None and points > 0:
            yield Fault(("health", name), f"{points} would raise the score; write the points lost, as {-points}.")
    if terms.healthy_from is not None and terms.healthy_from > FULL_HEALTH:
        yield Fault(("health", "healthy_from"), f"{terms.healthy_from} is more than the full score of {FULL_HEALTH}.")
    if None not in (terms.at_risk_from, terms.healthy_from) and terms.at_risk_from >= terms.healthy_from:
        text = f"{terms.at_risk_from} is not less than healthy_from {terms.healthy_from}; no client could be at risk."
        yield Fault(("health", "at_risk_from"), f"{text} Lower it.")


def _tracking_faults(programme: Programme) -> Iterator[Fault]:
    for name in ("utm_source", "utm_medium"):
        value = getattr(programme.tracking, name, None)
        if value is not None and not (value.isascii() and value.replace("-", "").replace("_", "").isalnum()):
            yield Fault(("tracking", name), f"{quoted(value)} is not fit for a link; write letters, digits, - and _.")


def _doubles(table: str, key: str, parts: Sequence[Any]) -> Iterator[Fault]:
    """One fault for each part whose `key` has the value of an earlier part."""
    seen = set()
    for number, part in enumerate(parts):
        value = getattr(part, key, None)
        if value is not None and value in seen:
            yield Fault((table, number, key), f"{quoted(value)} is used twice; give each its own.")
        seen.add(value)


def _curve_faults(programme: Programme) -> Iterator[Fault]:
    """Who has come back after a year had come back after two: a target curve that falls can never be met."""
    curve = (programme.figures and programme.figures.target_curve) or {}
    points = sorted((int(months), share) for months, share in curve.items() if months.isdigit() and share is not None)
    for (earlier, before), (months, share) in pairwise(points):
        if share < before:
            text = f"{share:g} lies below the {before:g} of month {earlier}, by which they had come back. Raise it."
            yield Fault(("figures", "target_curve", str(months)), text)

"""Which segment a client is in on a day (programme section 6)."""

from datetime import date

from programme.facts.projects import counted, delivered
from programme.facts.records import Project, WithProjects
from programme.terms.schema import Programme, SegmentRule


def segment_of(programme: Programme, client: WithProjects, as_of: date) -> str:
    """The id of the first segment of the file that applies; the check of the file ensures that one does."""
    done = delivered(client.projects, as_of)
    for segment in programme.segments:
        if _applies(segment.when, client, done, as_of):
            return segment.id
    return programme.segments[-1].id


def _applies(rule: SegmentRule, client: WithProjects, done: list[Project], as_of: date) -> bool:
    if rule.client_kinds and client.kind not in rule.client_kinds:
        return False
    if rule.delivered_at_least is not None and len(done) < rule.delivered_at_least:
        return False
    if rule.delivered_exactly is not None and len(done) != rule.delivered_exactly:
        return False
    if rule.built_within_years is not None and not _is_young(done, rule.built_within_years, as_of):
        return False
    least = rule.distinct_addresses_at_least
    return least is None or (len(client.projects) >= least and _distinct_addresses(client, as_of) >= least)


def _is_young(done: list[Project], years: int, as_of: date) -> bool:
    """Whether some delivered building is known to be less than `years` years old."""
    return any(project.built_year is not None and as_of.year - project.built_year < years for project in done)


def _distinct_addresses(client: WithProjects, as_of: date) -> int:
    """The number of distinct (postcode, address) pairs, compared without case and spaces.

    Projects without an address are left out.
    """
    return len(
        {
            (_folded(project.postcode), _folded(project.address))
            for project in counted(client.projects, as_of)
            if _folded(project.address)
        }
    )


def _folded(text: str | None) -> str:
    return "".join((text or "").split()).casefold()

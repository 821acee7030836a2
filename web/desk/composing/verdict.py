"""What must be mended before a campaign may go, and what a person should look at: one list, each with its place."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from programme.campaigns.audience.audience_words import people_words
from programme.campaigns.campaign import Campaign, CampaignCount
from programme.campaigns.form.faults import FormFault
from programme.verdict.findings import Finding, Verdict, VerdictLevel
from programme.verdict.moments import late_news
from programme.words.states import Outcome


class Point(NamedTuple):
    """One line of the list.

    Attributes:
        is_must: it may not go like this; otherwise a person decides.
        target: the field where it can be mended; "" where no single field is to blame.
        where: in which mail it was seen, or "".
    """

    is_must: bool
    sentence: str
    target: str = ""
    where: str = ""


def points_of(
    faults: Iterable[FormFault], verdict: Verdict | None, campaign: Campaign | None, count: CampaignCount | None
) -> list[Point]:
    """What must be mended first, then what to look at."""
    found = [Point(True, str(fault), fault.place) for fault in faults]
    found += [_point(finding) for finding in (verdict.findings if verdict else ())]
    if campaign:
        found += _of_moment(campaign, count)
        found += _of_audience(campaign)
    return sorted(found, key=lambda point: not point.is_must)


def _point(finding: Finding, target: str = "") -> Point:
    return Point(finding.level is VerdictLevel.FAULT, finding.sentence, target, finding.place)


def _of_moment(campaign: Campaign, count: CampaignCount | None) -> Iterator[Point]:
    """Whether those who have to wait still hear of the event in time; without anybody who waits it is no matter."""
    later = sum(number for (outcome, _), number in count.outcomes.items() if outcome == Outcome.DEFER) if count else 0
    if not later:
        return
    grace = (campaign.closes_on - campaign.first_on).days
    for finding in late_news("", campaign.texts.event_on, campaign.first_on, grace):
        yield Point(False, f"{people_words(later).capitalize()} moeten wachten. {finding.sentence}", "day")


def _of_audience(campaign: Campaign) -> Iterator[Point]:
    audience = campaign.audience
    if not any(traits.values for traits in (audience.all_of, audience.any_of, audience.none_of)):
        sentence = "Er is geen enkel kenmerk gekozen: dit gaat naar alle klanten, in alle postcodes."
        yield Point(False, sentence, "audience")

"""The steps of a day as a campaign takes them, with no Prefect: for its flow, for who follows later, and for tests."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from flows.day import DaySteps
from programme.campaigns.campaign import Campaign
from tasks.campaigns import steps


def steps_of(campaign: Campaign, among: Sequence[str] | None = None) -> DaySteps:
    """The steps of a day, of which a campaign has four of its own.

    Args:
        among: judge the recipients of these clients alone; None judges everybody.
    """
    return replace(
        DaySteps(),
        begin=partial(steps.begin, campaign=campaign),
        take_up=partial(steps.take_up, campaign=campaign),
        decide=partial(steps.decide, campaign=campaign, among=among),
        finish=partial(steps.finish, campaign=campaign),
    )

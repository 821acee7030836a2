"""What a campaign would do, counted and shown, and which record of an address a survey is about."""

from datetime import date

import pytest

from programme.campaigns.campaign import SHOWN_PEOPLE, CampaignCount, Judged
from programme.facts.records import Client
from programme.rules.decide import Decision
from programme.words.states import Outcome, Reason
from tests import factories as make
from tests.programme.campaigns.test_campaigns import campaign, client, judged

SENT = judged(make.recipient(client())).decision
assert SENT is not None


def sent(client_id: str = "C1", segment: str = "starter", tier: str | None = "brons") -> Judged:
    assert SENT is not None
    return Judged(SENT._replace(client_id=client_id, segment=segment, tier=tier), False)


def held(client_id: str, reason: Reason, outcome: Outcome = Outcome.SKIP) -> Judged:
    assert SENT is not None
    return Judged(SENT._replace(client_id=client_id, reason=reason, outcome=outcome), False)


def ids(decisions: list[Decision]) -> list[str]:
    return [decision.client_id for decision in decisions]


def test_those_who_get_it_are_counted_by_segment_and_tier() -> None:
    """Who does not get it is in neither; without a tier the tier is empty."""
    count = CampaignCount()
    count.add([sent("A"), sent("B"), sent("C", "verbouwer", None), held("D", Reason.NO_CONSENT), Judged(None, True)])
    assert (count.segments, count.tiers) == ({"starter": 2, "verbouwer": 1}, {"brons": 2, "": 1})
    assert count.sizes == {("starter", "brons"): 2, ("verbouwer", None): 1}
    assert (count.to_send, count.has_it, count.recipients) == (3, 1, 5)
    assert count.outcomes == {("send", ""): 3, ("skip", "no_consent"): 1}


def test_the_commonest_reason_stands_first() -> None:
    """Of equal ones in the order of their names."""
    count = CampaignCount()
    reasons = [Reason.SUPPRESSED, Reason.NO_CONSENT, Reason.OUTRANKED, Reason.OUTRANKED]
    count.add(held(str(number), reason) for number, reason in enumerate(reasons))
    count.add([held("D", Reason.PAUSED, Outcome.DEFER), sent()])
    assert count.reasons() == [
        ("skip", "outranked", 2),
        ("skip", "no_consent", 1),
        ("defer", "paused", 1),
        ("skip", "suppressed", 1),
    ]


def test_a_result_of_many_counts_for_all_and_shows_nobody() -> None:
    """Those outside the audience count for nothing."""
    count = CampaignCount()
    count.tally_of(sent(), 40)
    count.tally_of(Judged(None, True), 3)
    count.tally_of(None, 7)
    assert (count.to_send, count.has_it, count.recipients) == (40, 3, 43)
    assert (count.getting, count.not_getting, count.kinds) == ([], [], {})


def test_the_first_people_are_shown() -> None:
    """As many of each as a table has; beyond them one of each kind that is still new."""
    count = CampaignCount()
    names = [f"{number:03d}" for number in range(SHOWN_PEOPLE + 1)]
    assert count.shows(sent())
    assert count.shows(held("A", Reason.NO_CONSENT))
    count.add(map(sent, names))
    count.add(held(name, Reason.NO_CONSENT) for name in names)
    assert ids(count.getting) == ids(count.not_getting) == names[:-1]
    new = sent("NEW", "verbouwer")
    assert [count.shows(each) for each in (sent(), held("A", Reason.NO_CONSENT), new)] == [False, False, True]
    count.show(new)
    assert "NEW" not in ids(count.getting)
    assert ids([*count.kinds.values()]) == ["000", "NEW"]
    assert not count.shows(sent("MORE", "verbouwer"))


def test_who_makes_no_decision_is_not_shown() -> None:
    """Neither who is outside the audience, nor who has it already."""
    count = CampaignCount()
    for nobody in (None, Judged(None, True)):
        assert not count.shows(nobody)
        count.show(nobody)
    count.show(held("A", Reason.NO_CONSENT))
    assert (count.getting, ids(count.not_getting), count.kinds) == ([], ["A"], {})


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        # A segment with paragraphs of its own, then one of another tier too.
        (
            ["starter brons 5", "starter zilver 4", "verbouwer brons 3", "overig goud 2", "professional brons 1"],
            "0 4 3",
        ),
        # Another segment counts for more than another tier.
        (["starter brons 5", "starter zilver 4", "verbouwer brons 1"], "0 2 1"),
        # Of those that differ as much the larger one.
        (["starter brons 5", "verbouwer goud 2", "overig zilver 3"], "0 2 1"),
        (["starter brons 5", "starter zilver 1", "starter goud 2"], "0 2 1"),
        (["starter brons 1", "verbouwer brons 2"], "1 0"),
    ],
)
def test_the_mails_that_are_shown_differ_most(sizes: list[str], shown: str) -> None:
    """That of the largest kind first; one of each kind, and three at most."""
    count = CampaignCount()
    for place, line in enumerate(sizes):
        segment, tier, number = line.split()
        count.show(sent(str(place), segment, tier))
        count.tally_of(sent(str(place), segment, tier), int(number))
    assert ids(count.samples) == shown.split()


LATE, EARLY = date(2026, 2, 1), date(2025, 12, 1)


def delivered(client_id: str, delivered_on: date | None, **changes: object) -> Client:
    return client(client_id=client_id, projects=(make.project(delivered_on=delivered_on),), **changes)


@pytest.mark.parametrize(
    ("records", "asked"),
    [
        ((delivered("C1", EARLY), delivered("C2", LATE)), "C2"),
        ((delivered("C1", LATE), delivered("C2", EARLY)), "C1"),
        ((delivered("C1", LATE), delivered("C2", LATE)), "C1"),
        ((delivered("C1", None), delivered("C2", EARLY)), "C2"),
        ((delivered("C1", EARLY), delivered("C2", LATE, is_erased=True)), "C1"),
    ],
)
def test_a_survey_asks_about_the_latest_delivery(records: tuple[Client, ...], asked: str) -> None:
    """Of the records of an address; then the smallest id. An erased one comes last (care.md 7.4)."""
    decision = judged(make.recipient(*records), campaign(template="survey_nps", subject="", intro="")).decision
    assert decision is not None
    assert decision.client_id == asked


def test_on_the_day_of_its_event_a_campaign_is_at_its_end() -> None:
    """A day later nobody could come."""
    event = {"template": "vip_event", "event_time": "20:00", "place": "Leeuwarden"}
    assert campaign(event_on="2026-03-02", **event).closes_on == date(2026, 3, 2)

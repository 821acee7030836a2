"""Client health: each indicator on the day before it holds, the day it does, and the day it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from programme.care.health import Band, Health, Indicator, Sign, TrackedMail, band_of, health_of
from programme.facts.records import Client
from tests import factories as make

D = date(2026, 3, 1)


def judged(client: Client, as_of: date = D, mails: tuple[TrackedMail, ...] = ()) -> Health:
    return health_of(make.shipped_programme(), client, make.recipient(client), mails, as_of)


def indicators(client: Client, as_of: date = D, mails: tuple[TrackedMail, ...] = ()) -> list[str]:
    return [str(indicator) for indicator in judged(client, as_of, mails).indicators]


def test_a_client_without_anything_is_healthy() -> None:
    """Clients without a project have a score too, and who never did anything is not inactive."""
    assert judged(make.client()) == Health(100, Band.HEALTHY, ())


@pytest.mark.parametrize(
    ("last", "as_of", "holds"),
    [
        (date(2025, 9, 1), date(2026, 2, 28), False),
        (date(2025, 9, 1), date(2026, 3, 1), True),
        (date(2025, 8, 31), date(2026, 2, 27), False),  # six months on is clamped to 28 February
        (date(2025, 8, 31), date(2026, 2, 28), True),
        (date(2025, 8, 28), date(2026, 2, 28), True),
    ],
)
def test_inactive(last: date, as_of: date, holds: bool) -> None:
    """Inactive from the day that lies six calendar months after the last activity."""
    assert ("inactive" in indicators(make.client(last_activity_on=last), as_of)) == holds


def test_activity_of_another_record_of_the_recipient_counts() -> None:
    """Last activity is the recipient's: a second record of the same address keeps the first one active."""
    quiet = make.client("C1", last_activity_on=date(2025, 1, 1))
    lively = make.client("C2", last_activity_on=date(2026, 2, 1))
    recipient = make.recipient(quiet, lively)
    assert health_of(make.shipped_programme(), quiet, recipient, (), D).indicators == ()


@pytest.mark.parametrize(
    ("changes", "holds"),
    [
        ({"kind": "nps", "score": 6}, True),
        ({"kind": "csat", "score": 0, "negative": False}, True),
        ({"kind": "nps", "score": 7}, False),
        ({"kind": "ces", "score": 1}, False),
        ({"kind": "other", "negative": True}, True),
        ({"kind": "nps", "score": 3, "resolved_on": date(2026, 2, 1)}, True),
        ({"kind": "nps", "score": 3, "given_on": date(2025, 3, 1)}, False),
        ({"kind": "nps", "score": 3, "given_on": date(2025, 3, 2)}, True),
        ({"kind": "nps", "score": 3, "given_on": D}, True),
        ({"kind": "nps", "score": 3, "given_on": date(2026, 3, 2)}, False),
    ],
)
def test_negative_feedback(changes: dict[str, object], holds: bool) -> None:
    """Later than twelve months ago and not later than the day; solved or not."""
    client = make.client(feedback=(make.feedback(**{"given_on": date(2026, 1, 10), **changes}),))
    assert ("negative_feedback" in indicators(client)) == holds


@pytest.mark.parametrize(
    ("changes", "ordered_on", "holds"),
    [
        ({}, None, True),
        ({"decision": "accepted"}, None, False),
        ({"decided_on": date(2025, 3, 1)}, None, False),
        ({"decided_on": date(2025, 3, 2)}, None, True),
        ({"decided_on": date(2026, 3, 2)}, None, False),
        ({}, date(2026, 2, 19), True),
        ({}, date(2026, 2, 20), False),
        ({}, date(2026, 3, 1), False),
        ({}, date(2026, 3, 2), True),
    ],
)
def test_quote_rejected(changes: dict[str, object], ordered_on: date | None, holds: bool) -> None:
    """A rejection of the last twelve months, until something is ordered on that day or later."""
    projects = (make.project(ordered_on=ordered_on, delivered_on=None),) if ordered_on else ()
    client = make.client(quotes=(make.quote(**changes),), projects=projects)
    assert ("quote_rejected" in indicators(client)) == holds


def test_a_cancelled_order_after_a_rejected_quote_counts_for_nothing() -> None:
    """Cancelled at the day, the later order is no order."""
    order = make.project(ordered_on=date(2026, 2, 21), delivered_on=None, cancelled_on=date(2026, 2, 25))
    client = make.client(quotes=(make.quote(),), projects=(order,))
    assert "quote_rejected" in indicators(client)
    assert "quote_rejected" not in indicators(client, date(2026, 2, 24))


@pytest.mark.parametrize(
    ("delivered_on", "holds"), [(date(2026, 1, 31), False), (date(2026, 1, 30), True), (date(2020, 1, 1), True)]
)
def test_no_review(delivered_on: date, holds: bool) -> None:
    """Thirty days after a delivery without a review, however long ago."""
    client = make.client(projects=(make.project(delivered_on=delivered_on, ordered_on=date(2019, 1, 1)),))
    assert ("no_review" in indicators(client)) == holds


def test_no_review_counts_once_and_asks_for_each_project() -> None:
    """Two projects without a review cost five points once; a review of one of them does not speak for the other."""
    projects = (make.project("P1"), make.project("P2", delivered_on=date(2025, 12, 1)))
    assert judged(make.client(projects=projects)).score == 95
    reviewed = (make.feedback("F1"), make.feedback("F2", project_id="P2"))
    assert indicators(make.client(projects=projects, feedback=reviewed[:1])) == ["no_review"]
    assert indicators(make.client(projects=projects, feedback=reviewed)) == []
    for given_on, expected in ((D, []), (D + timedelta(days=1), ["no_review"])):
        late = (make.feedback("F1"), make.feedback("F2", project_id="P2", given_on=given_on))
        assert indicators(make.client(projects=projects, feedback=late)) == expected


def test_a_review_by_somebody_else_is_a_review() -> None:
    """Feedback that names the project counts, also of another record or another client."""
    client = make.client(projects=(make.project(),))
    partner = make.client("C2", feedback=(make.feedback(client_id="C2"),))
    both = make.recipient(client, partner)
    assert health_of(make.shipped_programme(), client, both, (), D).indicators == ()
    alone = make.recipient(client, feedback_of_others=(make.feedback(client_id="C9"),))
    assert health_of(make.shipped_programme(), client, alone, (), D).indicators == ()


def test_a_cancelled_project_asks_for_no_review() -> None:
    """Cancelled at the day, a project counts for nothing."""
    client = make.client(projects=(make.project(cancelled_on=date(2025, 12, 1)),))
    assert indicators(client) == []


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def mail(number: int, opened_on: date | None = None, delivered_at: datetime | None = None) -> TrackedMail:
    arrived = delivered_at or noon(date(2026, 2, number))
    return TrackedMail(f"{number:032x}", "C1", arrived, noon(opened_on) if opened_on else None)


@pytest.mark.parametrize(
    ("mails", "holds"),
    [
        ((mail(1), mail(2)), False),
        ((mail(1), mail(2), mail(3)), True),
        ((mail(1, D), mail(2), mail(3), mail(4)), True),
        ((mail(1), mail(2, D), mail(3), mail(4)), False),
        ((mail(1), mail(2), mail(3, date(2026, 3, 2))), True),
        ((mail(4, D), mail(3), mail(1), mail(2)), False),
        ((mail(1), mail(2), mail(26)), True),
        ((mail(1), mail(2), mail(27)), False),  # two days old on 1 March: it has had no chance yet
        ((mail(1, D), mail(2), mail(3), mail(27)), False),
        ((mail(1), mail(2), mail(3), mail(27, D)), True),
        # Half past eleven at night in London is the next day in Amsterdam.
        ((mail(1), mail(2), mail(3, None, datetime(2026, 2, 26, 23, 30, tzinfo=UTC))), False),
    ],
)
def test_unopened(mails: tuple[TrackedMail, ...], holds: bool) -> None:
    """The last three that arrived three days ago or longer, none opened by the day by a person; in any order."""
    assert ("unopened" in indicators(make.client(), D, mails)) == holds


def test_the_last_three_are_those_of_the_latest_moments() -> None:
    """Of mails of one day the hour decides, and of one moment the message id."""
    morning = [mail(number, delivered_at=noon(date(2026, 2, 1)) - timedelta(hours=3)) for number in (7, 8)]
    opened = mail(1, D, noon(date(2026, 2, 1)) - timedelta(hours=3))
    late = mail(2, delivered_at=noon(date(2026, 2, 1)))
    assert "unopened" in indicators(make.client(), D, (*morning, opened, late))
    assert "unopened" not in indicators(make.client(), D, (*morning, opened._replace(message_id="f" * 32), late))


def test_each_sign_names_its_cause_and_day() -> None:
    """The fact that made the indicator hold last: of two complaints the later one."""
    client = make.client(
        last_activity_on=date(2025, 8, 1),
        feedback=(
            make.feedback("F1", kind="nps", score=2, given_on=date(2025, 7, 1)),
            make.feedback("F2", kind="nps", score=6, given_on=date(2025, 7, 2)),
        ),
        projects=(make.project("P9", ordered_on=date(2024, 1, 1), delivered_on=date(2024, 2, 1)),),
    )
    assert judged(client, D, (mail(1), mail(2), mail(3))).signs == (
        Sign(Indicator.INACTIVE, "", date(2025, 8, 1)),
        Sign(Indicator.NEGATIVE_FEEDBACK, "F2", date(2025, 7, 2)),
        Sign(Indicator.NO_REVIEW, "P9", date(2024, 2, 1)),
        Sign(Indicator.UNOPENED, f"{3:032x}", date(2026, 2, 3)),
    )


@pytest.mark.parametrize(
    ("as_of", "score", "band"),
    [
        (date(2026, 3, 21), 70, "at_risk"),
        (date(2026, 3, 22), 65, "at_risk"),
        (date(2026, 8, 19), 65, "at_risk"),
        (date(2026, 8, 20), 45, "critical"),
    ],
)
def test_the_example_of_the_programme(as_of: date, score: int, band: str) -> None:
    """Delivered on 20 February, a CSAT of 6 the same day, nothing since."""
    day = date(2026, 2, 20)
    client = make.client(
        last_activity_on=day,
        projects=(make.project(delivered_on=day),),
        feedback=(make.feedback(kind="csat", score=6, given_on=day),),
    )
    found = judged(client, as_of)
    assert (found.score, found.band) == (score, band)


def test_everything_at_once() -> None:
    """The points add up, and the indicators stand in the order of the programme."""
    client = make.client(
        last_activity_on=date(2025, 8, 1),
        feedback=(make.feedback(kind="nps", score=2, project_id=None, given_on=date(2025, 7, 1)),),
        quotes=(make.quote(sent_on=date(2025, 7, 1), decided_on=date(2025, 8, 1)),),
        projects=(make.project(ordered_on=date(2024, 1, 1), delivered_on=date(2024, 2, 1)),),
    )
    found = judged(client, D, (mail(1), mail(2), mail(3)))
    assert found.score == 20
    assert found.band == Band.CRITICAL
    assert [str(each) for each in found.indicators] == [
        "inactive",
        "negative_feedback",
        "quote_rejected",
        "no_review",
        "unopened",
    ]


@pytest.mark.parametrize(
    ("score", "band"), [(100, "healthy"), (80, "healthy"), (79, "at_risk"), (50, "at_risk"), (49, "critical")]
)
def test_bands(score: int, band: str) -> None:
    """Healthy from 80, at risk from 50, critical below."""
    assert band_of(make.shipped_programme().health, score) == band

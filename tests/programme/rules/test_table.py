"""Rules that look beside the candidate: projects delivered together, days between mails, what else stops one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.facts.records import Project, Recipient
from programme.rules.decide import Decision, decide_recipient
from programme.words.states import Flow, Outcome, Reason
from tests import factories as make

DELIVERED = date(2026, 1, 5)
EIGHT_WEEKS = date(2026, 3, 2)
DAY = timedelta(days=1)


def delivered(project_id: str, client_id: str = "C1", on: date = DELIVERED, **changes: object) -> Project:
    return make.project(
        project_id,
        client_id,
        **({"type": "uitbouw", "ordered_on": on - 20 * DAY, "delivered_on": on} | changes),  # type: ignore[arg-type]
    )


def decide(person: Recipient, as_of: date = EIGHT_WEEKS, touchpoint: str = "permit_check") -> list[Decision]:
    taken = decide_recipient(make.shipped_programme(), Flow.DAILY, person, as_of)
    return [one for one in taken if one.touchpoint == touchpoint]


def test_projects_delivered_together_get_one_mail() -> None:
    """The smallest client id and occasion go; the key of the others is closed."""
    clients = (
        make.client("C1", projects=(delivered("P2"), delivered("P3"))),
        make.client("C2", projects=(delivered("P1", "C2"),)),
    )
    found = decide(make.recipient(*clients))

    assert [(one.occasion, one.outcome, one.reason) for one in found] == [
        ("P2", Outcome.SEND, None),
        ("P3", Outcome.SKIP, Reason.SUPERSEDED),
        ("P1", Outcome.SKIP, Reason.SUPERSEDED),
    ]


def test_the_first_stands_for_the_others_whatever_became_of_it() -> None:
    """Sent yesterday or held back today: the other goes with it, as long as its window is open."""
    person = make.client(projects=(delivered("P1"), delivered("P2")))
    sent = make.recipient(person, messages=(make.message("permit_check", EIGHT_WEEKS, occasion="P1"),))

    assert [one.reason for one in decide(sent, EIGHT_WEEKS + DAY)] == [Reason.SUPERSEDED]


def test_another_due_day_is_another_mail() -> None:
    """A day apart they are judged apart, and the second waits for the day between two service mails."""
    person = make.client(projects=(delivered("P1"), delivered("P2", on=DELIVERED + DAY)))
    first = make.recipient(person, messages=(make.message("permit_check", EIGHT_WEEKS, occasion="P1"),))

    (second,) = decide(first, EIGHT_WEEKS + DAY)
    assert (second.outcome, second.reason, second.until) == (
        Outcome.DEFER,
        Reason.FREQUENCY_CAP,
        EIGHT_WEEKS + 2 * DAY,
    )
    assert [one.outcome for one in decide(first, EIGHT_WEEKS + 2 * DAY)] == [Outcome.SEND]


def test_a_condition_that_fails_for_the_first_frees_the_second() -> None:
    """Who reviewed the one project is still asked about the other."""
    review = make.feedback(kind="review", project_id="P1", given_on=DELIVERED + DAY)
    person = make.client(projects=(delivered("P1"), delivered("P2")), feedback=(review,))

    found = decide(make.recipient(person), DELIVERED + 30 * DAY, "review_reminder")
    assert [(one.occasion, one.outcome) for one in found] == [("P2", Outcome.SEND)]


@pytest.mark.parametrize(
    ("touchpoint", "gap", "is_held"),
    [
        ("check_in", 1, True),  # a service mail yesterday
        ("check_in", 2, False),
        ("anniversary", 1, False),  # marketing yesterday holds no service mail
    ],
)
def test_service_mails_leave_a_day_between_them(touchpoint: str, gap: int, is_held: bool) -> None:
    """A service mail asks for service mails of the day before alone."""
    person = make.client(projects=(delivered("P1"),))
    past = make.message(touchpoint, EIGHT_WEEKS - gap * DAY, occasion="P9")
    (found,) = decide(make.recipient(person, messages=(past,)))

    assert (found.reason == Reason.FREQUENCY_CAP) is is_held


def test_cross_sells_are_not_for_who_builds_for_others() -> None:
    """Of contractor and architect no cross-sell is due; of everybody else it is."""
    as_of = date(2026, 4, 5)
    for kind, is_due in (("consument", True), ("aannemer", False), ("architect", False)):
        person = make.client(kind=kind, projects=(delivered("P1"),))
        assert bool(decide(make.recipient(person), as_of, "uitbouw_to_draagmuur")) is is_due


def test_a_decision_keeps_all_that_stops_it_and_when_that_ends() -> None:
    """The first rule decides; the others follow in the order of the table, and the last end counts."""
    yearly = delivered("P1", on=date(2025, 3, 2))
    past = (make.message("build_check", EIGHT_WEEKS), make.message("check_in", EIGHT_WEEKS - 4 * DAY))
    person = make.client(projects=(yearly,), feedback=(make.feedback(kind="csat", score=3),))

    (found,) = decide(make.recipient(person, messages=past), touchpoint="anniversary")
    assert found.reason == Reason.OPEN_CASE
    assert found.also == (Reason.OUTRANKED, Reason.FREQUENCY_CAP)
    assert found.until == EIGHT_WEEKS + 3 * DAY


@given(st.lists(st.integers(1, 9), max_size=6), st.booleans())
def test_until_is_the_first_day_without_a_cap(days_ago: list[int], is_marketing: bool) -> None:
    """On every day before `until` the cap holds, on `until` it does not."""
    touchpoint = "anniversary" if is_marketing else "permit_check"
    project = delivered("P1", on=date(2025, 3, 2) if is_marketing else DELIVERED)
    past = tuple(make.message("check_in", EIGHT_WEEKS - ago * DAY, occasion=f"P{n}") for n, ago in enumerate(days_ago))
    person = make.recipient(make.client(projects=(project,)), messages=past)

    (first,) = decide(person, touchpoint=touchpoint)
    if first.until is None:
        assert first.reason != Reason.FREQUENCY_CAP
        return
    later = EIGHT_WEEKS
    while later < first.until:
        assert [one.reason for one in decide(person, later, touchpoint)] == [Reason.FREQUENCY_CAP]
        later += DAY
    assert [one.outcome for one in decide(person, first.until, touchpoint)] == [Outcome.SEND]

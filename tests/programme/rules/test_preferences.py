"""What a recipient chose on the preference page, in the table of section 4 (preferences.md)."""

from datetime import date, timedelta

import pytest

from programme.facts.known import known_at
from programme.facts.preferences import wanted_at
from programme.facts.records import Preference, Recipient
from programme.rules.decide import Decision, decide_recipient, recheck_reason
from programme.words.states import Flow, Outcome, Reason, Topic
from tests import factories as make

DELIVERED = date(2025, 3, 2)
ANNIVERSARY = date(2026, 3, 2)
PERMIT = DELIVERED + timedelta(weeks=8)
OLD = {"ordered_on": date(2025, 2, 1), "delivered_on": DELIVERED}


def chosen(name: str, value: str, on: date) -> Preference:
    return Preference(name, value, on)


def person(*preferences: Preference, **changes: object) -> Recipient:
    client = make.client(projects=(make.project(type="uitbouw", value_cents=300_000, **OLD),), id_crc32=0)
    return make.recipient(client, preferences=preferences, **changes)  # type: ignore[arg-type]


def decide(who: Recipient, as_of: date = ANNIVERSARY) -> dict[str, Decision]:
    return {one.touchpoint: one for one in decide_recipient(make.shipped_programme(), Flow.DAILY, who, as_of)}


def test_a_topic_that_is_off_is_skipped_from_its_day_on_and_stays_open() -> None:
    """The anniversary is of the club; the season's mail, of the ideas, now goes in its place."""
    off = chosen("topic:club", "off", ANNIVERSARY)
    found = decide(person(off))

    assert (found["anniversary"].outcome, found["anniversary"].reason) == (Outcome.SKIP, Reason.NOT_WANTED)
    assert found["anniversary"].status is None
    assert found["seasonal"].outcome == Outcome.SEND
    assert decide(person(off._replace(on=ANNIVERSARY + timedelta(days=1))))["anniversary"].outcome == Outcome.SEND


def test_service_too_can_be_switched_off() -> None:
    """A topic is a topic: also where no consent is asked."""
    assert decide(person(chosen("topic:project", "off", DELIVERED)), PERMIT)["permit_check"].reason == "not_wanted"


def test_the_latest_choice_of_a_day_counts() -> None:
    """Off and on again on one day is on; as of an earlier day the earlier choice holds."""
    before = ANNIVERSARY - timedelta(days=9)
    turns = [chosen("topic:club", "on", before), chosen("topic:club", "off", ANNIVERSARY)]

    assert wanted_at(turns, ANNIVERSARY).unwanted == {"club"}
    assert wanted_at([*turns, chosen("topic:club", "on", ANNIVERSARY)], ANNIVERSARY).unwanted == set()
    assert wanted_at(turns, before).unwanted == set()
    assert not wanted_at(turns, before).is_less_often  # which was not chosen


@pytest.mark.parametrize(
    ("months", "on", "until"),
    [("1", date(2026, 2, 28), date(2026, 3, 28)), ("3", date(2025, 12, 31), date(2026, 3, 31))],
)
def test_a_pause_defers_marketing_until_its_day(months: str, on: date, until: date) -> None:
    """Calendar months from the day of the choice, and `until` is that day."""
    found = decide(person(chosen("pause", months, on)))["anniversary"]

    assert (found.outcome, found.reason, found.until) == (Outcome.DEFER, Reason.PAUSED, until)


def test_a_pause_is_over_on_its_day_and_can_be_ended() -> None:
    """D < day + months: on that day it is over. Service mail never waits for it."""
    over, waits = chosen("pause", "1", date(2026, 2, 2)), chosen("pause", "1", date(2026, 2, 3))

    assert decide(person(over))["anniversary"].outcome == Outcome.SEND
    assert decide(person(waits))["anniversary"].reason == Reason.PAUSED
    assert decide(person(waits, chosen("pause", "0", ANNIVERSARY)))["anniversary"].outcome == Outcome.SEND
    assert decide(person(chosen("pause", "6", DELIVERED)), PERMIT)["permit_check"].outcome == Outcome.SEND


def test_the_order_of_the_table() -> None:
    """No consent comes before not wanted; an invoice before the pause; both before the distance to other mails."""
    paused, off = chosen("pause", "6", ANNIVERSARY), chosen("topic:club", "off", ANNIVERSARY)
    mailed = make.message("build_check", ANNIVERSARY - timedelta(days=6))
    both = decide(person(paused, off, messages=(mailed,)))["anniversary"]

    assert both.reason == Reason.NOT_WANTED
    assert both.also == (Reason.PAUSED, Reason.FREQUENCY_CAP)
    assert both.until == date(2026, 9, 2)
    order = list(Reason)
    assert order.index(Reason.NOT_WANTED) == order.index(Reason.NO_CONSENT) + 1
    assert order.index(Reason.PAUSED) == order.index(Reason.OVERDUE_INVOICE) + 1


@pytest.mark.parametrize(("days", "reason"), [(29, "frequency_cap"), (30, None)])
def test_less_often_asks_a_month_for_marketing(days: int, reason: str | None) -> None:
    """D-29 … D-1, and until 30 days after that mail."""
    mailed = make.message("build_check", ANNIVERSARY - timedelta(days=days))
    found = decide(person(chosen("less_often", "on", DELIVERED), messages=(mailed,)))["anniversary"]

    assert found.reason == reason
    assert found.until == (mailed.as_of + timedelta(days=30) if reason else None)
    assert decide(person(messages=(mailed,)))["anniversary"].outcome == Outcome.SEND


def test_the_building_work_is_done_for_what_was_delivered_so_far() -> None:
    """Permit and build are not asked about it any more; feedback is, and a later project is another."""
    later = make.project("P2", type="dakkapel", ordered_on=DELIVERED, delivered_on=PERMIT)
    client = make.client(projects=(make.project(type="uitbouw", **OLD), later), id_crc32=0)
    done = make.recipient(client, preferences=(chosen("built", "on", DELIVERED),))

    assert decide(done, PERMIT)["permit_check"].reason == Reason.NOT_WANTED
    assert decide(done, PERMIT + timedelta(weeks=8))["permit_check"].outcome == Outcome.SEND
    assert decide(done, PERMIT + timedelta(days=3))["feedback_request"].reason != Reason.NOT_WANTED


def test_the_claim_asks_what_is_wanted_again() -> None:
    """3b with rules 1 to 3; of a permit question it looks at the project. A pause is for the next decision."""
    programme = make.shipped_programme()
    kinds = programme.kinds
    off = person(chosen("topic:club", "off", ANNIVERSARY), chosen("pause", "6", ANNIVERSARY))
    built = person(chosen("built", "on", DELIVERED))

    def again(kind: str, who: Recipient, occasion: str = "P1") -> Reason | None:
        return recheck_reason(programme, kinds[kind], who, who.clients[0], ANNIVERSARY, occasion)

    assert again("anniversary", off) == Reason.NOT_WANTED
    assert again("seasonal", off, "2026-03") is None
    assert again("permit_check", built) == Reason.NOT_WANTED
    assert again("permit_check", built, "P9") is None


def test_a_forecast_knows_the_choices_made_by_its_first_day() -> None:
    """Of later ones it knows nothing."""
    kept = chosen("topic:club", "off", ANNIVERSARY)
    later = chosen("topic:ideas", "off", ANNIVERSARY + timedelta(days=1))

    assert known_at(person(kept, later), ANNIVERSARY).preferences == (kept,)


def test_every_mail_of_the_programme_names_its_topic() -> None:
    """Touchpoints and templates of campaigns; nothing that a client asked for or is owed can be switched off."""
    programme = make.shipped_programme()
    by_topic = {topic: {name for name, kind in programme.kinds.items() if kind.topic == topic} for topic in Topic}

    assert {"permit_check", "build_check", "feedback_request"} <= by_topic[Topic.PROJECT]
    assert by_topic[Topic.CLUB] == {"anniversary", "tier_upgrade"}
    assert {"seasonal", "dakkapel_to_uitbouw", "newsletter", "win_back", "price_news"} <= by_topic[Topic.IDEAS]
    assert by_topic[Topic.EVENTS] == {"webinar_invitation", "vip_event"}
    assert all(programme.kinds[name].topic for name in (*programme.touchpoints, *programme.campaigns))
    assert programme.kinds["reward_paid"].topic is None

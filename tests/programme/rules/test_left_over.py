"""What becomes of a message that was left planned: by the facts, by its window, and as a plan foresees it."""

from datetime import date, timedelta

from programme.rules.decide import Decision
from programme.rules.left_over import NO_LONGER_DUE, Fate, Foreseen, fate_by_facts, fate_by_window
from programme.words.states import Flow, MessageStatus, Outcome, Reason
from tests import factories as make

DAY = date(2026, 3, 2)
KEY = ("C1", "check_in", "P1")
BEFORE = DAY - timedelta(days=1)


def decision(client_id: str = "C1", flow: Flow = Flow.DAILY) -> Decision:
    days = {"as_of": DAY, "due_on": DAY, "closes_on": DAY}
    words = {"recipient": "karin@voorbeeld.nl", "touchpoint": "check_in", "occasion": "P1", "segment": "starter"}
    none = {"reason": None, "tier": None, "project_id": None, "quote_id": None}
    return Decision(client_id=client_id, flow=flow, outcome=Outcome.SEND, priority=1, **days, **words, **none)  # type: ignore[arg-type]


def by_facts(found: Decision | None, stopped_by: Reason | None = None, closes_on: date = DAY) -> Fate:
    return fate_by_facts("m1", KEY, closes_on, found, stopped_by, DAY)


def test_the_last_day_of_the_window_still_counts() -> None:
    """On that day it goes, or is no longer due by the facts; a day later its time is over."""
    assert fate_by_window("m1", KEY, DAY, DAY).outcome is Outcome.SEND
    assert fate_by_window("m1", KEY, BEFORE, DAY).outcome is MessageStatus.EXPIRED
    assert by_facts(None)[2:4] == (MessageStatus.CANCELLED, NO_LONGER_DUE)
    assert by_facts(None, closes_on=BEFORE)[2:4] == (MessageStatus.EXPIRED, None)


def test_a_rule_ends_it_and_an_open_case_lets_it_wait() -> None:
    """With the rule's name; what nothing stops is sent by the facts of the day, whatever window it was planned with."""
    found = decision()
    assert by_facts(found, Reason.NO_CONSENT) == Fate("m1", KEY, MessageStatus.CANCELLED, "no_consent")
    assert by_facts(found, Reason.OPEN_CASE) == Fate("m1", KEY, Outcome.DEFER, "open_case", found)
    assert by_facts(found, closes_on=BEFORE) == Fate("m1", KEY, Outcome.SEND, None, found)
    assert [by_facts(found, each).stays for each in (None, Reason.OPEN_CASE, Reason.NO_CONSENT)] == [True, True, False]


def test_a_plan_sees_each_message_as_the_run_would_leave_it() -> None:
    """What goes or waits is of the day, what ends has its end, and what has no fate is as it was."""
    old = {"client_id": "C1", "status": MessageStatus.PLANNED}
    messages = [make.message(name, BEFORE, **old) for name in ("check_in", "anniversary", "seasonal", "win_back")]
    keys = [(each.client_id, each.touchpoint, each.occasion) for each in messages]
    waits = Fate("m2", keys[1], Outcome.DEFER, "open_case", decision())
    foreseen = Foreseen(
        [Fate("m1", keys[0], Outcome.SEND), waits, Fate("m3", keys[2], MessageStatus.CANCELLED, "no_consent")], DAY
    )
    seen = foreseen.seen_by(make.recipient(make.client(), messages=tuple(messages))).messages
    assert [(each.as_of, each.status) for each in seen] == [
        (DAY, MessageStatus.PLANNED),
        (DAY, MessageStatus.PLANNED),
        (BEFORE, MessageStatus.CANCELLED),
        (BEFORE, MessageStatus.PLANNED),
    ]


def test_only_what_would_be_sent_takes_a_place_in_the_plan() -> None:
    """Of its own flow: not what waits, and not a campaign's mail, which no decision brings back."""
    sent, other, waiting = decision(), decision("C2", Flow.WIN_BACK), decision("C3")
    fates = [
        Fate("m1", KEY, Outcome.SEND, None, sent),
        Fate("m2", ("C2", "check_in", "P1"), Outcome.SEND, None, other),
        Fate("m3", ("C3", "check_in", "P1"), Outcome.DEFER, "open_case", waiting),
        Fate("m4", ("C4", "newsletter", "lente"), Outcome.SEND),
    ]
    foreseen = Foreseen(fates, DAY)
    everybody = make.recipient(*map(make.client, ("C1", "C2", "C3", "C4")))
    assert foreseen.decisions_of(everybody, Flow.DAILY) == [sent]
    assert foreseen.due(Flow.DAILY) == {("karin@voorbeeld.nl", "C1", "check_in")}
    assert foreseen.due(Flow.WIN_BACK) == {("karin@voorbeeld.nl", "C2", "check_in")}

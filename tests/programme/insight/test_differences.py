"""Two lists of decisions over the same days: who gains, loses, moves, and that the counts add up."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from programme.insight.differences import NOT_DUE, ChangeKind, Differences, MessageChange, changed_keys, changes_between
from programme.rules.decide import DEFERRING_REASONS, Decision
from programme.words.states import Flow, Outcome, Reason
from tests import factories as make

DAY = date(2026, 3, 2)


def decision(day: int = 0, reason: Reason | None = None, **changes: Any) -> Decision:
    """A seasonal mail of client C1 that is sent on DAY + `day`, or for a reason is not."""
    outcome = Outcome.SEND if reason is None else Outcome.DEFER if reason in DEFERRING_REASONS else Outcome.SKIP
    defaults: dict[str, Any] = {
        "flow": Flow.DAILY,
        "client_id": "C1",
        "recipient": "jan@voorbeeld.nl",
        "touchpoint": "seasonal",
        "occasion": "2026-03",
        "due_on": DAY,
        "closes_on": DAY + timedelta(days=21),
        "segment": "overig",
        "tier": "brons",
        "priority": 20,
        "project_id": None,
        "quote_id": None,
    }
    return Decision(as_of=DAY + timedelta(days=day), outcome=outcome, reason=reason, **(defaults | changes))


def only_change(now: list[Decision], new: list[Decision]) -> MessageChange:
    (change,) = changes_between(now, new)
    return change


def test_sent_in_both_on_one_day_is_no_change() -> None:
    """Neither are two that are not sent, whatever the reasons."""
    assert changes_between([decision()], [decision()]) == []
    assert changes_between([decision(0, Reason.NO_CONSENT)], [decision(3, Reason.FREQUENCY_CAP)]) == []
    assert changes_between([decision(0, Reason.NO_CONSENT)], []) == []


def test_another_day_is_a_move() -> None:
    """Deferred once more, and sent later: moved, with both days."""
    change = only_change([decision(1)], [decision(1, Reason.FREQUENCY_CAP), decision(2)])

    assert change.kind == ChangeKind.MOVED
    assert (change.now.on, change.new.on) == (DAY + timedelta(days=1), DAY + timedelta(days=2))
    assert change.new.reason is None


def test_no_longer_sent_is_lost_with_the_last_reason() -> None:
    """The reason is that of the last day on which a run looked at it."""
    capped = [decision(4, Reason.OUTRANKED), decision(5, Reason.FREQUENCY_CAP)]
    change = only_change([decision()], capped)

    assert (change.kind, change.new.outcome, change.new.reason) == (ChangeKind.LOST, "defer", "frequency_cap")
    assert change.new.on == DAY + timedelta(days=5)
    assert change.new.open_after(DAY + timedelta(days=5)) == DAY + timedelta(days=21)
    assert change.new.open_after(DAY + timedelta(days=21)) is None


def test_never_a_candidate_is_not_due() -> None:
    """What one of the programmes never looks at has no day, and says so."""
    gained = only_change([], [decision()])
    lost = only_change([decision()], [])

    assert (gained.kind, gained.now.on, gained.now.reason) == (ChangeKind.GAINED, None, NOT_DUE)
    assert (lost.kind, lost.new.on, lost.new.outcome) == (ChangeKind.LOST, None, NOT_DUE)
    assert gained.recipient == lost.recipient == "jan@voorbeeld.nl"


def test_another_tier_on_the_same_day_is_a_change() -> None:
    """The mail may then say other things; a longer window alone is none."""
    assert only_change([decision()], [decision(tier="zilver")]).kind == ChangeKind.CHANGED
    assert changes_between([decision()], [decision(closes_on=DAY)]) == []


def test_a_key_is_client_touchpoint_and_occasion() -> None:
    """The same touchpoint of another project is another message: one is lost, one gained."""
    changes = changes_between([decision(occasion="P1")], [decision(occasion="P2")])

    assert [(change.kind, change.occasion) for change in changes] == [
        (ChangeKind.LOST, "P1"),
        (ChangeKind.GAINED, "P2"),
    ]


DECISIONS = st.dictionaries(
    st.tuples(
        st.sampled_from(["C1", "C2", "C3"]), st.sampled_from(["seasonal", "win_back"]), st.sampled_from(["a", "b"])
    ),
    st.tuples(st.integers(0, 3), st.sampled_from([None, None, Reason.NO_CONSENT, Reason.OUTRANKED])),
)


def listed(drawn: dict[tuple[str, str, str], tuple[int, Reason | None]]) -> list[Decision]:
    return [
        decision(day, reason, client_id=key[0], touchpoint=key[1], occasion=key[2])
        for key, (day, reason) in drawn.items()
    ]


@given(DECISIONS, DECISIONS)
def test_the_counts_add_up(now: Any, new: Any) -> None:
    """Of each touchpoint: new = now + gained - lost; the changes are those counted."""
    differences = Differences()
    changes = differences.add(listed(now), listed(new))

    for line in differences.lines(make.shipped_programme()):
        assert line.new == line.now + line.gained - line.lost
    assert len(changes) == sum(differences.total(kind) for kind in ChangeKind)
    for kind in ChangeKind:
        assert differences.clients[kind] == len({change.client_id for change in changes if change.kind == kind})


@given(DECISIONS, DECISIONS)
def test_the_other_way_round_is_the_mirror(now: Any, new: Any) -> None:
    """Who gains from A to B loses from B to A; moves and changes stay."""
    there, back = changes_between(listed(now), listed(new)), changes_between(listed(new), listed(now))
    mirrored = {
        ChangeKind.GAINED: ChangeKind.LOST,
        ChangeKind.LOST: ChangeKind.GAINED,
        ChangeKind.MOVED: ChangeKind.MOVED,
        ChangeKind.CHANGED: ChangeKind.CHANGED,
    }

    assert [(mirrored[each.kind], each.now, each.new) for each in there] == [(b.kind, b.new, b.now) for b in back]


@given(DECISIONS)
def test_a_programme_against_itself_changes_nothing(now: Any) -> None:
    """Equal lists have no differences."""
    assert changes_between(listed(now), listed(now)) == []


def test_the_keys_that_differ_are_named() -> None:
    """Dotted, with both values; parts of a list go by their id, a part that one of them lacks has no value there."""
    now = make.shipped_programme()
    new = make.programme(**{"caps.marketing_gap_days": 10, "touchpoints.seasonal.offset": "1 week"})

    keys = {key.key: (key.now, key.new) for key in changed_keys(now, new)}

    assert keys == {"caps.marketing_gap_days": (7, 10), "touchpoints.seasonal.offset": ("0 days", "7 days")}
    assert changed_keys(now, now) == []
    tiers = list(now.model_dump(mode="json")["tiers"])
    tiers[-1] = tiers[-1] | {"discount_percent": 25}
    assert [key.key for key in changed_keys(now, make.programme(tiers=tiers))] == ["tiers[platinum].discount_percent"]
    touchpoints = {name: each for name, each in now.touchpoints.items() if name != "win_back"}
    without = now.model_copy(update={"touchpoints": touchpoints})
    gone = changed_keys(now, without)
    assert all(key.key.startswith("touchpoints.win_back.") and key.new is None for key in gone)
    assert gone
    fewer = changed_keys(now, now.model_copy(update={"tiers": now.tiers[:-1]}))
    assert "tiers[platinum].discount_percent" in [key.key for key in fewer]
    assert all(key.key.startswith("tiers[platinum].") and not key.key.endswith(".id") for key in fewer)

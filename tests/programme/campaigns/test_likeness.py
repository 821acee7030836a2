"""Recipients who are alike to a campaign get equal decisions, whatever else is known of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import combinations, product
from typing import Any

import pytest

from programme.campaigns.audience.audiences import Audience, Traits
from programme.campaigns.audience.traits import Area
from programme.campaigns.campaign import Campaign, judge_recipient
from programme.campaigns.form.order import read_order
from programme.campaigns.likeness import LikenessRule
from programme.facts.records import Client, Delivery, Preference, Recipient, WonReferral
from tests import factories as make
from tests.programme.campaigns.test_campaigns import DAY, form

LATER, AGO = DAY + timedelta(days=1), DAY - timedelta(days=100)
TRIAL = {"touchpoint": "newsletter", "first_on": DAY, "last_on": DAY, "holdout_share": 0.5}
REPEAT_DAYS = 40
PROGRAMME = make.programme(
    **{"campaigns.newsletter.pause": True, "campaigns.newsletter.repeat_days": REPEAT_DAYS},
    experiments={"lente": TRIAL, "seizoen": TRIAL | {"touchpoint": "seasonal"}},
)

PROJECT: dict[str, Any] = {"ordered_on": AGO, "delivered_on": AGO, "built_year": None, "value_cents": 60_000}
WON = WonReferral("R1", "C1", (Delivery(AGO, None),))


def owning(*projects: dict[str, Any]) -> dict[str, Any]:
    return {"projects": tuple(make.project(f"P{number}", **PROJECT | one) for number, one in enumerate(projects))}


RECORDS: tuple[dict[str, Any], ...] = (
    owning(),
    owning({}),
    owning({"value_cents": 1_200_000}),
    owning({"built_year": DAY.year - 2}),
    owning({"delivered_on": None}),
    owning({"delivered_on": None, "ordered_on": LATER}),
    owning({"delivered_on": LATER}),
    owning({"cancelled_on": DAY}),
    owning({"type": "fundering"}),
    owning({"postcode": "1000 AA"}),
    owning({"monument": True}),
    owning({}, {}),
    owning({}, {"address": "Dam 2"}),
    owning({}, {"delivered_on": None}),
    owning({}, {"type": "fundering", "delivered_on": DAY}),
    owning({}, {}, {}),
    owning({}, {}, {}) | {"invoices": (make.invoice(due_on=AGO),)},
    owning({}, {}, {}) | {"invoices": (make.invoice("V1", paid_on=AGO), make.invoice("V2", due_on=AGO))},
    owning({}, {}, {}) | {"invoices": (make.invoice("V1", paid_on=AGO), make.invoice("V2", due_on=LATER))},
    {"kind": "aannemer"},
    {"consent": "no"},
    {"consent": "unknown"},
    {"invoices": (make.invoice(due_on=AGO),)},
    {"won_referrals": (WON,)},
    {"won_referrals": (WON,) * 3},
    {"feedback": (make.feedback(kind="other", negative=True, given_on=DAY),)},
    {"recipient": ""},
    {"client_id": "C5"},  # held out
)
DAYS = [DAY - timedelta(days=ago) for ago in (-1, 0, 1, 2, 6, 7, REPEAT_DAYS - 1, REPEAT_DAYS, 59, 60)]
KINDS = (  # with the flow that sent it, and its purpose
    ("anniversary", "daily", "marketing"),
    ("anniversary", "direct", "marketing"),
    ("check_in", "daily", "service"),
    ("permit_check", "daily", "service"),
    ("newsletter", "campaign", "marketing"),
    ("survey_csat", "campaign", "service"),
    ("case_ack", "care", "service"),
    ("gone", "daily", "marketing"),
    ("gone", "direct", "marketing"),
    ("gone", "care", "service"),
)
MESSAGES = [make.message(kind, day, flow=flow, purpose=purpose) for (kind, flow, purpose), day in product(KINDS, DAYS)]
OTHERS = [
    make.message("newsletter", AGO, occasion="lentebrief-2026", flow="campaign"),
    make.message("anniversary", DAY, status="rejected"),
    make.message("check_in", DAY - timedelta(days=1), recipient="oud@voorbeeld.nl"),
]


def record(changes: dict[str, Any]) -> Client:
    return make.client(**{"consent": "yes"} | owning({}) | changes)


def recipients() -> Iterator[Recipient]:
    """Each record alone, beside another one, on the list, and with each message; and each two messages together."""
    plain = record({})
    for one in map(record, RECORDS):
        yield make.recipient(one)
        yield make.recipient(one, suppressed_since=DAY, suppression_reason="bounce")
        yield make.recipient(one, suppressed_since=LATER, suppression_reason="bounce")
        other = replace(plain, client_id="C9", recipient=one.recipient)
        yield make.recipient(one, other)
        yield make.recipient(one, replace(one, client_id="C9"))
        for message in [*MESSAGES[::3], *OTHERS]:
            yield make.recipient(one, messages=(message,))
    for pair in combinations([*MESSAGES[::3], *OTHERS], 2):
        yield make.recipient(plain, messages=pair)
    early, late = record({}), record(owning({"delivered_on": DAY}))
    yield make.recipient(early, replace(late, client_id="C9"))
    yield make.recipient(late, replace(early, client_id="C9"))


EVERYBODY = list(recipients())


def asked(audience: Audience | None = None, **message: Any) -> Campaign:
    order = read_order(PROGRAMME, form(**message), DAY)
    assert order.campaign is not None, order.faults
    return replace(order.campaign, audience=audience or Audience())


CAMPAIGNS = {
    "a repeated mail": asked(),
    "a survey": asked(template="survey_nps", subject="", intro=""),
    "a place": asked(Audience(none_of=Traits(areas=(Area(8900, 8999),), monument=True))),
    "a project": asked(
        Audience(any_of=Traits(last_types=("fundering",), tiers=("zilver", "goud"))), template="free_text"
    ),
}


def verdict(campaign: Campaign, recipient: Recipient) -> Any:
    """All of a judgement but whose it is; of several records, which one gets it."""
    found = judge_recipient(PROGRAMME, campaign, recipient, DAY)
    if found is None or found.decision is None:
        return found
    place = [client.client_id for client in recipient.clients].index(found.decision.client_id)
    return found.decision._replace(client_id=str(place), recipient="")


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_who_are_alike_get_equal_decisions(name: str) -> None:
    """With outcome, reasons, end, segment and tier; and of so many people far fewer need be judged."""
    campaign = CAMPAIGNS[name]
    rule = LikenessRule(PROGRAMME, campaign, DAY)
    assert rule.applies
    verdicts = defaultdict(set)
    for recipient in EVERYBODY:
        verdicts[rule.of_recipient(recipient)].add(verdict(campaign, recipient))
    assert None not in verdicts
    assert [found for found in verdicts.values() if len(found) > 1] == []
    assert len(verdicts) == rule.size < len(EVERYBODY) / 4


@pytest.mark.parametrize(
    "rare",
    [
        make.recipient(make.client(is_erased=True)),
        make.recipient(make.client(name="Jan de Vries (overleden)")),
        make.recipient(make.client(), make.client("C2", is_erased=True)),
        make.recipient(preferences=(Preference("topic:ideas", "off", DAY),)),
        make.recipient(handed_over=(make.message("check_in", DAY),)),
    ],
)
def test_who_has_what_few_have_is_judged_alone(rare: Recipient) -> None:
    """A choice, a note of death, an erased record, a mail that left on another day than its own."""
    assert LikenessRule(PROGRAMME, CAMPAIGNS["a repeated mail"], DAY).of_recipient(rare) is None


def test_who_is_held_out_is_alike_to_nobody_who_is_not() -> None:
    """Where the campaign's own template is on trial; a trial of another mail parts nobody."""
    treated, held_out = (make.recipient(record({"client_id": each})) for each in ("C1", "C5"))
    for touchpoint, is_alike in (("newsletter", False), ("seasonal", True)):
        programme = make.programme(experiments={"lente": TRIAL | {"touchpoint": touchpoint}})
        rule = LikenessRule(programme, CAMPAIGNS["a repeated mail"], DAY)
        assert (rule.of_recipient(treated) == rule.of_recipient(held_out)) is is_alike


def test_by_activity_nobody_is_alike() -> None:
    """The last activity of each is another day."""
    for traits in (Traits(active_months=6), Traits(quiet_months=6)):
        assert not LikenessRule(PROGRAMME, asked(Audience(none_of=traits)), DAY).applies


@pytest.mark.parametrize(("name", "first"), [("a repeated mail", REPEAT_DAYS - 1), ("a survey", 59), ("a project", 6)])
def test_messages_count_from_a_day(name: str, first: int) -> None:
    """Of the gap of the caps, of the repeat, or of the budget of surveys, whichever reaches back furthest."""
    assert LikenessRule(PROGRAMME, CAMPAIGNS[name], DAY).since == DAY - timedelta(days=first)

"""Plain recipients of one sort are alike, and so are their mails."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from programme.campaigns.likeness import LikenessRule
from programme.campaigns.sorts import MORE_FACTS, PROJECT_FACTS, SortRule
from programme.facts.records import Client
from tests import factories as make
from tests.programme.campaigns.test_campaigns import DAY
from tests.programme.campaigns.test_likeness import CAMPAIGNS, PROGRAMME, RECORDS, TRIAL, record, verdict

ABOVE = PROGRAMME.personalisation.personal_above_cents
PLAIN = [
    record(changes | others)
    for changes in RECORDS
    if changes.keys() <= {"projects", "recipient"} and len(changes.get("projects", ())) < 2
    for others in (
        {"kind": kind, "consent": consent, "client_id": client_id}
        for kind, consent, client_id in product(("consument", "aannemer"), ("yes", "no", "unknown"), ("C1", "C2", "C5"))
    )
]


def sort_of(rule: SortRule, one: Client) -> Hashable:
    project = one.projects[0] if one.projects else None
    facts: list[Any] = [one.client_id, one.kind, one.consent]
    facts += [getattr(project, name, None) for name in (*PROJECT_FACTS, "postcode", *MORE_FACTS)]
    (found,) = rule.of(bool(one.recipient), [[fact] for fact in (*facts, one.name, one.tracking_consent)])
    return found


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_who_are_of_one_sort_are_alike(name: str) -> None:
    """By the likeness of all their facts, and by their decisions; of so many people there are fewer sorts."""
    campaign = CAMPAIGNS[name]
    likeness, sorts = LikenessRule(PROGRAMME, campaign, DAY), SortRule(PROGRAMME, campaign, DAY)
    found = defaultdict(set)
    for one in PLAIN:
        recipient = make.recipient(one)
        found[sort_of(sorts, one)].add((likeness.of_recipient(recipient), verdict(campaign, recipient)))
    assert [each for each in found.values() if len(each) > 1] == []
    assert len(found) < len(PLAIN)


def test_who_is_held_out_is_of_another_sort() -> None:
    """Where the campaign's own template is on trial, and only there."""
    treated, held_out = record({"client_id": "C1"}), record({"client_id": "C5"})
    for touchpoint, is_same in (("newsletter", False), ("seasonal", True)):
        programme = make.programme(experiments={"lente": TRIAL | {"touchpoint": touchpoint}})
        rule = SortRule(programme, CAMPAIGNS["a repeated mail"], DAY)
        assert (sort_of(rule, treated) == sort_of(rule, held_out)) is is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({"name": "Jan de Vries"}, {"name": "Anna Bos"}, True),
        ({"name": "Jan de Vries"}, {"name": "Bouwbedrijf Bos B.V."}, False),
        ({"tracking_consent": None}, {"tracking_consent": True}, False),
        ({"type": "uitbouw"}, {"type": "dakkapel"}, False),
        ({"engineer": None}, {"engineer": "ir. S. Wiersma"}, False),
        ({"monument": False}, {"monument": True}, False),
        ({"value_cents": ABOVE}, {"value_cents": ABOVE + 1}, False),
        ({"value_cents": ABOVE + 1}, {"value_cents": ABOVE + 2}, True),
        ({"postcode": "8921 AB"}, {"postcode": "8999 ZZ"}, True),
        ({"postcode": "8921 AB"}, {"postcode": "9000 AA"}, False),
    ],
)
def test_a_sort_is_as_fine_as_mails_and_audiences_look(
    one: dict[str, Any], other: dict[str, Any], is_same: bool
) -> None:
    """Of a name whether it is that of a firm; of a value the bound of what is personal; of a place the areas asked."""
    rule = SortRule(PROGRAMME, CAMPAIGNS["a place"], DAY)

    def sort(facts: dict[str, Any]) -> Hashable:
        of_client = {name: fact for name, fact in facts.items() if name in ("name", "tracking_consent")}
        of_project = {name: fact for name, fact in facts.items() if name not in of_client}
        plain = record(of_client)
        return sort_of(rule, replace(plain, projects=(plain.projects[0]._replace(**of_project),)))

    assert (sort(one) == sort(other)) is is_same

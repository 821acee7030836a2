"""What stands on an artifact's card, all that many readers see of a run."""

from datetime import date
from typing import Any

import pytest

from programme.words.states import Flow, RunMode
from tasks.runs.day import DayReport


@pytest.mark.parametrize(
    ("fate", "told"),
    [
        ("rejected", "geweigerd 2"),
        ("in_doubt", "in twijfel 2"),
        ("left", "blijft liggen 2"),
        ("unfit", "niet op te maken 2"),
    ],
)
def test_a_day_that_went_says_on_its_card_what_did_not(fate: str, told: str) -> None:
    """Such a run ends green, so nothing else would lead to the mails that did not go."""
    from flows.ui.artifacts.day import card_of_day

    report = DayReport(Flow.DAILY, date(2026, 3, 2), RunMode.SEND)
    report.delivered.update({"accepted": 3, fate: 2})
    assert card_of_day(report) == f"Verstuurd 3, {told}, wacht 0, niet 0"


@pytest.mark.parametrize(("samples", "told"), [([], ""), ([object()], "; met voorbeelden")])
def test_a_look_without_an_example_claims_none(samples: list[Any], told: str) -> None:
    """As of a campaign that nobody gets."""
    from flows.ui.artifacts.campaign import card_of_plan

    assert card_of_plan(len(samples), samples, "Brief lente") == f"{len(samples)} krijgen de mail{told}: Brief lente"

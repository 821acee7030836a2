"""What stands on an artifact's card, all that many readers see of a run."""

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from programme.campaigns.audience.audiences import Audience
from programme.inbound.answers import Question
from programme.sending.report import DayReport
from programme.words.states import Flow, RunMode
from tasks.inbound.day_summary import DaySummary
from tests.factories import programme, shipped_programme

ALL = Audience()


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


def test_a_campaign_that_went_says_what_is_in_doubt() -> None:
    """On its card and its page; a new start sends what waits and none of those, so the page asks for none."""
    from flows.ui.artifacts.campaign import card_of_sent, sent_markdown

    report = DayReport(Flow.DAILY, date(2026, 3, 2), RunMode.SEND)
    report.delivered.update({"in_doubt": 41})
    assert card_of_sent(report, "Brief: lente") == "Verstuurd 0, in twijfel 41: Brief: lente"
    programme = shipped_programme()
    campaign = cast("Any", SimpleNamespace(name="lente", template=programme.kinds.in_log("newsletter"), audience=ALL))

    told = sent_markdown(report, programme, campaign, {"in_doubt": 41}, None)
    assert "In twijfel: 41." in told
    assert "Start de campagne opnieuw" not in told
    assert "Nog niet klaar: 2. Start" in sent_markdown(report, programme, campaign, {"planned": 2}, None)


def test_large_numbers_are_written_as_in_dutch() -> None:
    """On cards, in sentences and in tables: 1.234, as the desk and the mails write them."""
    from flows.ui.artifacts.day import card_of_day, day_table, summary_of_day

    report = DayReport(Flow.DAILY, date(2026, 3, 2), RunMode.SEND)
    report.counts["check_in", "send", None] = 12345
    report.delivered.update({"accepted": 12340, "in_doubt": 5})

    assert card_of_day(report) == "Verstuurd 12.340, in twijfel 5, wacht 0, niet 0"
    assert "| 12.345 | 0 | 0 |" in day_table(report, shipped_programme())
    assert summary_of_day(report)[0] == "12.345 kandidaten, 12.345 te versturen."
    assert summary_of_day(report)[1] == "Verzending: 12.340 verstuurd, 5 in twijfel."


@pytest.mark.parametrize(("samples", "told"), [([], ""), ([object()], "; met voorbeelden")])
def test_a_look_without_an_example_claims_none(samples: list[Any], told: str) -> None:
    """As of a campaign that nobody gets."""
    from flows.ui.artifacts.campaign import card_of_plan

    get_it = "1 krijgt" if samples else "0 krijgen"
    assert card_of_plan(len(samples), samples, "Brief lente") == f"{get_it} de mail{told}: Brief lente"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (datetime.fromisoformat("2026-03-02T09:20"), "care-2026-03-02-09.15"),  # as the form may give it
        ("2026-03-02T08:20:00+00:00", "care-2026-03-02-09.15"),
    ],
)
def test_a_tick_is_named_by_its_quarter(monkeypatch: pytest.MonkeyPatch, given: object, name: str) -> None:
    """Not by the quarter in which somebody started it for another."""
    import flows.care

    run = SimpleNamespace(flow_run=SimpleNamespace(parameters={"at": given, "dry_run": True}))
    monkeypatch.setattr(flows.care, "runtime", run)
    assert flows.care._run_name() == name


def test_the_day_says_an_answer_in_the_words_of_the_trade() -> None:
    """As the client read it on the page."""
    from flows.ui.today import today_markdown

    summary = DaySummary(date(2026, 3, 2))
    summary.answered[Question.QUOTE, "ander-bureau"] = 1
    assert "Ik koos een andere hovenier" in today_markdown(
        summary, programme(**{"trade.other_firm": "een andere hovenier"})
    )

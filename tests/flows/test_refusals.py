"""What a run that is refused says in the Prefect UI: in Dutch, with the fields of its own form."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from programme.sending.brakes import BandFault
from programme.words.states import Flow, RunMode
from tasks.runs import steps
from tasks.runs.backfill import BackfillPeriodInvalid
from tasks.runs.day import Day, DayRun
from tasks.runs.refusals import DayFault
from tasks.runs.steps import DailyNotFinished, OutsideBand

pytestmark = pytest.mark.long  # imports Prefect

DAY = date(2026, 3, 2)
COMMAND_WORDS = ("--", "bouwclub ", "no daily", "would go out", "lies before")


def day_of(flow: Flow = Flow.WIN_BACK, **more: Any) -> Day:
    return Day(cast("Any", None), flow, DAY, RunMode.SEND, DAY, **more)


def missing(_: Day) -> None:
    raise DailyNotFinished("no daily run; say --without-daily")


def far_too_many(_: DayRun) -> tuple[str, ...]:
    raise OutsideBand(DAY, BandFault(1234, 200, 60))


def ask_for_daily() -> None:
    from flows.ui.refusals import require_daily

    require_daily(day_of(wait_hours=6))


def ask_for_band() -> None:
    from flows.ui.refusals import hold_to_band

    hold_to_band(cast("DayRun", SimpleNamespace(as_of=DAY)))


def ask_for_period() -> None:
    from flows.ui.refusals import checked_period

    with checked_period(DAY, DAY - timedelta(days=1)):
        raise BackfillPeriodInvalid("the last day lies before the first; swap --from and --to")


@pytest.mark.parametrize(
    ("ask", "own_words", "wanted"),
    [
        (ask_for_daily, DailyNotFinished, ("2 maart 2026 zijn niet klaar", "6 uur", "zet without_daily aan")),
        (ask_for_band, OutsideBand, ("1.234 berichten", "grens 200", "er is niets verstuurd", "confirm aan")),
        (ask_for_period, BackfillPeriodInvalid, ("1 maart 2026, ligt voor", "Verwissel first en last")),
    ],
)
def test_a_run_of_the_form_speaks_of_its_fields(
    monkeypatch: pytest.MonkeyPatch,
    ask: Callable[[], None],
    own_words: type[Exception],
    wanted: tuple[str, ...],
) -> None:
    """Started from a deployment it is Dutch and names fields; a command's own flow run keeps the command's words."""
    from flows.ui.refusals import RunRefused

    monkeypatch.setattr(steps, "require_daily", missing)
    monkeypatch.setattr(steps, "hold_to_band", far_too_many)
    with pytest.raises(own_words):
        ask()
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "of the form")
    with pytest.raises(RunRefused) as refused:
        ask()

    assert [words for words in wanted if words not in str(refused.value)] == []
    assert [words for words in COMMAND_WORDS if words in str(refused.value)] == []


def test_a_backfill_names_the_field_that_it_has() -> None:
    """A backfill is looked at by its mode; it has no dry_run to switch on."""
    from flows.ui.refusals import refusal, without_daily

    a_day, of_period = day_of(Flow.DAILY), day_of(Flow.DAILY, in_period=True, grace_days=7)

    for fault in DayFault:
        assert "dry_run" in refusal(a_day, fault)
        assert "mode plan" in refusal(of_period, fault)
        assert "dry_run" not in refusal(of_period, fault)
    assert "kies which both" in without_daily(day_of(in_period=True))

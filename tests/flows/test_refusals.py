"""What a run that is refused says in the Prefect UI: in Dutch, with the fields of its own form."""

import errno
from collections.abc import Callable
from datetime import date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any, cast

import pytest

from models.database.refusals import MachineFault
from programme.sending.brakes import BandFault
from programme.terms.faults import Fault
from programme.words.states import Flow, RunMode
from tasks.base.programme_file import ProgrammeInvalid
from tasks.care.cases.store import CareRefused
from tasks.inbound.suppressions import SyncFailed
from tasks.money.booking import BookingDayRefused, BookingRefused
from tasks.runs import steps
from tasks.runs.backfill import BackfillPeriodInvalid
from tasks.runs.day import Day, DayRun
from tasks.runs.refusals import DayFault
from tasks.runs.steps import DailyNotFinished, OutsideBand
from tasks.sending.messenger import DeliveryReport, DeliveryStopped, HostUnreachable, TooManyFailures

pytestmark = pytest.mark.long  # imports Prefect

DAY = date(2026, 3, 2)
TOO_FAR = "is geen dag om mee te rekenen. Kies er een van 1 januari 1900 tot en met 31 december 2999."
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


@pytest.mark.parametrize(
    ("place", "given", "told"),
    [
        ("flows.daily:daily", {"as_of": "2026-02-30"}, "as_of is geen dag. Kies er een, zoals 2026-03-01."),
        ("flows.daily:daily", {"dry_run": "misschien"}, "dry_run is geen ja of nee. Zet het aan of uit."),
        ("flows.care:care", {"at": "straks"}, "at is geen moment. Schrijf het zoals 2026-03-01T09:15."),
        ("flows.win_back:win_back", {"wait_hours": 99}, "wait_hours is te hoog. Vul hoogstens 12 in."),
        ("flows.win_back:win_back", {"wait_hours": "lang"}, "wait_hours is geen heel getal. Vul er een in."),
        (
            "flows.backfill:backfill",
            {"first": "", "last": "2026-03-02", "mode": "stuur"},
            "first is geen dag. Kies er een, zoals 2026-03-01. mode staat niet in de lijst. Kies uit: plan, log, send.",
        ),
        ("flows.daily:daily", {"as_of": "0206-03-02"}, f"as_of {TOO_FAR}"),
        ("flows.care:care", {"at": "9999-12-31T23:59:59Z"}, f"at {TOO_FAR}"),
        ("flows.forecast:forecast", {"question": {"first": "9999-12-31"}}, f"Eerste dag {TOO_FAR}"),
        ("flows.forecast:forecast", {"question": {"days": 0}}, "Aantal dagen is te laag. Vul minstens 1 in."),
        (
            "flows.what_if:what_if",
            {"question": {"first": "2026-03-02", "last": "2026-03-01", "text": ""}},
            "Uw vraag past niet: de laatste dag, 2026-03-01, ligt voor de eerste, 2026-03-02.",
        ),
    ],
)
def test_a_field_that_cannot_be_read_is_named_as_the_form_names_it(
    place: str, given: dict[str, Any], told: str
) -> None:
    """Each fault with what may stand there; pydantic says it in English. The form's own check can be switched off."""
    from flows.ui.fields import FieldsRefused

    module, _, name = place.partition(":")
    flow = getattr(import_module(module), name)

    with pytest.raises(FieldsRefused) as refused:
        flow.validate_parameters(given)

    assert str(refused.value) == f"Er is niets gedaan. {told}"


@pytest.mark.parametrize(
    ("place", "given", "told"),
    [
        ("flows.report:report", {"as_of": date(2999, 1, 1)}, "1 januari 2999 is nog niet geweest; er is niets gedaan."),
        (
            "flows.care:care",
            {"at": datetime.fromisoformat("2999-01-01T09:15")},  # without a zone, as the form may give it
            "1 januari 2999 om 9.15 uur is nog niet geweest; er is niets gedaan. Kijken kan: zet dry_run aan.",
        ),
    ],
)
def test_what_later_days_would_find_done_is_not_done_ahead(place: str, given: dict[str, Any], told: str) -> None:
    """Figures kept as of 2999 would silence each Monday until then, and a tick of 2999 every complaint."""
    from flows.ui.refusals import RunRefused

    module, _, name = place.partition(":")
    flow = getattr(import_module(module), name)

    with pytest.raises(RunRefused) as refused:
        flow.fn(**given, dry_run=False)

    assert str(refused.value).startswith(told)


@pytest.mark.parametrize("is_of_the_form", [True, False])
def test_what_stopped_the_sending_is_said_in_dutch(monkeypatch: pytest.MonkeyPatch, is_of_the_form: bool) -> None:
    """With the engineer's line behind it; a command's own flow run keeps the command's words alone."""
    from flows.ui.stops import MACHINE_WORDS, SENDING_WORDS, SendingStopped, in_words_of_the_run

    if is_of_the_form:
        monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "of the form")

    stopped = in_words_of_the_run(HostUnreachable("no connection. What was not sent stays planned."))
    full = in_words_of_the_run(OSError(errno.ENOSPC, "No space left on device"))

    assert isinstance(stopped, SendingStopped if is_of_the_form else HostUnreachable)
    assert "no connection." in str(stopped)
    assert str(stopped).startswith("De verzenddienst is niet te bereiken. Wat niet") == is_of_the_form
    assert str(full).startswith("Er is een schijf vol." if is_of_the_form else "a disk is full; make room, and")
    assert set(SENDING_WORDS) > set(DeliveryStopped.__subclasses__())
    assert set(MACHINE_WORDS) == set(MachineFault)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BookingDayRefused("2999-01-01 has not come yet"), "Er is niets geboekt. Kies een dag die al begonnen is"),
        (BookingRefused("programme.toml: referral.steps"), "Er is niets geboekt. Laat het programma nakijken."),
        (SyncFailed("the provider refused the key (401)"), "De lijsten van afmeldingen en bounces zijn niet"),
        (CareRefused("09:15 lies before the last tick"), "Er is niets gedaan: dit kwartier kan niet worden gevolgd."),
        (ProgrammeInvalid([Fault((), "is missing")], "tekst"), "Er is niets gedaan: het programma kan zo niet."),
    ],
)
def test_what_a_task_refuses_is_said_in_dutch(monkeypatch: pytest.MonkeyPatch, error: Exception, told: str) -> None:
    """What was not done and what to do, before the engineer's line; a command keeps its own words."""
    from flows.ui.stops import in_words_of_the_run

    assert in_words_of_the_run(error) is error
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "of the form")
    said = str(in_words_of_the_run(error))

    assert said.startswith(told)
    assert said.endswith(f"Voor de techniek: {error}")


@pytest.mark.parametrize(
    ("doubtful", "told"),
    [
        (0, "mislukten. Wat niet"),
        (1, "mislukten. Er is 1 bericht in twijfel: dat gaat niet vanzelf opnieuw; zie het artifact in-twijfel. Wat"),
        (1500, "Er zijn 1.500 berichten in twijfel: die gaan niet vanzelf opnieuw"),
    ],
)
def test_what_is_in_doubt_is_told_when_the_sending_stops(doubtful: int, told: str) -> None:
    """The next run sends the rest and none of these, so "the next run sends it" alone would have people wait for it."""
    from flows.ui.stops import sending_stop

    stop = TooManyFailures("3 requests failed in a row")
    stop.report = DeliveryReport("sendgrid", DAY, in_doubt=doubtful)

    assert told in sending_stop(stop)

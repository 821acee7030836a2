"""The steps of a run, as a day goes: plan, decide, deliver, again; on both databases, into an outbox."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import messages, runs, suppressions
from programme.words.states import Flow, MessageStatus, RunMode
from tasks.base.workspace import Workspace
from tasks.runs import steps
from tasks.runs.backfill import BackfillPeriodInvalid
from tasks.runs.refusals import DayRefused
from tasks.runs.register import begin_run, read_whole_day
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.tasks.histories import History
from tests.tasks.running import asked, backfill, decided, reach_people
from tests.tasks.running import run as run_day

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    """A workspace over a base of 250 clients, with an outbox of its own."""
    History(seed=5, clients=250, day=DAY).store(engine)
    settings = Settings(outbox_dir=tmp_path / "outbox", secret_key="a key for tests", daily_band=3)  # type: ignore[arg-type]
    return Workspace(settings, make.shipped_programme(), engine)


def statuses(workspace: Workspace) -> dict[str, str]:
    with reading(workspace.engine) as connection:
        return {row.message_id: row.status for row in connection.execute(select(messages))}


def mails(workspace: Workspace) -> set[str]:
    return {path.stem for path in workspace.settings.outbox_dir.glob("*.eml")}


def test_a_plan_writes_nothing_and_is_what_the_run_does(workspace: Workspace) -> None:
    """The dry run's counts are the run's, and it leaves no row and no file."""
    planned = steps.plan(asked(workspace, DAY))
    assert statuses(workspace) == {}
    assert mails(workspace) == set()

    done = run_day(workspace, DAY)

    assert done.counts == planned.counts
    assert done.to_send > 20
    assert done.delivered == {"accepted": done.to_send}


def test_every_send_is_one_mail_in_the_outbox(workspace: Workspace) -> None:
    """The accepted messages of the log and the files of the outbox are the same."""
    report = run_day(workspace, DAY)

    accepted = {message_id for message_id, status in statuses(workspace).items() if status == MessageStatus.ACCEPTED}
    assert mails(workspace) == accepted
    assert len(accepted) == report.to_send


def test_running_a_day_again_sends_nothing_new(workspace: Workspace) -> None:
    """Keys are closed: the second run of a day makes no message and touches no mail."""
    run_day(workspace, DAY)
    before = {path: path.stat().st_mtime_ns for path in workspace.settings.outbox_dir.glob("*.eml")}
    log = statuses(workspace)

    again = run_day(workspace, DAY)

    assert again.to_send == 0
    assert statuses(workspace) == log
    assert {path: path.stat().st_mtime_ns for path in workspace.settings.outbox_dir.glob("*.eml")} == before


def test_a_run_that_stopped_before_sending_is_gone_on_with(workspace: Workspace) -> None:
    """What the first run planned, the second of the same day sends, once; the day's counts are those of both."""
    stopped = decided(workspace, DAY)
    assert set(statuses(workspace).values()) >= {MessageStatus.PLANNED}

    again = run_day(workspace, DAY)

    assert MessageStatus.PLANNED not in statuses(workspace).values()
    assert len(mails(workspace)) == stopped.queued.to_send
    whole = read_whole_day(workspace.engine, again)
    assert (whole.counts, whole.delivered) == (stopped.queued.counts, again.delivered)
    assert whole.to_send == len(mails(workspace)) > again.to_send


@ON_SQLITE
def test_a_run_that_was_the_only_one_of_its_day_is_the_whole_day(workspace: Workspace) -> None:
    """Its report is handed back; counted anew when another begins, it says the same."""
    report = run_day(workspace, DAY)

    assert read_whole_day(workspace.engine, report) is report
    begin_run(workspace.engine, Flow.DAILY, DAY, RunMode.SEND)
    whole = read_whole_day(workspace.engine, report)
    assert (whole.counts, whole.delivered) == (report.counts, report.delivered)


def test_left_over_messages_are_taken_up_or_expire(workspace: Workspace) -> None:
    """A later day's run re-dates and sends what is still in its window; the rest expires, unsent."""
    later = DAY + timedelta(days=8)
    decided(workspace, DAY)
    with reading(workspace.engine) as connection:
        planned = connection.execute(select(messages).where(messages.c.status == MessageStatus.PLANNED)).all()
    too_late = {row.message_id for row in planned if row.closes_on < later}

    report = run_day(workspace, later)

    found = statuses(workspace)
    assert {key for key, status in found.items() if status == MessageStatus.EXPIRED} == too_late
    assert min(len(too_late), report.retaken) > 5
    assert (report.retaken + report.cancelled, report.expired) == (len(planned) - len(too_late), len(too_late))
    assert not too_late & mails(workspace)
    with reading(workspace.engine) as connection:
        rows = connection.execute(select(messages).where(messages.c.status == MessageStatus.ACCEPTED)).all()
    assert {row.as_of for row in rows} == {later}


def test_an_unsubscribe_after_planning_is_heard(workspace: Workspace) -> None:
    """At the claim the rules are asked again: who left in between gets nothing, and the log says cancelled."""
    run = decided(workspace, DAY).run
    with writing(workspace.engine) as connection:
        row = connection.execute(select(messages).where(messages.c.status == MessageStatus.PLANNED)).first()
        assert row
        connection.execute(insert(suppressions).values(email=row.recipient, reason="unsubscribe", since=DAY))

    steps.deliver(run)

    assert statuses(workspace)[row.message_id] == MessageStatus.CANCELLED
    assert row.message_id not in mails(workspace)


@ON_SQLITE
def test_win_back_waits_for_daily(workspace: Workspace) -> None:
    """It refuses, with one line that says what to do, until a daily run of the day has finished."""
    with pytest.raises(steps.DailyNotFinished, match="run it first"):
        steps.require_daily(asked(workspace, DAY))

    run_day(workspace, DAY)

    steps.require_daily(asked(workspace, DAY))


@ON_SQLITE
def test_the_outbox_only_warns_of_an_unusual_day(workspace: Workspace) -> None:
    """Outside the band nothing stops where nothing leaves the machine; the report says it in Dutch."""
    narrow = workspace._replace(settings=workspace.settings.model_copy(update={"daily_band": 0.0001}))
    report = run_day(narrow, DAY)

    assert report.delivered["accepted"] == report.to_send
    assert bool(report.notes) == (report.to_send > 200)


@ON_SQLITE
def test_an_unusual_day_stops_before_the_first_request(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a delivery that reaches people the run stops with all planned, again when tried again, until confirmed."""
    narrow = workspace._replace(settings=workspace.settings.model_copy(update={"daily_band": 1.0}))
    reach_people(monkeypatch, workspace)
    monkeypatch.setattr("programme.sending.brakes.BAND_FLOOR", 5)
    for _ in range(2):
        with pytest.raises(steps.OutsideBand, match="--confirm"):
            run_day(narrow, DAY)
    assert mails(workspace) == set()

    run_day(narrow, DAY, confirm=True)

    assert len(mails(workspace)) == list(statuses(workspace).values()).count(MessageStatus.ACCEPTED) > 20


@pytest.mark.long
@ON_SQLITE
@pytest.mark.parametrize("mode", [RunMode.LOG, RunMode.SEND])
def test_backfill_takes_the_same_decisions_in_each_mode(workspace: Workspace, mode: RunMode) -> None:
    """A week planned, logged or sent has the same counts; only the traces differ."""
    last = DAY + timedelta(days=6)
    expected = backfill(workspace, DAY, last, tuple(Flow), RunMode.PLAN, today=last)
    assert (statuses(workspace), mails(workspace)) == ({}, set())

    reports = backfill(workspace, DAY, last, tuple(Flow), mode, today=last)

    assert [report.counts for report in reports] == [report.counts for report in expected]
    sends = sum(report.to_send for report in reports)
    assert len(mails(workspace)) == (sends if mode == RunMode.SEND else 0)
    logged = [status for status in statuses(workspace).values() if status == MessageStatus.LOGGED]
    assert len(logged) == (sends if mode == RunMode.LOG else 0)


@ON_SQLITE
def test_backfill_refuses_a_period_upside_down(workspace: Workspace) -> None:
    """The last day cannot lie before the first."""
    with pytest.raises(BackfillPeriodInvalid, match="swap"):
        backfill(workspace, DAY, DAY - timedelta(days=1), tuple(Flow), RunMode.PLAN, today=DAY)


def test_runs_are_recorded_with_their_counts(workspace: Workspace) -> None:
    """A finished run says when it ended and what it did; one that stopped does not."""
    steps.begin(asked(workspace, DAY, Flow.WIN_BACK, mode=RunMode.LOG))
    run_day(workspace, DAY)

    with reading(workspace.engine) as connection:
        rows = connection.execute(select(runs).order_by(runs.c.flow)).all()
    assert [(row.flow, row.mode, row.finished_at is not None) for row in rows] == [
        ("daily", "send", True),
        ("win-back", "log", False),
    ]
    assert '"candidates"' in rows[0].report


@ON_SQLITE
def test_sending_old_days_to_people_asks_first(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a delivery that leaves the machine, days of more than a week ago need a confirmation."""
    reach_people(monkeypatch, workspace)

    with pytest.raises(DayRefused, match="--confirm"):
        backfill(workspace, DAY, DAY, (Flow.DAILY,), RunMode.SEND, today=DAY + timedelta(days=8))


@pytest.mark.long
@ON_SQLITE
def test_sending_a_period_to_people_sends_each_person_one_mail(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of several days' mails to one recipient only the last decided goes; its others are cancelled."""
    reach_people(monkeypatch, workspace)
    last = DAY + timedelta(days=9)

    backfill(workspace, DAY, last, tuple(Flow), RunMode.SEND, today=last, confirm=True)

    with reading(workspace.engine) as connection:
        rows = connection.execute(select(messages.c.recipient, messages.c.status)).all()
    accepted = [row.recipient for row in rows if row.status == MessageStatus.ACCEPTED]
    assert len(accepted) == len(set(accepted)) > 20
    assert any(row.status == MessageStatus.CANCELLED for row in rows)


@ON_SQLITE
def test_a_client_of_another_address_is_told_apart(workspace: Workspace) -> None:
    """A recipient's record is found by its id, and nobody else's is."""
    person = make.recipient(make.client("C1"), make.client("C2"))

    assert person.client("C2").client_id == "C2"
    with pytest.raises(KeyError):
        replace(person, clients=person.clients[:1]).client("C2")

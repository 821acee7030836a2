"""The flows on a real Prefect server: named by their day, harmless by default, leaving a table for people."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from models.tables import decisions, messages, runs
from programme.words.states import MessageStatus
from tasks.base.workspace import open_workspace, today_in_amsterdam
from tasks.runs import steps
from tasks.runs.refusals import DayRefused
from tasks.runs.steps import DailyNotFinished
from tests.tasks.histories import History
from tests.tasks.running import decided

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("prefect")]

DAY = date(2026, 3, 2)


@pytest.fixture
def base(sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A base of 120 clients that the settings of the environment point at."""
    History(seed=11, clients=120, day=DAY).store(sqlite_engine)
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", str(sqlite_engine.url))
    monkeypatch.setenv("BOUWCLUB_OUTBOX_DIR", str(tmp_path / "outbox"))
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", "a key for tests")
    return sqlite_engine


def count(engine: Engine, table: object) -> int:
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_without_parameters_a_flow_only_looks(base: Engine, tmp_path: Path) -> None:
    """A dry run is the default: no decision, no message, no run, no mail."""
    from flows.daily import daily

    report = daily(as_of=DAY)

    assert report.to_send > 10
    assert [count(base, table) for table in (decisions, messages, runs)] == [0, 0, 0]
    assert not (tmp_path / "outbox").exists()


def test_a_day_in_two_flows(base: Engine, tmp_path: Path) -> None:
    """Daily, then win-back: every send is a mail, the page is there, and each flow run carries its day."""
    from flows.daily import daily
    from flows.win_back import win_back

    done = daily(as_of=DAY, dry_run=False)
    quiet = win_back(as_of=DAY, dry_run=False)

    sent = done.to_send + quiet.to_send
    assert done.delivered == {"accepted": done.to_send}
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == sent
    assert (tmp_path / "outbox" / "index.html").exists()
    with reading(base) as connection:
        statuses = connection.execute(select(messages.c.status).where(messages.c.subject.is_not(None))).scalars().all()
    assert statuses == [MessageStatus.ACCEPTED] * sent
    assert run_names() >= {f"daily-{DAY}", f"win-back-{DAY}"}


def test_a_marketer_can_read_what_the_day_did(base: Engine) -> None:
    """The artifact of a look has a Dutch table whose counts add up to the run's, and that fits the page."""
    from flows.daily import daily

    report = daily(as_of=DAY)

    text = artifact(f"plan-daily-{DAY}")
    heading, *rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.count("|") == 5]
    assert heading == ["Bericht", "Versturen", "Wacht", "Niet"]
    assert sum(int(cell) for row in rows[1:] for cell in row[1:]) == report.candidates
    reasons = sum(report.counts[key] for key in report.counts if key[2])
    assert sum(int(line.split(" | ")[-1].strip("| ")) for line in text.split("niet\n")[1].splitlines()[3:]) == reasons


def test_a_second_run_leaves_the_table_of_the_first_standing(base: Engine) -> None:
    """What found nothing left to do publishes no empty table over that of the run which did the work."""
    from flows.daily import daily

    first = daily(as_of=DAY, dry_run=False)
    told = artifact(f"dag-daily-{DAY}")

    again = daily(as_of=DAY, dry_run=False)

    assert (first.is_beside_another, again.is_beside_another) == (False, True)
    assert artifact(f"dag-daily-{DAY}") == told
    assert f"{first.to_send} te versturen" in told
    assert first.to_send > 0


def test_a_repaired_day_shows_all_that_it_sent(base: Engine) -> None:
    """A run that was stopped leaves no table; that of the next run, and of a backfill, is of all runs together."""
    from flows.backfill import backfill
    from flows.daily import daily

    workspace = open_workspace(with_templates=True)
    stopped = decided(workspace, DAY)
    report = daily(as_of=DAY, dry_run=False)

    told = artifact(f"dag-daily-{DAY}")
    assert report.to_send == 0
    assert report.delivered == {"accepted": stopped.queued.to_send}
    assert f"{stopped.queued.to_send} te versturen" in told
    assert f"Deze run alleen: {report.candidates} kandidaten. {stopped.queued.to_send} verstuurd." in told
    assert "Niemand was aan een bericht toe" not in told

    (again,) = backfill(first=DAY, last=DAY, which="daily", mode="send")
    row = next(line for line in artifact("periode").splitlines() if line.startswith(f"| {DAY}"))
    assert row.split(" | ")[2] == f"{stopped.queued.to_send}"
    alone = f"Deze run alleen: {again.candidates} kandidaten. Niets verstuurd."
    assert alone in artifact("samenvatting-periode")


def test_a_killed_run_whose_work_was_done_leaves_its_table_to_the_next(base: Engine) -> None:
    """The mails went and the run was killed before it could show them: the next run does, though it found nothing."""
    from flows.daily import daily

    workspace = open_workspace(with_templates=True)
    killed = decided(workspace, DAY + timedelta(days=1))
    steps.deliver(killed.run)

    report = daily(as_of=DAY + timedelta(days=1), dry_run=False)

    assert report.is_beside_another
    assert f"Verzending: {killed.queued.to_send} verstuurd." in artifact(f"dag-daily-{DAY + timedelta(days=1)}")


def test_a_day_to_come_is_refused_in_dutch(base: Engine) -> None:
    """The flow run fails with a line for who started it, and nothing is written."""
    from flows.backfill import backfill
    from flows.daily import daily
    from flows.deliver import deliver
    from flows.win_back import win_back

    tomorrow = today_in_amsterdam() + timedelta(days=1)
    for flow in (daily, win_back, deliver):
        with pytest.raises(DayRefused, match="nog niet geweest"):
            flow(as_of=tomorrow, dry_run=False)
    with pytest.raises(DayRefused, match="nog niet geweest"):
        backfill(first=DAY, last=tomorrow, mode="log")
    assert [count(base, table) for table in (decisions, messages, runs)] == [0, 0, 0]


def test_a_backfill_runs_each_day_by_its_name(base: Engine) -> None:
    """Each day is a run of its own, and the whole leaves one table."""
    from flows.backfill import backfill

    reports = backfill(first=DAY, last=DAY + timedelta(days=1), mode="log")

    assert len(reports) == 4
    assert run_names() >= {f"backfill-{DAY}", f"backfill-{DAY + timedelta(days=1)}"}
    assert len([line for line in artifact("periode").splitlines() if line.startswith("| 2026-") or "Alle" in line]) == 5


def test_a_command_runs_its_flow_on_the_named_server(base: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """With PREFECT_API_URL a command leaves a flow run there, and prints what it prints without."""
    from click.testing import CliRunner
    from prefect.settings import PREFECT_API_URL

    from cli.__main__ import commands

    monkeypatch.setenv("PREFECT_API_URL", PREFECT_API_URL.value())
    day = DAY + timedelta(days=3)
    done = CliRunner().invoke(commands, ["run", "daily", "--as-of", str(day)])

    assert (done.exit_code, "delivery: accepted" in done.output) == (0, True), done.output
    assert f"daily-{day}" in run_names()


def test_win_back_fails_without_its_daily(base: Engine) -> None:
    """The flow run fails with the line that says what to do, and nothing is written."""
    from flows.win_back import win_back

    with pytest.raises(DailyNotFinished, match="run it first"):
        win_back(as_of=DAY, dry_run=False)

    assert count(base, runs) == 0


def run_names() -> set[str]:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return {run.name for run in client.read_flow_runs()}


def artifact(key: str) -> str:
    from prefect.artifacts import Artifact

    found = Artifact.get(key)
    assert found is not None
    return str(found.data)

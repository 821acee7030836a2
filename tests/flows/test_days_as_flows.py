"""The flows on a real Prefect server: named by their day, harmless by default, leaving a table for people."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from models.tables import decisions, messages, runs
from programme.words.states import MessageStatus
from tasks.runs.steps import DailyNotFinished
from tests.tasks.histories import History

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect")]

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
    """The artifact is a Dutch table whose counts add up to the run's."""
    from flows.daily import daily

    report = daily(as_of=DAY)

    table = artifact("dag-daily")
    assert set(table[0]) == {"Bericht", "Kandidaten", "Versturen", "Wacht", "Niet", "Waarom wacht of niet"}
    assert sum(row["Kandidaten"] for row in table) == report.candidates
    assert sum(row["Versturen"] + row["Wacht"] + row["Niet"] for row in table) == report.candidates


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


def artifact(key: str) -> list[dict[str, object]]:
    from prefect.artifacts import Artifact

    found = Artifact.get(key)
    assert found is not None
    return json.loads(str(found.data))  # type: ignore[no-any-return]

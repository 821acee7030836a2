"""The sample: the same for everyone, taken whole by the import, and showing what it promises."""

import csv
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.settings import ROOT
from programme.rules.decide import Decision
from programme.rules.simulation import Simulation
from programme.terms.project_types import SHIPPED_TYPES
from programme.words.addresses import recipient_of
from programme.words.states import ClientKind, Flow, Outcome, Reason, SuppressionReason
from sample import write_broken_sample, write_sample
from sample.contents.awkward import HOSTILE_NAMES
from tasks.base.programme_file import load_programme
from tasks.importing.folder import import_folder
from tasks.runs.deciding.planning import decisions_of, plan_day

pytestmark = pytest.mark.slow

A_SEASONS_SECOND_DAY = date(2026, 3, 2)
DAYS_RUN_BEFORE = 10
SEASONAL = {"seasonal", "dakkapel_to_uitbouw"}
# The shipped programme runs no experiment, nobody in the sample chose anything, and surveys are started by hand.
NOT_SHOWN = {Reason.HELD_OUT, Reason.NOT_WANTED, Reason.PAUSED, Reason.NO_DELIVERY, Reason.SURVEY_BUDGET}
REASONS = set(Reason) - NOT_SHOWN
NOW = datetime(2029, 1, 1, tzinfo=UTC)  # after every day of a sample: a cancellation ahead of the import is a fault


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, A_SEASONS_SECOND_DAY)
    return folder


def decisions_on(engine: Engine, as_of: date) -> list[Decision]:
    """The decisions of both flows on `as_of`, after both were run on each of the days before it."""
    programme = load_programme(ROOT / "programme.toml")
    simulation = Simulation()
    for days in range(DAYS_RUN_BEFORE, 0, -1):
        for flow in Flow:
            decisions_of(plan_day(engine, programme, flow, as_of - timedelta(days=days), simulation))
    return [one for flow in Flow for one in decisions_of(plan_day(engine, programme, flow, as_of, simulation))]


def test_one_day_gives_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    """The sample is made from its arguments alone, so two people see the same."""
    write_sample(tmp_path, A_SEASONS_SECOND_DAY)
    for file in sample.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_the_sample_holds_what_is_awkward(sample: Path) -> None:
    """Every kind of client, project and suppression is in it, and names that nobody dares to print."""
    clients, projects = rows_of(sample, "clients"), rows_of(sample, "projects")
    assert len(clients) == 400
    assert {row["kind"] for row in clients} == set(ClientKind)
    assert {row["consent"] for row in clients} == {"yes", "no", "unknown"}
    assert {name.strip() for name in HOSTILE_NAMES} <= {row["name"] for row in clients}
    assert {row["type"] for row in projects} == set(SHIPPED_TYPES)
    assert {row["reason"] for row in rows_of(sample, "suppressions")} == set(SuppressionReason)
    shared = Counter(recipient_of(row["email"]) for row in clients if row["email"])
    assert sum(1 for count in shared.values() if count == 2) == 3
    assert any(row["email"] == "" for row in clients)
    assert any(row["cancelled_on"] for row in projects)
    assert any(row["monument"] == "ja" for row in projects)
    assert any(row["delivered_on"].endswith("-02-29") for row in projects)
    assert any(row["delivered_on"].endswith("-10-31") for row in projects)
    assert any(row["delivered_on"] > A_SEASONS_SECOND_DAY.isoformat() for row in projects)
    assert any(row["referrer_id"] == row["referred_client_id"] for row in rows_of(sample, "referrals"))


def test_the_values_are_those_of_such_a_bureau(sample: Path) -> None:
    """A project is worth EUR 450 to 10,000, and most are worth less than 2,000."""
    values = sorted(float(row["value_eur"].replace(",", ".")) for row in rows_of(sample, "projects"))
    assert values[0] >= 450
    assert values[-1] <= 10_000
    assert values[len(values) * 3 // 4] < 2_600


def test_nobody_real_is_addressed(sample: Path) -> None:
    """All addresses stand under .example, which no mail server serves."""
    addresses = [row["email"] for row in rows_of(sample, "clients") if row["email"]]
    addresses += [row["referred_email"] for row in rows_of(sample, "referrals") if row["referred_email"]]
    assert all(recipient_of(address).endswith(".example") for address in addresses)


@pytest.mark.parametrize(
    ("as_of", "clients"),
    [
        (A_SEASONS_SECOND_DAY, 400),
        (date(2026, 9, 1), 200),
        (date(2026, 3, 7), 200),
        (date(2026, 3, 22), 200),
        (date(2026, 3, 31), 200),
        (date(2028, 2, 29), 200),
        (date(2026, 11, 22), 400),
    ],
)
def test_the_day_shows_every_touchpoint_and_reason(
    sqlite_engine: Engine, tmp_path: Path, as_of: date, clients: int
) -> None:
    """Taken whole by the import; after ten days of runs each touchpoint is sent once at least, each reason occurs.

    Out of season the two seasonal touchpoints are not due.
    """
    write_sample(tmp_path, as_of, clients)
    report = import_folder(sqlite_engine, tmp_path, imported_at=NOW, rejected_path=tmp_path / "rejected.csv")
    assert (report.exit_code, report.faults) == (0, [])

    decisions = decisions_on(sqlite_engine, as_of)
    expected = set(load_programme(ROOT / "programme.toml").touchpoints)
    if not ((3, 1) <= (as_of.month, as_of.day) <= (3, 26) or as_of.month == 9):
        expected -= SEASONAL
    assert {one.touchpoint for one in decisions if one.outcome == Outcome.SEND} == expected
    seldom = {Reason.SUPERSEDED} if (as_of.month, as_of.day) == (2, 29) else set()  # no day lies a year before it
    assert {one.reason for one in decisions if one.reason} | seldom == REASONS


def test_too_few_clients_are_refused(tmp_path: Path) -> None:
    """A sample that cannot hold its cases says how many clients it takes."""
    with pytest.raises(ValueError, match="ask for 200 or more"):
        write_sample(tmp_path, A_SEASONS_SECOND_DAY, clients=20)


def test_the_broken_sample_is_taken_in_part(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Of the broken export a part is taken, and every file has something to tell (exit code 3)."""
    write_broken_sample(tmp_path / "broken")
    rejected = tmp_path / "rejected.csv"
    report = import_folder(sqlite_engine, tmp_path / "broken", imported_at=NOW, rejected_path=rejected)
    assert report.exit_code == 3
    assert {fault.file for fault in report.faults} == {file.name for file in (tmp_path / "broken").iterdir()}
    assert len(report.faults) > 20
    assert rejected.exists()

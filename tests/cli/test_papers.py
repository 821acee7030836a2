"""The ledger on paper and the marketer's view, as they are typed."""

import json
import shutil
from pathlib import Path

import pytest

from models.database.engine import open_engine
from tests import payouts
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


@pytest.fixture
def settled(sqlite_template: Path, working_folder: Path) -> Path:
    """A working folder with the year of `payouts`."""
    shutil.copy(sqlite_template, working_folder / "bouwclub.db")
    engine = open_engine(f"sqlite:///{working_folder}/bouwclub.db")
    payouts.play_year(engine)
    engine.dispose()
    return working_folder


def test_the_papers_are_written(run: Run, settled: Path) -> None:
    """Each says in a line what is in it; what cannot be written is one line and exit code 2, and no file."""
    assert "8 entries" in run("ledger", "statement", "A1", "--year", "2026", "--out", "a1.html").out
    assert run("ledger", "statement", "A1", "--year", "2026", "--out", "a1.pdf").code == 0
    assert (
        "debit € 250, credit € 250"
        in run("ledger", "journal", "--from", "2026-06-02", "--to", "2026-06-02", "--out", "j.csv").out
    )
    assert "1 people" in run("ledger", "year", "--year", "2026", "--out", "y.csv").out
    mistakes = {
        ("statement", "A1", "--year", "2026", "--out", "a1.docx"): "must end in .html or .pdf",
        ("statement", "A1", "--year", "2999", "--out", "x.pdf"): "2999 has not begun",
        ("statement", "Z9", "--year", "2026", "--out", "x.pdf"): "there is no client 'Z9'",
        ("year", "--year", "2026", "--out", "a1.pdf/y.csv"): "no folder can be made there",
        ("journal", "--from", "2026-02-01", "--to", "2026-01-01", "--out", "x.csv"): "lies before",
    }
    for words, told in mistakes.items():
        result = run("ledger", *words)
        assert (result.code, result.err.count("\n")) == (2, 1)
        assert told in result.err
    assert sorted(path.name for path in settled.iterdir() if not path.name.startswith("bouwclub")) == [
        "a1.html",
        "a1.pdf",
        "j.csv",
        "y.csv",
    ]


def test_the_marketers_view(run: Run, settled: Path) -> None:
    """The same for people and as JSON."""
    seen = json.loads(run("referrals", "--as-of", "2026-12-31", "--json").out)
    assert list(seen) == [
        "as_of", "months", "top", "qualified", "cost_per_client_cents", "open_liability_cents",
        "open_commission_cents", "clients_who_referred", "median_days",
    ]  # fmt: skip
    assert (seen["qualified"], seen["open_liability_cents"]) == (7, 45_000)
    told = run("referrals", "--as-of", "2026-12-31").out
    assert "7 clients won" in told
    assert "1 of 8, too few to say more" in told

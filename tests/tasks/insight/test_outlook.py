"""The look ahead under two programmes: the same as judging everybody under each, and of a part the same people."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from models.database.engine import open_engine
from programme.insight.differences import Differences
from programme.insight.simulated_runs import Horizon
from tasks.clients.pages import count_recipients, read_sample
from tasks.insight import outlook
from tasks.insight.forecast import decisions_ahead
from tasks.insight.outlook import look_ahead, only_touchpoint
from tests.factories import programme, shipped_programme
from tests.tasks.histories import History

DAY, DAYS = date(2026, 3, 3), 30
TRIAL = {"touchpoint": "seasonal", "first_on": DAY, "last_on": date(2026, 5, 1), "holdout_share": 0.5}
OTHERS: list[dict[str, Any]] = [
    {"touchpoints.win_back.offset": "8 months"},
    {"touchpoints.small_to_large.active": False},
    {"touchpoints.seasonal.priority": 90},
    {"caps.marketing_gap_days": 21},
    {"experiments": {"x": TRIAL}},
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Engine:
    path = tmp_path_factory.mktemp("outlook") / "base.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    History(21, 50, DAY).store(engine)
    return engine


@pytest.mark.parametrize("changes", OTHERS, ids=lambda each: next(iter(each)))
def test_it_is_both_forecasts_and_what_differs(base: Engine, changes: dict[str, Any]) -> None:
    """Whom a change cannot reach is judged once; the counts are those of judging everybody twice."""
    now, new = shipped_programme(), programme(**changes)
    found, differences = look_ahead(base, now, new, DAY, DAYS), Differences()
    before, after = (decisions_ahead(base, Horizon(own, DAY, found.now.last)) for own in (now, new))
    for pair in zip(before, after, strict=True):
        differences.add(*pair)
    assert found.is_whole
    assert found.differences == differences
    assert found.now.total == differences.now.total() > 0
    assert found.new.total == differences.new.total()


def test_what_a_change_can_reach() -> None:
    """One touchpoint alone; the gaps between mails reach everybody."""
    now = shipped_programme()
    reached = [only_touchpoint(now, programme(**changes)) for changes in OTHERS]
    assert reached == ["win_back", "small_to_large", "seasonal", None, "seasonal"]


def test_a_part_is_of_whole_recipients(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both databases: an address is in a part with all its clients, or not at all; everybody can be asked."""
    History(22, 90, DAY).store(engine)
    part = [each for page in read_sample(engine, 3) for each in page]
    everybody = [each for page in read_sample(engine, 1) for each in page]
    assert 0 < len(set(part)) == len(part) < len(everybody)
    monkeypatch.setattr(outlook, "SAMPLE", count_recipients(engine) // 3)
    found = look_ahead(engine, shipped_programme(), shipped_programme(), DAY, 3)
    assert 0 < found.asked < found.recipients
    assert look_ahead(engine, shipped_programme(), shipped_programme(), DAY, 3, everybody=True).is_whole

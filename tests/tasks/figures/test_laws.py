"""What holds for the figures of any base."""

import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from models import tables
from models.database.engine import open_engine, reading, upgrade_schema, writing
from programme.figures.report import By, report_json
from tasks.figures.report import read_report
from tests.factories import programme, shipped_programme
from tests.tasks.figures.bases import DAY, store_random, stored_in

pytestmark = pytest.mark.slow

FACTS = (
    "clients",
    "projects",
    "quotes",
    "feedback",
    "referrals",
    "activity",
    "messages",
    "events",
    "answers",
    "decisions",
)


def bytes_of(engine: Engine, as_of: date = DAY, by: By = By.CLIENT) -> str:
    return json.dumps(report_json(read_report(engine, shipped_programme(), as_of, by)))


def copy_of(source: Engine, target: Engine, keep: Any = lambda *_: True, order: Any = lambda rows: rows) -> None:
    """Copy the facts from one database into another, in another order, or some of them."""
    with reading(source) as connection:
        rows = {name: connection.execute(select(stored_in(name))).mappings().all() for name in FACTS}
    with writing(target) as connection:
        for name, found in rows.items():
            values = [dict(row) for row in order(list(found)) if keep(name, row)]
            if values:
                connection.execute(insert(stored_in(name)), values)


@pytest.mark.long
@pytest.mark.postgres
def test_neither_database_nor_order_of_rows_changes_a_byte(sqlite_engine: Engine, postgres_engine: Engine) -> None:
    """The same facts, stored the other way round in the other database, whose session stands in another time zone."""
    store_random(sqlite_engine, 21, clients=80)
    copy_of(sqlite_engine, postgres_engine, order=lambda rows: random.Random(1).sample(rows, len(rows)))
    with postgres_engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET timezone = 'Pacific/Auckland'"))
    postgres_engine.dispose()
    for by in By:
        assert bytes_of(sqlite_engine, by=by) == bytes_of(postgres_engine, by=by)


def test_neither_clock_nor_zone_of_the_machine_changes_a_byte(sqlite_engine: Engine) -> None:
    """Nothing in it comes from where or when it is made."""
    store_random(sqlite_engine, 22, clients=60)
    before = bytes_of(sqlite_engine)
    with in_zone("America/Los_Angeles"):
        assert bytes_of(sqlite_engine) == before
    with in_zone("Pacific/Kiritimati"):
        assert bytes_of(sqlite_engine) == before


@contextmanager
def in_zone(zone: str) -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    time.tzset()
    yield
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


def test_what_comes_later_changes_no_figure_of_the_day(sqlite_engine: Engine) -> None:
    """Facts dated after the day leave its report as it was, and no later client changes a closed cell."""
    store_random(sqlite_engine, 23, clients=80)
    later, ends = DAY + timedelta(days=40), tables.projects.c.cancelled_on
    with writing(sqlite_engine) as connection:  # a cancellation after the day does change cells, and is restated
        connection.execute(update(tables.projects).where(ends > DAY).values(cancelled_on=None))
    before = bytes_of(sqlite_engine)
    with writing(sqlite_engine) as connection:
        client = {
            "client_id": "Z",
            "name": "Z",
            "recipient": "",
            "kind": "consument",
            "consent": "no",
            "channel": "post",
        }
        connection.execute(insert(tables.clients).values(**client, id_crc32=1))
        order = {"client_id": "Z", "type": "overig", "value_cents": 5_000, "ordered_on": DAY + timedelta(days=1)}
        connection.execute(insert(tables.projects).values(**order, project_id="Z1", delivered_on=later))
        connection.execute(
            update(tables.projects)
            .where(tables.projects.c.project_id.like("%-0"), ends.is_(None))
            .values(cancelled_on=later + timedelta(days=1))
        )
    assert bytes_of(sqlite_engine) == before
    cells = {each["cohort"]: each["active"] for each in json.loads(before)["cohorts"]["month"]}
    for cohort in json.loads(bytes_of(sqlite_engine, later))["cohorts"]["month"]:
        closed = cells.get(cohort["cohort"], [])
        assert cohort["active"][: len(closed)] == closed, cohort["cohort"]


def test_the_figures_of_parts_add_up(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Clients divided by their recipient: counts, sums, cells and the curve's events of both parts are those of all."""
    store_random(sqlite_engine, 24, clients=100)
    with writing(sqlite_engine) as connection:  # a referral between the parts belongs to both
        connection.execute(delete(tables.referrals))
    with reading(sqlite_engine) as connection:
        columns = tables.clients.c["client_id", "recipient"]
        part = {row.client_id: hash_of(row.recipient or row.client_id) for row in connection.execute(select(columns))}
        mails = {row.message_id: part[row.client_id] for row in connection.execute(select(tables.messages))}
    whole, parts = json.loads(bytes_of(sqlite_engine)), []
    for number in (0, 1):
        engine = open_engine(f"sqlite:///{tmp_path}/part{number}.db")
        upgrade_schema(engine)
        copy_of(sqlite_engine, engine, keep=lambda _, row, number=number: part_of(row, part, mails) == number)
        parts.append(json.loads(bytes_of(engine)))
        engine.dispose()
    assert counted(whole) == {key: sum(counted(one).get(key, 0) for one in parts) for key in counted(whole)}


def hash_of(text_: str) -> int:
    return sum(text_.encode()) % 2


def part_of(row: Any, part: dict[str, int], mails: dict[str, int]) -> int:
    return part[row["client_id"]] if "client_id" in row else mails.get(row["message_id"], 0)


def counted(report: dict[str, Any]) -> dict[str, int]:
    """Everything in it that adds up, by name."""
    found: dict[str, int] = {name: report["value"][name] for name in ("customers", "occasions", "revenue_cents")}
    for key, figure in report["figures"].items():
        found |= {f"{key}.{name}": figure[name] for name in ("k", "n", "promoters", "came_back") if name in figure}
    found |= report["types"]
    for period, cohorts in report["cohorts"].items():
        for cohort in cohorts:
            for name in ("active", "revenue"):
                found |= {f"{period}.{cohort['cohort']}.{name}.{n}": each for n, each in enumerate(cohort[name])}
    found |= {f"{name}.{step[0]}": step[2] for name, curve in report["curve"].items() for step in curve}
    for row in report["touchpoints"]:
        name = f"{row['touchpoint']}.{row.get('campaign')}"
        found |= {f"{name}.{key}": each for key, each in row.items() if isinstance(each, int)}
    return found


@pytest.mark.parametrize("as_of", [date(1901, 1, 1), DAY, date(2999, 12, 31)])
def test_nobody_is_no_error(engine: Engine, as_of: date) -> None:
    """An empty base has figures that say that there is nothing, on the first and the last day that a command takes."""
    told = json.loads(bytes_of(engine, as_of))
    assert told["data_until"] is None
    assert {figure["status"] for figure in told["figures"].values()} == {"none"}
    assert told["value"]["customers"] == 0
    assert (told["cohorts"], told["curve"], told["rfm"]) == ({"month": [], "quarter": []}, {"all": []}, {})


def test_odd_purchases_do_not_lie(engine: Engine) -> None:
    """One client with two orders of a day, one of them free, one cancelled and one that was never delivered."""
    client = {"client_id": "K", "name": "K", "recipient": "", "kind": "consument", "consent": "no", "channel": "post"}
    order = {
        "client_id": "K",
        "type": "overig",
        "value_cents": 0,
        "ordered_on": date(2025, 6, 30),
        "delivered_on": None,
    }
    more = [
        {"project_id": "1", "delivered_on": date(2025, 7, 1)},
        {"project_id": "2", "value_cents": 999},
        {"project_id": "3", "ordered_on": date(2025, 7, 5), "cancelled_on": date(2025, 8, 1)},
        {"project_id": "4", "ordered_on": date(2025, 7, 6)},
    ]
    with writing(engine) as connection:
        connection.execute(insert(tables.clients).values(**client, id_crc32=1))
        connection.execute(insert(tables.projects), [{"cancelled_on": None, **order, **each} for each in more])
    told = json.loads(bytes_of(engine, date(2025, 8, 31)))
    assert told["figures"]["repeat_customer_rate"] == {
        "k": 0,
        "n": 1,
        "rate": 0.0,
        "low": 0.0,
        "high": 0.793451,
        "small": True,
        "target": 0.15,
        "status": "none",
        "before": None,
    }
    assert told["figures"]["months_to_repeat"]["value"] == round(6 / 30.4375, 4)
    assert (told["value"]["occasions"], told["value"]["revenue_cents"]) == (2, 999)
    assert told["value"]["top_fifth_share"] == 1.0
    assert told["rfm"] == {"555": 1}
    assert told["curve"] == {"all": [[6, 1, 1, 0.0, 0.0]], "2025Q2": [[6, 1, 1, 0.0, 0.0]]}
    (month,) = told["cohorts"]["month"]
    assert (month["active"], month["revenue"], month["running"]) == ([1, 1, 0], [999, 0, 0], None)
    earlier = json.loads(bytes_of(engine, date(2025, 7, 31)))
    assert earlier["value"]["occasions"] == 3, "not cancelled yet"


def test_a_free_base_has_no_share_of_revenue(sqlite_engine: Engine) -> None:
    """Nobody brought anything: means are 0, shares of nothing are none, and a firm that names no CAC has no ratio."""
    client = {"client_id": "K", "name": "K", "recipient": "", "kind": "consument", "consent": "no", "channel": "post"}
    order = {"project_id": "1", "client_id": "K", "type": "overig", "value_cents": 0, "ordered_on": DAY}
    with writing(sqlite_engine) as connection:
        connection.execute(insert(tables.clients).values(**client, id_crc32=1))
        connection.execute(insert(tables.projects).values(**order))
    report = read_report(sqlite_engine, programme(**{"figures.cac_cents": 0}), DAY)
    value = report_json(report)["value"]
    assert (value["average_order_cents"], value["top_fifth_share"], value["ltv_cac"]) == (0.0, None, None)

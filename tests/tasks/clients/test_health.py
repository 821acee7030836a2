"""The health of everyone in one pass: what SQL merges is what the rules say of each client alone."""

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.tables import activity, clients, health_snapshots
from programme.care.health import Band, Indicator, health_of
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.tracked_mails import read_tracked_mails
from tasks.clients.health import ClientHealth, read_health, read_health_of
from tasks.clients.snapshots import keep_snapshots, read_falls
from tests import factories as make
from tests.tasks.histories import History
from tests.tasks.tracked import store_mails

DAY = date(2026, 3, 2)
CLIENTS = 400


@pytest.fixture
def base(engine: Engine) -> Engine:
    """Clients of whom many share an address, with mails, withdrawn activity, and some erased or held."""
    history = History(7, CLIENTS, DAY)
    history.store(engine)
    pick = random.Random(7)
    with writing(engine) as connection:
        store_mails(connection, pick, [row for row in history.rows["clients"] if row["recipient"]][:120], DAY)
        rows = connection.execute(activity.select().order_by(activity.c.id)).all()
        withdrawn = [
            (row.client_id, row.kind, row.source_id, row.occurred_on, row.id) for row in pick.sample(rows, 200)
        ]
        columns = ("client_id", "kind", "source_id", "occurred_on", "retracts")
        insert_rows(connection, activity, columns, withdrawn)
        for row in pick.sample(history.rows["clients"], 20):
            changes: dict[str, object] = pick.choice([{"erased_on": DAY, "recipient": ""}, {"held_on": DAY}])
            connection.execute(clients.update().where(clients.c.client_id == row["client_id"]).values(**changes))
    return engine


def plainly(engine: Engine, as_of: date) -> list[ClientHealth]:
    """Every client alone, by the rules."""
    programme = make.shipped_programme()
    found = []
    with reading(engine) as connection:
        ids = [f"C{number:04d}" for number in range(CLIENTS)]
        recipients = list(read_recipients(connection, programme, ids, as_of))
        mailed = read_tracked_mails(connection, [recipient.address for recipient in recipients])
        for recipient in recipients:
            mails = mailed.get(recipient.address, ())
            for client in recipient.clients:
                if not client.is_erased:
                    health = health_of(programme, client, recipient, mails, as_of)
                    found.append(ClientHealth(client.client_id, health.score, health.band, health.indicators))
    return sorted(found)


@pytest.mark.slow
def test_one_pass_says_what_the_rules_say_of_each(base: Engine) -> None:
    """On days around those on which facts cluster; every indicator holds for some client and not for others."""
    for days in (-30, -1, 0, 1, 4, 45):
        as_of = DAY + timedelta(days=days)
        found = list(read_health(base, make.shipped_programme(), as_of))
        assert found == plainly(base, as_of)
        assert 370 < len(found) < 400
    held = [set(each.indicators) for each in read_health(base, make.shipped_programme(), DAY)]
    for indicator in Indicator:
        assert 3 < sum(indicator in each for each in held) < 395, indicator


def test_who_has_no_health(base: Engine) -> None:
    """An erased client, one that the export no longer has, and an unknown one."""
    with reading(base) as connection:
        gone = connection.scalars(
            clients.select().with_only_columns(clients.c.client_id).where(clients.c.erased_on.is_not(None))
        ).first()
        for client_id in (gone, "nobody"):
            assert read_health_of(connection, make.shipped_programme(), str(client_id), DAY) is None


def test_snapshots_are_of_changes_alone(base: Engine) -> None:
    """All at first, then whoever's health changed; run twice it writes nothing; the bands of a week are compared."""
    programme = make.shipped_programme()
    own = health_snapshots.c
    assert keep_snapshots(base, programme, DAY) == len(list(read_health(base, programme, DAY)))
    assert keep_snapshots(base, programme, DAY) == 0
    later = DAY + timedelta(days=4)
    before, after = ({each.client_id: each for each in read_health(base, programme, day)} for day in (DAY, later))
    changed = {one for one in after if after[one][1:] != before[one][1:]}
    assert keep_snapshots(base, programme, later) == len(changed) > 3
    assert keep_snapshots(base, programme, DAY) == 0
    bands = list(Band)
    fallen = {one for one in after if bands.index(after[one].band) > bands.index(before[one].band)}
    with reading(base) as connection:
        rows = connection.execute(select(own.client_id).where(own.day == later)).scalars()
        assert set(rows) == changed
        falls = read_falls(connection, later - timedelta(days=3), later)
        assert read_falls(connection, DAY, DAY) == []
    assert {fall.client_id for fall in falls} == fallen
    assert fallen

"""The schema and its guards, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, String, cast, create_engine, literal, select, text
from sqlalchemy.exc import DBAPIError

from models.database.bulk import insert_rows
from models.database.engine import (
    HEAD,
    MIGRATIONS,
    DatabaseUnusable,
    open_engine,
    reading,
    reading_by_key,
    schema_version,
    upgrade_schema,
    writing,
    writing_again,
    writing_durably,
)
from models.database.given import in_values
from models.database.server import durability_fault
from models.tables import activity, consent_history, events, messages

DAY = date(2026, 3, 1)


def test_upgrade_twice_changes_nothing(engine: Engine) -> None:
    """A fresh database stands at the head, and a second upgrade leaves it there."""
    upgrade_schema(engine)

    assert schema_version(engine) == HEAD


@pytest.mark.postgres
def test_who_upgrades_second_waits_for_the_first(postgres_engine: Engine) -> None:
    """An import while `alembic upgrade head` is at work; on SQLite it waits for the one who writes."""
    with writing(postgres_engine) as connection:
        command.downgrade(_alembic(connection), "0017")

    with ThreadPoolExecutor(1) as beside:
        with writing(postgres_engine) as first:
            command.upgrade(_alembic(first), "head")
            second = beside.submit(upgrade_schema, postgres_engine)
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            while not first.execute(waiting).scalar_one() and not second.done():
                time.sleep(0.01)
        second.result()

    assert schema_version(postgres_engine) == HEAD


OLD_DROPS = {
    "Recipient List over Package Quota": "over_quota",
    "Invalid SMTPAPI header": "withheld",
    None: "withheld",
    "Bounced Address": "dropped",
    "Unsubscribed Address": "dropped",
}


def test_old_drops_for_our_sake_get_their_own_kind(engine: Engine) -> None:
    """Events of before 0009: what was dropped for the account's or the content's sake can be resent by name."""
    upgrade_schema(engine)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    columns = [
        "provider_event_id",
        "kind",
        "recipient",
        "occurred_at",
        "is_machine",
        "reason",
        "received_at",
        "payload",
    ]
    rows = [(f"e{n}", "dropped", "a@b.nl", at, False, reason, at, "{}") for n, reason in enumerate(OLD_DROPS)]
    with writing(engine) as connection:
        command.downgrade(_alembic(connection), "0008")
        insert_rows(connection, events, columns, rows)
    upgrade_schema(engine)
    with reading(engine) as connection:
        found = connection.execute(select(events.c.reason, events.c.kind).order_by(events.c.id)).all()
    assert {row.reason: row.kind for row in found} == OLD_DROPS


def test_messages_of_before_the_narrow_states_stay(engine: Engine) -> None:
    """0018 splits the log: each message keeps its number and all it said, new ones count on, and back again too."""
    upgrade_schema(engine)
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    before = (
        "INSERT INTO messages (id, message_id, client_id, recipient, touchpoint, occasion, flow, purpose, as_of, "
        "due_on, closes_on, status, attempts, variant, fields, request_id, settled_at, reason, is_tracked) VALUES "
        "(:id, :message_id, 'K1', 'a@b.nl', 'check_in', :message_id, 'daily', 'service', '2026-03-01', '2026-03-01', "
        "'2026-03-09', :status, 1, '{}', :fields, 'r1', :at, :reason, true)"
    )
    rows = [
        {"id": 7, "message_id": "m7", "status": "accepted", "fields": '{"name": "Zoë; \'"}', "at": at, "reason": None},
        {"id": 900, "message_id": "m900", "status": "cancelled", "fields": None, "at": at, "reason": "unsubscribed"},
    ]
    wanted = "SELECT id, message_id, status, fields, reason, occasion, attempts, request_id FROM messages ORDER BY id"
    with writing(engine) as connection:
        command.downgrade(_alembic(connection), "0017")
        connection.execute(text(before), rows)
        old = connection.execute(text(wanted)).all()
    upgrade_schema(engine)
    with writing(engine) as connection:
        assert connection.execute(text(wanted)).all() == old
        columns = ["message_id", "client_id", "recipient", "touchpoint", "occasion", "flow", "purpose", "as_of"]
        columns += ["due_on", "closes_on", "status", "attempts"]
        row = ["m901", "K2", "c@d.nl", "check_in", "x", "daily", "service", DAY, DAY, DAY, "planned", 0]
        assert insert_rows(connection, messages, columns, [row], ignore_existing=True) == 1
        assert connection.execute(select(messages.c.id).where(messages.c.message_id == "m901")).scalar_one() > 900
        command.downgrade(_alembic(connection), "0017")
        assert connection.execute(text(wanted)).all()[:2] == old
        command.upgrade(_alembic(connection), "head")


def test_variants_of_before_they_stood_once_stay(engine: Engine) -> None:
    """0020 keeps each variant once, however long; each message says what it said, there and back again."""
    upgrade_schema(engine)
    long = "".join(map(chr, range(0x4E00, 0x4E00 + 9_000)))
    variants = ['{"reader":"starter"}', None, long, '{"reader":"starter"}', "{}"]
    add = (
        "INSERT INTO messages (message_id, client_id, recipient, touchpoint, occasion, flow, purpose, as_of, due_on, "
        "closes_on, status, attempts, variant) VALUES (:id, 'K1', 'a@b.nl', 'check_in', :id, 'daily', 'service', "
        "'2026-03-01', '2026-03-01', '2026-03-09', 'planned', 0, :variant)"
    )
    said = text("SELECT message_id, variant, status FROM messages ORDER BY message_id")
    with writing(engine) as connection:
        command.downgrade(_alembic(connection), "0019")
        rows = [{"id": f"m{number}", "variant": variant} for number, variant in enumerate(variants)]
        connection.execute(text(add), rows)
        before = connection.execute(said).all()
    upgrade_schema(engine)
    with writing(engine) as connection:
        after = connection.execute(said).all()
        connection.execute(text(add), {"id": "m5", "variant": "{}"})
        connection.execute(text("UPDATE messages SET variant = '[]' WHERE message_id = 'm0'"))
        kept = connection.execute(text("SELECT variant FROM message_variants ORDER BY id")).scalars().all()
        changed = connection.execute(said).scalars("variant").all()
        command.downgrade(_alembic(connection), "0019")
        back = connection.execute(said).scalars("variant").all()
        command.upgrade(_alembic(connection), "head")

    assert [row.variant for row in before] == variants
    assert after == before
    assert sorted(kept) == sorted({"[]", *filter(None, variants)})
    assert changed == back == ["[]", *variants[1:], "{}"]


def test_codes_and_decisions_of_before_one_row_for_a_mail_stay(engine: Engine) -> None:
    """0023 keeps each code once and decisions where they were; going back makes rows of what stood on messages."""
    upgrade_schema(engine)
    add = (
        "INSERT INTO messages (message_id, client_id, recipient, touchpoint, occasion, flow, purpose, as_of, due_on, "
        "closes_on, status, attempts) VALUES (:id, :id, 'a@b.nl', 'anniversary', 'x', 'daily', 'marketing', "
        "'2026-03-01', '2026-03-01', '2026-03-09', 'planned', 0)"
    )
    give = (
        "INSERT INTO discount_codes (client_id, code, percent, given_on, valid_until, touchpoint, message_id) "
        "VALUES (:id, :code, 15, '2026-03-01', :until, 'anniversary', :id)"
    )
    decide = (
        "INSERT INTO decisions (as_of, flow, client_id, recipient, touchpoint, occasion, due_on, outcome, reason, "
        "segment, priority, also) VALUES ('2026-03-01', 'daily', :id, 'a@b.nl', 'anniversary', 'x', '2026-03-01', "
        "'send', '', 'overig', 50, '')"
    )
    codes = [("K1", "LOYAL15", "2026-04-30"), ("K2", "ZILVER-K2", None), ("K3", "LOYAL15", "2026-04-30")]
    kept = text("SELECT client_id, code, valid_until, message_id FROM discount_codes ORDER BY client_id")
    decided = text("SELECT client_id, outcome, priority, segment FROM decisions ORDER BY client_id")
    with writing(engine) as connection:
        command.downgrade(_alembic(connection), "0022")
        connection.execute(text(add), [{"id": each[0]} for each in (*codes, ("K4",))])
        connection.execute(text(give), [dict(zip(("id", "code", "until"), each, strict=True)) for each in codes])
        connection.execute(text(decide), {"id": "K1"})
        before = connection.execute(kept).all(), connection.execute(decided).all()
    upgrade_schema(engine)
    with writing(engine) as connection:
        given = (
            "SELECT client_id, code FROM messages LEFT JOIN discount_codes AS own ON own.id = discount_id ORDER BY 1"
        )
        assert [*map(tuple, connection.execute(text(given)))] == [*(each[:2] for each in codes), ("K4", None)]
        assert connection.execute(text("SELECT count(*) FROM discount_codes")).scalar_one() == 2
        assert connection.execute(decided).all() == before[1]
        connection.execute(text("UPDATE messages SET priority = 7, segment = 'overig' WHERE client_id = 'K4'"))
        after = connection.execute(decided).all()
        command.downgrade(_alembic(connection), "0022")
        assert connection.execute(kept).all() == before[0]
        assert connection.execute(decided).all() == after == [*before[1], ("K4", "send", 7, "overig")]
        command.upgrade(_alembic(connection), "head")


def _alembic(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@pytest.mark.parametrize("statement", ["UPDATE activity SET kind = 'x'", "DELETE FROM activity"])
def test_activity_is_append_only(engine: Engine, statement: str) -> None:
    """Not even a hand that types SQL can edit or delete what a client did."""
    with writing(engine) as connection:
        insert_rows(connection, activity, ["client_id", "kind", "source_id", "occurred_on"], [["C", "k", "s", DAY]])

    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as connection:
        connection.execute(text(statement))


def test_insert_rows_counts_only_new_rows(engine: Engine) -> None:
    """insert_rows returns how many rows were new and leaves those that were there."""
    columns = ["id", "client_id", "kind", "source_id", "occurred_on"]
    with writing(engine) as connection:
        first = insert_rows(connection, activity, columns, [[1, "C1", "k", "s", DAY], [2, "C2", "k", "s", DAY]])
        second = insert_rows(
            connection, activity, columns, [[2, "C2", "k", "s", DAY], [3, "é", "k", "s", DAY]], ignore_existing=True
        )

    assert (first, second) == (2, 1)
    with reading(engine) as connection:
        assert _found(connection, True, "é", "C1", "'") == [("C1", DAY), ("é", DAY)]
        assert _found(connection, True, "C2") == _found(connection, False, "é", "C1", "'") == [("C2", DAY)]
        assert _found(connection, True) == []


def _found(connection: Connection, is_wanted: bool, *client_ids: str) -> list[tuple[str, date]]:
    """The rows of these clients, or of all others."""
    theirs = in_values(activity.c.client_id, client_ids)
    query = activity.select().where(theirs if is_wanted else ~theirs).order_by(activity.c.id)
    return [(row.client_id, row.occurred_on) for row in connection.execute(query)]


@pytest.fixture(params=["direct", "pooler"])
def reached(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the server is reached: by ourselves, or through a pooler, which drops the options of a session."""
    if request.param == "pooler":
        monkeypatch.setattr("models.database.sessions.OPTIONS", {})
    return str(request.param)


@pytest.mark.postgres
@pytest.mark.usefixtures("reached")
def test_a_commit_waits_for_the_disk_whatever_the_server_says(postgres_engine: Engine) -> None:
    """With synchronous_commit off for the database and the role, ours still wait; work that is done again does not."""
    with writing(postgres_engine) as connection:
        connection.execute(text(f'ALTER DATABASE "{postgres_engine.url.database}" SET synchronous_commit = off'))
    fresh = open_engine(postgres_engine.url.render_as_string(hide_password=False))
    for begin, setting in ((writing_durably, "on"), (writing, "on"), (writing_again, "off"), (writing_durably, "on")):
        with begin(fresh) as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == setting
    fresh.dispose()


@pytest.mark.postgres
def test_a_pooler_is_asked_for_no_prepared_statement(postgres_engine: Engine, reached: str) -> None:
    """The next transaction may have another session, which does not know it."""
    fresh = open_engine(postgres_engine.url.render_as_string(hide_password=False))
    for _ in range(7):  # psycopg prepares a statement that comes often
        with reading(fresh) as connection:
            connection.execute(select(activity.c.id)).all()
            prepared = connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one()
    fresh.dispose()
    assert bool(prepared) is (reached == "direct")


@pytest.mark.postgres
@pytest.mark.usefixtures("reached")
def test_days_and_moments_read_the_same_whatever_the_server_says(postgres_engine: Engine) -> None:
    """The firm's own settings of zone, form of days and isolation change nothing of what is read and written."""
    theirs = {
        "datestyle": "German, DMY",
        "timezone": "America/St_Johns",
        "default_transaction_isolation": "serializable",
    }
    with writing(postgres_engine) as connection:
        for name, value in theirs.items():
            connection.execute(text(f"ALTER DATABASE \"{postgres_engine.url.database}\" SET {name} = '{value}'"))
    at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    fresh = open_engine(postgres_engine.url.render_as_string(hide_password=False))
    with writing(fresh) as connection:
        connection.execute(activity.insert().values(client_id="K1", kind="quote_sent", source_id="Q1", occurred_on=DAY))
        connection.execute(
            consent_history.insert().values(recipient="a@b.nl", change="given", changed_at=at, source="import")
        )
        day = connection.execute(select(cast(activity.c.occurred_on, String))).scalar_one()
        moment = connection.execute(select(consent_history.c.changed_at)).scalar_one()
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
    fresh.dispose()
    assert day == DAY.isoformat()
    assert moment.isoformat() == at.isoformat()
    assert isolation == "read committed"


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_new_database_must_hold_every_name(postgres_url: str, encoding: str) -> None:
    """A server that was set up without a locale makes databases that hold bytes or few letters: refused in one line."""
    name = f"letters_{encoding.lower()}"
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0"))
        engine = open_engine(admin.url.set(database=name).render_as_string(hide_password=False))
        with pytest.raises(DatabaseUnusable, match=f"keeps text as {encoding}.*createdb --encoding=UTF8"):
            upgrade_schema(engine)
        engine.dispose()
        connection.execute(text(f"DROP DATABASE {name}"))
    admin.dispose()


@pytest.mark.postgres
def test_letters_arrive_whatever_the_server_speaks(postgres_engine: Engine) -> None:
    """A client_encoding of the database or the role has no sign for some names."""
    with writing(postgres_engine) as connection:
        connection.execute(text(f'ALTER DATABASE "{postgres_engine.url.database}" SET client_encoding = LATIN1'))
    fresh = open_engine(postgres_engine.url.render_as_string(hide_password=False))
    with reading(fresh) as connection:
        assert connection.execute(select(literal("Łukasz †"))).scalar_one() == "Łukasz †"
    fresh.dispose()


@pytest.mark.postgres
def test_keys_are_looked_up_by_one_process_until_the_end_of_the_reading(postgres_engine: Engine) -> None:
    """The session has the server's own settings before and after, and sees one moment only where that was asked."""
    asked = "SELECT current_setting('random_page_cost'), current_setting('max_parallel_workers_per_gather'), "
    query = text(f"{asked} current_setting('transaction_isolation')")
    with reading(postgres_engine) as connection:
        usual = tuple(connection.execute(query).one())
    for at_one_moment, isolation in ((False, usual[2]), (True, "repeatable read")):
        with reading_by_key(postgres_engine, at_one_moment=at_one_moment) as connection:
            assert tuple(connection.execute(query).one()) == ("1.1", "0", isolation)
        with reading(postgres_engine) as connection:
            assert tuple(connection.execute(query).one()) == usual
    assert usual[:2] != ("1.1", "0")


@pytest.mark.postgres
def test_who_wrote_last_works_next(sqlite_engine: Engine) -> None:
    """Another connection of the pool would begin with a page cache that the writer made useless."""
    with writing(sqlite_engine) as writer, reading(sqlite_engine) as reader:
        wrote = writer.connection.dbapi_connection
        assert reader.connection.dbapi_connection is not wrote

    with reading(sqlite_engine) as following:
        assert following.connection.dbapi_connection is wrote


def test_a_server_that_cannot_be_durable_is_named(postgres_engine: Engine, sqlite_engine: Engine) -> None:
    """fsync off (as on the tests' own server), or a session that a pooler turned back to off."""
    with reading(postgres_engine) as connection:
        assert "fsync = off" in str(durability_fault(connection))
    pooled = create_engine(postgres_engine.url, connect_args={"options": "-c synchronous_commit=off"})
    with reading(pooled) as connection:
        assert "synchronous_commit = off" in str(durability_fault(connection))
    pooled.dispose()
    with reading(sqlite_engine) as connection:
        assert durability_fault(connection) is None

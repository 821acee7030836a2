"""Reading for the one who asks why: an explanation, the log and near names, on both databases."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, update

from models import tables
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import consent_history
from programme.insight.forecast import forecast
from programme.rules.simulation import Simulation
from programme.words.states import Flow, Outcome, Reason, RunMode
from tasks.base.workspace import Workspace
from tasks.clients.facts.audience import read_recipients
from tasks.clients.lookup import UnknownClient, require_client
from tasks.importing.folder import import_folder
from tasks.insight.explain import MOST_RECORDS, read_explanation
from tasks.insight.message_log import read_decisions, read_messages
from tasks.insight.preview import preview_mail
from tasks.runs.deciding.planning import decisions_of, plan_day
from tasks.runs.taking_up.judging_again import foresee_left_over
from tests import factories as make
from tests.conftest import DATA
from tests.tasks.histories import History
from tests.tasks.periods import log_messages, planned
from tests.tasks.running import backfill

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def workspace(lasting_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The worked example with the runs of two days logged; one for all tests, which read it."""
    folder = tmp_path_factory.mktemp("explain")
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(folder)
        rejected = folder / "r.csv"
        import_folder(
            lasting_engine, DATA / "club", imported_at=datetime(2028, 1, 1, tzinfo=UTC), rejected_path=rejected
        )
        workspace = Workspace(Settings.model_construct(), make.shipped_programme(), lasting_engine)
        backfill(workspace, date(2026, 3, 1), DAY, tuple(Flow), RunMode.LOG, today=DAY)
        yield workspace


def test_an_explanation_holds_all_of_the_recipient(workspace: Workspace) -> None:
    """Every record of an address, its facts up to the day, and the forecast of exactly those facts."""
    with reading(workspace.engine) as connection:
        ids = [row.client_id for row in read_decisions(connection)]
        shared = next(
            recipient
            for recipient in read_recipients(connection, workspace.programme, ids, DAY)
            if len(recipient.clients) > 1
        )
    asked = shared.clients[1].client_id
    told = read_explanation(workspace.engine, workspace.programme, asked, DAY)
    assert told.client.client_id == asked
    assert [card.client_id for card in told.cards] == [client.client_id for client in shared.clients]
    assert {row.client_id for row in told.decisions} <= {asked}
    assert {row.client_id for row in told.messages} <= {client.client_id for client in shared.clients}
    assert all(fact.on <= DAY for fact in told.facts)
    assert told.forecast == forecast(workspace.programme, shared, DAY, 90)


def test_what_is_left_planned_comes_with_the_next_run(sqlite_engine: Engine) -> None:
    """A run takes it up first, so it is the client's next mail, and what is due beside it waits."""
    programme, day = make.shipped_programme(), date(2026, 3, 2)
    History(seed=5, clients=60, day=day).store(sqlite_engine)
    before = day - timedelta(days=1)
    sent = [each for each in planned(sqlite_engine, programme, before, 1) if each.outcome == Outcome.SEND]
    log_messages(sqlite_engine, [each for each in sent if each.recipient])
    with writing(sqlite_engine) as connection:
        connection.execute(update(tables.messages).values(status="planned"))
    simulation, left_over = Simulation(), foresee_left_over(sqlite_engine, programme, day)
    runs = [plan_day(sqlite_engine, programme, flow, day, simulation, left_over=left_over) for flow in Flow]
    to_go = {
        (each.client_id, each.touchpoint, each.occasion)
        for run in runs
        for each in decisions_of(run)
        if each.outcome == Outcome.SEND
    }
    found = set()

    for client_id in {each.client_id for each in sent if each.recipient}:
        coming = read_explanation(sqlite_engine, programme, client_id, day).forecast.prospects
        found |= {(each.client_id, each.touchpoint, each.occasion) for each in coming if each.send_on == day}

    assert len(found) > 3
    assert found <= to_go
    assert {key for key in to_go if key in {fate.key for fate in left_over.fates}} <= found


def test_who_was_erased_has_no_score(sqlite_engine: Engine) -> None:
    """Nothing is left of which a score could come (care 7.1), and 100 would say that all is well."""
    History(seed=5, clients=3, day=DAY).store(sqlite_engine)
    with writing(sqlite_engine) as connection:
        client_id = connection.execute(select(tables.clients.c.client_id).limit(1)).scalar_one()
        assert read_explanation(sqlite_engine, make.shipped_programme(), client_id, DAY).health is not None
        own = tables.clients.c.client_id == client_id
        connection.execute(update(tables.clients).where(own).values(erased_on=DAY))

    assert read_explanation(sqlite_engine, make.shipped_programme(), client_id, DAY).health is None


def test_the_history_of_the_list_is_in_the_timeline(workspace: Workspace) -> None:
    """A lifted suppression is told with the name of who lifted it, on the day that it was."""
    row = {
        "recipient": "anna.smit.69@example.nl",
        "change": "lifted",
        "changed_at": datetime(2026, 2, 27, 23, 30, tzinfo=UTC),  # the 28th in Amsterdam
        "source": "cli",
        "by_name": "Femke",
    }
    with writing(workspace.engine) as connection:
        connection.execute(insert(consent_history).values(row))
    facts = read_explanation(workspace.engine, workspace.programme, "C00070", DAY).facts
    assert (facts[-1].on, facts[-1].text) == (date(2026, 2, 28), "Mag weer mail krijgen, vastgelegd door Femke")


def test_the_log_is_read_in_one_order(workspace: Workspace) -> None:
    """Decisions by day, flow and recipient, in code point order on both databases."""
    with reading(workspace.engine) as connection:
        decisions = list(read_decisions(connection))
        messages = list(read_messages(connection, DAY, DAY))
    keys = [
        (row.as_of, row.flow, row.recipient, "" if row.recipient else row.client_id, -row.priority, row.due_on)
        for row in decisions
    ]
    assert keys == sorted(keys)
    assert {row.as_of for row in messages} == {DAY}
    assert messages == sorted(messages, key=lambda row: (row.as_of, row.recipient, row.touchpoint))


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ("c00070", "Did you mean C00070 (Anna Smit)?"),
        ("Smit", "(Anna Smit)"),
        ("anna.smit.69@", "Did you mean C00070 (Anna Smit)?"),
        ("C000700", "Did you mean C00070"),
        ("100%_", "None of the 250 clients is like it"),
        ("", "None of the 250 clients is like it"),
    ],
)
def test_who_may_have_been_meant(workspace: Workspace, typed: str, part: str) -> None:
    """By a part of the id, the name or the address, else by likeness; never by a pattern of SQL."""
    with pytest.raises(UnknownClient) as unknown:
        require_client(workspace.engine, typed)
    assert part in str(unknown.value)


def test_a_preview_equals_the_mail_that_was_made(workspace: Workspace) -> None:
    """Subject and message id are those of the log, for every message of the day."""
    with reading(workspace.engine) as connection:
        rows = [row for row in read_messages(connection, DAY, DAY, "logged") if row.recipient]
    assert rows
    for row in rows[:10]:
        preview = preview_mail(workspace, row.touchpoint, row.client_id, DAY, row.occasion)
        assert (preview.mail.message_id, preview.mail.subject) == (row.message_id, row.subject)
        assert preview.logged == ("logged", DAY)


OF_ANOTHER_RECORD = [
    ("clients", {"consent": "no"}, Reason.NO_CONSENT),
    (
        "feedback",
        {"feedback_id": "F1", "given_on": date(2026, 2, 28), "kind": "complaint", "negative": True, "origin": "import"},
        Reason.OPEN_CASE,
    ),
]


def test_an_address_that_is_no_persons_is_explained_by_its_record(sqlite_engine: Engine) -> None:
    """Of an address at hundreds of records: the count of them all, and the facts and forecast of the one asked for."""
    columns = ["client_id", "name", "recipient", "kind", "consent", "channel", "id_crc32"]
    people = [(f"K{n}", "Klant", "geen@voorbeeld.nl", "consument", "yes", "email", n) for n in range(MOST_RECORDS + 1)]
    projects = [(f"P{n}", f"K{n}", "dakkapel", 150_000, date(2026, 1, 5)) for n in range(MOST_RECORDS + 1)]
    with writing(sqlite_engine) as connection:
        insert_rows(connection, tables.clients, columns, people)
        names = ["project_id", "client_id", "type", "value_cents", "ordered_on"]
        insert_rows(connection, tables.projects, names, projects)
    told = read_explanation(sqlite_engine, make.shipped_programme(), "K7", date(2026, 3, 1))
    assert len(told.cards) == MOST_RECORDS + 1
    assert {fact.client_id for fact in told.facts} == {"K7"}


@pytest.mark.parametrize(("table", "row", "reason"), OF_ANOTHER_RECORD)
def test_what_another_record_means_is_seen_at_an_address_of_many(
    sqlite_engine: Engine, table: str, row: dict[str, Any], reason: Reason
) -> None:
    """An objection, a complaint or a running project at the last of many records holds the asked one's mail too."""
    delivered = date(2026, 2, 27)
    columns = ["client_id", "name", "recipient", "kind", "consent", "channel", "id_crc32"]
    people = [
        (
            f"K{n}",
            "Klant",
            "geen@voorbeeld.nl",
            "consument",
            row.get("consent", "yes") if n == MOST_RECORDS else "yes",
            "email",
            n,
        )
        for n in range(MOST_RECORDS + 1)
    ]
    with writing(sqlite_engine) as connection:
        insert_rows(connection, tables.clients, columns, people)
        names = ["project_id", "client_id", "type", "value_cents", "ordered_on", "delivered_on"]
        insert_rows(connection, tables.projects, names, [("P7", "K7", "dakkapel", 150_000, delivered, delivered)])
        if table != "clients":
            kept = {"client_id": f"K{MOST_RECORDS}"} | row
            insert_rows(connection, getattr(tables, table), list(kept), [tuple(kept.values())])
    told = read_explanation(sqlite_engine, make.shipped_programme(), "K7", date(2026, 3, 1))
    assert {prospect.client_id for prospect in told.forecast.prospects} == {"K7"}
    assert reason in {spell.reason for prospect in told.forecast.prospects for spell in prospect.spells}

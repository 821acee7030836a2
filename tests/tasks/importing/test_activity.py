"""After an import the log of activity says what the facts say, and it never forgets what it said."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, select

from models.database.engine import reading, writing
from models.tables import activity, feedback
from tasks.importing.report import ImportReport
from tasks.importing.staging.activity import sync_activity
from tasks.importing.staging.parts import Parts
from tests.conftest import DATA

Load = Callable[[Engine, Path], ImportReport]
Export = Callable[..., Path]
Entry = tuple[str, str, str, str]

CLIENTS = "client_id,name\nC1,Anna\nC2,Bert\n"
PROJECTS = "project_id,client_id,type,value_eur,ordered_on,delivered_on,cancelled_on\n"


def _standing(engine: Engine) -> list[Entry]:
    """What the log says now: client, kind, source and day."""
    with reading(engine) as connection:
        rows = connection.execute(select(activity)).all()
    withdrawn = {row.retracts for row in rows}
    return sorted(
        (row.client_id, row.kind, row.source_id, row.occurred_on.isoformat())
        for row in rows
        if row.retracts is None and row.id not in withdrawn
    )


def _number_of_rows(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(activity.c.id)).all())


def test_each_dated_fact_of_a_client_is_activity(engine: Engine, load: Load, export: Export) -> None:
    """Orders, deliveries, quotes sent and decided, inbound contact, feedback and invitations; nothing else."""
    load(
        engine,
        export(
            clients=CLIENTS,
            projects=PROJECTS
            + "P1,C1,uitbouw,1,2024-01-01,2024-02-01,2024-03-01\nP2,C1,uitbouw,1,2024-01-02,,2024-04-01\n",
            quotes="quote_id,client_id,type,value_eur,sent_on,decided_on,decision\n"
            "Q1,C1,,,2024-01-03,2024-01-04,rejected\nQ2,C1,,,2024-01-05,2024-01-06,\nQ3,C1,,,2024-01-07,,\n",
            interactions="interaction_id,client_id,occurred_on,direction\nI1,C1,2024-01-08,in\nI2,C1,2024-01-09,out\n",
            feedback="feedback_id,client_id,given_on,kind,resolved_on\nF1,C1,2024-01-10,nps,2024-01-20\n",
            invoices="invoice_id,client_id,amount_eur,issued_on,due_on,paid_on\nV1,C1,1,2024-01-11,2024-01-12,2024-01-13\n",
            referrals="referral_id,referrer_id,referred_client_id,invited_on,signed_up_on\nR1,C1,C2,2024-01-14,2024-01-15\n",
        ),
    )
    assert _standing(engine) == sorted(
        [
            ("C1", "project_ordered", "P1", "2024-01-01"),
            ("C1", "project_delivered", "P1", "2024-02-01"),
            ("C1", "project_ordered", "P2", "2024-01-02"),
            ("C1", "quote_sent", "Q1", "2024-01-03"),
            ("C1", "quote_decided", "Q1", "2024-01-04"),
            ("C1", "quote_sent", "Q2", "2024-01-05"),
            ("C1", "quote_decided", "Q2", "2024-01-06"),
            ("C1", "quote_sent", "Q3", "2024-01-07"),
            ("C1", "interaction_in", "I1", "2024-01-08"),
            ("C1", "feedback_given", "F1", "2024-01-10"),
            ("C1", "referral_invited", "R1", "2024-01-14"),
        ]
    )


def test_a_correction_retracts_the_wrong_row_and_adds_the_right_one(engine: Engine, load: Load, export: Export) -> None:
    """Day, client, direction: there, gone and there again; every row that was ever said is still in the log."""
    project = PROJECTS + "P1,{},uitbouw,1,2024-01-01,{},\n"
    load(engine, export(clients=CLIENTS, projects=project.format("C1", "2024-02-01")))
    steps = [
        ("C1", "2024-02-02", 2),  # a withdrawal and the right day
        ("C1", "", 1),  # not delivered after all
        ("C1", "2024-02-01", 1),  # the first day again: a new row, the old one stays withdrawn
        ("C2", "2024-02-01", 4),  # another client
        ("C2", "2024-02-01", 0),
    ]
    rows = _number_of_rows(engine)
    for client, delivered_on, more in steps:
        load(engine, export(projects=project.format(client, delivered_on)))
        expected = [(client, "project_ordered", "P1", "2024-01-01")]
        if delivered_on:
            expected.append((client, "project_delivered", "P1", delivered_on))
        assert _standing(engine) == sorted(expected)
        rows += more
        assert _number_of_rows(engine) == rows


def test_an_answer_is_not_the_imports_business(engine: Engine, load: Load, export: Export) -> None:
    """Rows of kind answer stay, and feedback from our own pages counts like that of the CRM."""
    folder = export(clients=CLIENTS)
    load(engine, folder)
    with writing(engine) as connection:
        answer = {"client_id": "C1", "kind": "answer", "source_id": "m1", "occurred_on": date(2025, 1, 1)}
        connection.execute(activity.insert().values(answer))
        row = {"feedback_id": "A1", "client_id": "C1", "given_on": date(2025, 1, 1), "kind": "nps", "origin": "page"}
        connection.execute(feedback.insert().values(row))
    load(engine, folder)
    assert _standing(engine) == [
        ("C1", "answer", "m1", "2025-01-01"),
        ("C1", "feedback_given", "A1", "2025-01-01"),
    ]


def test_syncing_twice_adds_nothing(engine: Engine, load: Load) -> None:
    """The second time there is nothing to say."""
    load(engine, DATA / "club")
    with writing(engine) as connection:
        assert sync_activity(Parts(connection)) == 0

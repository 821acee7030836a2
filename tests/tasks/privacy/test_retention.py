"""Each period of [retention]: what is over goes at night, what is not stays, figures and open complaints too."""

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from models import tables
from models.database.engine import reading, writing
from programme.words.dates import add_months, midnight_in_amsterdam
from tasks.base.workspace import Workspace
from tasks.privacy.retention import apply_retention
from tasks.referrals.batches import SettlementRefused
from tasks.referrals.deciding import export

TODAY = date(2030, 6, 1)
NOW = midnight_in_amsterdam(TODAY) + timedelta(hours=4)
OLD, YOUNG = add_months(TODAY, -24) - timedelta(days=1), add_months(TODAY, -24)


def moment(day: date) -> datetime:
    return midnight_in_amsterdam(day)


def put(workspace: Workspace, table: Any, *rows: dict[str, Any]) -> None:
    with writing(workspace.engine) as connection:
        for row in rows:
            connection.execute(insert(table).values(**row))


def values(workspace: Workspace, table: Any, *names: str) -> list[tuple[Any, ...]]:
    with reading(workspace.engine) as connection:
        query = select(*(table.c[name] for name in names)).order_by(*table.primary_key.columns)
        return [tuple(row) for row in connection.execute(query)]


def keep(workspace: Workspace) -> dict[str, int]:
    return dict(
        apply_retention(
            workspace.engine, workspace.programme, workspace.settings.outbox_dir, NOW.astimezone(UTC), TODAY
        )
    )


def client(workspace: Workspace) -> None:
    put(
        workspace,
        tables.clients,
        {
            "client_id": "C1",
            "name": "A",
            "recipient": "a@x.nl",
            "kind": "consument",
            "consent": "yes",
            "channel": "email",
            "id_crc32": 1,
        },
    )


def feedback(number: str, given_on: date, **changes: Any) -> dict[str, Any]:
    return {
        "feedback_id": number,
        "client_id": "C1",
        "given_on": given_on,
        "kind": "csat",
        "score": 9,
        "comment": number,
        "origin": "import",
    } | changes


def case(number: str, closed: date | None) -> dict[str, Any]:
    state = "resolved" if closed else "open"
    return {
        "case_id": number,
        "client_id": "C1",
        "severity": "minor",
        "missed": 0,
        "root": number,
        "state": state,
        "given_at": moment(OLD),
        "opened_at": moment(OLD),
        "closed_at": closed and moment(closed),
    }


def test_words_go_two_years_after_the_case_closed(workspace: Workspace) -> None:
    """Of praise from its day; of a complaint that is not solved never; scores stay. The night after does nothing."""
    client(workspace)
    ancient = date(2026, 1, 1)
    put(
        workspace,
        tables.feedback,
        feedback("praise-old", OLD),
        feedback("praise-young", YOUNG),
        feedback("unsolved", ancient, score=3),
        feedback("solved-long-ago", ancient, score=3, resolved_on=OLD),
        feedback("solved-young", ancient, score=3, resolved_on=YOUNG),
        feedback("case-open", ancient, score=3),
        feedback("case-young", ancient, score=3, resolved_on=ancient),
        feedback("case-old", ancient, score=3),
    )
    put(workspace, tables.cases, case("case-open", None), case("case-young", YOUNG), case("case-old", OLD))
    for number in ("case-open", "case-young", "case-old"):
        put(workspace, tables.case_feedback, {"feedback_id": number, "case_id": number, "place": 0, "taken_at": NOW})
    counts = keep(workspace)

    left = {number for number, comment in values(workspace, tables.feedback, "feedback_id", "comment") if comment}
    assert left == {"praise-young", "unsolved", "solved-young", "case-open", "case-young"}
    assert counts == {"feedback": 3}
    assert len(values(workspace, tables.feedback, "score")) == 8
    assert keep(workspace) == {}


def test_notes_go_with_their_task(workspace: Workspace) -> None:
    """An open task keeps its notes, whatever their age, and so does one of a case that closed of late or runs on."""
    task = {
        "kind": "reply",
        "client_id": "C1",
        "cause": "x",
        "purpose": "service",
        "channel": "work",
        "level": "engineer",
        "made_at": moment(OLD),
        "due_at": moment(OLD),
        "attempts": 0,
    }
    put(
        workspace,
        tables.people_tasks,
        {"task_id": "open", "state": "open", **task},
        {"task_id": "done", "state": "done", **task},
        *({"task_id": each, "state": "done", "case_id": each, **task} for each in ("running", "young", "old")),
    )
    put(workspace, tables.cases, case("running", None), case("young", YOUNG), case("old", OLD))
    notes = [("open", OLD), ("done", OLD), ("done", YOUNG), ("running", OLD), ("young", OLD), ("old", OLD)]
    for number, (task_id, day) in enumerate(notes):
        put(
            workspace,
            tables.task_notes,
            {
                "id": number + 1,
                "task_id": task_id,
                "client_id": "C1",
                "kind": "note",
                "note": "woorden",
                "by_name": "Bas",
                "at": moment(day),
            },
        )
    keep(workspace)

    kept = [note is not None for (note,) in values(workspace, tables.task_notes, "note")]
    assert kept == [True, False, True, True, True, False]


def test_the_address_of_a_stranger_goes_with_his_words(workspace: Workspace) -> None:
    """A client's goes when the client does; of one whom nobody knows it would stay for ever."""
    client(workspace)
    mails = [("old", OLD, None), ("new", YOUNG, None), ("own", OLD, "C1")]
    put(
        workspace,
        tables.inbound_mails,
        *(
            {
                "mail_id": mail_id,
                "standing": "client" if client_id else "unknown",
                "received_at": moment(day),
                "received_on": day,
                "sender": "x@y.nl",
                "client_id": client_id,
                "words": "Dag",
            }
            for mail_id, day, client_id in mails
        ),
    )
    keep(workspace)

    left = values(workspace, tables.inbound_mails, "mail_id", "sender", "words")
    assert left == [("new", "x@y.nl", "Dag"), ("old", "", None), ("own", "x@y.nl", None)]
    assert keep(workspace) == {}


def test_what_mails_said_goes_and_that_they_went_stays(workspace: Workspace) -> None:
    """A mail that has not left is not touched; the provider's own words go after three months."""
    row = {
        "client_id": "C1",
        "recipient": "a@x.nl",
        "touchpoint": "check_in",
        "flow": "daily",
        "purpose": "service",
        "due_on": OLD,
        "closes_on": OLD,
        "fields": "{}",
        "variant": "{}",
        "subject": "Hoe ging het?",
        "attempts": 1,
    }
    for number, (day, status) in enumerate(
        ((OLD, "accepted"), (OLD, "planned"), (YOUNG, "accepted"), (OLD, "sending"))
    ):
        put(
            workspace,
            tables.messages,
            {**row, "message_id": f"m{number}", "occasion": f"P{number}", "as_of": day, "status": status},
        )
    event = {
        "kind": "delivered",
        "recipient": "a@x.nl",
        "is_machine": False,
        "payload": "{}",
        "occurred_at": NOW,
        "applied_at": NOW,
    }
    for number, day in enumerate((add_months(TODAY, -3) - timedelta(days=1), add_months(TODAY, -3))):
        put(workspace, tables.events, {**event, "provider_event_id": f"e{number}", "received_at": moment(day)})
    waiting = {"provider_event_id": "e9", "received_at": moment(OLD), "applied_at": None}
    put(workspace, tables.events, event | waiting)  # nobody knows yet what it means
    outbox, bound = workspace.settings.outbox_dir, NOW - timedelta(days=workspace.programme.retention.outbox_days)
    outbox.mkdir()
    for name, at in (("old", bound - timedelta(seconds=1)), ("young", bound)):
        (outbox / f"{name}.eml").touch()
        os.utime(outbox / f"{name}.eml", (at.timestamp(), at.timestamp()))
    assert keep(workspace)["outbox"] == 1

    assert [each.name for each in outbox.iterdir()] == ["young.eml"]
    assert values(workspace, tables.messages, "subject", "fields", "recipient") == [
        (None, None, "a@x.nl"),
        *[("Hoe ging het?", "{}", "a@x.nl")] * 3,
    ]
    assert [payload for (payload,) in values(workspace, tables.events, "payload")] == [None, "{}", "{}"]


def test_the_state_of_health_at_the_bound_stays_known(workspace: Workspace) -> None:
    """A state goes once a later one holds on the first day that is kept; one that still holds stays, however old."""
    rows = [("replaced", OLD), ("replaced", YOUNG), ("holds", OLD), ("holds", YOUNG + timedelta(days=1)), ("one", OLD)]
    states = [{"client_id": name, "day": day, "score": 90, "band": "healthy"} for name, day in rows]
    put(workspace, tables.health_snapshots, *states)
    assert keep(workspace) == {"health_snapshots": 1}
    left = values(workspace, tables.health_snapshots, "client_id", "day")
    assert sorted(left) == sorted(rows[1:])


def test_books_are_kept_seven_years(workspace: Workspace) -> None:
    """Of 2022 until the end of 2029: then the file goes, and account and name of each line; amounts stay, guarded."""
    for year in (2022, 2023):
        batch = f"S{year}1231-1"
        put(
            workspace,
            tables.settlement_batches,
            {
                "batch_id": batch,
                "as_of": date(year, 12, 31),
                "number": 1,
                "state": "closed",
                "prepared_by": "a",
                "preparer_key": "a",
                "prepared_at": NOW,
                "execution_on": date(year + 1, 1, 2),
            },
        )
        put(
            workspace,
            tables.settlement_lines,
            {
                "end_to_end_id": f"{batch}-0001",
                "batch_id": batch,
                "number": 1,
                "referrer_id": "C1",
                "kind": "reward",
                "amount_cents": 100,
                "adjust_cents": 0,
                "iban": "NL91ABNA0417164300",
                "holder": "A",
                "state": "paid",
                "reason": "",
            },
        )
        put(workspace, tables.settlement_files, {"batch_id": batch, "content": b"x", "sha256": "x", "made_at": NOW})
    assert keep(workspace) == {"books": 2}

    assert values(workspace, tables.settlement_lines, "amount_cents", "holder") == [(100, ""), (100, "A")]
    assert values(workspace, tables.settlement_files, "batch_id") == [("S20231231-1",)]
    with pytest.raises(SettlementRefused, match="went with the books"):
        export(workspace.engine, "S20221231-1", NOW)
    with reading(workspace.engine) as connection:
        if workspace.engine.dialect.name == "sqlite":
            guards = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            assert "settlement_files_no_delete" in guards
        else:
            enabled = "SELECT tgenabled FROM pg_trigger WHERE tgname = 'settlement_files_append_only'"
            assert connection.scalar(text(enabled)) == "O"


def test_addresses_go_with_old_decisions_also_from_those_on_messages(workspace: Workspace) -> None:
    """A message keeps its address longer than the decision to send it, which stood on it until then."""
    message = {
        "client_id": "C1",
        "recipient": "a@x.nl",
        "touchpoint": "check_in",
        "flow": "daily",
        "status": "accepted",
    }
    message |= {"purpose": "service", "segment": "overig", "priority": 50, "attempts": 1}
    days = {name: add_months(TODAY, -workspace.programme.retention.decisions_months) for name in ("as_of", "due_on")}
    for number, age in ((1, 1), (2, 0)):
        then = {name: day - timedelta(days=age) for name, day in days.items()}
        own = {"message_id": f"m{number}", "occasion": f"o{number}", "closes_on": TODAY}
        put(workspace, tables.messages, message | own | then)
    counts = keep(workspace)

    assert counts["other_decisions"] == 1
    assert sorted(values(workspace, tables.decisions, "occasion", "recipient")) == [("o1", ""), ("o2", "a@x.nl")]
    assert {address for (address,) in values(workspace, tables.messages, "recipient")} == {"a@x.nl"}
    assert "other_decisions" not in keep(workspace)

"""plan, decisions, messages and health as they are typed: the contract's shapes, and tables for people."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import Engine, func, insert, select, update

from models import tables
from models.database.engine import open_engine, reading, writing
from programme.words.states import Flow
from tasks.runs.deciding.planning import decisions_of, plan_day
from tests import factories as make
from tests.cli.conftest import Run, file_with_runs
from tests.conftest import DATA

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 2)
DECISION = ["client_id", "recipient", "touchpoint", "occasion", "due_on", "outcome", "reason", "segment", "tier"]
DECISION += ["priority"]
MESSAGE = ["message_id", "client_id", "recipient", "touchpoint", "occasion", "as_of", "status", "segment", "tier"]
MESSAGE += ["subject", "provider_id", "attempts"]


@pytest.fixture
def engine(club: Path) -> Engine:
    return open_engine(f"sqlite:///{club}/bouwclub.db")


@pytest.fixture(scope="module")
def logged_file(club_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The worked example with the runs of its first ten days logged."""
    return file_with_runs(club_file, tmp_path_factory.mktemp("logged"), date(2026, 2, 1), date(2026, 2, 10))


@pytest.fixture
def logged(logged_file: Path, working_folder: Path) -> Engine:
    """A working folder whose database is a copy of it."""
    shutil.copy(logged_file, working_folder / "bouwclub.db")
    return open_engine(f"sqlite:///{working_folder}/bouwclub.db")


def expected(first: str, last: str) -> list[dict[str, Any]]:
    lines = (DATA / "club" / "expected.jsonl").read_text("utf-8").splitlines()
    return [row for row in map(json.loads, lines) if first <= row["as_of"] <= last]


def counts(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in tables.metadata.tables.items()
        }


def test_plan_as_json(run: Run, engine: Engine) -> None:
    """One object with the day's decisions in the order of judging, their keys in the contract's order."""
    result = run("plan", "--as-of", DAY, "--json")
    found = json.loads(result.out)
    assert (result.code, result.err) == (0, "")
    assert list(found) == ["as_of", "flow", "decisions", "left_over"]
    assert (found["as_of"], found["flow"], found["left_over"]) == ("2026-03-02", "daily", [])
    planned = decisions_of(plan_day(engine, make.shipped_programme(), Flow.DAILY, DAY))
    assert [(row["client_id"], row["touchpoint"], row["occasion"]) for row in found["decisions"]] == [
        (each.client_id, each.touchpoint, each.occasion) for each in planned
    ]
    assert all(list(row) == DECISION for row in found["decisions"])
    assert {row["reason"] for row in found["decisions"] if row["outcome"] == "send"} == {None}


def test_plan_writes_nothing(run: Run, engine: Engine) -> None:
    """Neither flow leaves a row behind."""
    before = counts(engine)
    for flow in Flow:
        assert run("plan", "--as-of", DAY, "--flow", flow).code == 0
        assert run("plan", "--as-of", DAY, "--flow", flow, "--json").code == 0
    assert counts(engine) == before


def test_plan_of_the_first_day_is_the_worked_example(run: Run, club: Path) -> None:
    """Daily, and win-back behind a daily run that was only simulated."""
    for flow in Flow:
        found = json.loads(run("plan", "--as-of", "2026-02-01", "--flow", flow, "--json").out)["decisions"]
        example = expected("2026-02-01", "2026-02-01")
        assert found == [
            {name: row[name] for name in row if name not in ("as_of", "flow")} for row in example if row["flow"] == flow
        ]


def test_plan_for_people(run: Run, club: Path) -> None:
    """A line a touchpoint with candidates, totals, and what to do next."""
    result = run("plan", "--as-of", DAY)
    counts, _, people = result.out.partition("To send")
    lines = {line.split()[0]: line.split() for line in counts.splitlines() if line.split()}
    assert lines["check_in"] == ["check_in", "2", "2", "0", "0", "–"]
    assert lines["seasonal"][-2:] == ["repeated", "1,"] or "no_consent 7, open_case 7" in result.out
    assert lines["all"][1] == "82"
    assert "bouwclub run daily --as-of 2026-03-02" in result.out
    assert "it was simulated first" in run("plan", "--as-of", DAY, "--flow", "win-back").out


def test_a_plan_says_whom(run: Run, club: Path) -> None:
    """Client, touchpoint and project of each mail; with --all also who gets none, and why."""
    decided = json.loads(run("plan", "--as-of", DAY, "--json").out)["decisions"]
    who = {(each["client_id"], each["touchpoint"], each["occasion"]) for each in decided if each["outcome"] == "send"}
    shown = {tuple(line.split()) for line in run("plan", "--as-of", DAY).out.partition("To send")[2].splitlines()}
    assert who <= shown
    every = {tuple(line.split()) for line in run("plan", "--as-of", DAY, "--all").out.splitlines()}
    skipped = {(*list(each.values())[:1], each["touchpoint"], each["occasion"], each["outcome"], each["reason"])
               for each in decided if each["reason"]}  # fmt: skip
    assert skipped
    assert skipped <= every


def test_a_long_plan_is_cut_on_the_screen_only(run: Run, club: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list stops after its limit and says how many follow."""
    monkeypatch.setattr("cli.commands.plan.SHOWN_LINES", 5)
    assert "… and 77 more" in run("plan", "--as-of", DAY, "--all").out


def test_ids_stay_whole(run: Run, logged: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a narrow screen each can be copied from the table, however long a subject and an address beside it are."""
    monkeypatch.setattr("cli.printing.console.console", lambda: Console(width=110, force_terminal=True))
    with writing(logged) as connection:
        connection.execute(update(tables.messages).values(subject="Een lang onderwerp " * 9))
        rows = connection.execute(select(tables.messages.c["message_id", "client_id"])).all()
    shown = run("messages").out
    assert len(rows) > 10
    assert all(row.message_id in shown and row.client_id in shown for row in rows)


def test_a_row_is_a_line_where_it_is_searched(run: Run, logged: Engine) -> None:
    """Into a file or another command no cell is broken, however long an address is."""
    address = f"{'a' * 60}@{'b' * 60}.example"
    with writing(logged) as connection:
        connection.execute(update(tables.decisions).values(recipient=address))
        kept = connection.execute(select(func.count()).where(tables.decisions.c.as_of == date(2026, 2, 2))).scalar_one()
    lines = run("decisions", "--from", "2026-02-02", "--to", "2026-02-02").out.splitlines()
    assert kept > 1
    assert sum(address in line for line in lines) == kept


def test_which_version_and_what_was_meant(run: Run, working_folder: Path) -> None:
    """--version says it; a mistyped command or subcommand names the one that is near."""
    version = run("--version")
    assert (version.code, version.out.split()[0]) == (0, "bouwclub")
    for words, meant in ((["pln"], "plan"), (["run", "dialy"], "daily"), (["tasks", "lst"], "list")):
        told = run(*words)
        assert (told.code, f"Did you mean {meant}?" in told.err.replace("'", "")) == (2, True), told.err


def test_plan_of_a_day_without_anybody(run: Run, club: Path) -> None:
    """An empty plan is an answer, not a failure."""
    result = run("plan", "--as-of", "1950-01-01")
    assert (result.code, "nobody is due" in result.err) == (0, True)
    assert json.loads(run("plan", "--as-of", "1950-01-01", "--json").out)["decisions"] == []


def test_plan_of_a_day_that_ran(run: Run, logged: Engine) -> None:
    """After the run of the day, the plan says where its decisions are."""
    assert "bouwclub decisions --from 2026-02-05 --to 2026-02-05" in run("plan", "--as-of", "2026-02-05").out


def test_decisions_are_the_worked_example(run: Run, logged: Engine) -> None:
    """After a log backfill the kept decisions are the expected lines, in their order."""
    found = json.loads(run("decisions", "--json").out)
    assert without_beside(found) == expected("2026-02-01", "2026-02-10")
    ending = [row for row in found if row["reason"] in ("outranked", "frequency_cap")]
    assert all(row["until"] > row["as_of"] for row in ending)
    assert all(row["until"] is None for row in found if row["reason"] == "no_address" and not row["also"])


def without_beside(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kept decisions without what the worked example does not have: the other rules and when they end."""
    return [{name: value for name, value in row.items() if name not in ("also", "until")} for row in rows]


def test_decisions_by_day_and_client(run: Run, logged: Engine) -> None:
    """--from, --to (both included) and --client narrow what is shown; the table says the same."""
    every = expected("2026-02-01", "2026-02-10")
    found = json.loads(run("decisions", "--from", "2026-02-03", "--to", "2026-02-04", "--json").out)
    assert without_beside(found) == expected("2026-02-03", "2026-02-04")
    client_id = every[0]["client_id"]
    own = without_beside(json.loads(run("decisions", "--client", client_id, "--json").out))
    assert own == [row for row in every if row["client_id"] == client_id]
    shown = run("decisions", "--client", client_id).out
    assert shown.count(client_id) >= len(own)
    assert "no_address" in shown


def test_a_long_log_is_cut_on_the_screen_only(run: Run, logged: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table stops after its limit and says how many follow; JSON has all."""
    monkeypatch.setattr("cli.commands.decisions.SHOWN_LINES", 5)
    number = len(expected("2026-02-01", "2026-02-10"))
    assert f"… and {number - 5:,} more" in run("decisions").out
    assert len(json.loads(run("decisions", "--json").out)) == number


def test_messages_as_json(run: Run, logged: Engine) -> None:
    """The contract's keys, by day, recipient and touchpoint; --status and the days narrow them."""
    found = json.loads(run("messages", "--json").out)
    assert all(list(row) == MESSAGE for row in found)
    assert found == sorted(found, key=lambda row: (row["as_of"], row["recipient"], row["touchpoint"]))
    logged_ones = json.loads(run("messages", "--status", "logged", "--json").out)
    assert {row["status"] for row in logged_ones} == {"logged"}
    assert all(len(row["message_id"]) == 32 and row["subject"] for row in logged_ones)
    sends = [row for row in expected("2026-02-01", "2026-02-10") if row["outcome"] == "send"]
    assert len(logged_ones) == len(sends)
    assert json.loads(run("messages", "--from", "2026-02-11", "--json").out) == []


def test_messages_for_people(run: Run, logged: Engine) -> None:
    """A table and the number of each status; a sentence where there is nothing."""
    shown = run("messages", "--to", "2026-02-02")
    assert "logged" in shown.out.splitlines()[-1]
    assert "No messages" in run("messages", "--status", "rejected").err


def test_messages_in_doubt_by_request(run: Run, logged: Engine) -> None:
    """Those that stand or fall together are one line, with what can be done."""
    with writing(logged) as connection:
        some = select(tables.messages.c.id).where(tables.messages.c.status == "logged").limit(3)
        connection.execute(
            update(tables.messages).where(tables.messages.c.id.in_(some)).values(status="in_doubt", request_id="rq1")
        )
    shown = run("messages", "--status", "in_doubt").out
    (line,) = [line for line in shown.splitlines() if line.strip().startswith("rq1")]
    assert " 3 " in line
    assert "bouwclub reconcile" in shown
    assert "No messages are in doubt" in run("messages", "--status", "in_doubt", "--to", "2020-01-01").err


def test_hostile_cells_stay_text(run: Run, logged: Engine) -> None:
    """Markup is printed as it is, control characters are replaced, and JSON keeps what was there."""
    with writing(logged) as connection:
        connection.execute(update(tables.messages).values(subject="[bold]x[/] \x1b[31m=1+1"))
    shown = run("messages").out
    assert "[bold]x[/]" in shown
    assert "\ufffd[31m=1+1" in shown
    assert json.loads(run("messages", "--json").out)[0]["subject"] == "[bold]x[/] \x1b[31m=1+1"


def test_health_as_json(run: Run, club: Path) -> None:
    """Every client once, by id, with the contract's keys."""
    found = json.loads(run("health", "--as-of", DAY, "--json").out)
    assert [list(row) for row in found[:1]] == [["client_id", "score", "band", "indicators"]]
    assert [row["client_id"] for row in found] == sorted(row["client_id"] for row in found)
    assert len(found) == 250
    assert {row["band"] for row in found} == {"healthy", "at_risk", "critical"}
    one = json.loads(run("health", "--as-of", DAY, "--client", "C00045", "--json").out)
    assert one == [row for row in found if row["client_id"] == "C00045"]
    assert one[0]["indicators"] == ["inactive", "negative_feedback", "no_review"]


def test_health_for_people(run: Run, club: Path) -> None:
    """The worst first, then how many are in each band; a title is as long as it is, however narrow the table."""
    shown = run("health", "--as-of", DAY).out
    assert shown.splitlines()[0] == f"Health as of {DAY}, the worst first"
    assert shown.index("C00045") < shown.index("C00015")
    assert "250 clients: " in shown
    of_one = run("health", "--as-of", DAY, "--client", "C00015").out.splitlines()
    assert of_one[0] == f"Health as of {DAY}"
    assert of_one[-2].startswith("1 client: ")


def test_health_counts_opens_by_people(run: Run, logged: Engine) -> None:
    """Three delivered and tracked mails that only a machine opened make `unopened`; a person's open ends it."""
    with writing(logged) as connection:
        rows = connection.execute(select(tables.messages.c.id, tables.messages.c.message_id).limit(3)).all()
        for number, row in enumerate(rows):
            own = {"client_id": "C00070", "recipient": "anna.smit.69@example.nl"}
            values = own | {"occasion": f"P-{number}", "is_tracked": True}
            connection.execute(update(tables.messages).where(tables.messages.c.id == row.id).values(values))
            for kind, is_machine in (("delivered", False), ("opened", True)):
                connection.execute(insert(tables.events).values(_event(row.message_id, kind, is_machine)))
    judged = ["health", "--as-of", DAY, "--client", "C00070", "--json"]
    assert "unopened" in json.loads(run(*judged).out)[0]["indicators"]
    with writing(logged) as connection:
        connection.execute(insert(tables.events).values(_event(rows[0].message_id, "opened", False)))
    assert "unopened" not in json.loads(run(*judged).out)[0]["indicators"]


def _event(message_id: str, kind: str, is_machine: bool) -> dict[str, Any]:
    at = datetime(2026, 2, 12, 9, tzinfo=UTC)
    return {
        "provider_event_id": f"{message_id}-{kind}-{is_machine}",
        "kind": kind,
        "message_id": message_id,
        "recipient": "",
        "occurred_at": at,
        "received_at": at,
        "is_machine": is_machine,
    }

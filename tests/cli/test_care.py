"""Care as it is typed: the same story by the paths of every day and by a drill, and what the commands refuse."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from models.database.engine import open_engine, reading
from models.settings import Settings
from models.tables import messages
from programme.words.dates import moment_from
from programme.words.tokens import LinkPurpose, message_token
from tasks.base.programme_file import load_programme
from tests.cli.conftest import Run
from tests.factories import ROOT
from web.server import wishes
from web.server.app import create_app

pytestmark = pytest.mark.slow

BY = "Bas Hoekstra"
KEY = "a key for tests that is long enough"
CLIENTS = (
    "client_id,name,email,phone\nK1,Jan Jansen,jan@voorbeeld.example,0612345678\nK2,Els Bos,els@voorbeeld.example,\n"
)
PROJECTS = (
    "project_id,client_id,type,value_eur,ordered_on,delivered_on,engineer\n"
    "P1,K1,dakkapel,1500,2026-01-05,2026-03-02,Anke Wiersma\n"
)
FEEDBACK = (
    "feedback_id,client_id,project_id,given_on,given_at,kind,score,severity,comment\n"
    "F1,K1,P1,2026-03-24,2026-03-24T09:50,csat,4,minor,Het duurde lang\n"
)
# What happens, in order: the moment, how the drill says it, how it is typed (None: by import or on a page).
STORY: list[tuple[str, dict[str, Any], list[str] | None]] = [
    (
        "2026-03-24T10:00",
        {
            "type": "feedback",
            "feedback_id": "F1",
            "client_id": "K1",
            "project_id": "P1",
            "kind": "csat",
            "given_on": "2026-03-24",
            "given_at": "2026-03-24T09:50",
            "score": "4",
            "severity": "minor",
        },
        None,
    ),
    (
        "2026-03-24T10:20",
        {"type": "away", "name": "Anke Wiersma", "until": "2026-03-24T11:00", "by": BY},
        ["people", "away", "Anke Wiersma", "--until", "2026-03-24T11:00"],
    ),
    (
        "2026-03-24T10:25",
        {"type": "done", "task_id": "case_call:K1:F1", "outcome": "voicemail", "by": BY},
        ["tasks", "done", "case_call:K1:F1", "--outcome", "voicemail"],
    ),
    (
        "2026-03-24T10:40",
        {"type": "done", "task_id": "case_call:K1:F1", "outcome": "reached", "by": BY},
        ["tasks", "done", "case_call:K1:F1", "--outcome", "reached"],
    ),
    (
        "2026-03-24T11:10",
        {"type": "done", "task_id": "case_solution:K1:F1", "outcome": "done", "by": BY, "fix_by": "2026-04-02"},
        ["tasks", "done", "case_solution:K1:F1", "--outcome", "done", "--fix-by", "2026-04-02"],
    ),
    (
        "2026-03-24T11:40",
        {"type": "done", "task_id": "case_fix:K1:F1", "outcome": "done", "by": BY},
        ["tasks", "done", "case_fix:K1:F1", "--outcome", "done"],
    ),
    ("2026-03-24T12:20", {"type": "answer", "case_id": "F1", "step": "check_in", "content": False}, None),
    (
        "2026-03-24T13:00",
        {"type": "severity", "case_id": "F1/2", "severity": "major", "by": BY},
        ["cases", "severity", "F1/2", "major"],
    ),
    ("2026-03-24T13:40", {"type": "resolve", "case_id": "F1/2", "by": BY}, ["cases", "resolve", "F1/2"]),
]
FIRST, LAST = "2026-03-24T10:15", "2026-03-24T14:00"


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., Path]:
    """A folder of an export: clients, projects, and with the complaint when it is asked for."""

    def make(name: str, **files: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, text in {"clients": CLIENTS, "projects": PROJECTS, **files}.items():
            (folder / f"{file}.csv").write_text(text, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def keyed(working_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose links are signed by a known key."""
    monkeypatch.setenv("BOUWCLUB_SECRET_KEY", KEY)
    monkeypatch.setattr(wishes, "TURN_SECONDS", 60.0)  # however busy the machine, nothing waits in the journal
    monkeypatch.setattr(wishes, "WHOLE_SECONDS", 60.0)
    return working_folder


def _post_not_content(folder: Path, at: str) -> str:
    """What the client sees who opens the mail's link and says that it is not solved."""
    engine = open_engine(f"sqlite:///{folder}/bouwclub.db")
    settings = Settings(_env_file=None, secret_key=KEY)
    moment: datetime = moment_from(at).astimezone(UTC)
    app = create_app(settings, engine, load_programme(ROOT / "programme.toml"), lambda: moment)
    with reading(engine) as connection:
        query = select(messages.c.message_id).where(messages.c.touchpoint == "case_check_in")
        message_id = connection.execute(query).scalar_one()
    token = message_token(KEY.encode(), LinkPurpose.ANSWER, message_id)
    with TestClient(app) as client:
        assert "Nee, nog niet" in client.get(f"/a/{token}?antwoord=nog-niet").text
        page = client.post(f"/a/{token}", data={"vraag": "opgelost", "antwoord": "nog-niet", "opmerking": "Tocht nog"})
    engine.dispose()
    assert page.status_code == 200
    return page.text


def _sorted(lines: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(line, sort_keys=True) for line in lines)


@pytest.mark.long
def test_the_paths_of_every_day_and_a_drill_tell_the_same(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """Import, page and commands on one database; the same story as events on another: line for line the same."""
    assert run("import", str(export("with", feedback=FEEDBACK)), "--partial").code == 0
    told: list[dict[str, Any]] = []
    began = FIRST
    for at, event, typed in STORY[1:]:
        told += json.loads(run("run", "care", "--from", began, "--to", at, "--json").out)
        if typed:
            done = run(*typed, "--by", BY, "--at", at)
            assert done.code == 0, done.err
        elif event["type"] == "answer":
            page = _post_not_content(keyed, at)
            assert "Bas Hoekstra belt u uiterlijk woensdag 25 maart om 12.20 uur" in page
        began = at
    told += json.loads(run("run", "care", "--from", began, "--to", LAST, "--json").out)
    cases = run("cases", "list", "--at", LAST, "--json").out

    (keyed / "bouwclub.db").unlink()
    assert run("import", str(export("without")), "--partial").code == 0
    events = [json.dumps({"at": at, **event}) for at, event, _ in STORY]
    (keyed / "events.jsonl").write_text("\n".join(events), encoding="utf-8")
    drilled = run("drill", "events.jsonl", "--from", FIRST, "--to", LAST, "--json")

    assert drilled.code == 0, drilled.err
    assert _sorted(told) == _sorted(json.loads(drilled.out))
    assert {"opened", "closed", "mail", "task"} <= {line["did"] for line in told}
    assert json.loads(cases) == json.loads(run("cases", "list", "--at", LAST, "--json").out)


def test_what_the_commands_refuse_is_one_line(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """An unknown name, a case that is not there, a moment of before the last tick, an outcome out of turn: exit 2."""
    assert run("import", str(export("with", feedback=FEEDBACK)), "--partial").code == 0
    assert run("run", "care", "--at", FIRST).code == 0
    refused = [
        ("tasks", "done", "case_call:K1:F1", "--outcome", "unreachable", "--by", BY, "--at", FIRST),
        ("tasks", "done", "case_call:K1:F1", "--outcome", "content", "--by", BY, "--at", FIRST),
        (
            "tasks",
            "done",
            "case_call:K1:F1",
            "--outcome",
            "reached",
            "--by",
            BY,
            "--fix-by",
            "2026-04-02",
            "--at",
            FIRST,
        ),
        ("tasks", "list", "--all", "--at", "2026-03-24T10:00", "--json"),
        ("cases", "list", "--at", "2026-03-24T10:00", "--json"),
        ("cases", "resolve", "F9", "--by", BY, "--at", FIRST),
        ("cases", "resolve", "F1", "--by", "Niemand", "--at", FIRST),
        ("cases", "resolve", "F1", "--by", BY, "--at", "2026-03-24T10:00"),
        ("cases", "add", "K9", "--severity", "minor", "--by", BY, "--at", FIRST),
        ("people", "away", BY, "--until", "2026-03-24T09:00", "--by", BY, "--at", FIRST),
        ("run", "care", "--at", "2026-03-24T10:00"),
    ]
    for words in refused:
        answer = run(*words)
        assert (answer.code, answer.out, answer.err.count("\n")) == (2, "", 1), words
    assert json.loads(run("run", "care", "--at", FIRST, "--json").out) == []
    assert run("run", "care", "--at", "2099-01-05T10:00").code == 0  # as with a clock that is ahead
    assert "which has not come" in run("run", "care").err


def test_cases_are_resolved_together_or_not_at_all(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """Several cases in one command; when one of them is not there, or named twice, none is resolved."""
    assert run("import", str(export("with", feedback=FEEDBACK)), "--partial").code == 0
    assert run("cases", "add", "K2", "--severity", "minor", "--by", BY, "--at", FIRST).code == 0
    assert run("run", "care", "--at", FIRST).code == 0

    def resolved(*case_ids: str) -> tuple[int, list[str]]:
        code = run("cases", "resolve", *case_ids, "--by", BY, "--at", FIRST).code
        return code, [case["state"] for case in json.loads(run("cases", "--json", "--at", FIRST).out)]

    assert resolved("F1", "F9") == resolved("F1", "F1") == (2, ["open", "open"])
    assert resolved("F1", "desk-1") == (0, ["resolved", "resolved"])


def test_a_drill_ends_at_the_line_that_the_rules_refuse(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """With its file and number; what is no event is told before anything is played."""
    assert run("import", str(export("without")), "--partial").code == 0
    for text, said in (
        ('{"at": "2026-03-24T10:00", "type": "resolve", "case_id": "F9", "by": "Bas Hoekstra"}', "line 2: there is no"),
        ('{"at": "2026-03-24T10:00", "type": "pay", "invoice_id": "V9"}', "line 2: there is no invoice 'V9'"),
        ('{"at": "2026-03-24T10:00", "type": "client", "client_id": "K9"}', "line 2: there is no client 'K9'"),
        ('{"at": "2026-03-24T10:00", "type": "wave"}', "line 2: type 'wave' is not one of"),
        ('{"at": "morgen", "type": "resolve"}', "line 2: at 'morgen' is not a moment"),
        ("{", "line 2: is no JSON object"),
    ):
        (keyed / "events.jsonl").write_text("\n" + text, encoding="utf-8")
        answer = run("drill", "events.jsonl", "--from", FIRST, "--to", LAST)
        assert (answer.code, f"events.jsonl: {said}" in answer.err) == (2, True), answer.err


@pytest.mark.parametrize("words", [("drill", "events.jsonl"), ("run", "care")])
def test_ticks_that_end_before_they_begin_are_refused(keyed: Path, run: Run, words: tuple[str, ...]) -> None:
    """ "Nothing to do" would read as if the range had been looked at."""
    (keyed / "events.jsonl").touch()
    answer = run(*words, "--from", LAST, "--to", FIRST)
    assert (answer.code, "lies before --from" in answer.err, answer.out) == (2, True, "")


def test_an_answer_that_turned_bad_again_is_counted_each_week(
    keyed: Path, run: Run, export: Callable[..., Path]
) -> None:
    """Its case was withdrawn when it turned good, so no case follows it: the weekly look says so until resolved."""
    assert run("import", str(export("without")), "--partial").code == 0
    given = {"type": "answer", "client_id": "K1", "message": "M1", "kind": "nps", "project_id": "P1"}
    scores = {"2026-03-25T10:05": "3", "2026-03-25T10:20": "9", "2026-03-26T10:05": "2"}
    events = [json.dumps(given | {"at": at, "score": score}) for at, score in scores.items()]
    (keyed / "events.jsonl").write_text("\n".join(events), encoding="utf-8")
    drilled = run("drill", "events.jsonl", "--from", "2026-03-25T10:00", "--to", "2026-03-26T10:15", "--json")
    assert [line["did"] for line in json.loads(drilled.out) if "case_id" in line] == ["opened", "mail", "closed"]
    assert "1 recipient gets no mail" in run("run", "care", "--at", "2026-03-30T08:00").out
    before = ("cases", "resolve", "--given-before", "2026-03-27", "--by", BY, "--at", "2026-03-30T09:00")
    assert run(*before).out.startswith("1 complaint of before")


def test_the_hour_that_comes_twice_is_played_in_its_order(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """A complaint of 02.40 after the clock went back waits for its own tick, not for that of an hour earlier."""
    assert run("import", str(export("without")), "--partial").code == 0
    given = {"type": "answer", "client_id": "K1", "kind": "nps", "score": "3", "project_id": "P1"}
    events = [given | {"at": f"2026-10-25T02:40+0{hours}:00", "message": f"M{hours}"} for hours in (1, 2)]
    (keyed / "events.jsonl").write_text("\n".join(json.dumps(event) for event in events), encoding="utf-8")
    drilled = run("drill", "events.jsonl", "--from", "2026-10-25T02:00", "--to", "2026-10-25T03:30", "--json")
    assert drilled.code == 0, drilled.err
    told = {line["did"]: line["at"] for line in json.loads(drilled.out)}
    assert (told["opened"], told["joined"]) == ("2026-10-25T02:45+02:00", "2026-10-25T02:45+01:00")


def test_a_drill_leaves_out_what_names_an_erased_client(keyed: Path, run: Run, export: Callable[..., Path]) -> None:
    """Facts of every kind, answers and mails, as at import; the drill goes on."""
    assert run("import", str(export("without")), "--partial").code == 0
    bill = {"amount_eur": "100", "issued_on": "2026-01-05", "due_on": "2026-02-04"}
    offer = {"sent_on": "2026-02-01", "decided_on": "2026-03-20", "decision": "rejected", "value_eur": "3000"}
    named: list[dict[str, str]] = [
        {"type": "feedback", "feedback_id": "F1", "given_on": "2026-03-24", "kind": "nps", "score": "2"},
        {"type": "interaction", "interaction_id": "I1", "topic": "overdracht"},
        {"type": "invoice", "invoice_id": "V2", **bill},
        {"type": "quote", "quote_id": "Q1", **offer},
        {"type": "client", "channel": "phone"},
        {"type": "order", "project_id": "P2"},
        {"type": "answer", "message": "M1", "kind": "nps", "score": "1"},
        {"type": "message", "message": "M2", "touchpoint": "check_in"},
    ]
    events: list[dict[str, str]] = [
        {"type": "invoice", "invoice_id": "V1", "client_id": "K1", **bill},
        {"type": "erase", "client_id": "K1"},
        {"type": "pay", "invoice_id": "V1"},
        *(event | {"client_id": "K1"} for event in named),
        {
            "type": "feedback",
            "feedback_id": "F2",
            "client_id": "K2",
            "given_on": "2026-03-24",
            "kind": "nps",
            "score": "3",
        },
    ]
    lines = [json.dumps(event | {"at": "2026-03-24T10:00"}) for event in events]
    (keyed / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    drilled = run("drill", "events.jsonl", "--from", FIRST, "--to", FIRST, "--json")
    assert drilled.code == 0, drilled.err
    assert {line["case_id"] for line in json.loads(drilled.out) if "case_id" in line} == {"F2"}

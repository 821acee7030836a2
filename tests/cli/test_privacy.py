"""bouwclub privacy as it is typed: a client with a history is written out, erased, and held out of the next export."""

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run, emptied, typed

pytestmark = pytest.mark.slow

NAME, ADDRESS, PHONE = "Zwaantje Quaadvlieg", "zwaantje@quaadvlieg.nl", "06 98 76 54 32"
WORDS = "De tekening klopte niet en niemand belde"
FILES = {
    "clients": "client_id,name,email,phone,consent,iban,iban_holder\n"
    f"K1,{NAME},{ADDRESS},{PHONE},yes,NL91ABNA0417164300,{NAME}\nK2,Piet Bakker,piet@bakker.nl,,yes,,\n",
    "projects": "project_id,client_id,type,value_eur,ordered_on,delivered_on,address,postcode\n"
    "P1,K1,uitbouw,3000,2026-01-05,2026-02-16,Zwanenburg 7,8921 ZQ\n"
    "P2,K2,uitbouw,3000,2026-01-05,2026-02-16,Kerkweg 1,8921 AB\n",
    "feedback": f"feedback_id,client_id,project_id,given_on,kind,score,comment\nF1,K1,P1,2026-02-20,csat,5,{WORDS}\n",
    "referrals": "referral_id,referrer_id,referred_client_id,referred_name,referred_email,invited_on\n"
    f"R1,K2,K1,{NAME},{ADDRESS},2026-01-01\n",
    "suppressions": f"email,reason,since\n{ADDRESS},manual,2026-03-05\n",
}
TRACES = (NAME, ADDRESS, PHONE, WORDS, "Zwanenburg", "NL91ABNA0417164300", "Quaadvlieg", "quaadvlieg")


@pytest.fixture
def export(working_folder: Path) -> Path:
    return write_export(working_folder)


def write_export(place: Path) -> Path:
    folder = place / "export"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def history_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Imported, mailed by a daily run, complained; the export then goes back to where exports live."""
    with emptied(tmp_path_factory.mktemp("history")) as folder:
        export = write_export(folder)
        later = ("feedback.csv", "suppressions.csv")
        for name in later:
            (export / name).rename(export / f"{name}.later")
        assert typed("import", export).code == 0
        assert typed("run", "daily", "--as-of", "2026-03-02").code == 0
        for name in later:
            (export / f"{name}.later").rename(export / name)
        assert typed("import", export).code == 0
    return folder


@pytest.fixture
def history(history_folder: Path, working_folder: Path) -> Path:
    """The export of a working folder in which that has happened."""
    shutil.copytree(history_folder, working_folder, dirs_exist_ok=True)
    return working_folder / "export"


def texts(folder: Path) -> list[tuple[str, str]]:
    """Every file of the working folder that holds a trace, with the trace; databases are read as bytes."""
    return [
        (path.name, trace)
        for path in folder.rglob("*")
        if path.is_file() and "export" not in path.parts and "uit" not in path.parts
        for trace in TRACES
        if trace.encode() in path.read_bytes()
    ]


def rows(query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect("bouwclub.db") as connection:
        return connection.execute(query).fetchall()


def test_an_open_complaint_is_asked_about(history: Path, run: Run) -> None:
    """It is named, and nothing is done until --open-case is given."""
    refused = run("privacy", "erase", "K1", "--by", "Anke")

    assert refused.code == 2
    assert "F1" in refused.err
    assert "--open-case" in refused.err
    assert rows("SELECT name FROM clients WHERE client_id = 'K1'") == [(NAME,)]


def test_erased_everywhere_and_for_good(history: Path, working_folder: Path, run: Run) -> None:
    """No file of the working folder holds a trace, the database's bytes included; the export brings nothing back."""
    assert texts(working_folder)
    erased = run("privacy", "erase", "K1", "--by", "Anke", "--open-case")
    assert (erased.code, erased.err) == (0, "")
    assert NAME not in erased.out

    assert texts(working_folder) == []
    again = run("import", history)
    assert again.code == 3
    assert texts(working_folder) == []
    assert rows("SELECT score, comment FROM feedback") == [(5, None)]
    assert rows("SELECT delivered_on, address FROM projects WHERE held_on IS NULL ORDER BY project_id") == [
        ("2026-02-16", None),
        ("2026-02-16", "Kerkweg 1"),
    ]
    assert rows("SELECT by_name, act, subject_id FROM acts") == [("Anke", "erase client", "K1")]


def test_the_address_is_never_mailed_again(history: Path, run: Run) -> None:
    """Under a new client id and in other letters too: the record is taken, its address is not; others are mailed."""
    assert run("privacy", "erase", "K1", "--by", "Anke", "--open-case").code == 0
    clients = (history / "clients.csv").read_text("utf-8") + f"K9,Zus,{ADDRESS.upper()},,yes,,\n"
    (history / "clients.csv").write_text(clients, encoding="utf-8")
    projects = (history / "projects.csv").read_text("utf-8") + "P9,K9,uitbouw,3000,2026-01-05,2026-03-12,X 1,8921 AB\n"
    (history / "projects.csv").write_text(projects, encoding="utf-8")
    assert run("import", history, "--json").code == 3

    planned = json.loads(run("plan", "--as-of", "2026-03-16", "--json").out)["decisions"]
    found = {(one["client_id"], one["recipient"], one["reason"]) for one in planned if one["client_id"] != "K2"}
    assert found == {("K1", "", "no_address"), ("K9", "", "no_address")}
    assert rows("SELECT email, recipient FROM clients WHERE client_id = 'K9'") == [(None, "")]
    assert rows("SELECT * FROM suppressions") == []


def test_twice_is_as_once(history: Path, run: Run) -> None:
    """The second time says so."""
    run("privacy", "erase", "K1", "--by", "Anke", "--open-case")
    again = run("privacy", "erase", "K1", "--by", "Bas")

    assert again.code == 0
    assert "was erased before" in again.out
    assert json.loads(run("explain", "K1", "--json").out)["health"] is None
    assert "Gewist: geen score." in run("explain", "K1").out
    assert rows("SELECT by_name FROM acts") == [("Anke",)]


def test_an_export_is_two_files(history: Path, working_folder: Path, run: Run) -> None:
    """JSON with every table of hers, and a page in Dutch; nothing of who brought her."""
    made = run("privacy", "export", "K1", "--out", "uit")
    data = json.loads((working_folder / "uit" / "K1.json").read_text("utf-8"))
    page = (working_folder / "uit" / "K1.html").read_text("utf-8")

    assert made.code == 0
    assert {"clients", "projects", "feedback", "messages", "decisions", "consent_history", "referrals"} <= set(
        data["tables"]
    )
    assert data["tables"]["messages"][0]["fields"]["greeting"] == f"Beste {NAME},"
    assert WORDS in page
    assert "16 februari 2026" in page
    assert "K2" not in json.dumps(data)


def test_nobody_is_found_by_a_wrong_id(history: Path, run: Run) -> None:
    """One line, exit code 2."""
    for command in (("export", "K77"), ("erase", "K77", "--by", "Anke")):
        wrong = run("privacy", *command)
        assert (wrong.code, wrong.err.count("\n")) == (2, 1)
        assert "K77" in wrong.err


def test_money_that_is_owed_comes_first(history: Path, run: Run) -> None:
    """Refused with the amount; --forfeit proposes to write it off, and once another person approved it is done."""
    (history / "referrals.csv").write_text(
        "referral_id,referrer_id,referred_client_id,invited_on,signed_up_on\nR2,K1,K2,2026-01-01,2026-01-02\n", "utf-8"
    )
    assert run("import", history, "--confirm").code == 0
    assert run("run", "rewards", "--as-of", "2026-03-31").code == 0
    refused = run("privacy", "erase", "K1", "--by", "Anke", "--open-case")
    assert refused.code == 2
    assert "€ 100" in refused.err

    for _ in range(2):  # the proposal that waits is found again
        proposed = run("privacy", "erase", "K1", "--by", "Anke", "--open-case", "--forfeit")
        assert proposed.code == 0
        assert "adjustment 1 waits" in proposed.out
    assert run("ledger", "approve", "1", "--by", "Jeroen Broersma").code == 0
    assert run("privacy", "erase", "K1", "--by", "Anke", "--open-case").code == 0
    assert run("ledger", "check").code == 0


def test_two_records_of_one_person_go_together(history: Path, run: Run) -> None:
    """Same address and name: one person. Somebody else at the address keeps his record and the address."""
    with (history / "clients.csv").open("a", encoding="utf-8") as file:
        file.write(f"K3,{NAME.upper()},{ADDRESS},,yes,,\nK4,Wim Quist,{ADDRESS},,yes,,\n")
    run("import", history)
    erased = run("privacy", "erase", "K3", "--by", "Anke", "--open-case")

    assert "erased: K3, K1" in erased.out
    assert "the address stays with K4" in erased.out
    found = rows("SELECT client_id, name, recipient, erased_on IS NULL FROM clients ORDER BY client_id")
    others = ("K2", "Piet Bakker", "piet@bakker.nl", 1), ("K4", "Wim Quist", ADDRESS, 1)
    assert found == [("K1", "", "", 0), others[0], ("K3", "", "", 0), others[1]]


def test_what_an_import_refused_goes_too(history: Path, working_folder: Path, run: Run) -> None:
    """rejected.csv loses the lines that name her, and keeps the others."""
    clients = (
        (history / "clients.csv").read_text("utf-8").replace(PHONE, "9" * 60).replace(",yes,,\n", ",misschien,,\n")
    )
    (history / "clients.csv").write_text(clients, encoding="utf-8")
    run("import", history)
    assert "999999" in (working_folder / "rejected.csv").read_text("utf-8-sig")
    run("privacy", "erase", "K1", "--by", "Anke", "--open-case")

    left = (working_folder / "rejected.csv").read_text("utf-8-sig")
    assert "999999" not in left
    assert "misschien" in left
    shutil.rmtree(working_folder / "outbox")


def test_what_an_import_refused_of_her_rows_goes_too(history: Path, working_folder: Path, run: Run) -> None:
    """Her words in other files, and a row that could not be read; a later import does not bring these back."""
    with (history / "projects.csv").open("a", encoding="utf-8") as file:
        file.write("P7,K1,uitbouw,3000,2026-01-05,2026-02-16,Zwanenburg 7,8921 ZQ,te veel\n")
        file.write("P8,K2,uitbouw,3000,2026-01-05,2026-02-16,Kerkweg 1,8921 AB,te veel\n")
    comment = (history / "feedback.csv").read_text("utf-8").replace(WORDS, WORDS + "x" * 20_000)
    (history / "feedback.csv").write_text(comment, encoding="utf-8")
    run("import", history)
    rejected = working_folder / "rejected.csv"
    assert {"Zwanenburg", WORDS} <= {trace for name, trace in texts(working_folder) if name == rejected.name}
    run("privacy", "erase", "K1", "--by", "Anke", "--open-case")
    assert texts(working_folder) == []
    assert "Kerkweg" in rejected.read_text("utf-8-sig")

    clients = (history / "clients.csv").read_text("utf-8").replace(f"K1,{NAME}", f"K1,{NAME},te,veel")
    (history / "clients.csv").write_text(clients, encoding="utf-8")
    run("import", history)
    assert texts(working_folder) == []
    assert {"P8", "K1", "P7"} <= {line.split(";")[-1] for line in rejected.read_text("utf-8-sig").splitlines()}
    assert "Kerkweg" in rejected.read_text("utf-8-sig")

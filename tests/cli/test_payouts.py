"""From an imported referral to a paid line, by the commands as they are typed."""

import io
import json
import re
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Run, emptied, typed
from tests.tasks.money.bank_files import Movement, statement

pytestmark = pytest.mark.slow

# Of R1 to R4 for A: two paid before 2026, the third and the fourth owed; B has one, and no account.
CLIENTS = """client_id,name,email,iban,iban_holder
A,Anna Aalbers,a@voorbeeld.nl,NL91ABNA0417164300,A. Aalbers
B,Bert Bos,b@voorbeeld.nl,,
F1,Fenna,f1@voorbeeld.nl,,
F2,Fokke,f2@voorbeeld.nl,,
F3,Froukje,f3@voorbeeld.nl,,
F4,Freerk,f4@voorbeeld.nl,,
F5,Femke,f5@voorbeeld.nl,,
"""
PROJECTS = """project_id,client_id,type,value_eur,ordered_on,delivered_on
P1,F1,dakkapel,1500,2025-10-01,2025-11-01
P2,F2,dakkapel,1500,2025-10-01,2025-12-01
P3,F3,dakkapel,1500,2025-12-01,2026-01-15
P4,F4,dakkapel,1500,2025-12-01,2026-02-01
P5,F5,dakkapel,1500,2025-12-01,2026-01-20
"""
REFERRALS = "referral_id,referrer_id,referred_client_id,invited_on,signed_up_on\n" + "".join(
    f"R{n},{'B' if n == 5 else 'A'},F{n},2025-09-0{n},2025-09-2{n}\n" for n in range(1, 6)
)
OURS = "NL02ABNA0123456789"


@pytest.fixture(scope="module")
def owed_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with the export above taken over."""
    with emptied(tmp_path_factory.mktemp("owed")) as folder:
        (folder / "crm").mkdir()
        for name, content in (("clients", CLIENTS), ("projects", PROJECTS), ("referrals", REFERRALS)):
            (folder / "crm" / f"{name}.csv").write_text(content)
        assert typed("import", "crm").code == 0
    return folder


@pytest.fixture
def owed(owed_folder: Path, working_folder: Path) -> Path:
    """A copy of it."""
    shutil.copytree(owed_folder, working_folder, dirs_exist_ok=True)
    return working_folder


def states(run: Run, as_of: str = "2026-03-01") -> dict[str, str]:
    rows = json.loads(run("rewards", "--as-of", as_of, "--json").out)
    return {row["referral_id"]: row["state"] for row in rows}


def test_the_whole_way(run: Run, owed: Path) -> None:
    """Opening, batch, self-approval refused, approval, the same bytes, statement, its return, and the next batch."""
    dry = run("run", "rewards", "--as-of", "2026-03-01", "--dry-run")
    assert "2 referrals paid before this system (€ 200), 3 owed (€ 350)" in dry.out
    made = json.loads(run("run", "settlement", "--as-of", "2026-03-01", "--by", "jeroen broersma", "--json").out)
    line = {"referrer_id": "A", "kind": "reward", "amount_cents": 25_000, "iban": "NL91ABNA0417164300"}
    assert made == {
        "batch_id": "S20260301-1",
        "state": "prepared",
        "total_cents": 25_000,
        "lines": [line | {"end_to_end_id": "S20260301-1-0001", "state": "open"}],
        "left_open": [{"referrer_id": "B", "kind": "reward", "amount_cents": 10_000, "reason": "no_iban"}],
    }
    again = run("run", "settlement", "--as-of", "2026-02-01", "--by", "Anke Wiersma", "--json")
    assert json.loads(again.out) == made
    assert states(run) == {"R1": "paid", "R2": "paid", "R3": "in_transit", "R4": "in_transit", "R5": "payable"}

    refused = run("settlement", "approve", "S20260301-1", "--by", "JEROEN  Broersma")
    assert (refused.code, refused.out) == (2, "")
    assert "another person must approve it" in refused.err
    assert run("settlement", "export", "S20260301-1", "--out", "f.xml").code == 2
    assert run("settlement", "approve", "S20260301-1", "--by", "Marije Broersma").code == 0
    for name in ("f.xml", "g.xml"):
        assert run("settlement", "export", "S20260301-1", "--out", name).code == 0
    assert (owed / "f.xml").read_bytes() == (owed / "g.xml").read_bytes()
    assert not re.search("Fenna|Fokke|Froukje|Freerk|Femke", (owed / "f.xml").read_text())

    debit = Movement(25_000, "S20260301-1-0001")
    (owed / "a.xml").write_bytes(statement([debit, Movement(4_200, "ANDERE")], iban=OURS))
    for known in (0, 1):
        told = json.loads(run("settlement", "import-statement", "a.xml", "--json").out)
        assert (len(told["paid"]), told["known"], told["unmatched"]) == (1 - known, known, [])
    assert set(states(run, "2026-12-31").values()) == {"paid", "payable"}
    with zipfile.ZipFile(owed / "b.zip", "w") as packed:
        back = Movement(25_000, "S20260301-1-0001", credit=True, reason="AC04")
        packed.writestr("b.xml", statement([back], iban=OURS))
    assert json.loads(run("settlement", "import-statement", "b.zip", "--json").out)["returned"] == ["S20260301-1-0001"]

    told = json.loads(run("run", "settlement", "--as-of", "2026-03-02", "--by", "Anke Wiersma", "--json").out)
    assert (told["batch_id"], told["state"], told["lines"]) == (None, None, [])
    assert {each["reason"] for each in told["left_open"]} == {"invalid_iban", "no_iban"}
    check = run("ledger", "check")
    assert check.code == 0, check.out
    assert "BROKEN" not in check.out


def test_a_broken_law_is_told_to_scripts_and_people(run: Run, owed: Path) -> None:
    """Exit 1 and one line on standard error, as a table and as JSON, which stays whole."""
    assert run("run", "rewards", "--as-of", "2026-03-01").code == 0
    with closing(sqlite3.connect(owed / "bouwclub.db")) as database:
        database.execute("DROP TRIGGER ledger_legs_no_update")
        database.execute("UPDATE ledger_legs SET amount_cents = amount_cents + 1 WHERE rowid = 1")
        database.commit()
    for told in (run("ledger", "check"), run("ledger", "check", "--json")):
        assert told.code == 1
        assert re.fullmatch(r"bouwclub: \d+ of \d+ laws of the ledger do not hold\n", told.err)
    broken = [law for law in json.loads(told.out) if not law["holds"]]
    assert f"bouwclub: {len(broken)} of" in told.err
    assert ["ledger_legs"] in [law["broken"] for law in broken]


def test_what_the_ledger_refuses(run: Run, owed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day before the last booked, one to come, no `paid_before`, another table: one line, exit 2, nothing booked."""
    assert run("run", "rewards", "--as-of", "2026-03-01").code == 0
    programme = (Path(__file__).parents[2] / "programme.toml").read_text("utf-8")
    for change, words in (
        (("", ""), ["2026-02-28", "is booked up to 2026-03-01"]),
        (("", ""), ["2999-01-01", "has not come yet"]),
        (("paid_before = 2026-01-01", ""), ["2026-03-02", "paid_before is missing"]),
        (("bonus_cents = 5_000", "bonus_cents = 4_000"), ["2026-03-02", "price the past anew"]),
    ):
        (owed / "other.toml").write_text(programme.replace(*change), "utf-8")
        monkeypatch.setenv("BOUWCLUB_PROGRAMME", "other.toml")
        told = run("run", "rewards", "--as-of", words[0])
        assert (told.code, told.out) == (2, "")
        assert words[1] in told.err
        assert told.err.count("\n") == 1


def test_an_adjustment_takes_two_people(run: Run, owed: Path) -> None:
    """Who proposed cannot approve, an engineer cannot either; the approver's is paid with the next batch."""
    assert run("ledger", "adjust", "A", "--cents", "1000", "--reason", "coulance", "--by", "Marije Broersma").code == 0
    for name in ("marije broersma", "Anke Wiersma"):
        assert run("ledger", "approve", "1", "--by", name).code == 2
    too_much = run("ledger", "adjust", "A", "--cents", "1000000001", "--reason", "x", "--by", "x")
    assert "up to 1000000000 (below zero takes back)" in too_much.err
    assert (
        "there is no adjustment 9; those that wait: 1" in run("ledger", "approve", "9", "--by", "Jeroen Broersma").err
    )
    assert run("ledger", "approve", "1", "--by", "Jeroen Broersma").code == 0
    assert "approved by Jeroen Broersma already" in run("ledger", "approve", "1", "--by", "Jeroen Broersma").err
    made = json.loads(run("run", "settlement", "--as-of", "2026-03-01", "--by", "Anke Wiersma", "--json").out)
    assert made["total_cents"] == 26_000


def test_a_block_and_a_review_are_kept_with_a_name(run: Run, owed: Path) -> None:
    """A blocked referrer stays open; a referral rejected today is not qualified today, and was before."""
    assert run("referral", "block", "A", "--by", "Anke", "--reason", "twijfel").code == 0
    made = json.loads(run("run", "settlement", "--as-of", "2026-03-01", "--by", "Anke", "--json").out)
    assert [each["reason"] for each in made["left_open"]] == ["blocked", "no_iban"]
    assert run("referral", "unblock", "A", "--by", "Anke").code == 0
    assert run("referral", "review", "R4", "reject", "--by", "Anke", "--reason", "buren").code == 0
    assert "R4" in states(run, "2026-03-01")
    assert states(run, "2999-01-01")["R4"] == "reversed"


def test_a_packed_statement_of_another_account_books_nothing(run: Run, owed: Path) -> None:
    """All or nothing: one file of a zip that is not ours refuses the whole zip, in one line."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("a.xml", statement([Movement(25_000, "S20260301-1-0001")], iban=OURS))
        made.writestr("b.xml", statement([], iban="NL91ABNA0417164300"))
    (owed / "c.zip").write_bytes(packed.getvalue())
    told = run("settlement", "import-statement", "c.zip")
    assert (told.code, told.err.count("\n")) == (2, 1)
    assert "NL91ABNA0417164300" not in told.err

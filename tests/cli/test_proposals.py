"""A proposal put into use: reviewed as a difference, refused where the programme moved on, and undone."""

import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.commands.proposal import group
from programme.proposals.changes import Change
from programme.proposals.proposal import Proposal, SeenCounts, Text, print_of
from programme.terms.digest import digest_of
from tasks.proposals.editing import edited
from tasks.proposals.store import ProposalMissing, ProposalRefused, keep_proposal, read_proposal, text_of
from tests.factories import ROOT, shipped_programme

pytestmark = pytest.mark.slow

SHIPPED = (ROOT / "programme.toml").read_text("utf-8")
AT = datetime(2026, 3, 3, 9, 40, tzinfo=UTC)
OFFSET = Change(("touchpoints", "win_back", "offset"), "6 months", "8 months")
HOSTILE = "\"\"\"\n[brand]\nname = '''x''' # \x1b[31m \u2028 \\ { \"kwaad\" }\r\n"


def proposal(*changes: Change, **more: object) -> Proposal:
    made = Proposal("x", "win_back", "Bas Hoekstra", AT, "Minder mail.", digest_of(shipped_programme()), changes)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a programme of its own, written as on Windows, and a folder of the firm's templates."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "programme.toml").write_bytes(SHIPPED.replace("\n", "\r\n").encode())
    (tmp_path / "own" / "mail").mkdir(parents=True)
    monkeypatch.setenv("BOUWCLUB_PROGRAMME", "programme.toml")
    monkeypatch.setenv("BOUWCLUB_TEMPLATES", "own")
    return tmp_path


def call(*arguments: str) -> Result:
    return CliRunner().invoke(group, arguments)


CHANGES = [
    OFFSET,
    Change(("touchpoints", "win_back", "active"), None, False),
    Change(("touchpoints", "anniversary", "offer"), "LOYAL15", None),
    Change(("touchpoints", "seasonal", "offer"), None, "WELKOM20"),
    Change(("offers", "LOYAL15", "percent"), 15, 12),
    Change(("caps", "marketing_gap_days"), 7, 9),
    Change(("campaigns", "survey_loyalty", "repeat_days"), None, 30),
    Change(
        ("experiments", "win-back-2026-04"),
        None,
        {"touchpoint": "win_back", "holdout_share": 0.1, "first_on": date(2026, 4, 1), "last_on": date(2026, 5, 1)},
    ),
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("changes", [*([each] for each in CHANGES), CHANGES], ids=lambda each: each[0].dotted)
def test_only_the_lines_of_the_change_differ(changes: list[Change], end: str) -> None:
    """Every other line of the shipped programme stays, in its order, comments and line ends with it."""
    before = SHIPPED.replace("\n", end)
    after = edited(before, changes)
    kept = [line for line in after.splitlines(keepends=True) if line in set(before.splitlines(keepends=True))]
    gone = len(before.splitlines()) - len(kept)
    assert gone <= len(changes)
    assert after.count(end) == after.count("\n")
    comments = [line for line in before.splitlines() if line.startswith("#")]
    assert [line for line in after.splitlines() if line.startswith("#")] == comments
    for comment in comments:
        below = before.splitlines()[before.splitlines().index(comment) + 1]
        if not any(change.key[-1] in below for change in changes):
            assert after.splitlines()[after.splitlines().index(comment) + 1] == below


def test_a_new_key_of_the_last_table_stands_in_it() -> None:
    """Also of a file without a line end at its end, and of a table whose head is its last line."""
    assert edited("[a]\nx = 1\n[a.b]", [Change(("a", "b", "y"), None, 2)]) == "[a]\nx = 1\n[a.b]\ny = 2\n"
    assert tomllib.loads(edited("[a]\nb = { x = 1 }\n", [Change(("a", "b", "y"), None, 2)]))["a"]["b"] == {
        "x": 1,
        "y": 2,
    }


def test_hostile_words_stay_words(folder: Path) -> None:
    """Whatever a text holds, the file reads back as the same proposal, and the terminal gets no escape of it."""
    kept = keep_proposal(proposal(OFFSET, reason=HOSTILE, made_by=HOSTILE), date(2026, 3, 3))
    assert read_proposal(kept.name) == kept
    assert set(tomllib.loads(text_of(kept))) == {
        "name", "mail", "made_by", "made_at", "reason", "programme", "changes", "texts",
    }  # fmt: skip
    shown = call("show", kept.name)
    assert shown.exit_code == 0
    assert "\x1b" not in shown.output
    assert "kwaad" in call("list", "--json").output


def test_names_are_given_and_lead_nowhere_else(folder: Path) -> None:
    """Each is the first free one; no name is a path, and a file that is no proposal is said to be none."""
    names = [keep_proposal(proposal(OFFSET), date(2026, 3, 3)).name for _ in range(3)]
    assert names == ["win_back-2026-03-03", "win_back-2026-03-03-2", "win_back-2026-03-03-3"]
    for name in ("../programme", "a/b", ".hidden", "", "x" * 90, "nowhere"):
        with pytest.raises(ProposalMissing):
            read_proposal(name)
    (folder / ".bouwclub/proposals/odd.toml").write_text("name = 1\n")
    assert "odd.toml cannot be read as a proposal" in call("list").output


def test_it_is_put_into_use_and_undone(folder: Path) -> None:
    """The difference is shown, comments stay, the proposal says who and when; the copy undoes it."""
    seen = SeenCounts(date(2026, 3, 3), date(2026, 5, 31), 0, 12, 3, 900, 888, 4000, 100_000)
    name = keep_proposal(proposal(OFFSET, CHANGES[1], seen=seen), date(2026, 3, 3)).name
    before = (folder / "programme.toml").read_bytes()
    (folder / "programme.toml").chmod(0o640)
    shown = call("show", name).output
    assert '-offset = "6 months"' in shown
    assert "estimated from 4000 of 100000" in " ".join(shown.split())
    assert "programme check: in order" in shown
    assert (folder / "programme.toml").read_bytes() == before
    used = call("apply", name, "--by", "Jeroen Broersma")
    assert used.exit_code == 0, used.output
    after = (folder / "programme.toml").read_bytes()
    expected = before.replace(b"[touchpoints.win_back]\r\n", b"[touchpoints.win_back]\r\nactive = false\r\n")
    place = expected.index(b'offset = "6 months"', expected.index(b"[touchpoints.win_back]"))
    assert after == expected[:place] + b'offset = "8 months"' + expected[place + len(b'offset = "6 months"') :]
    assert (folder / "programme.toml").stat().st_mode & 0o777 == 0o640
    assert read_proposal(name).used_by == "Jeroen Broersma"
    again = call("apply", name)
    assert isinstance(again.exception, ProposalRefused)
    undo = next(line for line in used.output.splitlines() if line.startswith("undo with: cp "))
    subprocess.run(undo.removeprefix("undo with: ").split(), check=True)
    assert (folder / "programme.toml").read_bytes() == before
    assert not [path for path in folder.iterdir() if path.name.startswith(".programme")]
    assert call("apply", name).exit_code == 0  # undone, it is open again


def test_what_moved_on_is_not_overwritten(folder: Path) -> None:
    """Another value in its place refuses it, with both values; another elsewhere does not."""
    name = keep_proposal(proposal(OFFSET), date(2026, 3, 3)).name
    path = folder / "programme.toml"
    elsewhere = path.read_bytes().replace(b"marketing_gap_days = 7", b"marketing_gap_days = 8")
    path.write_bytes(
        elsewhere.replace(b'offset = "6 months"\r\ngrace_days = 30', b'offset = "7 months"\r\ngrace_days = 30')
    )
    refused = call("apply", name)
    assert "touchpoints.win_back.offset was '6 months' and is '7 months' now" in str(refused.exception)
    assert "outdated" in call("list").output
    assert b"8 months" not in path.read_bytes()
    path.write_bytes(elsewhere)
    assert "these counts may differ by now" in " ".join(call("show", name).output.split())
    assert call("apply", name).exit_code == 0
    assert b'offset = "8 months"' in path.read_bytes()


def test_a_fault_of_the_programme_stops_it(folder: Path) -> None:
    """Every fault with its line, exit code 2, and nothing written."""
    name = keep_proposal(proposal(Change(("caps", "marketing_gap_days"), 7, 900)), date(2026, 3, 3)).name
    before = (folder / "programme.toml").read_bytes()
    refused = call("apply", name)
    assert refused.exit_code == 2
    assert "caps.marketing_gap_days (line " in refused.output
    assert (folder / "programme.toml").read_bytes() == before
    assert read_proposal(name).used_at is None


def test_words_go_to_the_firms_own_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The template of the release stays; undoing removes the firm's own; without such a folder it is refused."""
    before = (ROOT / "templates/mail/win_back.jinja").read_text("utf-8")
    text = Text("mail/win_back.jinja", print_of(before), before.replace("Wij missen u.", "Hoe gaat het?"))
    name = keep_proposal(proposal(texts=(text,)), date(2026, 3, 3)).name
    used = call("apply", name)
    assert used.exit_code == 0, used.output
    own = folder / "own/mail/win_back.jinja"
    assert own.read_text("utf-8") == text.new
    assert f"undo with: rm {own}" in used.output.replace("\n", "")
    assert (ROOT / "templates/mail/win_back.jinja").read_text("utf-8") == before
    else_said = text._replace(new=before.replace("Wij missen u.", "Dag."))
    other = keep_proposal(proposal(texts=(else_said,)), date(2026, 3, 3)).name
    assert "templates/mail/win_back.jinja was changed" in str(call("apply", other).exception)
    own.unlink()
    monkeypatch.delenv("BOUWCLUB_TEMPLATES")
    assert "BOUWCLUB_TEMPLATES" in str(call("apply", other).exception)
    odd = keep_proposal(proposal(texts=(text._replace(file="../programme.toml"),)), date(2026, 3, 3)).name
    assert isinstance(call("apply", odd).exception, ProposalRefused)


def test_the_command_is_one_of_ours() -> None:
    """A mistake is one line, exit code 2, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", "proposal", "show", "nowhere"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert done.stderr.startswith("bouwclub: there is no proposal 'nowhere'")
    assert done.stderr.count("\n") == 1

"""Reading a programme file, and the command that checks one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.commands.programme import group
from models.settings import ROOT
from programme.terms.schema import Programme
from tasks.base.programme_file import ProgrammeInvalid, check_programme, load_programme

SHIPPED = (ROOT / "programme.toml").read_text(encoding="utf-8")

EIGHT_MISTAKES = (
    ('offset = "6 months"\ngrace_days = 30', 'offset = "6 month ago"\ngrace_days = 30'),
    ('offer = "WELKOM20"', 'offer = "WELKOM"'),
    ("soft_opt_in = true", "soft_optin = true"),
    ('held_by_invoice_from_tier = "zilver"', 'held_by_invoice_from_tier = "silver"'),
    ('kvk_number = "01234567"', 'kvk_number = "123"'),
    ('supersedes = [{ touchpoint = "seasonal" }]', 'supersedes = [{ touchpoint = "season" }]'),
    ("at_risk_from = 50", "at_risk_from = 90"),
    ('{ name = "no_order_since" }', '{ name = "no_orders_since" }'),
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with an empty mail for each touchpoint and each campaign that ships."""
    folder = tmp_path / "templates"
    (folder / "mail").mkdir(parents=True)
    programme = load_programme(ROOT / "programme.toml")
    for name in (*programme.touchpoints, *programme.campaigns):
        (folder / "mail" / f"{name}.jinja").touch()
    return folder


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "new.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_shipped_file_loads(templates: Path) -> None:
    """The programme that ships can be read, with and without a look at its mails."""
    path = ROOT / "programme.toml"
    assert isinstance(load_programme(path), Programme)
    assert load_programme(path, templates) == load_programme(path)
    assert check_programme(path, templates) == []


def test_eight_mistakes_are_eight_lines(tmp_path: Path, templates: Path) -> None:
    """A file with eight mistakes tells all eight at once, each on a line of its own with its line number."""
    text = SHIPPED
    for right, wrong in EIGHT_MISTAKES:
        assert right in text
        text = text.replace(right, wrong)
    with pytest.raises(ProgrammeInvalid) as caught:
        load_programme(written(tmp_path, text), templates)
    lines = str(caught.value).splitlines()
    assert len(caught.value.faults) == len(lines) == 8
    rows = text.splitlines()
    for fault, (_, wrong) in zip(
        sorted(caught.value.faults, key=lambda fault: fault.line or 0),
        sorted(EIGHT_MISTAKES, key=lambda mistake: text.index(mistake[1])),
        strict=True,
    ):
        assert wrong.splitlines()[0] in rows[(fault.line or 0) - 1]
    line = rows.index('offset = "6 month ago"') + 1
    assert (
        f"new.toml: touchpoints.win_back.offset (line {line}): '6 month ago' is not an offset; "
        "write a number and a unit: '3 days', '8 weeks', '4 months', '1 year'." in lines
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[brand\n", "new.toml: line 1, column 7: not valid TOML: "),
        ("a = 1\nb = \n", "new.toml: line 2, column 5: not valid TOML: Invalid value. Correct it"),
        ("a = 1\na = 2\n", "new.toml: line 2, column 6: not valid TOML: Cannot overwrite a value."),
        ('a = "', "new.toml: at the end of the file: not valid TOML: "),
        (b"a = '\xff'", "new.toml: is not UTF-8 text (byte 5). Save it as UTF-8."),
    ],
)
def test_what_is_no_toml_is_one_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    """A file that cannot be parsed says where, on one line."""
    with pytest.raises(ProgrammeInvalid) as caught:
        load_programme(written(tmp_path, text))
    assert str(caught.value).startswith(said)
    assert len(str(caught.value).splitlines()) == 1


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A path to nothing, or to a folder, is one line that names it and what to do."""
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(ProgrammeInvalid, match=r"cannot be read .*BOUWCLUB_PROGRAMME"):
            load_programme(path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """A file saved with a BOM reads the same."""
    path = written(tmp_path, b"\xef\xbb\xbf" + SHIPPED.encode())
    assert load_programme(path) == load_programme(ROOT / "programme.toml")


def test_a_mail_that_is_not_written_is_a_fault_only_where_it_is_asked(tmp_path: Path) -> None:
    """To plan, a touchpoint needs no mail yet; the check does ask for it."""
    path = ROOT / "programme.toml"
    load_programme(path)
    faults = check_programme(path, tmp_path)
    programme = load_programme(path)
    assert len(faults) == len(programme.touchpoints) + len(programme.campaigns)
    assert faults[0].in_file("programme.toml").startswith("programme.toml: touchpoints.feedback_request (line ")


def test_the_command_says_that_a_file_is_in_order(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in order exits 0 with a summary and one sentence on the soft opt-in."""
    monkeypatch.setattr("tasks.base.programme_file.TEMPLATES", templates)
    result = CliRunner().invoke(group, ["check"])
    assert result.exit_code == 0, result.stderr
    summary, sentence = result.stdout.splitlines()
    assert summary == (
        "programme.toml is in order: 14 touchpoints (13 daily, 1 win-back), 5 segments, 4 tiers, 2 offers, "
        "no experiments."
    )
    assert sentence.startswith("[consent] soft_opt_in = true: the firm itself states")


def test_without_the_soft_opt_in_the_command_says_what_follows(
    tmp_path: Path, templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With soft_opt_in = false the sentence says that unknown consent gets no marketing."""
    monkeypatch.setattr("tasks.base.programme_file.TEMPLATES", templates)
    path = written(tmp_path, SHIPPED.replace("soft_opt_in = true", "soft_opt_in = false"))
    result = CliRunner().invoke(group, ["check", str(path)])
    assert "consent is unknown get no marketing" in result.stdout


def test_the_command_tells_faults_on_standard_error(tmp_path: Path) -> None:
    """Faults go to standard error, one a line, with exit code 2 and nothing on standard output."""
    result = CliRunner().invoke(group, ["check", str(written(tmp_path, "a = \n"))])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("new.toml: line 1, column 5: not valid TOML")
    assert len(result.stderr.splitlines()) == 1


def test_the_command_prints_json_alone(tmp_path: Path) -> None:
    """With --json standard output is one JSON object, whatever the outcome."""
    path = written(tmp_path, SHIPPED.replace("soft_opt_in = true", "soft_opt_in = 7"))
    result = CliRunner().invoke(group, ["check", "--json", str(path)])
    answer = json.loads(result.stdout)
    line = SHIPPED.splitlines().index("soft_opt_in = true") + 1
    assert result.exit_code == 2
    assert answer["in_order"] is False
    assert {"key": "consent.soft_opt_in", "line": line, "text": "7 is not true or false."} in answer["faults"]

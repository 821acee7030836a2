"""The documents keep up with the code: every command, setting and key is told, and what is told exists."""

import importlib
import re
import shlex
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

import click
import pytest
from sqlalchemy import Engine

from cli.__main__ import COMMANDS, commands
from models.settings import ROOT, Settings
from programme.terms.schema import Programme
from programme.terms.tables.condition_kinds import AnyCondition
from programme.terms.tables.parts import Part
from programme.terms.tables.touchpoint_terms import Anchor
from programme.words.states import Flow, Outcome
from sample import write_sample
from tasks.base.programme_file import load_programme
from tasks.importing.folder import import_folder
from tasks.runs.deciding.planning import decisions_of, plan_day

README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAMME_DOC = (ROOT / "docs" / "programme.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
RECORDS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

MOST_LINES_OF_A_RECORD = 40


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))


def shell_lines(text: str) -> list[str]:
    """The commands of all shell blocks, without their comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def code_spans(text: str) -> list[str]:
    """What stands between single backticks, outside of blocks."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def told_calls(text: str) -> list[list[str]]:
    """Every call of bouwclub in the text, in shell blocks and between backticks, as words."""
    spans = [*shell_lines(text), *code_spans(text)]
    return [
        shlex.split(span[span.index("bouwclub ") :].replace("\\|", "|"))[1:] for span in spans if "bouwclub " in span
    ]


def command_of(name: str) -> click.Command | None:
    """The command, or None while its module is not there."""
    module = COMMANDS[name].place.partition(":")[0]
    if find_spec(module) is None:
        return None
    return commands.get_command(click.Context(commands), name)


def known_calls() -> dict[tuple[str, ...], click.Command | None]:
    """Every command and, in the place of a group, its subcommands."""
    found: dict[tuple[str, ...], click.Command | None] = {}
    for name in COMMANDS:
        command = command_of(name)
        if isinstance(command, click.Group):
            found |= {(name, inner): command.commands[inner] for inner in command.commands}
        else:
            found[(name,)] = command
    return found


def keys_of(kind: Any) -> set[str]:
    """Every key that a part of the programme file can have, at any depth."""
    if get_origin(kind) is Annotated:
        return keys_of(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, Part):
        inner = [keys_of(field.annotation) for field in kind.model_fields.values()]
        return {field.alias or name for name, field in kind.model_fields.items()}.union(*inner)
    return set().union(*(keys_of(argument) for argument in get_args(kind) if not isinstance(argument, str)))


def test_every_command_is_told() -> None:
    """The README's table has each command, and of a group each subcommand, with the options that it must be given."""
    table = [call for call in told_calls(README) if call]
    for words, command in known_calls().items():
        told = [call for call in table if tuple(call[: len(words)]) == words]
        assert told, f"README.md does not tell: {' '.join(words)}"
        for option in command.params if command else ():
            needed = isinstance(option, click.Option) and option.required
            assert not needed or any({*option.opts} & {*call} for call in told), (words, option.opts)


@pytest.mark.parametrize("document", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_every_call_that_is_told_exists(document: Path) -> None:
    """A document names no command, subcommand or option that there is not."""
    calls = known_calls()
    groups = {words[0] for words in calls if len(words) == 2}
    for call in told_calls(document.read_text(encoding="utf-8")):
        assert call[0] in COMMANDS, f"{document.name}: there is no command {call[0]}"
        words = tuple(call[:2]) if call[0] in groups else (call[0],)
        if len(words) == 2 or call[0] not in groups:
            assert words in calls, f"{document.name}: there is no command {' '.join(words)}"
            command = calls[words]
            options = {name for parameter in command.params for name in parameter.opts} if command else None
            for option in re.findall(r"--[a-z-]+", " ".join(call)) if options else ():
                assert option in options | {"--help"}, f"{document.name}: {' '.join(words)} has no {option}"


def test_every_setting_is_told_with_its_default() -> None:
    """The README's table has each setting, and the defaults of the code."""
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `BOUWCLUB_{name.upper()}` \| (.*?) \|", README, re.MULTILINE)
        assert row, f"README.md does not tell BOUWCLUB_{name.upper()}"
        if field.default and not isinstance(field.default, Path) or name == "outbox_dir":
            assert row[1] == f"`{field.default}`"
    told = set(re.findall(r"^\| `BOUWCLUB_([A-Z_]+)`", README, re.MULTILINE))
    assert told == {name.upper() for name in Settings.model_fields}


def test_every_key_of_the_programme_is_told() -> None:
    """docs/programme.md has each key, anchor and condition that the schema knows."""
    told = set(re.findall(r"\w+", " ".join(code_spans(PROGRAMME_DOC))))
    conditions = get_args(get_args(AnyCondition)[0])
    names = {get_args(option.model_fields["name"].annotation)[0] for option in conditions}
    parts = set().union(*(keys_of(option) for option in conditions))
    assert (keys_of(Programme) | parts | names | set(get_args(Anchor))) - told == set()


def test_shell_blocks_name_targets_that_exist() -> None:
    """Whatever a document tells to make can be made, and every file it runs is there."""
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"^make ([a-z-]+)", "\n".join([*shell_lines(text), *code_spans(text)]), re.MULTILINE):
            assert target in targets(), f"{document.name}: there is no make {target}"
    assert (ROOT / ".ci" / "run").exists()


ROOMS = ("benchmarks", "cli", "deployments", "docs", "flows", "models", "programme", "sample", "tasks", "templates")
PATH_IN_A_ROOM = re.compile(rf"(?:{'|'.join((*ROOMS, 'tests', 'web'))})/[\w./-]+")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_in_a_room_exists(document: Path) -> None:
    spans = code_spans(document.read_text(encoding="utf-8"))
    told = {span for span in spans if PATH_IN_A_ROOM.fullmatch(span)}

    assert not {path for path in told if not (ROOT / path).exists()}


def test_every_document_can_be_reached() -> None:
    """From the README, link by link, one comes to every document; and no link leads nowhere."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        reached.add(document)
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
            target = (document.parent / link).resolve()
            assert target.exists(), f"{document.relative_to(ROOT)} links to {link}, which is not there"
            if target.suffix == ".md" and target not in reached:
                waiting.append(target)
    assert set(DOCUMENTS) - reached == set()


def test_the_readme_says_what_the_soft_opt_in_is() -> None:
    """README and programme check say in the same words that it is the firm's own statement."""
    stated = "the firm itself states that its clients were told about these mails, and could refuse them, when"
    assert stated in README
    assert stated in importlib.import_module("cli.commands.programme").soft_opt_in_sentence(True)


@pytest.mark.parametrize("record", RECORDS, ids=[path.stem for path in RECORDS])
def test_a_decision_record_is_short_and_whole(record: Path) -> None:
    """Each record has its four parts, and no more lines than somebody will read."""
    text = record.read_text(encoding="utf-8")
    parts = ["Context", "Decision", "Consequences", "What would change our mind"]
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == parts
    assert len(text.splitlines()) <= MOST_LINES_OF_A_RECORD
    assert text.startswith(f"# {record.name[:4]} ")


def test_the_mail_that_the_readme_previews_is_due(sqlite_engine: Engine, tmp_path: Path) -> None:
    """The README's example is a mail that the demo's day really sends to that client."""
    call = next(call for call in told_calls(README) if call[0] == "preview" and "K" in call[3])
    touchpoint, client_id, as_of = call[1], call[3], date.fromisoformat(call[5])
    write_sample(tmp_path, as_of)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    import_folder(sqlite_engine, tmp_path, imported_at=now, rejected_path=tmp_path / "rejected.csv")
    programme = load_programme(ROOT / "programme.toml")
    decisions = decisions_of(plan_day(sqlite_engine, programme, Flow.DAILY, as_of))
    sent = {(one.touchpoint, one.client_id) for one in decisions if one.outcome == Outcome.SEND}
    assert (touchpoint, client_id) in sent


PROMISES = ROOT / "docs" / "promises.md"


def kept_promises() -> list[tuple[str, list[str], list[str]]]:
    """Each row: what is promised, the files that keep it, the tests that prove it (file::name)."""
    text = PROMISES.read_text("utf-8").partition("## Not kept yet")[0]
    rows = [line.strip("|").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    told = [row for row in rows if "kept in" not in row]
    return [(row[0], code_spans(row[1]), code_spans(row[2])) for row in told]


def test_every_promise_names_its_file_and_its_test() -> None:
    """No row is open, and what it names is there."""
    rows = kept_promises()
    assert len(rows) > 50
    for promise, files, tests in rows:
        assert files, promise
        assert tests, promise
        for file in files:
            assert (ROOT / file).is_file(), f"{promise}: {file}"
        for test in tests:
            file, _, name = test.partition("::")
            assert f"def {name}(" in (ROOT / file).read_text("utf-8"), f"{promise}: {test}"


def test_the_sending_domain_is_told() -> None:
    """What the mailbox providers ask of the domain's owner stands in the steps to production."""
    text = (
        (ROOT / "docs" / "production.md").read_text("utf-8").partition("## The sending domain")[2].partition("## ")[0]
    )
    for word in ("SPF", "DKIM", "2048", "DMARC", "h=", "list-unsubscribe-post", "0.3 %"):
        assert word in text

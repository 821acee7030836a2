"""Compiled mails on disk: the same as compiled anew, whatever happened to the file or to what they are made of."""

import shutil
import sqlite3
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from programme.mail.variables import NEUTRAL
from programme.terms.kinds import Choice
from programme.terms.schema import Programme
from tasks.base.programme_file import TEMPLATES
from tasks.mail.keeping import files
from tasks.mail.keeping.store import FINGERPRINTS_KEPT, KeptMails
from tasks.mail.render import CompiledMail, Renderer
from tasks.mail.templating.tagged import TaggedMail
from tasks.mail.templating.templates import Templates
from tests import factories
from tests.tasks.mail.cases import BASE_URL

PROGRAMME = factories.shipped_programme()
TOUCHPOINT = "feedback_request"
VARIANTS: list[Mapping[str, Choice]] = [
    {**NEUTRAL, "type": kind, "segment": segment, "reader": segment, "has_project": bool(kind)}
    for kind in ("", "dakkapel", "uitbouw")
    for segment in ("starter", "overig")
]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A file that keeps every variant."""
    path = tmp_path / "kept" / "mails.db"
    texts_of(renderer(path))
    return path


def renderer(
    kept: Path | None, folder: Path = TEMPLATES, programme: Programme = PROGRAMME, own: Path | None = None
) -> Renderer:
    return Renderer(programme, BASE_URL, folder, kept=kept, own=own)


def texts_of(of: Renderer) -> list[tuple[str, ...]]:
    mails: list[CompiledMail] = [of.compiled(TOUCHPOINT, variant) for variant in VARIANTS]
    return [(mail.subject.whole, mail.preheader, mail.html.whole, mail.text.whole, mail.variant_json) for mail in mails]


def compiled_by(of: Renderer, monkeypatch: pytest.MonkeyPatch) -> tuple[list[tuple[str, ...]], int]:
    """The texts, and how many of them were compiled for it."""
    count, compile_one = [0], Templates.compile

    def counting(*arguments: object) -> TaggedMail:
        count[0] += 1
        return compile_one(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(Templates, "compile", counting)
        return texts_of(of), count[0]


FRESH = texts_of(renderer(None))
DISTINCT = len({texts[4] for texts in FRESH})


def test_kept_mails_are_those_that_a_compilation_gives(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next process compiles nothing, and has the same bytes."""
    assert compiled_by(renderer(kept), monkeypatch) == (FRESH, 0)


def _edited(folder: Path) -> Path:
    path = folder / "mail" / f"{TOUCHPOINT}.jinja"
    path.write_text(path.read_text().replace("Hoe vond u het", "Hoe beviel het u"))
    return folder


def test_changed_template_is_never_answered_from_the_file(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when it is changed back: each mail is that of the templates as they were read."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    before = renderer(kept, folder)
    edited = texts_of(renderer(kept, _edited(folder)))

    assert "Hoe beviel het u" in edited[0][0]
    assert edited == texts_of(renderer(None, folder))
    assert texts_of(before) == FRESH  # it read them before the change
    assert compiled_by(renderer(kept), monkeypatch) == (FRESH, 0)


def test_own_template_is_never_answered_from_the_file(kept: Path, tmp_path: Path) -> None:
    """The firm's own file counts from the next renderer on, and its removal as well."""
    own = tmp_path / "own"
    (own / "mail").mkdir(parents=True)
    shutil.copy(TEMPLATES / "mail" / f"{TOUCHPOINT}.jinja", own / "mail")
    _edited(own)

    assert "Hoe beviel het u" in texts_of(renderer(kept, own=own))[0][0]
    shutil.rmtree(own)
    assert texts_of(renderer(kept, own=own)) == FRESH


def test_changed_programme_is_never_answered_from_the_file(kept: Path) -> None:
    """A new name of the firm stands in the next mail."""
    brand = PROGRAMME.brand.model_copy(update={"name": "Bureau Nieuwe Naam"})
    renamed = PROGRAMME.model_copy(update={"brand": brand})

    assert texts_of(renderer(kept, programme=renamed)) == texts_of(renderer(None, programme=renamed)) != FRESH


@pytest.mark.parametrize("what", [*files.MADE_BY, "our code"])
def test_other_versions_compile_anew(kept: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail is never older than the packages and the code that made it."""
    if what == "our code":
        monkeypatch.setattr(files, "CODE", ("programme",))
    else:
        monkeypatch.setattr(files, "version", lambda name: "0" if name == what else "1")
    files._made_by.cache_clear()
    try:
        assert compiled_by(renderer(kept), monkeypatch) == (FRESH, DISTINCT)
    finally:
        files._made_by.cache_clear()


@pytest.mark.parametrize("damage", ["empty", "no database", "cut off", "flipped", "rows swapped"])
def test_damaged_file_is_made_anew(kept: Path, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file has in it, the mails are right, and the file is of use again afterwards."""
    content, dice = bytearray(kept.read_bytes()), Random(7)
    if damage == "rows swapped":
        with sqlite3.connect(kept) as file:
            file.execute("UPDATE mails SET mail = (SELECT mail FROM mails AS other WHERE other.id <> mails.id LIMIT 1)")
    elif damage == "flipped":
        for place in range(4096, len(content), 211):  # behind the first page, which names the table
            content[place] ^= 1 << dice.randrange(8)
        kept.write_bytes(content)
    else:
        kept.write_bytes(
            bytes({"empty": b"", "no database": b"x" * 9000, "cut off": content[: len(content) // 2]}[damage])
        )

    assert texts_of(renderer(kept)) == FRESH
    texts_of(renderer(kept))
    assert compiled_by(renderer(kept), monkeypatch) == (FRESH, 0)


def test_place_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    """A working folder that is a file, or read only, still gives mails."""
    (tmp_path / "file").write_text("")
    assert texts_of(renderer(tmp_path / "file" / "mails.db")) == FRESH


def test_locked_file_is_not_waited_for_long(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that holds the file delays nobody for more than a moment."""
    monkeypatch.setattr("tasks.mail.keeping.store.WAIT_SECONDS", 0.01)
    with sqlite3.connect(kept) as file:
        file.execute("BEGIN EXCLUSIVE")
        assert texts_of(renderer(kept)) == FRESH
    assert kept.exists()


def test_many_may_fill_the_file_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Renderers side by side get the right mails, and leave a file that has them all, each once."""
    path = tmp_path / "mails.db"
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: texts_of(renderer(path)), range(4))) == [FRESH] * 4
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT count(*), count(DISTINCT answers) FROM mails").fetchone() == (DISTINCT, DISTINCT)
    assert compiled_by(renderer(path), monkeypatch) == (FRESH, 0)


def test_mails_of_the_past_are_dropped(tmp_path: Path) -> None:
    """The file keeps the newest fingerprints, so it does not grow with every edit."""
    path, mail = tmp_path / "mails.db", TaggedMail("s", "p", "h", "t", {"allowed": True})
    for number in range(FINGERPRINTS_KEPT + 3):
        KeptMails(path, f"print {number}").keep(TOUCHPOINT, mail)

    found = [KeptMails(path, f"print {number}").find(TOUCHPOINT, {"allowed": True}) for number in range(7)]
    assert found == [None] * 3 + [mail] * FINGERPRINTS_KEPT

"""The journal of wishes: nothing that was kept is lost, and everything is applied once."""

import os
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models import tables
from models.database.engine import open_engine, reading, writing
from programme.inbound.answers import FORMS, Answer, Question
from programme.words.tokens import message_id_of
from tasks.inbound import journal as journals
from tasks.inbound.answers import record_answer
from tasks.inbound.journal import Journal, Wish, journal_of
from tasks.inbound.suppressions import lift_suppression
from tests.factories import shipped_programme
from tests.web.conftest import KEY, NOW, seed

PROGRAMME = shipped_programme()
MESSAGE = message_id_of(KEY.encode(), "C1", "check_in", "P1")
LEAVES = Wish(MESSAGE, NOW, "one_click")


def scores(score: int, at: datetime = NOW, comment: str | None = None) -> Wish:
    return Wish(MESSAGE, at, answer=Answer(Question.RECOMMEND, str(score), score, comment))


@pytest.fixture
def journal(engine: Engine, tmp_path: Path) -> Journal:
    seed(engine)
    return Journal(tmp_path / "new" / "wishes")


def rows(engine: Engine, table: object) -> list[object]:
    with reading(engine) as connection:
        return list(connection.execute(table.select()))  # type: ignore[attr-defined]


def test_what_is_kept_is_applied_once(engine: Engine, journal: Journal) -> None:
    """An unsubscribe and an answer, with the moment at which they were expressed; then the file is empty."""
    for wish in (LEAVES, scores(3, comment="é\n\u2028“x”")):
        journal.keep(wish)
    assert journal.waiting() == [LEAVES, scores(3, comment="é\n\u2028“x”")]
    assert journal.apply(engine, PROGRAMME) == 2
    assert (journal.apply(engine, PROGRAMME), journal.is_empty(), journal.waiting()) == (0, True, [])

    assert [(row.email, row.since) for row in rows(engine, tables.suppressions)] == [("jan@example.nl", NOW.date())]
    assert [(row.score, row.comment) for row in rows(engine, tables.answers)] == [(3, "é\n\u2028“x”")]


def test_a_crash_after_applying_changes_nothing(engine: Engine, journal: Journal) -> None:
    """The same lines again, also after a person lifted the unsubscribe or the client answered otherwise."""
    for wish in (LEAVES, scores(3)):
        journal.keep(wish)
    again = journal.path.read_bytes()
    journal.apply(engine, PROGRAMME)
    lift_suppression(engine, "jan@example.nl", "Anna", "mail", NOW + timedelta(hours=1))
    form = FORMS[Question.RECOMMEND]
    record_answer(engine, PROGRAMME, MESSAGE, form, Answer(Question.RECOMMEND, "9", 9, None), NOW + timedelta(hours=1))
    before = [rows(engine, table) for table in tables.metadata.sorted_tables]
    journal.path.write_bytes(again)

    assert journal.apply(engine, PROGRAMME) == 2
    assert [rows(engine, table) for table in tables.metadata.sorted_tables] == before


def test_a_wish_to_be_called_that_comes_later_is_kept_once(engine: Engine, journal: Journal) -> None:
    """The same score twice is one answer; with the wish it is kept once more, and no more after that."""
    form, answer = FORMS[Question.RECOMMEND], Answer(Question.RECOMMEND, "6", 6, None)
    for hours, asks in enumerate([False, False, True, True, False]):
        record_answer(engine, PROGRAMME, MESSAGE, form, answer, NOW + timedelta(hours=hours), asks_contact=asks)

    kept = [(row.needs_contact, row.answered_at) for row in rows(engine, tables.answers)]  # type: ignore[attr-defined]
    assert [asks for asks, _ in kept] == [False, True]
    assert len(rows(engine, tables.feedback)) == 1


@pytest.mark.parametrize("torn", [b'{"message_id": "ab', b"\xff\xfe", b"\x00" * 40])
def test_a_line_that_a_crash_cut_off_spoils_no_other(engine: Engine, journal: Journal, torn: bytes) -> None:
    """What comes after it is kept and applied; the torn line stays for a person to look at."""
    journal.keep(scores(3))
    with journal.path.open("ab") as file:
        file.write(torn)
    journal.keep(LEAVES)

    assert journal.apply(engine, PROGRAMME) == 2
    assert journal.path.read_bytes() == torn + b"\n"


def test_what_the_database_refuses_stays(engine: Engine, journal: Journal) -> None:
    """And is applied when it can be; what can be applied already does not wait for it."""
    for wish in (LEAVES, scores(3)):
        journal.keep(wish)
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE consent_history RENAME TO away"))
    journal.apply(engine, PROGRAMME)
    assert LEAVES in journal.waiting()
    with writing(engine) as connection:
        connection.execute(text("ALTER TABLE away RENAME TO consent_history"))
    journal.apply(engine, PROGRAMME)

    assert journal.is_empty()
    assert len(rows(engine, tables.suppressions)) == len(rows(engine, tables.answers)) == 1


def test_added_while_it_applies(engine: Engine, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes in the middle is not cut off with what is done."""
    journal.keep(LEAVES)
    own = journals.unsubscribe

    def slowly(*values: object) -> bool:
        journal.keep(scores(8))
        assert journal.apply(engine, PROGRAMME) == 0  # one at a time
        return bool(own(*values))  # type: ignore[arg-type]

    monkeypatch.setattr(journals, "unsubscribe", slowly)
    assert journal.apply(engine, PROGRAMME) == 1
    assert journal.waiting() == [scores(8)]


def test_many_at_once(engine: Engine, journal: Journal) -> None:
    """Threads that keep while another applies lose nothing."""
    moments = [NOW + timedelta(seconds=number) for number in range(30)]
    kept = [scores(number % 11, at) for number, at in enumerate(moments)]
    threads = [threading.Thread(target=journal.keep, args=[wish]) for wish in kept]
    applied = 0
    for thread in threads:
        thread.start()
        applied += journal.apply(engine, PROGRAMME)
    for thread in threads:
        thread.join()
    assert applied + journal.apply(engine, PROGRAMME) == 30
    assert max(row.answered_at.replace(tzinfo=NOW.tzinfo) for row in rows(engine, tables.answers)) == moments[-1]  # type: ignore[attr-defined]


def test_nobody_else_reads_it(engine: Engine, journal: Journal) -> None:
    """0600 and 0700 whatever the umask, also after it was written anew."""
    before = os.umask(0)
    try:
        journal.keep(LEAVES)
        journal.keep(Wish("ab" * 16, NOW, "page"))
        journal.apply(engine, PROGRAMME)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in journal.path.parent.iterdir()} == {0o600}
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_full_disk_is_no_success(engine: Engine, journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a line is an error, and the next line begins a new one."""
    monkeypatch.setattr(journals.os, "write", lambda descriptor, data: os.pwrite(descriptor, data[:9], 0))
    with pytest.raises(OSError, match="space"):
        journal.keep(LEAVES)
    monkeypatch.undo()
    journal.keep(LEAVES)
    assert journal.waiting() == [LEAVES]


def test_where_it_lies(tmp_path: Path) -> None:
    """Beside the SQLite file, where upkeep finds it wherever it runs."""
    assert journal_of(open_engine(f"sqlite:///{tmp_path}/x.db")).path == tmp_path / "x.db-wishes"
    assert journal_of(open_engine("postgresql+psycopg://u@127.0.0.1:1/x")).path == Path(".bouwclub/wishes")

"""People who leave or answer while the database is busy or away: thanked at once, and their wish is done."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models import tables
from models.database.engine import open_engine
from tasks.inbound.journal import Journal, Wish
from tests.web.conftest import NOW, Served, seed
from web.server import wishes

HOLD = """
import sqlite3, sys, time
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("begin immediate")
print("held", flush=True)
time.sleep(float(sys.argv[2]))
held.execute("rollback")
"""
LONGEST_SECONDS = 2.0
TIMES = {"TURN_SECONDS": wishes.TURN_SECONDS, "WHOLE_SECONDS": wishes.WHOLE_SECONDS}


@contextmanager
def locked(engine: Engine, seconds: float) -> Iterator[None]:
    """Another process, as an import, holds the one write lock of SQLite."""
    command = [sys.executable, "-c", HOLD, str(engine.url.database), str(seconds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield
        holder.wait()


def timed(call: Callable[[], object]) -> float:
    began = time.monotonic()
    call()
    return time.monotonic() - began


def until(found: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def served(sqlite_engine: Engine, serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch) -> Served:
    for name, seconds in TIMES.items():
        monkeypatch.setattr(wishes, name, seconds)
    monkeypatch.setattr(wishes, "RETRY_SECONDS", 0.2)
    seed(sqlite_engine)
    return serve(sqlite_engine)


@pytest.mark.long
def test_beside_a_long_import(served: Served, tmp_path: Path) -> None:
    """Pages open, posts are thanked for within two seconds, the pages say so at once; after it all is in the tables."""
    leave, answer = served.unsubscribe_link(), served.answer_link("check_in")
    seconds = []
    with locked(served.engine, 5):
        for _ in range(2):
            seconds.append(timed(lambda: served.client.post(leave, content="List-Unsubscribe=One-Click")))
            seconds.append(timed(lambda: served.client.post(answer, data={"vraag": "aanbevelen", "score": "4"})))
            seconds.append(timed(lambda: served.client.get(leave)))
        assert "al afgemeld" in served.client.get(leave).text
        assert "belt u uiterlijk" in served.client.get(f"{answer}?vraag=aanbevelen&klaar=1").text
        assert served.rows(tables.suppressions) == served.rows(tables.answers) == []
        assert len((tmp_path / "wishes").read_text().splitlines()) == 4
    until(lambda: not (tmp_path / "wishes").read_text())

    assert max(seconds) < LONGEST_SECONDS
    assert [row["email"] for row in served.rows(tables.suppressions)] == ["jan@example.nl"]
    assert [row["score"] for row in served.rows(tables.answers)] == [4]
    assert len(served.rows(tables.consent_history)) == 1


@pytest.mark.slow
def test_beside_a_backlog_of_events(served: Served) -> None:
    """Applying gives way to people, chunk by chunk."""
    engine, day = served.engine, "2026-03-20 09:00:00.000000"
    row = "('e' || value, 'delivered', ?, null, 'jan@example.nl', ?, ?, 0, null, '{}')"
    names = "provider_event_id, kind, message_id, provider_message_id, recipient, occurred_at, received_at, is_machine"
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "with recursive n(value) as (select 1 union all select value + 1 from n where value < 10000) "
            f"insert into events ({names}, reason, payload) select {row[1:-1]} from n",
            (served.message_id("seasonal"), day, day),
        )
    served.post_events([])  # wakes the applier
    time.sleep(0.2)
    links = [served.unsubscribe_link(name) for name in ("seasonal", "check_in", "permit_check")]
    seconds = [timed(partial(served.client.post, link)) for link in links]
    waiting = sum(row["applied_at"] is None for row in served.rows(tables.events))

    assert waiting > 0, "the backlog was gone before anybody came"
    assert max(seconds) < LONGEST_SECONDS


def test_a_database_that_is_away(serve: Callable[..., Served], tmp_path: Path) -> None:
    """Whoever leaves is thanked and his page says so, although nothing can be read; at the next start it is tried."""
    served = serve(open_engine("postgresql+psycopg://u:secret@127.0.0.1:1/x"))
    posted = served.client.post(served.unsubscribe_link(), data={"afmelden": "ja"})
    assert posted.status_code == 303
    assert "U bent afgemeld" in served.client.get(posted.headers["location"]).text
    assert len((tmp_path / "wishes").read_text().splitlines()) == 1


def test_what_is_answered_and_chosen_while_it_is_away(
    engine: Engine, serve: Callable[..., Served], tmp_path: Path
) -> None:
    """Thanked without a fact being read, and done once it is back; what a mail never asked is no answer of it."""
    away = serve(open_engine("postgresql+psycopg://u:secret@127.0.0.1:1/x"))
    asked, other = away.answer_link("check_in"), away.answer_link("seasonal")
    choosing = away.unsubscribe_link().replace("/u/", "/voorkeuren/")
    for link in (asked, other):
        thanks = away.client.post(link, data={"vraag": "aanbevelen", "score": "4", "opmerking": "Lang gewacht"})
        assert (thanks.status_code, "Uw antwoord is opgeslagen." in thanks.text) == (200, True)
    assert away.client.post(asked, data={"vraag": "aanbevelen", "score": "11"}).status_code == 503
    assert "Uw antwoord is opgeslagen." in away.client.get(f"{asked}?vraag=aanbevelen&klaar=1").text
    chosen = away.client.post(choosing, data={"opslaan": "ja", "pauze": "3"})
    assert "Uw keuze is opgeslagen." in away.client.get(chosen.headers["location"]).text
    assert away.client.get(choosing).status_code == away.client.get(asked).status_code == 503

    seed(engine)
    back = serve(engine)
    until(lambda: not (tmp_path / "wishes").read_text())
    assert [(row["message_id"], row["score"]) for row in back.rows(tables.answers)] == [
        (back.message_id("check_in"), 4)
    ]
    assert ("pause", "3") in {(row["subject"], row["value"]) for row in back.rows(tables.consent_history)}


def test_what_a_crash_left_is_applied(engine: Engine, serve: Callable[..., Served], tmp_path: Path) -> None:
    """The journal is read before anybody asks."""
    seed(engine)
    first = serve(engine)
    Journal(tmp_path / "wishes").keep(Wish(first.message_id("seasonal"), NOW, "one_click"))
    again = serve(engine)
    until(lambda: len(again.rows(tables.suppressions)) == 1)
    until(lambda: not (tmp_path / "wishes").read_text())


@pytest.mark.long
def test_when_not_even_the_journal_can_be_written(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the truth is told: a page that says to try again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tasks.inbound.journal.os.fsync", full)
    with locked(served.engine, 2):
        answer = served.client.post(served.unsubscribe_link())
    assert answer.status_code >= 500
    assert "Er ging bij ons iets mis" in answer.text

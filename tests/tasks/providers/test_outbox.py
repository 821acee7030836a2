"""The outbox folder and its pages."""

import errno
import os
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import messages
from tasks.mail.reply_to import ReplyTo
from tasks.providers.outbox import files
from tasks.providers.outbox.files import (
    OutboxEntry,
    count_handed_over,
    deliver_to_outbox,
    read_outbox_entries,
    write_index,
)
from tasks.providers.outbox.messenger import OutboxMessenger
from tests import factories
from tests.tasks.mail.cases import CASES, renderer

RENDERER = renderer()
MAIL = CASES["anniversary"].mail(RENDERER)


def entry(message_id: str, **changes: object) -> OutboxEntry:
    made = OutboxEntry(
        message_id, date(2026, 9, 4), "jan@voorbeeld.nl", "Dag", "Een jaar geleden", "Rond een project", "Aan de beurt."
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_one_file_a_message_and_twice_is_once(tmp_path: Path) -> None:
    """Each mail is <message id>.eml; delivering again leaves the same bytes and no other file."""
    mails = [found.mail(RENDERER) for found in CASES.values()]
    assert deliver_to_outbox(tmp_path / "out", mails) == len(mails)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    deliver_to_outbox(tmp_path / "out", mails, durable=True)

    assert before == {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert set(before) == {f"{mail.message_id}.eml" for mail in mails}


def test_interrupted_delivery_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the move into place does not come, the file is not there; the next delivery writes it."""
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", _fail)
        with pytest.raises(OSError, match="no space"):
            deliver_to_outbox(tmp_path, [MAIL])
    assert not list(tmp_path.glob("*.eml"))
    deliver_to_outbox(tmp_path, [MAIL])

    assert [path.name for path in tmp_path.iterdir()] == [f"{MAIL.message_id}.eml"]


def _fail(*_arguments: object) -> None:
    raise OSError("no space left")


def test_index_lists_each_mail_and_shows_it(tmp_path: Path) -> None:
    """Subject, recipient and reason; the page of a mail holds it as the client sees it, as text, and its file."""
    deliver_to_outbox(tmp_path, [MAIL])
    index = write_index(tmp_path, [entry(MAIL.message_id, subject=MAIL.subject)])
    listed = index.read_text()
    page = (tmp_path / "mails" / f"{MAIL.message_id}.html").read_text()

    assert "1 bericht." in listed
    assert MAIL.subject in listed
    assert "vrijdag 4 september 2026" in listed
    assert f'href="mails/{MAIL.message_id}.html"' in listed
    assert f'href="../{MAIL.message_id}.eml"' in page
    assert 'sandbox="allow-popups' in page
    assert "Beste Jan de Vries," in page


def test_pages_are_safe_from_hostile_names(tmp_path: Path) -> None:
    """Nothing of a client's becomes markup on the pages, and they run no script."""
    mail = CASES["feedback_request-hostile-name"].mail(RENDERER)
    deliver_to_outbox(tmp_path, [mail])
    hostile = '"><script>alert(1)</script>'
    write_index(tmp_path, [entry(mail.message_id, subject=hostile, recipient=hostile, why=hostile)])

    for page in tmp_path.rglob("*.html"):
        assert "<script" not in page.read_text()
        assert "default-src 'none'" in page.read_text()


def test_entries_without_a_file_are_left_out(tmp_path: Path) -> None:
    """After a crash the pages list what is there."""
    deliver_to_outbox(tmp_path, [MAIL])
    write_index(tmp_path, [entry("0" * 32), entry(MAIL.message_id)])

    assert "0" * 32 not in (tmp_path / "index.html").read_text()


def test_empty_outbox_has_a_page(tmp_path: Path) -> None:
    """Before anything was delivered the page says so."""
    assert "Nog geen berichten." in write_index(tmp_path / "new", []).read_text()


def test_long_lists_are_paged_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundred a page, the newest only, with the number of the others."""
    monkeypatch.setattr(files, "ENTRIES_A_PAGE", 2)
    monkeypatch.setattr(files, "MOST_ENTRIES", 5)
    mails = [replace(MAIL, message_id=f"{number:032x}") for number in range(7)]
    deliver_to_outbox(tmp_path, mails)
    write_index(tmp_path, [entry(mail.message_id) for mail in mails], total=200_000)

    assert sorted(path.name for path in tmp_path.glob("index*.html")) == ["index-2.html", "index-3.html", "index.html"]
    assert "200000 berichten" in (tmp_path / "index.html").read_text()
    assert "nieuwste 5" in (tmp_path / "index.html").read_text()
    assert len(list((tmp_path / "mails").iterdir())) == 5


def test_page_follows_a_changed_mail(tmp_path: Path) -> None:
    """A mail delivered again with other words is shown with those; an unchanged one is not made again."""
    deliver_to_outbox(tmp_path, [MAIL])
    write_index(tmp_path, [entry(MAIL.message_id)])
    page = tmp_path / "mails" / f"{MAIL.message_id}.html"
    made_at = page.stat().st_mtime_ns
    write_index(tmp_path, [entry(MAIL.message_id)])
    assert page.stat().st_mtime_ns == made_at
    deliver_to_outbox(tmp_path, [replace(MAIL, text="Andere woorden")])
    write_index(tmp_path, [entry(MAIL.message_id)])

    assert "Andere woorden" in page.read_text()


SENT = {
    "client_id": "C1",
    "recipient": "jan@voorbeeld.nl",
    "touchpoint": "anniversary",
    "flow": "daily",
    "purpose": "marketing",
    "subject": "Dag",
    "attempts": 1,
}


def test_entries_come_from_the_message_log(engine: Engine) -> None:
    """What was handed over, newest day first; what was not sent is not listed."""
    kept = [
        {**SENT, "message_id": f"{number:032x}", "occasion": f"P{number}", "status": status}
        | dict.fromkeys(("as_of", "due_on", "closes_on"), day)
        for number, day, status in [
            (1, date(2026, 9, 3), "accepted"),
            (2, date(2026, 9, 4), "accepted"),
            (3, date(2026, 9, 4), "planned"),
        ]
    ]
    with writing(engine) as connection:
        insert_rows(connection, messages, list(kept[0]), [list(row.values()) for row in kept])
    with reading(engine) as connection:
        found = read_outbox_entries(connection, factories.shipped_programme())
        total = count_handed_over(connection)

    assert [each.message_id[-1] for each in found] == ["2", "1"]
    assert found[0].label == "Een jaar geleden"
    assert found[0].why == "Aan de beurt sinds 4 september 2026."
    assert total == 2


def test_nobody_else_reads_the_mails(tmp_path: Path) -> None:
    """Files 0600 and folders 0700 whatever the umask, also a folder that an earlier version made for all to read."""
    folder = tmp_path / "outbox"
    folder.mkdir(mode=0o755)
    before = os.umask(0)
    try:
        deliver_to_outbox(folder, [MAIL])
        write_index(folder, [])
    finally:
        os.umask(before)
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}
    assert oct(folder.stat().st_mode & 0o777) == "0o700"


def test_no_partial_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither after a full disk nor, once the next run begins, after a kill; what is being written is left alone."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tasks.providers.outbox.files.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        deliver_to_outbox(tmp_path, [MAIL])
    assert list(tmp_path.iterdir()) == []
    for name, age in ((".a.eml.12.34", 3600), (".b.eml.12", 3600), (".c.eml.12.34", 1), (".hidden", 3600)):
        (tmp_path / name).write_text("half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    OutboxMessenger(tmp_path, ReplyTo(Settings(_env_file=None), factories.shipped_programme().brand))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".c.eml.12.34", ".hidden"]

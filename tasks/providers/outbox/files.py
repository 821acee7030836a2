"""The outbox: a folder with one .eml per message, and pages that show them. Nothing leaves the machine.

Only the .eml files and the message log count; the pages are made from those two, and can be made again.
"""

import os
import re
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from models.tables import messages
from programme.terms.schema import Programme
from programme.words.states import MessageStatus
from programme.words.wording import date_words, family_text, weekday_words
from tasks.base.pages import pages
from tasks.mail.eml import build_eml
from tasks.mail.render import Mail

ENTRIES_A_PAGE = 100
MOST_ENTRIES = 2_000  # shown on the pages; every message has its .eml
PAGES_FOLDER = "mails"
FILE_MODE, FOLDER_MODE = 0o600, 0o700
PARTIAL = re.compile(r"\..+\.(eml|html)\.\d+(\.\d+)?")
TO_MEND = "the outbox cannot be written: check BOUWCLUB_OUTBOX_DIR and the disk"
PARTIAL_SECONDS = 600  # no file takes so long to write, so an older partial file is from a killed process


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One message in the list on the pages; `why` is a Dutch sentence."""

    message_id: str
    as_of: date
    recipient: str
    subject: str
    label: str
    family: str
    why: str


def deliver_to_outbox(folder: Path, mails: Iterable[Mail], *, durable: bool = False) -> int:
    """Write each mail as <message id>.eml, and return their number. Safe to run twice: the same mail has the same file.

    A file appears whole or not at all.

    Args:
        durable: wait for the disk, so that a power cut loses no file either.

    Raises:
        OSError: the folder cannot be written.
        ValueError: a header cannot hold one of the values.
    """
    _make_folder(folder)
    count = 0
    for mail in mails:
        _write_whole(folder / f"{mail.message_id}.eml", build_eml(mail), durable=durable)
        count += 1
    return count


def read_outbox_entries(connection: Connection, programme: Programme, limit: int = MOST_ENTRIES) -> list[OutboxEntry]:
    """The messages handed over, newest day first, at most `limit`."""
    columns = messages.c
    query = (
        select(
            columns.message_id, columns.as_of, columns.recipient, columns.subject, columns.touchpoint, columns.due_on
        )
        .where(columns.status == MessageStatus.ACCEPTED)
        .order_by(columns.as_of.desc(), columns.id.desc())
        .limit(limit)
    )
    return [_entry(programme, row) for row in connection.execute(query)]


def count_handed_over(connection: Connection) -> int:
    """The number of messages handed over."""
    query = select(func.count()).where(messages.c.status == MessageStatus.ACCEPTED)
    return int(connection.execute(query).scalar_one())


def write_index(folder: Path, entries: Sequence[OutboxEntry], total: int | None = None) -> Path:
    """Write index.html and the pages that it links to, and return its path. Safe to repeat after any run.

    Args:
        entries: in the order of the pages; entries without an .eml in the folder are skipped.
        total: the number of messages, when there are more than `entries`.
    """
    _make_folder(folder)
    shown = [entry for entry in entries[:MOST_ENTRIES] if (folder / f"{entry.message_id}.eml").exists()]
    for entry in shown:
        _write_mail_page(folder, entry)
    template = pages().get_template("page/outbox.html")
    parts = [shown[start : start + ENTRIES_A_PAGE] for start in range(0, len(shown), ENTRIES_A_PAGE)] or [[]]
    for number, part in enumerate(parts):
        listing = template.render(
            days=_by_day(part),
            names=[_page_name(other) for other in range(len(parts))],
            number=number,
            total=max(total or 0, len(shown)),
            shown=len(shown),
        )
        _write_whole(folder / _page_name(number), listing.encode())
    return folder / _page_name(0)


def _entry(programme: Programme, row: Any) -> OutboxEntry:
    kind = programme.kinds.in_log(row.touchpoint)
    return OutboxEntry(
        message_id=row.message_id,
        as_of=row.as_of,
        recipient=row.recipient,
        subject=row.subject or "",
        label=kind.label,
        family=family_text(kind.family, programme.trade.club) if kind.family else "",
        why=f"Aan de beurt sinds {date_words(row.due_on)}.",
    )


def _write_mail_page(folder: Path, entry: OutboxEntry) -> None:
    """Write the page that shows one mail as its reader sees it, unless the .eml has not changed."""
    source, target = folder / f"{entry.message_id}.eml", folder / PAGES_FOLDER / f"{entry.message_id}.html"
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return
    _make_folder(target.parent)
    message: Any = message_from_bytes(source.read_bytes())
    leaves = [part for part in message.walk() if not part.is_multipart()]
    text, html = (str(part.get_payload(decode=True), "utf-8") for part in leaves[:2])
    template = pages().get_template("page/outbox_mail.html")
    sender = str(make_header(decode_header(message["From"])))
    page = template.render(entry=entry, day=weekday_words(entry.as_of), sender=sender, html=html, text=text)
    _write_whole(target, page.encode())


def _by_day(entries: Sequence[OutboxEntry]) -> list[tuple[str, list[OutboxEntry]]]:
    days: dict[date, list[OutboxEntry]] = {}
    for entry in entries:
        days.setdefault(entry.as_of, []).append(entry)
    return [(weekday_words(day), found) for day, found in days.items()]


def _page_name(number: int) -> str:
    return "index.html" if number == 0 else f"index-{number + 1}.html"


def _write_whole(path: Path, content: bytes, *, durable: bool = False) -> None:
    """Write a temporary file, then move it into place: a reader never sees half a file.

    Mails are personal data, so only the owner may read them, whatever the umask.
    """
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE), "wb") as file:
            os.fchmod(file.fileno(), FILE_MODE)
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _make_folder(folder: Path) -> None:
    """Make the folder, for its owner only; a folder that is open to others is closed."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(FOLDER_MODE)


def remove_partial_files(folder: Path) -> None:
    """Remove the partial files of processes that were killed. Safe while other processes write."""
    for left in folder.glob(".*.*"):
        if PARTIAL.fullmatch(left.name) and left.stat().st_mtime < time.time() - PARTIAL_SECONDS:
            left.unlink(missing_ok=True)

"""Mail that the database cannot take just now: one file each, in a folder beside it, taken in later.

A mail that was answered with 200 is never posted again, so its file is on the disk before that answer. No name and no
word of a mail is in a file's name.
"""

import json
import logging
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from models.settings import OWN_FOLDER
from tasks.base.files.lock_files import beside, locked_at_once, sync_folder

logger = logging.getLogger("bouwclub.mail")

NAME = "mails"
ENDING = ".mail"


class Spooled(NamedTuple):
    """A request that came in, as it came."""

    received_at: datetime
    content_type: str
    content: bytes


class Spool:
    """The folder of one database; any number of threads and processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, mail: Spooled) -> None:
        """Store it. When this returns, it survives a crash and a power cut. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{mail.received_at:%Y%m%dT%H%M%S}-{secrets.token_hex(8)}"
        fresh, path = self.folder / f".{name}", self.folder / f"{name}{ENDING}"
        head = json.dumps({"at": mail.received_at.isoformat(), "content_type": mail.content_type})
        try:
            with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(head.encode() + b"\n" + mail.content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
        sync_folder(self.folder)

    def waiting(self) -> list[Path]:
        """The files that wait, the oldest first; [] when the folder cannot be read."""
        try:
            return sorted(path for path in self.folder.iterdir() if path.suffix == ENDING)
        except OSError:
            return []

    def apply(self, take_in: Callable[[Spooled], object]) -> int:
        """Take in what waits, and return the number. Of several processes at once, one works; safe to repeat.

        What the database refuses stays, and is tried again the next time.
        """
        if not self.waiting():
            return 0
        with locked_at_once(self.folder / ".applying") as is_mine:
            return sum(_apply(path, take_in) for path in self.waiting()) if is_mine else 0


def spool_of(engine: Engine) -> Spool:
    """The folder next to a SQLite file, where every process finds it; otherwise in the working folder."""
    return Spool(beside(engine, NAME) or OWN_FOLDER / NAME)


def _apply(path: Path, take_in: Callable[[Spooled], object]) -> bool:
    try:
        mail = _read(path)
    except (OSError, ValueError, KeyError) as error:
        logger.error("a mail in the spool is not readable: %s; it stays there", type(error).__name__)
        return False
    try:
        take_in(mail)
    except OperationalError:
        return False
    except (SQLAlchemyError, ValueError) as error:
        logger.error("a mail in the spool could not be taken in: %s; it is tried again", type(error).__name__)
        return False
    path.unlink(missing_ok=True)
    return True


def _read(path: Path) -> Spooled:
    head, _, content = path.read_bytes().partition(b"\n")
    values = json.loads(head)
    return Spooled(datetime.fromisoformat(values["at"]), str(values["content_type"]), content)

"""Wishes that the database cannot take just now: kept in a small file that survives a crash, and applied later.

A client who unsubscribes or answers is thanked at once, even while an import holds SQLite's write lock, or while
PostgreSQL is down. A wish is applied once: its moment identifies its effect, so applying it again changes nothing.
"""

import errno
import json
import logging
import os
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from models.settings import OWN_FOLDER
from programme.inbound.answers import ASKED_BY, ON_ONE_PAGE, Answer, Question, forms_in
from programme.inbound.preferences import Choosing
from programme.terms.schema import Programme
from tasks.base.files.lock_files import beside, locked, locked_at_once, sync_folder
from tasks.inbound.answers import read_linked, record_answer
from tasks.inbound.preferences import keep_choices
from tasks.inbound.suppressions import unsubscribe

logger = logging.getLogger("bouwclub.journal")

NAME = "wishes"


class Wish(NamedTuple):
    """An unsubscribe; an answer when `answer` is set; the choices of the preference page when `choices` is.

    Attributes:
        at: aware; when it was expressed.
        source: for an unsubscribe: page or one_click.
    """

    message_id: str
    at: datetime
    source: str = ""
    answer: Answer | None = None
    choices: tuple[Choosing, ...] | None = None

    @property
    def is_unsubscribe(self) -> bool:
        """Whether it asks for no mail at all."""
        return self.answer is None and self.choices is None


class Journal:
    """The file of one database; any number of threads and processes may use it at once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, wish: Wish) -> None:
        """Store the wish. When this returns, it survives a crash and a power cut. Raises OSError."""
        with locked(self._beside(".lock")):
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                # A crash may have cut off the last line; nobody was thanked for that one.
                start = "" if self._ends_well(descriptor) else "\n"
                _write(descriptor, f"{start}{_line(wish)}\n")
            finally:
                os.close(descriptor)
            if is_new:
                sync_folder(self.path.parent)

    def waiting(self, message_id: str | None = None) -> list[Wish]:
        """The wishes that are not applied yet, oldest first; with `message_id`, only those of that message."""
        found = (wish for line in self._read().splitlines() if (wish := _wish(line)))
        return [wish for wish in found if message_id in (None, wish.message_id)]

    def is_empty(self) -> bool:
        """Whether no wish waits; True as well when the file cannot be read."""
        try:
            return self.path.stat().st_size == 0
        except OSError:
            return True

    def apply(self, engine: Engine, programme: Programme) -> int:
        """Apply the waiting wishes, and return their number. Safe to repeat; of several processes at once, one applies.

        A wish that the database refuses stays, and is tried again the next time.
        """
        if self.is_empty():
            return 0
        with locked_at_once(self._beside(".applying")) as is_mine:
            if not is_mine:
                return 0
            lines = self._read().splitlines(keepends=True)
            done = list(_apply_all(engine, programme, lines))
            kept = [line for line, is_done in zip(lines, [*done, *[False] * len(lines)], strict=False) if not is_done]
            self._replace_start(lines, kept)
            return sum(done)

    def forget(self, message_ids: Collection[str]) -> int:
        """Drop the wishes about these messages, and return their number: for an erased person. Safe to repeat."""
        if self.is_empty():
            return 0
        lines = self._read().splitlines(keepends=True)
        gone = set(message_ids)
        kept = [line for line in lines if (wish := _wish(line)) is None or wish.message_id not in gone]
        self._replace_start(lines, kept)
        return len(lines) - len(kept)

    def _replace_start(self, seen: list[str], kept: list[str]) -> None:
        """Replace the lines that were seen by those that are kept; lines added meanwhile follow."""
        if kept == seen:
            return
        with locked(self._beside(".lock")):
            added = self._read()[len("".join(seen)) :]
            fresh = self.path.with_name(self.path.name + ".new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            try:
                _write(descriptor, "".join(kept) + added)
            finally:
                os.close(descriptor)
            os.replace(fresh, self.path)
            sync_folder(self.path.parent)

    def _read(self) -> str:
        try:
            return self.path.read_text("utf-8", "surrogateescape")
        except FileNotFoundError:
            return ""

    @staticmethod
    def _ends_well(descriptor: int) -> bool:
        size = os.fstat(descriptor).st_size
        return not size or os.pread(descriptor, 1, size - 1) == b"\n"

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name + suffix)


def journal_of(engine: Engine) -> Journal:
    """The journal next to a SQLite file, where every process finds it; otherwise in the working folder."""
    return Journal(beside(engine, NAME) or OWN_FOLDER / NAME)


def _apply_all(engine: Engine, programme: Programme, lines: Iterable[str]) -> Iterator[bool]:
    """Whether each line is done, in order; stops early when the database accepts nothing at all."""
    for line in lines:
        wish = _wish(line)
        if wish is None:
            if is_left := bool(line.strip()):
                logger.error("a line of the journal of wishes is not readable; it stays there")
            yield not is_left
            continue
        try:
            _apply(engine, programme, wish)
        except OperationalError:
            return
        except SQLAlchemyError as error:
            logger.error("a wish could not be applied: %s; it is tried again", type(error).__name__)
            yield False
        else:
            yield True


def _apply(engine: Engine, programme: Programme, wish: Wish) -> None:
    if wish.choices is not None:
        is_known = keep_choices(engine, wish.message_id, wish.choices, wish.at)
    elif wish.answer is None:
        is_known = unsubscribe(engine, wish.message_id, wish.source, wish.at)
    else:
        form = forms_in(programme.trade)[wish.answer.question]
        is_known = _is_asked(engine, wish.message_id, form.question)
        is_known = (
            is_known and record_answer(engine, programme, wish.message_id, form, wish.answer, wish.at) is not None
        )
    if not is_known:
        logger.error("a wish is of no message that is known or asks it, or of a client who was erased; it is dropped")


def _is_asked(engine: Engine, message_id: str, question: Question) -> bool:
    """Whether the mail leads to this question: while the database was away, nobody could look."""
    linked = read_linked(engine, message_id)
    asked = ASKED_BY.get(linked.touchpoint, ()) if linked else ()
    return any(question in (each, *ON_ONE_PAGE.get(each, ())) for each in asked)


def _line(wish: Wish) -> str:
    values = {"message_id": wish.message_id, "at": wish.at.isoformat(), "source": wish.source}
    choices = None if wish.choices is None else [list(one) for one in wish.choices]
    return json.dumps(values | {"answer": wish.answer and list(wish.answer), "choices": choices})


def _wish(line: str) -> Wish | None:
    try:
        values = json.loads(line)
        answer = values["answer"] and Answer(Question(values["answer"][0]), *values["answer"][1:])
        choices = values.get("choices") and tuple(Choosing(*one) for one in values["choices"])
        return Wish(values["message_id"], datetime.fromisoformat(values["at"]), values["source"], answer, choices)
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def _write(descriptor: int, text: str) -> None:
    """Write all of the text to the disk. Raises OSError, also when a full disk takes only a part."""
    data = text.encode("utf-8", "surrogateescape")
    if os.write(descriptor, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)

"""The file that keeps compiled mails between processes. It is a cache: whoever deletes it loses a second, no more.

A SQLite file of its own, because many processes may read and write it at once and a killed one leaves no half row.
Whatever is wrong with it (unreadable, damaged, locked, a full disk), the mail is compiled as if it were not there.
"""

import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from models.settings import OWN_FOLDER
from programme.mail.variables import Choice
from programme.terms.kinds import MailKind
from tasks.mail.templating.answer_tree import AnswerTree
from tasks.mail.templating.tagged import TaggedMail
from tasks.mail.templating.template_values import answer_of

Result = TypeVar("Result")

KEPT_MAILS = OWN_FOLDER / "mails.db"  # in the folder of the database
FINGERPRINTS_KEPT = 4  # the newest, so that two programmes or releases that take turns do not push each other out
WAIT_SECONDS = 1.0  # for another process that writes
_TABLE = """CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY, fingerprint TEXT, touchpoint TEXT, answers TEXT, mail BLOB,
    UNIQUE (fingerprint, touchpoint, answers)
)"""
_ADD = "INSERT OR IGNORE INTO mails (fingerprint, touchpoint, answers, mail) VALUES (?, ?, ?, ?)"
_DROP_OLD = """DELETE FROM mails WHERE fingerprint NOT IN
    (SELECT fingerprint FROM mails GROUP BY fingerprint ORDER BY max(id) DESC LIMIT ?)"""


class KeptMails:
    """The compiled mails of one fingerprint. All of a touchpoint are read on first use, and unpacked as they are asked.

    Args:
        path: of the file, which is made on first use.
        fingerprint: of all that the mails are made of (TemplateFiles.fingerprint).
    """

    def __init__(self, path: Path, fingerprint: str) -> None:
        self._path = path
        self._fingerprint = fingerprint
        self._trees: dict[str, AnswerTree[bytes]] = {}

    def find_or_keep(
        self,
        kind: MailKind,
        variant: Mapping[str, Choice],
        compile_anew: Callable[[MailKind, Mapping[str, Choice]], TaggedMail],
    ) -> TaggedMail:
        """The mail of a variant, compiled and kept if it is not there."""
        mail = self.find(kind.id, variant)
        if mail is None:
            mail = compile_anew(kind, variant)
            self.keep(kind.id, mail)
        return mail

    def find(self, touchpoint_id: str, variant: Mapping[str, Choice]) -> TaggedMail | None:
        """The mail of a variant; None when it is not kept, or cannot be read."""

        def found(tree: AnswerTree[bytes]) -> TaggedMail | None:
            packed = tree.find(variant)
            return self._unpacked(packed, touchpoint_id, variant) if packed else None

        def read(file: sqlite3.Connection) -> TaggedMail | None:
            self._trees[touchpoint_id] = self._read_tree(file, touchpoint_id)
            return found(self._trees[touchpoint_id])

        known = self._trees.get(touchpoint_id)
        return self._guarded(lambda: found(known)) if known else self._with_file(read)

    def keep(self, touchpoint_id: str, mail: TaggedMail) -> None:
        """Add a mail, unless it is there, and drop those of fingerprints long past."""
        row = [self._fingerprint, touchpoint_id, json.dumps(dict(mail.answers)), self._packed(touchpoint_id, mail)]

        def write(file: sqlite3.Connection) -> None:
            file.execute("PRAGMA synchronous=OFF")  # a power cut may damage a cache
            file.execute(_TABLE)
            file.execute(_ADD, row)
            file.execute(_DROP_OLD, [FINGERPRINTS_KEPT])

        self._with_file(write)

    def _with_file(self, work: Callable[[sqlite3.Connection], Result]) -> Result | None:
        """The result of `work` in one transaction; None when the file is of no use."""

        def opened() -> Result:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as file, file:
                return work(file)

        return self._guarded(opened)

    def _guarded(self, work: Callable[[], Result]) -> Result | None:
        """The result of `work`; None when the file is of no use. A damaged one is deleted."""
        try:
            return work()
        except (OSError, sqlite3.OperationalError):
            return None
        except (sqlite3.DatabaseError, zlib.error, ValueError):
            self._trees.clear()
            with suppress(OSError):
                self._path.unlink()
            return None

    def _read_tree(self, file: sqlite3.Connection, touchpoint_id: str) -> AnswerTree[bytes]:
        tree: AnswerTree[bytes] = AnswerTree()
        query = "SELECT answers, mail FROM mails WHERE fingerprint = ? AND touchpoint = ?"
        for answers, packed in file.execute(query, [self._fingerprint, touchpoint_id]):
            tree.add(json.loads(answers), packed)
        return tree

    def _packed(self, touchpoint_id: str, mail: TaggedMail) -> bytes:
        """Compressed, with what it is in it; the compression has a checksum."""
        texts = mail.subject, mail.preheader, mail.html, mail.text
        head = json.dumps([self._fingerprint, touchpoint_id, dict(mail.answers), *map(len, texts)])
        return zlib.compress("".join((head, "\n", *texts)).encode(), 1)

    def _unpacked(self, packed: bytes, touchpoint_id: str, variant: Mapping[str, Choice]) -> TaggedMail:
        """The mail of a row. Raises ValueError for a row that another mail has taken the place of."""
        head, _, rest = zlib.decompress(packed).decode().partition("\n")
        fingerprint, touchpoint, answers, *lengths = json.loads(head)
        is_ours = (fingerprint, touchpoint) == (self._fingerprint, touchpoint_id)
        if not is_ours or any(answer_of(variant, question) != answer for question, answer in answers.items()):
            raise ValueError("not the mail that the list names")
        ends = list(accumulate(lengths))
        subject, preheader, html, text = (rest[end - each : end] for end, each in zip(ends, lengths, strict=True))
        return TaggedMail(subject, preheader, html, text, answers)

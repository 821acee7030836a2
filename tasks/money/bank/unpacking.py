"""The files of a zip, one after the other, in memory and in bounds; any other file is itself."""

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from programme.words.plain_text import clean
from tasks.money.bank.refusal import StatementRefused

MOST_BYTES = 32 * 2**20  # of a file: a statement of about 40,000 entries
MOST_BYTES_IN_ZIP = 64 * 2**20  # of all files of a zip together, unpacked
MOST_FILES = 1_000
SHOWN_NAME = 80  # characters

_ZIP = (b"PK\3\4", b"PK\5\6", b"PK\7\x08")
_ENTRY = b"PK\1\2"  # begins each line of a zip's own list
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def unpack(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    """Each file with what to call it in messages. A name in the zip is never used as a path.

    Raises:
        StatementRefused: it is too large, a zip is in the zip, or the zip is empty, broken or encrypted.
    """
    where = _shown(name)
    if len(data) > MOST_BYTES:
        raise StatementRefused(where, f"{len(data):,} bytes", f"Allowed are at most {MOST_BYTES:,}")
    if not data.startswith(_ZIP):
        yield where, data
        return
    try:
        yield from _unpack_zip(data, where)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        raise StatementRefused(where, "the zip is broken", "Allowed is a whole zip, without a password") from None


def _unpack_zip(data: bytes, where: str) -> Iterator[tuple[str, bytes]]:
    # Counted in the bytes, because to open a zip is to make an object of each line of its list.
    if (count := data.count(_ENTRY)) > MOST_FILES:
        raise StatementRefused(where, f"a zip of {count:,} files", f"Allowed are at most {MOST_FILES:,}")
    left = MOST_BYTES_IN_ZIP
    with zipfile.ZipFile(BytesIO(data)) as archive:
        entries = [entry for entry in archive.infolist() if not _is_beside(entry)]
        if not entries:
            raise StatementRefused(where, "a zip without files", "Allowed is a zip of the bank's files")
        for entry in entries:
            inside = f"{where}: {_shown(entry.filename)}"
            content = _content(archive, entry, inside, min(left, MOST_BYTES))
            left -= len(content)
            yield inside, content


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, where: str, most: int) -> bytes:
    """Its bytes, counted while they are unpacked: what a zip says of its sizes may be a lie."""
    if entry.flag_bits & 1:
        raise StatementRefused(where, "it is encrypted", "Allowed is a zip without a password")
    if entry.compress_type not in _PACKINGS:
        raise StatementRefused(where, f"packed by method {entry.compress_type}", "Allowed are stored and deflated")
    with archive.open(entry) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        allowed = f"Allowed are at most {MOST_BYTES:,} a file and {MOST_BYTES_IN_ZIP:,} a zip, unpacked"
        raise StatementRefused(where, f"more than {most:,} bytes", allowed)
    if content.startswith(_ZIP):
        raise StatementRefused(where, "a zip in the zip", "Allowed are the bank's files themselves")
    return content


def _is_beside(entry: zipfile.ZipInfo) -> bool:
    """A folder, or what a Mac adds to a zip that a person made."""
    return entry.is_dir() or entry.filename.startswith("__MACOSX/") or entry.filename.endswith(".DS_Store")


def _shown(name: str) -> str:
    """The last part of a file's name, as one line of a message can carry it."""
    return clean(name.replace("\\", "/").rstrip("/").rpartition("/")[2], SHOWN_NAME) or "file without a name"

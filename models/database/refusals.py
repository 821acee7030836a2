"""What to do when the database or its disk refuses: SQLite and PostgreSQL each say it in words of their own."""

import errno
from enum import StrEnum


class MachineFault(StrEnum):
    """What refused and how to mend it, as the beginning of a sentence."""

    FULL = "a disk is full; make room"
    LOST = "the connection to the database was lost; see that the server runs"
    BARRED = "this user may only read the database; give it the right to write"
    READ_ONLY = "the database may only be read; name one that may be written in BOUWCLUB_DATABASE_URL"
    DEADLOCK = "another program held what this one needed, and waited for it in turn"
    LOCKED_ROWS = "another program has held the database's rows for longer than its lock_timeout; let it finish"
    LOCKED = "another program has been writing to the database for half a minute; let it finish"
    NO_CONNECTION_LEFT = (
        "the database has no connection left; stop a program that uses it, or raise its max_connections"
    )
    TOO_SLOW = "the database's statement_timeout is too short for this; set a longer one for this user"


# By PostgreSQL's code, since it says the rest in the language of its server, and by what either database says.
_BY_CODE = {
    "25006": MachineFault.READ_ONLY,
    "40P01": MachineFault.DEADLOCK,
    "42501": MachineFault.BARRED,
    "53100": MachineFault.FULL,
    "53300": MachineFault.NO_CONNECTION_LEFT,
    "55P03": MachineFault.LOCKED_ROWS,
    "57014": MachineFault.TOO_SLOW,
    "57P01": MachineFault.LOST,
    "57P02": MachineFault.LOST,
    "57P03": MachineFault.LOST,
}
_BY_WORDS = {
    "database or disk is full": MachineFault.FULL,
    "No space left on device": MachineFault.FULL,
    "database is locked": MachineFault.LOCKED,
    "readonly database": MachineFault.BARRED,
    "permission denied": MachineFault.BARRED,
    # What a server says to somebody who connects comes without its code.
    "connection slots are reserved": MachineFault.NO_CONNECTION_LEFT,
    "too many clients already": MachineFault.NO_CONNECTION_LEFT,
    "too many connections for": MachineFault.NO_CONNECTION_LEFT,
    "the database system is": MachineFault.LOST,  # starting up, shutting down, in recovery
    "Connection refused": MachineFault.LOST,
    "server closed the connection": MachineFault.LOST,
    "terminating connection": MachineFault.LOST,
    "the connection is closed": MachineFault.LOST,
    "the connection is lost": MachineFault.LOST,
}


def machine_fault(error: BaseException) -> MachineFault | None:
    """What of the machine refused; None for an error of any other kind."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return MachineFault.FULL
    origin = getattr(error, "orig", None)  # of others' errors only SQLAlchemy's have one
    if fault := _BY_CODE.get(getattr(origin, "sqlstate", None) or ""):
        return fault
    cause = str(origin or "")
    return next((fault for said, fault in _BY_WORDS.items() if said in cause), None)

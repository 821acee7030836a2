"""What to do when the database or its disk refuses: SQLite and PostgreSQL each say it in words of their own."""

import errno

_FULL = "a disk is full; make room"
_LOST = "the connection to the database was lost; see that the server runs"
_CROWDED = "the database has no connection left; stop a program that uses it, or raise its max_connections"
_BARRED = "this user may only read the database; give it the right to write"
# By PostgreSQL's code, since it says the rest in the language of its server, and by what either database says.
_BY_CODE = {
    "25006": "the database may only be read; name one that may be written in BOUWCLUB_DATABASE_URL",
    "40P01": "another program held what this one needed, and waited for it in turn",
    "42501": _BARRED,
    "53100": _FULL,
    "53300": _CROWDED,
    "55P03": "another program has held the database's rows for longer than its lock_timeout; let it finish",
    "57014": "the database's statement_timeout is too short for this; set a longer one for this user",
    "57P01": _LOST,
    "57P02": _LOST,
    "57P03": _LOST,
}
_BY_WORDS = {
    "database or disk is full": _FULL,
    "No space left on device": _FULL,
    "database is locked": "another program has been writing to the database for half a minute; let it finish",
    "readonly database": _BARRED,
    "permission denied": _BARRED,
    # What a server says to somebody who connects comes without its code.
    "connection slots are reserved": _CROWDED,
    "too many clients already": _CROWDED,
    "too many connections for": _CROWDED,
    "the database system is": _LOST,  # starting up, shutting down, in recovery
    "Connection refused": _LOST,
    "server closed the connection": _LOST,
    "terminating connection": _LOST,
    "the connection is closed": _LOST,
    "the connection is lost": _LOST,
}


def machine_fault(error: BaseException) -> str | None:
    """What refused and how to mend it, as the beginning of a sentence; None for an error of any other kind."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _FULL
    origin = getattr(error, "orig", None)  # of others' errors only SQLAlchemy's have one
    if words := _BY_CODE.get(getattr(origin, "sqlstate", None) or ""):
        return words
    cause = str(origin or "")
    return next((to_do for said, to_do in _BY_WORDS.items() if said in cause), None)

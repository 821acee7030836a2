"""The user's Prefect server, where PREFECT_API_URL names one; without it no command imports Prefect."""

import os
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

ANSWER_SECONDS = 10
REFUSES_STRANGERS = (401, 403)  # it is there; whether we may come in Prefect finds out with its own credentials
# The command prints its own lines; what Prefect logs goes to the server all the same.
SILENCE = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_FLOW_RUNS_LEVEL": "CRITICAL",
}
OF_PREFECT = ("prefect", "httpx", "httpcore")


class PrefectUnreachable(Exception):
    """The server that PREFECT_API_URL names does not answer, or not as one."""


def is_named() -> bool:
    """Whether the environment names a server."""
    return bool(os.environ.get("PREFECT_API_URL"))


@contextmanager
def used() -> Iterator[None]:
    """Import and run a flow inside: quietly, with one clear line where the server is gone or refuses.

    Raises PrefectUnreachable.
    """
    _require_answer()
    for name, value in SILENCE.items():
        os.environ.setdefault(name, value)
    try:
        yield
    except Exception as error:
        if not _is_of_prefect(error):
            raise
        raise PrefectUnreachable(
            f"the Prefect server that PREFECT_API_URL names, {_shown()}, failed on the way ({_first_line(error)}); "
            "look in its log (is its disk full?), or unset PREFECT_API_URL to run without one"
        ) from None


def _is_of_prefect(error: Exception) -> bool:
    """Whether Prefect or its client failed: by a class of theirs, or with a RuntimeError that Prefect itself raised."""
    if type(error).__module__.partition(".")[0] in OF_PREFECT:
        return True
    *_, (frame, _line) = traceback.walk_tb(error.__traceback__)
    return isinstance(error, RuntimeError) and str(frame.f_globals.get("__name__")).startswith("prefect.")


def _require_answer() -> None:
    """Prefect itself would try for minutes, and then fail in many lines."""
    try:
        with urllib.request.urlopen(
            f"{os.environ['PREFECT_API_URL'].rstrip('/')}/health", timeout=ANSWER_SECONDS
        ) as answer:
            found = "" if answer.read(16).strip() == b"true" else "something else answers"
    except urllib.error.HTTPError as error:
        found = "" if error.code in REFUSES_STRANGERS else f"HTTP {error.code}"
    except urllib.error.URLError as error:
        found = str(getattr(error.reason, "strerror", None) or error.reason)
    except (OSError, ValueError) as error:
        found = _first_line(error)
    if found:
        raise PrefectUnreachable(
            f"PREFECT_API_URL names {_shown()}, where no Prefect server answers ({found}); "
            "start it, or unset PREFECT_API_URL to run without one"
        )


def _shown() -> str:
    """The address without a password in it."""
    url = urlsplit(os.environ["PREFECT_API_URL"])
    return url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""Taking secrets out of what leaves the process: an error line, a log, a run's state, an artifact, an alert.

`scrubbed` is for texts, `scrub_error` for exceptions, `without_secrets` for functions whose errors others show, and
`guard_logs` for all that any library logs.
"""

import base64
import logging
import os
import re
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from io import StringIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote, unquote

from pydantic import SecretStr

from models.settings import SECRET_KEY_FILE, Settings, several_keys

P = ParamSpec("P")
R = TypeVar("R")
Pairs = tuple[tuple[str, str], ...]

SHORTEST = 6  # characters; replacing a shorter "secret" would make the text unreadable
ENV_FILE = Path(".env")
_OURS = ("SENDGRID_API_KEY", "SENDGRID_WEBHOOK_KEY", "SECRET_KEY", "OLD_SECRET_KEYS", "ALERT_URL", "INBOUND_KEY")
_WHOLE = (
    *(f"BOUWCLUB_{name}" for name in _OURS),
    *("PREFECT_API_KEY", "PREFECT_API_AUTH_STRING", "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_AUTH"),
    *("PREFECT_API_DATABASE_PASSWORD", "PREFECT_SERVER_DATABASE_PASSWORD"),
    *("POSTGRES_PASSWORD", "WEB_PASSWORD", "PGPASSWORD"),
)
_MAY_HOLD_A_PASSWORD = re.compile(r"(?i)bouwclub_|prefect_|.*_proxy$|database_url$")  # when the value is a URL
# The shapes of secrets, to catch one that was pasted into the wrong setting.
_SHAPES = (
    (re.compile(r"SG\.[\w-]{8,}(?:\.[\w-]+)?"), "<key>"),
    (re.compile(r"(?i)(bearer\s+|basic\s+(?=\S{8}))[^\s\"',;]+"), r"\1<key>"),
    (re.compile(r"(://[^\s:/@]*:)[^\s/]+(?=@)"), r"\1***"),
)


class ErrorScrubbed(Exception):
    """Stands for an error that held a secret where it could not be taken out; says what that one said."""


def scrubbed(text: str, settings: Settings | None = None) -> str:
    """The text without any secret of the environment, of the .env file, or of these settings."""
    for spelling, instead in _spellings(_stamp(), _given(settings)):
        text = text.replace(spelling, instead)
    for shape, put in _SHAPES:
        text = shape.sub(put, text)
    return text


def scrub_error(error: BaseException) -> BaseException:
    """The error, and those that led to it, with every text in them scrubbed: in place, or as an ErrorScrubbed."""
    return _scrub_error(error, {})


def without_secrets(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose errors hold no secret: for whoever shows them, as Prefect does in a run's state."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as found:
            error = scrub_error(found)
        raise error  # here, where it gets no context: that would be the error with the secret in it

    return call


def guard_logs() -> None:
    """From now on no log line of this process holds a secret, whoever writes it. Safe to repeat."""
    make_before = logging.getLogRecordFactory()
    if getattr(make_before, "scrubs", False):
        return

    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:
        return _scrub_record(make_before(*args, **kwargs))

    make.scrubs = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(make)


def _scrub_record(record: logging.LogRecord) -> logging.LogRecord:
    try:
        message = record.getMessage()
    except (TypeError, ValueError):  # the arguments do not fit; logging would print them
        message = f"{record.msg} {record.args}"
    if (clean := scrubbed(message)) != message:
        record.msg, record.args = clean, None
    if record.exc_info and record.exc_info[1] is not None:
        told = logging.Formatter().formatException(record.exc_info)
        if (clean := scrubbed(told)) != told:
            record.exc_text = clean  # which formatters take instead of making it themselves
    return record


def _scrub_error(error: BaseException, seen: dict[int, BaseException]) -> BaseException:
    if id(error) in seen:
        return seen[id(error)]
    seen[id(error)] = error
    if (args := _clean(error.args)) != error.args:
        error.args = args
    for name, value in list(vars(error).items()):
        if isinstance(value, str | list) and (clean := _clean(value)) != value:
            setattr(error, name, clean)
    if _tells_a_secret(error):
        seen[id(error)] = ErrorScrubbed(scrubbed(f"{type(error).__name__}: {error}"))
        return seen[id(error)]
    cause, context, is_hidden = error.__cause__, error.__context__, error.__suppress_context__
    error.__cause__ = cause and _scrub_error(cause, seen)
    error.__context__ = context and _scrub_error(context, seen)
    error.__suppress_context__ = is_hidden
    return error


def _tells_a_secret(error: BaseException) -> bool:
    """Still, after its arguments were cleaned: errors of drivers and of pydantic keep their texts elsewhere."""
    told = f"{error}\n{error!r}"
    if isinstance(error, BaseExceptionGroup):
        told += "".join(f"\n{inner}\n{inner!r}" for inner in error.exceptions)
    return scrubbed(told) != told


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return scrubbed(value)
    if isinstance(value, bytes):
        text = value.decode("latin-1")
        return scrubbed(text).encode("latin-1", "replace")
    if type(value) in (tuple, list):
        return type(value)(_clean(part) for part in value)
    if type(value) is dict:
        return {_clean(name): _clean(part) for name, part in value.items()}
    return value


def _stamp() -> Pairs:
    """What the secrets are read from, so that they are read again when it changed."""
    given = ((name, value) for name, value in os.environ.items() if name in _WHOLE or _MAY_HOLD_A_PASSWORD.match(name))
    return (*sorted(given), *((str(path.absolute()), _changed(path)) for path in (ENV_FILE, SECRET_KEY_FILE)))


def _changed(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"


def _given(settings: Settings | None) -> Pairs:
    if settings is None:
        return ()
    values = ((f"BOUWCLUB_{name.upper()}", value) for name, value in settings)
    texts = ((name, value.get_secret_value() if isinstance(value, SecretStr) else value) for name, value in values)
    return tuple((name, text) for name, text in texts if isinstance(text, str))


@lru_cache(maxsize=8)
def _spellings(stamp: Pairs, given: Pairs) -> Pairs:
    """Each way to write a secret, and what to write instead; the longest first, so that none is cut in two."""
    found: dict[str, str] = {}
    for name, value in (*_env_file().items(), *stamp, *given, *_stored_key()):
        for secret in _parts(name, value):
            found |= dict.fromkeys(_written(secret), f"<{name}>")
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def _written(secret: str) -> Iterator[str]:
    """As it is, as part of an address, as Python and JSON show it, and as a header carries it."""
    encoded = base64.b64encode(secret.encode()).decode()
    ways = (secret, quote(secret, safe=""), unquote(secret), repr(secret)[1:-1], encoded)
    yield from (way for way in ways if len(way) >= SHORTEST)


def _stored_key() -> Iterator[tuple[str, str]]:
    yield "the secret key", _text_of(SECRET_KEY_FILE)


def _parts(name: str, value: str) -> Iterator[str]:
    """What of a setting is secret: of an address its password, of an alert's all that follows the host."""
    value = value.strip()
    parts = [value] if name in _WHOLE or name == "the secret key" else []
    parts += re.findall(r"://[^/@:]*:(.+)@", value) + re.findall(r"[?&]password=([^&]+)", value)
    if name.endswith("OLD_SECRET_KEYS"):
        parts = several_keys(value)
    elif name.endswith("ALERT_URL") and "://" in value:
        parts.append(value.partition("://")[2].partition("/")[2])
    elif name.endswith(("AUTH_STRING", "PREFECT_AUTH")):
        parts.append(value.partition(":")[2])
    yield from (part for part in parts if len(part) >= SHORTEST)


def _env_file() -> dict[str, str]:
    from dotenv import dotenv_values

    found = dotenv_values(stream=StringIO(_text_of(ENV_FILE)))
    return {name: value for name, value in found.items() if value and _is_read(name)}


def _text_of(path: Path) -> str:
    """What a file holds, as far as it can be read: the line about a file that cannot is scrubbed as well."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _is_read(name: str) -> bool:
    return name in _WHOLE or bool(_MAY_HOLD_A_PASSWORD.match(name))

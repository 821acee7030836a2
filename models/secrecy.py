"""Taking secrets out of a text that leaves the process: an error line, a log, a run's state, an alert."""

import os
import re
from collections.abc import Iterator
from urllib.parse import quote

from pydantic import SecretStr

from models.settings import SECRET_KEY_FILE, Settings

SHORTEST = 6  # characters; a shorter "secret" would blot out half a sentence
_NAMES = ("SENDGRID_API_KEY", "SECRET_KEY", "OLD_SECRET_KEYS", "ALERT_URL", "DATABASE_URL")
# What looks like a secret, also where it was pasted into the wrong setting.
_SHAPES = (
    (re.compile(r"SG\.[\w-]{8,}(?:\.[\w-]+)?"), "<key>"),
    (re.compile(r"(?i)(bearer\s+)[^\s\"',;]+"), r"\1<key>"),
    (re.compile(r"(://[^\s:/@]+:)[^\s/]+(?=@)"), r"\1***"),
)


def scrubbed(text: str, settings: Settings | None = None) -> str:
    """The text without any secret of the environment, of the .env file, or of these settings."""
    for name, secret in _secrets(settings):
        for spelling in {secret, quote(secret, safe="")}:
            text = text.replace(spelling, f"<{name}>")
    for shape, instead in _SHAPES:
        text = shape.sub(instead, text)
    return text


def scrub_error(error: BaseException) -> BaseException:
    """The same error, and those that led to it, with every text in them scrubbed in place."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        at.args = tuple(scrubbed(part) if isinstance(part, str) else part for part in at.args)
        at = at.__cause__ or at.__context__
    return error


def _secrets(settings: Settings | None) -> Iterator[tuple[str, str]]:
    """Setting and secret, the longest secrets first, so that none is cut in two by a shorter one."""
    found = {secret: name for name, value in _values(settings) for secret in _parts(name, value)}
    return iter(sorted(((name, secret) for secret, name in found.items()), key=lambda pair: -len(pair[1])))


def _values(settings: Settings | None) -> Iterator[tuple[str, str]]:
    given = _env_file() | dict(os.environ)
    for name in _NAMES:
        variable = f"BOUWCLUB_{name}"
        yield variable, given.get(variable) or ""
        if settings is not None:
            value = getattr(settings, name.lower())
            yield variable, value.get_secret_value() if isinstance(value, SecretStr) else value or ""
    if SECRET_KEY_FILE.exists():
        yield "the secret key", SECRET_KEY_FILE.read_text("utf-8", "replace")


def _parts(name: str, value: str) -> Iterator[str]:
    """What of a setting is secret: of a database's address the password, of an alert's all that follows the host."""
    value = value.strip()
    if name.endswith("DATABASE_URL"):
        found = re.match(r"[^/]*://[^/@:]*:(.+)@", value)
        parts = [found[1]] if found else []
    elif name.endswith("OLD_SECRET_KEYS"):
        parts = [part.strip() for part in value.split(",")]
    elif name.endswith("ALERT_URL") and "://" in value:
        path = value.partition("://")[2].partition("/")[2]
        parts = [value, path]
    else:
        parts = [value]
    yield from (part for part in parts if len(part) >= SHORTEST)


def _env_file() -> dict[str, str]:
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(".env").items() if value}

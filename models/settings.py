"""The settings (environment variables with prefix BOUWCLUB_, or a .env file in the working folder), read once."""

import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, DirectoryPath, Field, HttpUrl, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from programme.words.addresses import recipient_of
from programme.words.urls import site_url

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SHOWN = 16  # characters; an error shows no longer value, because that may be a secret
OWN_FOLDER = Path(".bouwclub")  # what bouwclub keeps for itself, in the working folder
SECRET_KEY_FILE = OWN_FOLDER / "secret.key"
LONGEST_LEASE_SECONDS = 7 * 24 * 3600  # longer ones end in moments that no database holds
LONGEST_SETTLE_MINUTES = 366 * 24 * 60
LONGEST_REPLY_NAME = 23  # characters before the @, so that "+" and a token fit in the 64 that a mailbox may have


def _checked_reply_address(text: str) -> str:
    address = recipient_of(text)
    name = address.partition("@")[0]
    if text.strip() and (not address or "+" in name or len(name) > LONGEST_REPLY_NAME):
        raise ValueError(
            f"is no e-mail address of at most {LONGEST_REPLY_NAME} characters before the @, without a plus; "
            "write one of the host that Inbound Parse receives for, as antwoord@in.uwbureau.nl"
        )
    return address


def _checked_site_url(text: str) -> str:
    try:
        return site_url(text)
    except ValueError as fault:
        raise ValueError(f"{fault}; write the address that clients see, as https://club.uwbureau.nl") from None


def _checked_alert_url(given: SecretStr) -> SecretStr:
    if given.get_secret_value():
        try:
            HttpUrl(given.get_secret_value())
        except ValidationError:  # which would show the address, and whoever has that can write to the channel
            raise ValueError("is no http or https URL; write the webhook's, as https://hooks.voorbeeld.nl/…") from None
    return given


def _checked_addresses(text: str) -> str:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(not recipient_of(part) for part in parts):
        raise ValueError(
            "is no list of e-mail addresses; write them with commas, as beheer@uwbureau.nl, jan@uwbureau.nl"
        )
    return ",".join(parts)


ReplyAddress = Annotated[str, AfterValidator(_checked_reply_address)]
AlertUrl = Annotated[SecretStr, AfterValidator(_checked_alert_url)]
Addresses = Annotated[str, AfterValidator(_checked_addresses)]
SiteUrl = Annotated[str, AfterValidator(_checked_site_url)]


class SettingsInvalid(Exception):
    """A setting in the environment or the .env file cannot be used; the message names each."""


class Settings(BaseSettings):
    """The settings; each field is the environment variable BOUWCLUB_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="BOUWCLUB_", env_file=".env", extra="ignore", frozen=True)

    database_url: str = "sqlite:///bouwclub.db"
    programme: Path = ROOT / "programme.toml"
    templates: DirectoryPath | None = None
    delivery: Literal["outbox", "sendgrid"] = "outbox"
    outbox_dir: Path = Path("outbox")
    sendgrid_api_key: SecretStr | None = None
    sendgrid_host: str = "https://api.sendgrid.com"
    sendgrid_webhook_key: str | None = None
    inbound_key: SecretStr | None = None
    reply_address: ReplyAddress = ""
    send_batch: int = Field(1000, ge=1, le=1000)
    lease_seconds: int = Field(120, ge=1, le=LONGEST_LEASE_SECONDS)
    daily_band: float = Field(3, ge=0, allow_inf_nan=False)  # 0 is off
    settle_minutes: int = Field(60, ge=0, le=LONGEST_SETTLE_MINUTES)
    max_failure_share: float = Field(0.5, gt=0, le=1)
    base_url: SiteUrl = "http://localhost:8000"
    secret_key: SecretStr | None = None
    old_secret_keys: str = ""
    fan_out_from: int = Field(10_000, ge=1)
    fan_out_runs: int = Field(3, ge=0)
    alert_url: AlertUrl | None = None
    alert_email: Addresses = ""
    desk: Literal["off", "mail", "proxy"] = "off"
    desk_header: str = "X-Forwarded-Email"
    desk_proxies: str = "127.0.0.1,::1"
    desk_hours: int = Field(12, ge=1, le=24 * 14)

    def key(self) -> bytes:
        """The key that signs ids and links.

        When none is set, it is read from the working folder, and made on first use.

        Raises:
            SettingsInvalid: the file there cannot be read, or is empty.
        """
        given = self.secret_key.get_secret_value() if self.secret_key else ""
        return given.encode() if given.strip() else _stored_key(SECRET_KEY_FILE)

    def every_key(self) -> tuple[bytes, ...]:
        """The present key first, then the old ones: what they signed stays valid. With `keys` we would be a mapping."""
        return (self.key(), *(key.encode() for key in several_keys(self.old_secret_keys)))


def several_keys(text: str) -> list[str]:
    """The keys of one setting that holds several, apart by spaces or commas."""
    return text.replace(",", " ").split()


def read_settings() -> Settings:
    """The settings. Raises SettingsInvalid, which names each bad variable, what was found and what is allowed."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid("; ".join(map(_told, error.errors()))) from None
    except UnicodeDecodeError as error:
        raise SettingsInvalid(f".env is not UTF-8 text (byte {error.start}); save it as UTF-8") from None


def _told(fault: ErrorDetails) -> str:
    """One fault as pydantic found it, without the name that it gives to ours."""
    message = fault["msg"].removeprefix("Value error, ")
    return f"BOUWCLUB_{str(fault['loc'][0]).upper()}: {message}{_found(fault.get('input'))}"


def _found(value: object) -> str:
    """The bad value when it is short and printable; a longer text may be a secret in the wrong place."""
    text = str(value)
    return f" (found {value!r})" if len(text) <= LONGEST_SHOWN and text.isprintable() else ""


def _stored_key(path: Path) -> bytes:
    """Read the key file, or make it. Raises SettingsInvalid."""
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes().strip()
    except OSError as error:
        raise SettingsInvalid(
            f"{path} cannot be used ({error.strerror}); mend it, or set BOUWCLUB_SECRET_KEY"
        ) from None
    if not key:
        # Whoever knows that the key is empty can sign any link.
        raise SettingsInvalid(
            f"{path} is empty, and links signed with nothing can be forged; restore it from a backup, "
            "or delete it for a new key: links in earlier mails then lead nowhere"
        )
    return key


def _make_key(path: Path) -> None:
    """Two processes that make it at the same time end with the same key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(32))
    try:
        # Linking fails if the file exists, so the first process wins and nobody reads half a key.
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()

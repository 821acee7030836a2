"""Checks the settings that SendGrid needs, before anything is claimed."""

import re
from urllib.parse import urlsplit

from models.settings import Settings
from tasks.sending.messenger import NotReadyToSend

_PRINTABLE = re.compile(r"[\x21-\x7e]+")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.IGNORECASE)
_HOST_LENGTH = 253


def require_for_sending(settings: Settings) -> None:
    """Check the settings for sending.

    Raises:
        NotReadyToSend: names each setting that is missing or wrong, but never its value.
    """
    faults = faults_of_access(settings)
    if not (settings.secret_key and settings.secret_key.get_secret_value().strip()):
        faults.append("BOUWCLUB_SECRET_KEY (links in mails must outlive this machine)")
    if fault := _fault_of_url(settings.base_url, ("https",)):
        faults.append(f"BOUWCLUB_BASE_URL as an https:// address ({fault})")
    _refuse(faults)


def require_access(settings: Settings) -> None:
    """Check the settings for requests that send nothing. Raises NotReadyToSend."""
    _refuse(faults_of_access(settings))


def faults_of_access(settings: Settings) -> list[str]:
    """The settings that are missing or wrong, without their values; empty when SendGrid can be reached with them."""
    faults = []
    key = settings.sendgrid_api_key.get_secret_value() if settings.sendgrid_api_key else ""
    if not key.strip():
        faults.append("BOUWCLUB_SENDGRID_API_KEY")
    elif not _PRINTABLE.fullmatch(key):
        faults.append("BOUWCLUB_SENDGRID_API_KEY without white space and without characters beyond plain ASCII")
    if fault := _fault_of_url(settings.sendgrid_host, ("https", "http")):
        faults.append(f"BOUWCLUB_SENDGRID_HOST as a base URL such as https://api.sendgrid.com ({fault})")
    return faults


def _refuse(faults: list[str]) -> None:
    if faults:
        raise NotReadyToSend(f"sending through SendGrid needs {'; '.join(faults)}. Set it, or use the outbox.")


def _fault_of_url(text: str, schemes: tuple[str, ...]) -> str | None:
    """What is wrong with a base URL, without its text (a key in the wrong setting must not be shown); else None."""
    if not text:
        return "it is empty"
    if not _PRINTABLE.fullmatch(text):
        return "it holds white space, control characters or characters beyond plain ASCII"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "it is no URL"
    if parts.scheme not in schemes:
        return f"it does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "a base URL has no user name, no ? and no #"
    is_address = ":" in host  # IPv6, which urlsplit has checked
    if not host or len(host) > _HOST_LENGTH or not (is_address or _HOST_NAME.fullmatch(host)):
        return "it has no possible host name"
    return "it has no possible port" if port == 0 else None

"""Checks the settings that SendGrid needs, before anything is claimed."""

from models.settings import Settings
from programme.words.urls import PRINTABLE, fault_of_url
from tasks.sending.messenger import NotReadyToSend


def require_for_sending(settings: Settings) -> None:
    """Check the settings for sending.

    Raises:
        NotReadyToSend: names each setting that is missing or wrong, but never its value.
    """
    faults = faults_of_access(settings)
    if not (settings.secret_key and settings.secret_key.get_secret_value().strip()):
        faults.append("BOUWCLUB_SECRET_KEY (links in mails must outlive this machine)")
    if not settings.base_url.startswith("https://"):
        faults.append("BOUWCLUB_BASE_URL as an https:// address")
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
    elif not PRINTABLE.fullmatch(key):
        faults.append("BOUWCLUB_SENDGRID_API_KEY without white space and without characters beyond plain ASCII")
    if fault := fault_of_url(settings.sendgrid_host, ("https", "http")):
        faults.append(f"BOUWCLUB_SENDGRID_HOST as a base URL such as https://api.sendgrid.com ({fault})")
    return faults


def _refuse(faults: list[str]) -> None:
    if faults:
        raise NotReadyToSend(f"sending through SendGrid needs {'; '.join(faults)}. Set it, or use the outbox.")

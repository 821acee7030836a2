"""Which way the settings say mails go."""

from models.settings import Settings
from programme.terms.schema import Programme
from tasks.sending.messenger import Messenger


def make_messenger(settings: Settings, programme: Programme) -> Messenger:
    """The way of delivering that BOUWCLUB_DELIVERY names. Raises NotReadyToSend when a setting for it is missing."""
    if settings.delivery == "sendgrid":
        from tasks.providers.sendgrid.messenger import SendGridMessenger

        return SendGridMessenger(settings, programme)
    from tasks.providers.outbox.messenger import OutboxMessenger

    return OutboxMessenger(settings.outbox_dir)

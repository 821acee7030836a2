"""Which way the settings say mails go, and the ways there are."""

from models.settings import Settings
from programme.terms.schema import Programme
from tasks.providers import outbox, sendgrid
from tasks.sending.messenger import Messenger

# By name, whether doing an unfinished request again does no harm (Messenger.is_repeatable).
DELIVERIES = {provider.NAME: provider.IS_REPEATABLE for provider in (outbox, sendgrid)}


def make_messenger(settings: Settings, programme: Programme) -> Messenger:
    """The way of delivering that BOUWCLUB_DELIVERY names. Raises NotReadyToSend when a setting for it cannot be."""
    if settings.delivery == sendgrid.NAME:
        from tasks.providers.sendgrid.messenger import SendGridMessenger

        return SendGridMessenger(settings, programme)
    from tasks.providers.outbox.messenger import OutboxMessenger

    return OutboxMessenger(settings.outbox_dir)

"""The providers that exist, and the one that the settings name."""

from models.settings import Settings
from programme.terms.schema import Programme
from tasks.mail.reply_to import ReplyTo
from tasks.providers import outbox, sendgrid
from tasks.sending.messenger import Messenger

# By name: whether repeating an unfinished request is harmless (Messenger.is_repeatable).
DELIVERIES = {provider.NAME: provider.IS_REPEATABLE for provider in (outbox, sendgrid)}


def make_messenger(settings: Settings, programme: Programme) -> Messenger:
    """The messenger of the provider that BOUWCLUB_DELIVERY names.

    Raises:
        NotReadyToSend: a setting that the provider needs is missing or wrong.
    """
    if settings.delivery == sendgrid.NAME:
        from tasks.providers.sendgrid.messenger import SendGridMessenger

        return SendGridMessenger(settings, programme)
    from tasks.providers.outbox.messenger import OutboxMessenger

    return OutboxMessenger(settings.outbox_dir, ReplyTo(settings, programme.brand))

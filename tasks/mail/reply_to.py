"""Where the answer to a mail goes: our reply address with the message's token, or the firm's own mailbox."""

from models.settings import Settings
from programme.inbound.replies import ReplyAddress
from programme.terms.schema import Brand


class ReplyTo:
    """The Reply-To of each message.

    Attributes:
        address: BOUWCLUB_REPLY_ADDRESS; None while answers go to `[brand] reply_address`, not through us.
    """

    def __init__(self, settings: Settings, brand: Brand) -> None:
        self._brand = brand
        self.address = ReplyAddress.of(settings.reply_address)
        self._key = settings.key() if self.address else b""

    def of(self, message_id: str) -> str:
        """The address that answers to this message go to."""
        if self.address is None:
            return self._brand.reply_address
        return self.address.with_token(self._key, message_id)

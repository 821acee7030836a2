"""Our own side of the mail that comes in: the reply address, the keys of its tokens, and the firm's own addresses."""

from typing import NamedTuple

from models.settings import Settings
from programme.inbound.replies import ReplyAddress
from programme.terms.schema import Programme
from programme.words.addresses import compared


class Mailbox(NamedTuple):
    """What a mail that comes in is compared with.

    Attributes:
        keys: that sign the tokens of the reply address, the present one first.
        reply: the reply address; None when answers go to the firm's own mailbox.
        our_addresses: of the firm and of its people, as we compare addresses.
    """

    keys: tuple[bytes, ...]
    reply: ReplyAddress | None
    our_addresses: frozenset[str]

    @property
    def domain(self) -> str:
        """The domain whose mail all comes to us; "" without a reply address."""
        return self.reply.domain if self.reply else ""


def mailbox_of(settings: Settings, programme: Programme) -> Mailbox:
    """The mailbox of these settings and this firm."""
    brand = programme.brand
    own = [brand.sender_address, brand.reply_address, *(person.email for person in programme.people)]
    old_keys = [key.encode() for key in settings.old_secret_keys.replace(",", " ").split()]
    keys = (settings.key(), *old_keys)
    return Mailbox(keys, ReplyAddress.of(settings.reply_address), frozenset(compared(each) for each in own))

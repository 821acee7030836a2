"""The message with which a client shares his link; he sends it himself, to whom he likes."""

from typing import NamedTuple
from urllib.parse import quote, urlencode

from programme.terms.schema import Programme
from programme.words.wording import euros


class Sharing(NamedTuple):
    """The link, and addresses that open WhatsApp or a mail with the message in it."""

    link: str
    whatsapp: str
    mail: str


def sharing_of(programme: Programme, base_url: str, code: str, reward_word: str) -> Sharing:
    """Args: reward_word: what the client gets, which the message says: "beloning", "commissie", "" for nothing."""
    link = f"{base_url}/ref/{code}"
    firm, discount = programme.brand.name, euros(programme.referral.friend_discount_cents)
    told = f"\n\n(Ik krijg dan een {reward_word}.)" if reward_word else ""
    message = (
        f"Ik heb {firm} gevraagd {programme.trade.asked_for}. "
        f"Via deze link krijg je {discount} korting op je eerste project:\n{link}{told}"
    )
    subject = f"{discount} korting bij {firm}"
    mail = urlencode({"subject": subject, "body": message.replace("\n", "\r\n")}, quote_via=quote)
    return Sharing(link, f"https://wa.me/?text={quote(message, safe='')}", f"mailto:?{mail}")

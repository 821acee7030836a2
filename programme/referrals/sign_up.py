"""A friend's sign-up over a shared link: what the form asks, what it refuses, and the ids that follow from it."""

import hmac
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from programme.words.addresses import recipient_of
from programme.words.naming.names import holds_address
from programme.words.plain_text import clean
from programme.words.tokens import CROCKFORD, UNIT_SEPARATOR

SIGNUP_PREFIX = "web-"  # of the id of a referral that came over our own page

VOUCHER_PREFIX = "VRIEND-"
LEAST_SECONDS = 3  # nobody reads and fills in the form faster
LONGEST_OPEN = timedelta(hours=24)  # after that the signed time is worthless, also to whoever kept it
LONGEST_NAME = 120
LONGEST_MESSAGE = 2_000  # characters, of one post
LONGEST_TOLD = 8_000  # characters, of all messages of one friend together
TRAP = "website"  # a field that people do not see; whatever fills it in is no person

_PHONE = re.compile(r"[0-9+().\-/ ]{1,30}")
_POSTCODE = re.compile(r"([1-9][0-9]{3}) ?([A-Z]{2})")
_HOUSE_NUMBER = re.compile(r"[0-9]{1,5}[ \-/]?[0-9A-Za-z\-/ ]{0,8}")


class SignUp(NamedTuple):
    """What a friend filled in, clean: one line each but the message; None for what was left empty."""

    name: str
    email: str
    recipient: str
    phone: str | None = None
    project_type: str | None = None
    postcode: str | None = None
    house_number: str | None = None
    message: str | None = None
    consents: bool = False


def signup_id(key: bytes, code: str, recipient: str) -> str:
    """The referral's id: the same friend twice over one link is one referral. Source: referrals section 1."""
    digest = hmac.digest(key, UNIT_SEPARATOR.join((code, recipient)).encode(), "sha256")
    return f"{SIGNUP_PREFIX}{digest.hex()[:12]}"


def voucher_of(key: bytes, referral_id: str) -> str:
    """ "VRIEND-" and eight Crockford base32 characters."""
    number = int.from_bytes(hmac.digest(key, referral_id.encode(), "sha256")[:5], "big")
    return VOUCHER_PREFIX + "".join(CROCKFORD[(number >> shift) & 31] for shift in range(35, -1, -5))


def consent_wording(firm: str) -> str:
    """What stands beside the box, and is kept with a tick in it."""
    return f"Ja, {firm} mag mij mailen met ideeën, nieuws en aanbiedingen. Afmelden kan altijd."


def signed_time(key: bytes, code: str, at: datetime) -> str:
    """When a form was shown, signed: seconds since 1970 and a code that only we can make, good for this link alone."""
    seconds = str(int(at.timestamp()))
    return f"{seconds}.{_time_mac(key, code, seconds)}"


def seconds_open(keys: tuple[bytes, ...], code: str, text: str, now: datetime) -> float | None:
    """How long the form of this link was open; None for a time that we did not sign, or that lies in the future."""
    seconds, _, mac = text.partition(".")
    if not re.fullmatch(r"[0-9]{1,12}", seconds, re.ASCII) or not mac.isascii():
        return None
    if not any(hmac.compare_digest(mac, _time_mac(key, code, seconds)) for key in keys):
        return None
    open_for = (now - datetime.fromtimestamp(int(seconds), UTC)).total_seconds()
    return open_for if open_for >= 0 else None


def read_sign_up(fields: Mapping[str, str], choices: Collection[str]) -> tuple[SignUp | None, dict[str, str]]:
    """The sign-up, or None and what is wrong: by field, the sentence that stands beside it.

    Args:
        choices: the types of projects that the form offers.
    """
    faults: dict[str, str] = {}
    name = clean(fields.get("naam", ""), LONGEST_NAME)
    email = "".join(fields.get("email", "").split())
    recipient = recipient_of(email)
    phone = clean(fields.get("telefoon", ""))
    postcode = clean(fields.get("postcode", "")).upper()
    house_number = clean(fields.get("huisnummer", ""))
    message = tidy(fields.get("bericht", ""))
    kind = fields.get("soort", "")
    if not any(sign.isalpha() for sign in name):
        faults["naam"] = "Vul uw naam in."
    elif holds_address(name):
        faults["naam"] = "Vul alleen uw naam in, zonder webadres, e-mailadres of de tekens < en >."
    if not recipient:
        faults["email"] = "Vul een e-mailadres in zoals naam@voorbeeld.nl."
    if phone and not (_PHONE.fullmatch(phone) and 8 <= sum(sign.isdigit() for sign in phone) <= 15):
        faults["telefoon"] = "Dit is geen telefoonnummer. Schrijf het als 06 12 34 56 78."
    if kind and kind not in choices:
        faults["soort"] = "Kies een van de mogelijkheden uit de lijst."
    found = _POSTCODE.fullmatch(postcode)
    if postcode and not found:
        faults["postcode"] = "Schrijf de postcode als 8921 AB."
    if house_number and not _HOUSE_NUMBER.fullmatch(house_number):
        faults["huisnummer"] = "Begin met het nummer, zoals 14 of 14a."
    if len(message) > LONGEST_MESSAGE:
        faults["bericht"] = "Dit is te lang. Houd het onder de 2.000 tekens; de rest vertelt u ons later."
    if faults:
        return None, faults
    tidy_postcode = f"{found[1]} {found[2]}" if found else None
    consents = fields.get("toestemming") == "ja"
    optional = (phone or None, kind or None, tidy_postcode, house_number or None, message or None)
    return SignUp(name, email, recipient, *optional, consents=consents), {}


def tidy(text: str) -> str:
    """Lines of visible text: what people wrote, without what no person writes."""
    lines = [clean(line, LONGEST_MESSAGE + 1) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)


def added(before: str | None, later: str | None, mark: str, longest: int) -> str | None:
    """What was told before and what is told now, each once; what would make it too long is left out."""
    if not later or later == before or (before and later in before.split(mark)):
        return before
    both = f"{before}{mark}{later}" if before else later
    return both if len(both) <= longest else before


def _time_mac(key: bytes, code: str, seconds: str) -> str:
    text = UNIT_SEPARATOR.join(("sign-up form", code, seconds))
    return hmac.digest(key, text.encode(), "sha256").hex()[:24]

"""What counts as an e-mail address, and as whose: the one rule for import, sign-up and suppression list.

Syntax as a mail server would take it, with a dotted domain; nothing is looked up (programme section 1).
"""

import re
from functools import cache
from typing import Any

# A small part of what the validator takes, which is nearly all there is in practice; a test compares the two.
PLAIN_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)(?!.*@.*--)"
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)
LONGEST_ADDRESS = 254  # bytes, RFC 5321


def recipient_of(text: str) -> str:
    """The address trimmed and lower-cased, its domain in the ASCII (IDNA) form; "" when it is not valid.

    Two spellings of one mailbox (`jan@bücher.nl`, `jan@xn--bcher-kva.nl`) are so one recipient.

    Refused: a name before the address, quotes, an IP number for a domain, a domain without a dot, more than 64
    characters before the @ or letters outside ASCII there, and a domain that is not written in its normal form
    (a full-width dot, say), because that is not what a server would see. Reserved domains (`.test`) are syntax too.
    """
    address = text.strip()
    if PLAIN_ADDRESS.fullmatch(address):
        return address.lower()
    return _validated(address)


def _validated(address: str) -> str:
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        return ""
    try:
        # UnicodeError, which the domain tables may raise, is a ValueError like the validator's own.
        found = _validator()(address, allow_smtputf8=False, strict=True, check_deliverability=False)
    except ValueError:
        return ""
    name, _, domain = address.lower().rpartition("@")
    return f"{name}@{found.ascii_domain}" if domain in (found.domain, found.ascii_domain) else ""


def compared(text: str) -> str:
    """An address as somebody else wrote it (a provider, a person at a prompt), as we compare it.

    What is not valid is trimmed and lower-cased alone: a suppression must not be lost because its address is odd.
    """
    return recipient_of(text) or text.strip().lower()


@cache
def _validator() -> Any:
    """The validator without its list of reserved domains: whether one leads anywhere is not syntax."""
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    return email_validator.validate_email

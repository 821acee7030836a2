"""What counts as an e-mail address, and which spellings are one: the rule for import, sign-up and suppression list.

The syntax is what a mail server accepts, with a dotted domain. Nothing is looked up (programme section 1).
"""

import re
from functools import cache
from typing import Any

# A fast path: a small part of what the validator accepts, but nearly all real addresses. A test compares the two.
PLAIN_ADDRESS = re.compile(
    r"(?=.{3,254}\Z)(?=[^@]{1,64}@)(?!.*@.*--)"
    r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}",
    re.ASCII,
)
LONGEST_ADDRESS = 254  # bytes, RFC 5321


def recipient_of(text: str) -> str:
    """The address trimmed and lower-cased, its domain in ASCII (IDNA); "" when it is not valid.

    Two spellings of one mailbox (`jan@bücher.nl`, `jan@xn--bcher-kva.nl`) are therefore one recipient.

    Not valid are: a display name before the address, quotes, an IP number as domain, a domain without a dot, more than
    64 characters or non-ASCII letters before the @, and a domain that is not in its normal form (a full-width dot,
    say), because a server would see another one. Reserved domains (`.test`) are valid syntax.
    """
    address = text.strip()
    if PLAIN_ADDRESS.fullmatch(address):
        return address.lower()
    return _validated(address)


def _validated(address: str) -> str:
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        return ""
    try:
        # The domain tables may raise UnicodeError, which is a ValueError as well.
        found = _validator()(address, allow_smtputf8=False, strict=True, check_deliverability=False)
    except ValueError:
        return ""
    name, _, domain = address.lower().rpartition("@")
    return f"{name}@{found.ascii_domain}" if domain in (found.domain, found.ascii_domain) else ""


def compared(text: str) -> str:
    """An address that somebody else wrote (a provider, a person at a prompt), in the form that we compare.

    An address that is not valid is only trimmed and lower-cased: a suppression must not get lost because it looks odd.
    """
    return recipient_of(text) or text.strip().lower()


@cache
def _validator() -> Any:
    """The validator without its list of reserved domains: whether a domain leads anywhere is not a matter of syntax."""
    # Imported here: the module is slow to load, and few addresses get past the fast path.
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    return email_validator.validate_email

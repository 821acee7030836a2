"""What is wrong with the URL of a server, said without its text: a key in the wrong setting must not be shown."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

PRINTABLE = re.compile(r"[\x21-\x7e]+")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.?", re.IGNORECASE)
_HOST_LENGTH = 253


def fault_of_url(text: str, schemes: Collection[str]) -> str | None:
    """What is wrong with a base URL, in words that follow its name; None when nothing is."""
    if not text:
        return "it is empty"
    if not PRINTABLE.fullmatch(text):
        return "it holds white space, control characters or characters beyond plain ASCII"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "it is no URL"
    if parts.scheme not in schemes:
        return f"it does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        return "a base URL has no user name, no ? and no #"
    is_address = ":" in host  # IPv6, which urlsplit has checked
    if not host or len(host) > _HOST_LENGTH or not (is_address or _HOST_NAME.fullmatch(host)):
        return "it has no possible host name"
    return "it has no possible port" if port == 0 else None


def site_url(text: str) -> str:
    """The URL of our own pages in its one spelling: scheme and host in small letters, without a slash at its end.

    Raises:
        ValueError: it is no http or https URL, or has a path; our pages link to each other from the root.
    """
    fault = fault_of_url(text, ("https", "http"))
    if fault:
        raise ValueError(fault)
    parts = urlsplit(text)
    if parts.path.strip("/"):
        raise ValueError("it has a path, and our pages stand at the root of a host")
    return f"{parts.scheme}://{parts.netloc.lower()}"

"""The links in a mail: the recipient's own links, and links to the firm's site."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from programme.terms.own_pages import PAGE_STARTS, SITES
from programme.terms.schema import Programme
from programme.words.tokens import LinkPurpose, dashboard_token, message_tokens

UNSUBSCRIBE_SUBJECT = "afmelden"  # an empty mail with this subject is read as an unsubscribe


# The recipient's own links, by the field that places each. Opening one changes nothing; only a POST does.
_PURPOSES: Mapping[str, LinkPurpose] = {
    "unsubscribe_url": LinkPurpose.UNSUBSCRIBE,
    "preferences_url": LinkPurpose.UNSUBSCRIBE,  # the two lead to each other: less instead of nothing, and back
    "answer_url": LinkPurpose.ANSWER,
    "dashboard_url": LinkPurpose.DASHBOARD,
}
LINKS = tuple(_PURPOSES)


def links_of(
    key: bytes, base_url: str, message_id: str, client_code: str, names: Iterable[str] = LINKS
) -> dict[str, str]:
    """The links of one message, by name; `base_url` must not end with a slash.

    Args:
        names: the links to make; a signature costs more than most other fields of a mail.
    """
    return {name: links[0] for name, links in links_of_many(key, base_url, [message_id], [client_code], names).items()}


def links_of_many(
    key: bytes, base_url: str, message_ids: Sequence[str], client_codes: Sequence[str], names: Iterable[str]
) -> dict[str, list[str]]:
    """The same for many messages: by name one link each, in their order."""
    tokens: dict[LinkPurpose, list[str]] = {}
    found: dict[str, list[str]] = {}
    for name in names:
        purpose, start = _PURPOSES[name], base_url + PAGE_STARTS[name]
        if purpose not in tokens:
            if purpose == LinkPurpose.DASHBOARD:
                tokens[purpose] = [dashboard_token(key, code) for code in client_codes]
            else:
                tokens[purpose] = message_tokens(key, purpose, message_ids)
        found[name] = [start + token for token in tokens[purpose]]
    return found


def sites_of(programme: Programme, touchpoint_id: str) -> Mapping[str, str]:
    """The links that all mails of a touchpoint share: the firm's pages, by the names of SITES.

    A firm without a page to make contact is called: `contact` is then a `tel:` link. Without one to make an appointment
    `appointment` is the link to make contact.
    """
    brand = programme.brand
    urls = {name: _tracked(programme, getattr(brand, f"{name}_url"), touchpoint_id) for name in SITES}
    urls["contact"] = urls["contact"] or tel_link(brand.phone)
    urls["appointment"] = urls["appointment"] or urls["contact"]
    return urls


def services_of(programme: Programme, touchpoint_id: str) -> Mapping[str, str]:
    """The firm's pages about a type of project, by the type; only those that it has."""
    return {kind: _tracked(programme, url, touchpoint_id) for kind, url in programme.brand.services_url.items()}


def tel_link(phone: str) -> str:
    """A link that calls the number: "tel:0581234567"."""
    return "tel:" + re.sub(r"[^0-9+]", "", phone)


def _tracked(programme: Programme, url: str, touchpoint_id: str) -> str:
    tracking = programme.tracking
    return tracked_link(url, tracking.utm_source, tracking.utm_medium, touchpoint_id) if url else ""


@lru_cache(maxsize=256)
def tracked_link(url: str, utm_source: str, utm_medium: str, touchpoint_id: str) -> str:
    """A link to the firm's own site with the utm parameters that identify our mails in its statistics."""
    parts = urlsplit(url)
    # utm parameters that the programme file already has would count the visit twice.
    query = [(name, value) for name, value in parse_qsl(parts.query, True) if not name.startswith("utm_")]
    query += [("utm_source", utm_source), ("utm_medium", utm_medium), ("utm_campaign", touchpoint_id)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), parts.fragment))


def unsubscribe_ways(url: str, address: str) -> tuple[str, str]:
    """The two ways of a List-Unsubscribe header: the page of RFC 8058, and a mail for programs that know no pages."""
    return f"<{url}>", f"<{mail_to(address, UNSUBSCRIBE_SUBJECT)}>"


def mail_to(address: str, subject: str) -> str:
    """A link that begins a mail."""
    return f"mailto:{address}?subject={quote(subject)}"

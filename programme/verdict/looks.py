"""What a mail's HTML and plain text show: links that lead somewhere, size, and that both say the same."""

import html as html_module
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from programme.verdict.findings import Code, Finding

MOST_HTML_BYTES = 100_000  # Gmail cuts a mail off after about 102 KB
UNSEEN = re.compile(r"(?s)<!--.*?-->|<head>.*?</head>")  # what no reader of the mail sees
_HREF = re.compile(r'href="([^"]*)"')
_OF_THE_TEXT = ("Website:", "Cijfer ", "0 is ")  # lines that stand in the plain text alone


def links_in(html: str) -> list[str]:
    """The links of a mail, each once."""
    return list(dict.fromkeys(html_module.unescape(url) for url in _HREF.findall(html)))


def dead_links(place: str, html: str, base_url: str, pages: Sequence[str]) -> Iterator[Finding]:
    """Links that cannot lead anywhere, by their form alone.

    Args:
        base_url, pages: of our own pages; `pages` are the starts of their paths, such as "/u/".
    """
    for url in links_in(html):
        if url.startswith("tel:"):
            leads = re.fullmatch(r"tel:\+?[0-9]{9,15}", url) is not None
        elif url.startswith("mailto:"):
            leads = "@" in url
        else:
            leads = _leads_somewhere(url, base_url, pages)
        if not leads:
            yield Finding(Code.DEAD_LINK, place, url or "(leeg)")


def _leads_somewhere(url: str, base_url: str, pages: Sequence[str]) -> bool:
    if url.startswith(f"{base_url}/"):
        return url.removeprefix(base_url).startswith(tuple(pages))
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "").strip(".") and parts.username is None


def too_large(place: str, html: str) -> Iterator[Finding]:
    """HTML that Gmail would cut off."""
    if (size := len(html.encode())) > MOST_HTML_BYTES:
        yield Finding(Code.SIZE, place, f"{size} bytes")


def differing_parts(place: str, text: str, html: str) -> Iterator[Finding]:
    """Links and lines of the plain text that the HTML does not have, and the other way round for links."""
    in_text = set(re.findall(r"https?://[^\s<>]+", text))
    in_html = {url for url in links_in(html) if url.startswith("http")}
    for url in sorted(in_text ^ in_html):
        yield Finding(Code.TEXT_PART, place, f"de link {url} staat maar in één van beide.")
    seen = _bare(visible_words(html))
    for line in text.splitlines():
        words = _bare(re.sub(r"https?://\S+", "", line))
        if not line.startswith(_OF_THE_TEXT) and words not in seen:
            yield Finding(Code.TEXT_PART, place, f"“{line[:80]}” staat niet in de HTML.")


def visible_words(html: str) -> str:
    """The visible text of a mail on one line."""
    body = UNSEEN.sub(" ", html)
    return " ".join(html_module.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w%€]+", text.lower()))

"""What a mail's HTML and plain text show: links that lead somewhere, contrast, size, and that both say the same."""

import html as html_module
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from urllib.parse import urlsplit

from programme.verdict.findings import Code, Finding
from programme.words.colours import contrast

MOST_HTML_BYTES = 100_000  # Gmail cuts a mail off after about 102 KB
LEAST_CONTRAST = 4.5  # WCAG 2.2, text of normal size
_HREF = re.compile(r'href="([^"]*)"')
_COLOUR = re.compile(r"(?:^|;)\s*(color|background)(?:-color)?\s*:\s*(#[0-9a-fA-F]{6})\b")
HIDDEN = ""  # the colour of what nobody sees
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
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
    body = re.sub(r"(?s)<!--.*?-->|<head>.*?</head>", " ", html)
    return " ".join(html_module.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def _bare(text: str) -> str:
    return " ".join(re.findall(r"[\w%€]+", text.lower()))


def faint_words(place: str, html: str) -> Iterator[Finding]:
    """Words whose colour stands out too little from their ground, in light mode, as the inline styles say."""
    reader = _Colours()
    reader.feed(re.sub(r"(?s)<!--.*?-->|<head>.*?</head>", "", html))
    for words, colour, ground in reader.faint:
        ratio = f"{contrast(colour, ground):.1f}".replace(".", ",")
        yield Finding(Code.CONTRAST, place, f"“{words}” ({colour} op {ground}, contrast {ratio})")


class _Colours(HTMLParser):
    """Follows the colours of text and ground down the elements."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str, str]] = [("", "#000000", "#ffffff")]
        self.faint: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        _, colour, ground = self._open[-1]
        if "display:none" in (given.get("style") or "") and tag not in _VOID:
            colour = HIDDEN
        named = dict(_COLOUR.findall(given.get("style") or ""))
        ground = named.get("background", given.get("bgcolor") or ground)
        if tag not in _VOID:
            self._open.append((tag, colour if colour == HIDDEN else named.get("color", colour), ground))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1:
            if self._open.pop()[0] == tag:
                return

    def handle_data(self, data: str) -> None:
        words = data.strip("\xa0 \n\t\u200b\u00ad\u034f\u2007\ufeff")
        _, colour, ground = self._open[-1]
        is_hex = all(re.fullmatch("#[0-9a-fA-F]{6}", each) for each in (colour, ground))
        if words and is_hex and contrast(colour, ground) < LEAST_CONTRAST:
            self.faint.append((words[:40], colour, ground))

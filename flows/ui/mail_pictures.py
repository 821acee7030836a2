"""A mail as a picture: its HTML inside an SVG, which a browser shows without running or loading anything.

An image in a page can neither run scripts nor fetch other files nor be clicked, so this is the safe way to show a
whole mail where only Markdown is shown.
"""

import base64
import re
from html import unescape
from html.parser import HTMLParser
from xml.sax.saxutils import escape, quoteattr

WIDTH = 640  # pixels; a mail is 600 wide
CHARACTERS_A_LINE = 70
LINE_HEIGHT = 38  # with the space around a paragraph, so that the last line is in sight
BESIDE_TEXT = 80  # pixels
INLINE = r"</?(?:a|b|em|i|span|strong|td|th|u)\b[^>]*>"  # these begin no line; cells stand beside each other
VOID = frozenset({"br", "img", "meta", "hr", "input", "link", "col", "area", "base", "wbr"})
LEFT_OUT = frozenset({"script", "title", "meta", "link", "base", "iframe", "object", "embed", "form"})
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")


def mail_picture(html: str) -> str:
    """The mail as the address of an SVG image (data:…), as high as its text is likely to be."""
    body = xhtml_of(html)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{_height(html)}">'
        f'<foreignObject width="100%" height="100%">'
        f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div></foreignObject></svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def xhtml_of(html: str) -> str:
    """What a browser would show of an HTML document, as well-formed XML: styles and body, without comments."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return writer.text()


def _height(html: str) -> int:
    words = re.sub(r"(?s)<head.*?</head>|<!--.*?-->", "\n", html)
    words = unescape(re.sub("<[^>]+>", "\n", re.sub(INLINE, " ", words)))  # a cell of &nbsp; is a gap or a drawing
    lines = sum(-(-len(line.strip()) // CHARACTERS_A_LINE) for line in words.split("\n"))
    return BESIDE_TEXT + lines * LINE_HEIGHT


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._skipping: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping or tag in LEFT_OUT:
            if not self._skipping and tag not in VOID:
                self._skipping = tag
            return
        if tag in ("html", "head"):
            return
        name = "div" if tag == "body" else tag
        if not _NAME.match(name):
            return
        kept = "".join(
            f" {key}={quoteattr(_visible(value or ''))}" for key, value in dict(attrs).items() if _may_stay(key)
        )
        self._out.append(f"<{name}{kept}{'/' if tag in VOID else ''}>")
        if tag not in VOID:
            self._open.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping:
                self._skipping = None
            return
        name = "div" if tag == "body" else tag
        if name in self._open:
            while self._open:
                closing = self._open.pop()
                self._out.append(f"</{closing}>")
                if closing == name:
                    return

    def handle_data(self, data: str) -> None:
        if not self._skipping:
            self._out.append(escape(_visible(data)))

    def text(self) -> str:
        return "".join([*self._out, *(f"</{name}>" for name in reversed(self._open))])


def _may_stay(attribute: str) -> bool:
    return bool(_NAME.match(attribute)) and not attribute.startswith(("on", "href", "xmlns", "srcset"))


def _visible(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(
        character for character in text if character in "\t\n\r" or character.isprintable() or character > "\x9f"
    )

"""A mail's body as it is written, plain paragraphs with an empty line between them, made fit for each part."""

import re

from markupsafe import Markup

BREAK = "\v"  # in the plain text: a line end that stays, while the other lines of a paragraph are joined
_MJML = re.compile(r"<mj-([a-z-]+)\b[^>]*?/>|<mj-([a-z-]+)\b.*?</mj-\2>", re.DOTALL)
_EMPTY_LINE = re.compile(r"\n\s*\n")


def html_paragraphs(body: str) -> Markup:
    """Each paragraph in an `mj-text`; what is MJML already stays as it is."""
    made, at = [], 0
    for found in _MJML.finditer(body):
        made += [*_wrapped(body[at : found.start()]), found[0]]
        at = found.end()
    return Markup("\n".join([*made, *_wrapped(body[at:])]))


def _wrapped(text: str) -> list[str]:
    parts = (part.strip() for part in _EMPTY_LINE.split(text))
    return [f'<mj-text css-class="t in">{part}</mj-text>' for part in parts if part]


def text_paragraphs(body: str) -> str:
    """Each paragraph on one line, broken only at BREAK."""
    paragraphs = []
    for part in _EMPTY_LINE.split(body.replace("\r", "")):
        lines = (" ".join(line.split(" ")).strip() for line in " ".join(part.split("\n")).split(BREAK))
        if kept := [re.sub(r" {2,}", " ", line) for line in lines if line]:
            paragraphs.append("\n".join(kept))
    return "\n\n".join(paragraphs) + "\n"

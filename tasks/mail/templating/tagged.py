"""What a template made: its head lines, its text and its HTML, checked before any client's values come into it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from markupsafe import Markup, escape

from programme.mail.variables import Choice
from programme.verdict.looks import MOST_HTML_BYTES

TAG = re.compile(r"\[\[([a-z_]+)(\.h)?\]\]")
_HEADERS = ("Subject", "Preheader", "Heading")


class TemplateMissing(Exception):
    """The file of a template does not exist."""


class TemplateInvalid(Exception):
    """A template cannot be made into a mail; the message says where, what, and what to do."""


@dataclass(frozen=True)
class TaggedMail:
    """The whole text of a variant, with tags.

    Attributes:
        answers: the questions that the template asked of the variant, in order, with the answers; no other choice
            makes a difference.
    """

    subject: str
    preheader: str
    html: str
    text: str
    answers: Mapping[str, Choice]


def split_heads(rendered: str, where: str) -> tuple[dict[str, str], str]:
    """The head lines of a text template, and its body with single empty lines between paragraphs."""
    lines = [line.strip() for line in rendered.split("\n")]
    heads = {}
    for head in _HEADERS:
        while lines and not lines[0]:
            lines.pop(0)
        label, _, words = lines.pop(0).partition(":")
        if label != head or not words.strip():
            raise TemplateInvalid(f"{where}: the block '{head.lower()}' must be one line of text.")
        heads[head] = words.strip()
    return heads, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def for_html(words: str) -> Markup:
    """A head line for HTML: escaped, with its tags in their HTML form."""
    return Markup(TAG.sub(r"[[\1.h]]", str(escape(words))))


def html_of(mjml: str, where: str, drawn: Mapping[str, str]) -> str:
    """The HTML of the MJML, with the drawings in the place of their marks. Raises TemplateInvalid."""
    from mjml import mjml2html

    try:
        html: str = mjml2html(mjml).lstrip()
    except ValueError as error:
        raise TemplateInvalid(f"{where}: {_broken_place(mjml) or error}") from None
    for mark, drawing in drawn.items():
        html = html.replace(mark, drawing)
    if (size := len(html.encode())) > MOST_HTML_BYTES:
        raise TemplateInvalid(f"{where}: the HTML is {size} bytes, Gmail shows {MOST_HTML_BYTES}. Shorten it.")
    return html


def _broken_place(mjml: str) -> str:
    """Where the MJML that a template made is not well formed; "" when an XML parser accepts it."""
    parser = expat.ParserCreate()
    parser.UseForeignDTD(True)  # so that &nbsp; and other entities are no error
    try:
        parser.Parse(mjml, True)
    except expat.ExpatError as error:
        line = mjml.split("\n")[error.lineno - 1].strip()
        return f"the MJML is broken ({expat.ErrorString(error.code)}) at: {line[:120]}"
    return ""


def check_tags(where: str, tagged: str, form: str, fields: Collection[str]) -> None:
    """Check that every tag is a known field in the form for its place, and that no other text looks like a tag."""
    for found in TAG.finditer(tagged):
        if found[1] not in fields or (found[2] or "") != form:
            raise TemplateInvalid(
                f"{where}: {found[0]} has the wrong form. Place a field as {{{{ f.name }}}}, unchanged."
            )
    rest = TAG.split(tagged)[::3]
    if any("[[" in piece or "]]" in piece for piece in rest):
        raise TemplateInvalid(f"{where}: '[[' and ']]' mark fields; write them differently, or drop the filter.")
    before, after = rest[:-1], rest[1:]
    if any(piece.endswith("[") for piece in before) or any(piece.startswith("]") for piece in after):
        raise TemplateInvalid(f"{where}: a field cannot stand directly inside square brackets.")

"""What a mail says that it may not: unfilled fields, HTML as text, a second greeting, promises without a rule."""

import re
from collections.abc import Collection, Iterator

from programme.mail.variables import BUILDERS
from programme.terms.schema import Programme
from programme.verdict.findings import Code, Finding
from programme.words.tokens import CODE_IN_WORDS

# How mail programs and people write fields: {{naam}}, *|FNAME|*, [NAAM], %NAAM%, ${naam}, <<naam>>, <naam>.
_LEFTOVER = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\*\|[^|\n]+\|\*|\[\[?[A-Z][A-Za-z_ .]{1,30}\]\]?|%%?[A-Z][A-Z_]{2,20}%%?|\$\{[^}\n]+\}"
    r"|«[^»\n]+»|<<[^>\n]+>>|<[a-z_]{3,20}>|\bLorem ipsum\b|\bXXX+\b|\bTODO\b"
)
# HTML that somebody pasted: mails show it as text. Before the fields, because `<strong>` looks like one.
_MARKUP = re.compile(
    r"(?i)</?(?:a|b|body|br|center|div|em|font|form|h[1-6]|head|html|hr|i|iframe|img|li|link|meta|ol|p|script|small"
    r"|span|strong|style|su[bp]|svg|table|tbody|t[dhr]|u|ul)(?:\s[^<>]*)?/?>|<!--.*?-->"
)
_GREETING = re.compile(r"(?m)^(?:Beste|Geachte|Hallo|Hoi|Dag|Goedendag|L\.S\.|LS)\b[^.\n]{0,60}[,!]$")
_PERCENT = re.compile(r"\b(\d+(?:[.,]\d+)?) ?(?:%|procent\b)")
_UNTIL = re.compile(r"(?i)\bgeldig (?:tot en met|zolang)|\btot en met \d{1,2} [a-z]+ \d{4}")
_ASKED = re.compile(r"\bv\.is_(for|segment|type)\(([^()]*)\)")
_NEUTRAL_READER = "overig"  # as our own templates end a list of readers


def never_shown(programme: Programme, place: str, template: str) -> Iterator[Finding]:
    """Segments and types of projects that a template asks for and the programme does not have.

    A slip of the pen, or those of the firm that the template was copied from.
    """
    segments = {segment.id for segment in programme.segments}
    known = {
        "for": {*segments, *BUILDERS, _NEUTRAL_READER},
        "segment": segments,
        "type": {*programme.types},
    }
    asked = [
        (what, name) for what, names in _ASKED.findall(template) for name in re.findall(r"[\"']([^\"']*)[\"']", names)
    ]
    for what, name in dict.fromkeys(asked):
        if name not in known[what]:
            yield Finding(Code.NEVER_SHOWN, place, name)


def leftovers(place: str, text: str) -> Iterator[Finding]:
    """Fields that were never filled in, as marketers bring them along from elsewhere."""
    for found in dict.fromkeys(_LEFTOVER.findall(_MARKUP.sub("", text))):
        yield Finding(Code.LEFTOVER, place, found)


def markup(place: str, text: str) -> Iterator[Finding]:
    """HTML, which a mail shows as it is written."""
    for found in dict.fromkeys(_MARKUP.findall(text)):
        yield Finding(Code.MARKUP, place, found)


def second_greetings(place: str, body: str) -> Iterator[Finding]:
    """Greetings in a body whose greeting the frame has written already."""
    for found in dict.fromkeys(_GREETING.findall(body)):
        yield Finding(Code.SECOND_GREETING, place, found)


def ungranted_promises(place: str, body: str, percents: Collection[int], codes: Collection[str]) -> Iterator[Finding]:
    """Percentages and codes that no rule grants.

    Args:
        percents, codes: those of the offers and the tiers of the programme.
    """
    for found in _PERCENT.finditer(body):
        if not found[1].isdigit() or int(found[1]) not in percents:
            yield Finding(Code.UNGRANTED_PROMISE, place, found[0])
    for code in dict.fromkeys(CODE_IN_WORDS.findall(body)):
        if code not in codes:
            yield Finding(Code.UNGRANTED_PROMISE, place, code)


def endless_offers(place: str, body: str, codes: Collection[str]) -> Iterator[Finding]:
    """A code that is shown without its last day."""
    for code in codes:
        if re.search(rf"\b{re.escape(code)}\b", body) and not _UNTIL.search(body):
            yield Finding(Code.NO_END_DATE, place, f"de code {code}")

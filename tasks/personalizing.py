"""The personalizations of one SendGrid request: each recipient's own values under the mail's tags.

A value stands twice, plain for subject and text and escaped for HTML, only where escaping changes it for somebody in
the request; else the HTML uses the plain tag. That halves what goes over the wire, and escapes next to nothing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from markupsafe import escape

from tasks.messenger import Letter

if TYPE_CHECKING:
    from tasks.render import CompiledMail

MOST_BYTES = 10_000  # of one recipient's substitutions; SendGrid's own documents differ, this is the lower figure
SHORT_CHARACTERS = 1_000  # values no longer than this, twice and with their tags, are within the limit for certain

# What HTML or JSON would write otherwise, and brackets: a value that holds a tag makes the order of filling matter.
_SPECIAL = re.compile("[&<>'\"\\\\\\[\\]\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_HTML_SPECIAL = re.compile("[&<>'\"]")

Start = Callable[[Letter, dict[str, str]], dict[str, Any]]


class TaggedBody(NamedTuple):
    """Subject, text and HTML of a request, with a tag in the place of each value."""

    subject: str
    text: str
    html: str


class _Person(NamedTuple):
    letter: Letter
    fields: dict[str, str]
    is_plain: bool  # no value has a special character


class People(NamedTuple):
    """The recipients of a request.

    Attributes:
        escaped: names of the fields that escaping changes for somebody.
        unfit: ids of letters without a field that the mail needs, or with unreadable ones, and why.
        alone: ids of letters whose values cannot be left to the provider's substitution.
    """

    members: list[_Person]
    escaped: set[str]
    unfit: dict[int, str]
    alone: list[int]


def read_people(compiled: "CompiledMail", letters: Sequence[Letter]) -> People:
    plain, in_html = _names(compiled)
    names = tuple(dict.fromkeys((*plain, *in_html)))
    people = People([], set(), {}, [])
    for letter in letters:
        try:
            fields = orjson.loads(letter.fields or "{}")
            joined = "".join([fields[name] for name in names])
        except (KeyError, ValueError, TypeError) as error:
            people.unfit[letter.id] = f"{type(error).__name__} in its fields"
            continue
        special = _SPECIAL.search(joined)
        if (special or len(joined) > SHORT_CHARACTERS) and _needs_own_body(joined, fields, names):
            people.alone.append(letter.id)
            continue
        if special:
            people.escaped.update(name for name in in_html if _HTML_SPECIAL.search(fields[name]))
        people.members.append(_Person(letter, fields, special is None))
    return people


def personalizations(compiled: "CompiledMail", people: People, start: Start) -> tuple[TaggedBody, list[bytes]]:
    """The body with its tags, and one JSON object for each recipient.

    Args:
        start: the object without its substitutions.
    """
    plain, in_html = _names(compiled)
    shared = [name for name in in_html if name not in people.escaped]
    html = compiled.html
    for name in shared:
        html = html.replace(f"[[{name}.h]]", f"[[{name}]]")
    tags = {f"[[{name}]]": name for name in dict.fromkeys((*plain, *shared))}
    html_tags = {f"[[{name}.h]]": name for name in in_html if name in people.escaped}
    both = tags | html_tags
    # orjson escapes nothing that a plain value holds, so those are put into ready-made JSON.
    form = '"substitutions":{' + ",".join(f'"{tag}":"%s"' for tag in both) + "}}"
    names = list(both.values())
    made = []
    for person in people.members:
        head = orjson.dumps(start(person.letter, person.fields))
        if not names:
            made.append(head)
        elif person.is_plain:
            made.append(head[:-1] + b"," + (form % tuple([person.fields[name] for name in names])).encode())
        else:
            values = {tag: person.fields[name] for tag, name in tags.items()}
            values |= {tag: str(escape(person.fields[name])) for tag, name in html_tags.items()}
            made.append(head[:-1] + b',"substitutions":' + orjson.dumps(values) + b"}")
    return TaggedBody(compiled.subject, compiled.text, html), made


def _names(compiled: "CompiledMail") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Fields of subject and text, and fields of the HTML."""
    plain = dict.fromkeys((*compiled.subject_pieces.distinct, *compiled.text_pieces.distinct))
    return tuple(plain), compiled.html_pieces.distinct


def _needs_own_body(joined: str, fields: Mapping[str, str], names: Sequence[str]) -> bool:
    if "[" in joined or "]" in joined:
        return True
    if len(joined) <= SHORT_CHARACTERS:
        return False
    size = sum(2 * len(name) + 10 + len(fields[name].encode()) + len(escape(fields[name]).encode()) for name in names)
    return size > MOST_BYTES

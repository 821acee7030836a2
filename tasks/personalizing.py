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
_JSON_SPECIAL = re.compile('["\\\\\\x00-\\x1f\\x7f\\ud800-\\udfff]')

UrlOf = Callable[[Letter, dict[str, str]], str]
SenderOf = Callable[[Letter], dict[str, str] | None]


class TaggedBody(NamedTuple):
    """Subject, text and HTML of a request, with a tag in the place of each value."""

    subject: str
    text: str
    html: str


class Person(NamedTuple):
    """One recipient; what a value holds decides how its JSON is made."""

    letter: Letter
    fields: dict[str, str]
    url: str
    is_special: bool  # HTML or JSON write something of it otherwise
    is_json_special: bool


class People(NamedTuple):
    """The recipients of a request.

    Attributes:
        escaped: names of the fields that escaping changes for somebody.
        unfit: ids of letters without a field that the mail needs, or with unreadable ones, and why.
        alone: ids of letters whose values cannot be left to the provider's substitution.
    """

    members: list[Person]
    escaped: set[str]
    unfit: dict[int, str]
    alone: list[int]


def read_people(compiled: "CompiledMail", letters: Sequence[Letter], url_of: UrlOf) -> People:
    """Args: url_of: the address of the unsubscribe page."""
    plain, in_html = _names(compiled)
    names = tuple(dict.fromkeys((*plain, *in_html)))
    people = People([], set(), {}, [])
    for letter in letters:
        try:
            fields = orjson.loads(letter.fields or "{}")
            url = url_of(letter, fields)
            joined = "".join([letter.recipient, url, *[fields[name] for name in names]])
        except (KeyError, ValueError, TypeError) as error:
            people.unfit[letter.id] = f"{type(error).__name__} in its fields"
            continue
        special = _SPECIAL.search(joined)
        if (special or len(joined) > SHORT_CHARACTERS) and _needs_own_body(joined, fields, names):
            people.alone.append(letter.id)
            continue
        if special:
            people.escaped.update([name for name in in_html if _HTML_SPECIAL.search(fields[name])])
        is_json_special = special is not None and _JSON_SPECIAL.search(joined) is not None
        people.members.append(Person(letter, fields, url, special is not None, is_json_special))
    return people


def personalizations(compiled: "CompiledMail", people: People, sender_of: SenderOf) -> tuple[TaggedBody, list[bytes]]:
    """The body with its tags, and one JSON object for each recipient.

    Args:
        sender_of: the sender where it is not the firm's own, None where it is.
    """
    plain, in_html = _names(compiled)
    shared = [name for name in in_html if name not in people.escaped]
    html = compiled.html
    for name in shared:
        html = html.replace(f"[[{name}.h]]", f"[[{name}]]")
    tags = {f"[[{name}]]": name for name in dict.fromkeys((*plain, *shared))}
    html_tags = {f"[[{name}.h]]": name for name in in_html if name in people.escaped}
    names = [*tags.values(), *html_tags.values()]
    # Nearly all values stand in JSON as they are, so they are put into ready-made JSON.
    form = _form([*tags, *html_tags])
    senders: dict[str | None, str] = {}
    made = []
    for letter, fields, url, is_special, is_json_special in people.members:
        if letter.sender_name not in senders:
            sender = sender_of(letter)
            senders[letter.sender_name] = f'"from":{orjson.dumps(sender).decode()},' if sender else ""
        sender_json = senders[letter.sender_name]
        if is_json_special:
            made.append(_escaped(letter, fields, url, sender_json, tags, html_tags))
            continue
        values = [fields[name] for name in names]
        if is_special:
            values[len(tags) :] = [escape(value) for value in values[len(tags) :]]
        made.append((form % (letter.recipient, letter.message_id, url, sender_json, *values)).encode())
    return TaggedBody(compiled.subject, compiled.text, html), made


def _form(tags: Sequence[str]) -> str:
    """A personalization with a %s for the address, our id, the unsubscribe page, the sender and each value."""
    values = ",".join(f'"{tag}":"%s"' for tag in tags)
    return (
        '{"to":[{"email":"%s"}],"custom_args":{"message_id":"%s"},"headers":{"List-Unsubscribe":"<%s>"},%s'
        f'"substitutions":{{{values}}}}}'
    )


def _escaped(
    letter: Letter,
    fields: Mapping[str, str],
    url: str,
    sender_json: str,
    tags: Mapping[str, str],
    html_tags: Mapping[str, str],
) -> bytes:
    values = {tag: fields[name] for tag, name in tags.items()}
    values |= {tag: str(escape(fields[name])) for tag, name in html_tags.items()}
    person = person_of(letter, url) | {"substitutions": values}
    return b"{" + sender_json.encode() + orjson.dumps(person)[1:]


def person_of(letter: Letter, url: str) -> dict[str, Any]:
    """One personalization without sender and substitutions."""
    return {
        "to": [{"email": letter.recipient}],
        "custom_args": {"message_id": letter.message_id},
        "headers": {"List-Unsubscribe": f"<{url}>"},
    }


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

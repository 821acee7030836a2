"""The personalizations of one SendGrid request: each recipient's own values for the body's tags.

Only what differs between the recipients is sent for each of them: a value that all share, and the common start of all
links of one kind, are put into the body. Tags are numbers. A value is sent twice, plain for subject and text and
escaped for HTML, only where escaping changes it for some recipient of the request.
"""

import os
import re
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from markupsafe import escape

from tasks.sending.messenger import Letter

if TYPE_CHECKING:
    from tasks.mail.render import CompiledMail

MOST_BYTES = 10_000  # of one recipient's substitutions; SendGrid's documents differ, this is the lower figure
SHORT_BYTES = 1_000  # values up to this length, twice and with their tags, are surely within that limit

# Characters that HTML or JSON escapes, and brackets: a value with a tag in it would make the order of filling matter.
_SPECIAL = b"&<>'\"\\[]\x7f" + bytes(range(32))
_HTML_SPECIAL = re.compile("[&<>'\"]")
_JSON_SPECIAL = re.compile(rb'["\\\x00-\x1f\x7f]')

# In the place of the token in Reply-To: letters that an address may hold, so that the request is valid as it stands.
REPLY_TAG = "reply-token-of-this-mail"

UrlOf = Callable[[Letter, dict[str, str]], str]
SenderOf = Callable[[str | None], dict[str, str] | None]


class TaggedBody(NamedTuple):
    """The subject, text and HTML of a request, with a tag for each value."""

    subject: str
    text: str
    html: str


class Person(NamedTuple):
    """One recipient, with the values of the mail's fields in the order of People.names.

    Attributes:
        url: the ways to unsubscribe, as the header has them.
        is_json_special: JSON has to escape some of the values.
    """

    letter: Letter
    values: list[str]
    url: str
    is_json_special: bool


class People(NamedTuple):
    """The recipients of a request.

    Attributes:
        names: the mail's fields.
        escaped: names of the fields that HTML escaping changes for some recipient.
        unfit: ids of letters with missing or unreadable fields, with the reason.
        alone: ids of letters whose values the provider's substitution cannot handle.
    """

    names: tuple[str, ...]
    members: list[Person]
    escaped: set[str]
    unfit: dict[int, str]
    alone: list[int]


class Personalized(NamedTuple):
    """A request's body and its personalizations as JSON.

    Attributes:
        sender_name: the sender of all letters; None when they differ, or when it is the firm itself.
    """

    body: TaggedBody
    people: list[str]
    sender_name: str | None


class _Column(NamedTuple):
    """One field: the part that the body has for all recipients, and the rest for each.

    Attributes:
        tails: one for each member; empty texts when `start` is the whole value.
        tag, html_tag: equal when escaping changes nobody's tail.
    """

    name: str
    start: str
    tails: list[str]
    tag: str
    html_tag: str


def read_people(compiled: "CompiledMail", letters: Sequence[Letter], url_of: UrlOf) -> People:
    """The recipients of a request, with the letters that cannot be part of it.

    Args:
        url_of: returns the unsubscribe page of a letter.
    """
    in_html = compiled.html_pieces.distinct
    names = tuple(dict.fromkeys((*compiled.subject_pieces.distinct, *compiled.text_pieces.distinct, *in_html)))
    people = People(names, [], set(), {}, [])
    for letter in letters:
        try:
            fields = orjson.loads(letter.fields or "{}")
            url = url_of(letter, fields)
            values = [fields[name] for name in names]
            raw = "".join([letter.recipient, url, *values]).encode()
        except (KeyError, ValueError, TypeError) as error:
            people.unfit[letter.id] = f"{type(error).__name__} in its fields"
            continue
        # Deleting the special bytes and comparing lengths is five times as fast as searching for them.
        is_special = len(raw.translate(None, _SPECIAL)) != len(raw)
        if (is_special or len(raw) > SHORT_BYTES) and _needs_own_body(raw, values):
            people.alone.append(letter.id)
            continue
        if is_special:
            people.escaped.update([name for name in in_html if _HTML_SPECIAL.search(fields[name])])
        is_json_special = is_special and _JSON_SPECIAL.search(raw) is not None
        people.members.append(Person(letter, values, url, is_json_special))
    return people


def personalize(
    compiled: "CompiledMail", people: People, sender_of: SenderOf, token_of: Callable[[Letter], str] | None = None
) -> Personalized:
    """The body with its tags, and one JSON object for each recipient.

    Args:
        sender_of: returns the sender of a letter; None when it is the firm's own.
        token_of: returns the token in the address that answers to a letter go to; None for one address for all.
    """
    members = people.members
    columns = _columns(people)
    body = _body(compiled, columns)
    tags, tails = _left_to_say(columns)
    if token_of:
        tags.append(REPLY_TAG)
        tails.append([token_of(person.letter) for person in members])
    sender_names = {person.letter.sender_name for person in members}
    shared = sender_names.pop() if len(sender_names) == 1 else None
    senders: dict[str | None, str] = {}
    for name in sender_names:
        sender = sender_of(name)
        senders[name] = f'"from":{orjson.dumps(sender).decode()},' if sender else ""
    # JSON escapes nearly no value, so the values are formatted into ready-made JSON.
    form = _form(tags)
    made = []
    for person, values in zip(members, zip(*tails, strict=True) if tails else repeat(()), strict=False):
        letter = person.letter
        sender_json = senders.get(letter.sender_name, "")
        if person.is_json_special:
            one = person_of(letter, person.url) | {"substitutions": dict(zip(tags, values, strict=True))}
            made.append("{" + sender_json + orjson.dumps(one).decode()[1:])
        else:
            made.append(form % (letter.recipient, letter.message_id, person.url, sender_json, *values))
    return Personalized(body, made, shared)


def person_of(letter: Letter, ways: str) -> dict[str, Any]:
    """One personalization without sender and substitutions."""
    return {
        "to": [{"email": letter.recipient}],
        "custom_args": {"message_id": letter.message_id},
        "headers": {"List-Unsubscribe": ways},
    }


def _columns(people: People) -> list[_Column]:
    columns = []
    for place, name in enumerate(people.names):
        values = [person.values[place] for person in people.members]
        start = _shared_start(values)
        tails = [value[len(start) :] for value in values] if start else values
        differs = name in people.escaped and any(map(_HTML_SPECIAL.search, tails))
        tag = f"[[{place}]]" if any(tails) else ""
        columns.append(_Column(name, start, tails, tag, f"[[{place}h]]" if differs else tag))
    return columns


def _shared_start(values: Sequence[str]) -> str:
    """The value itself when all are equal; otherwise the common start of links, up to a slash."""
    if not values or values.count(values[0]) == len(values):
        return values[0] if values else ""
    if "://" not in values[0]:
        return ""
    common = os.path.commonprefix([min(values), max(values)])
    return common[: common.rfind("/") + 1]


def _body(compiled: "CompiledMail", columns: Sequence[_Column]) -> TaggedBody:
    subject, text, html = compiled.subject, compiled.text, compiled.html
    for column in columns:
        plain = column.start + column.tag
        subject, text = (part.replace(f"[[{column.name}]]", plain) for part in (subject, text))
        html = html.replace(f"[[{column.name}.h]]", str(escape(column.start)) + column.html_tag)
    return TaggedBody(subject, text, html)


def _left_to_say(columns: Sequence[_Column]) -> tuple[list[str], list[list[str]]]:
    """The tags in the body, and for each tag its values, one for each member."""
    tags, tails = [], []
    for column in columns:
        if column.tag:
            tags.append(column.tag)
            tails.append(column.tails)
        if column.html_tag != column.tag:
            tags.append(column.html_tag)
            tails.append([str(escape(tail)) for tail in column.tails])
    return tags, tails


def _form(tags: Sequence[str]) -> str:
    """A personalization with a %s for the address, our id, the ways to unsubscribe, the sender and each value."""
    values = ",".join(f'"{tag}":"%s"' for tag in tags)
    return (
        '{"to":[{"email":"%s"}],"custom_args":{"message_id":"%s"},"headers":{"List-Unsubscribe":"%s"},%s'
        f'"substitutions":{{{values}}}}}'
    )


def _needs_own_body(raw: bytes, values: Sequence[str]) -> bool:
    if b"[" in raw or b"]" in raw:
        return True
    if len(raw) <= SHORT_BYTES:
        return False
    return sum(20 + len(value.encode()) + len(escape(value).encode()) for value in values) > MOST_BYTES

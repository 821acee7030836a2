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
TAG_BYTES = 20  # of a value's tags, with quotes and comma
MOST_EACH = 8  # bytes that a character takes, plain and escaped: twice four, or one and five

_HTML_SPECIAL = re.compile("[&<>'\"]")
_JSON_SPECIAL = b'"\\' + bytes(range(32))  # characters that JSON escapes

# In the place of the token in Reply-To: letters that an address may hold, so that the request is valid as it stands.
REPLY_TAG = "reply-token-of-this-mail"

Fields = dict[str, str]
WaysOf = Callable[[Sequence[Letter], Sequence[Fields]], list[str]]
SenderOf = Callable[[str | None], dict[str, str] | None]


class TaggedBody(NamedTuple):
    """The subject, text and HTML of a request, with a tag for each value."""

    subject: str
    text: str
    html: str


class People(NamedTuple):
    """The recipients of a request, as columns: a thousand values at once are checked and escaped, not one by one.

    Attributes:
        ways: to unsubscribe, as the header has them; one for each letter.
        values: by the names of the mail's fields; one for each letter.
        unfit: ids of letters with missing or unreadable fields, with the reason.
        alone: ids of letters whose values the provider's substitution cannot handle.
    """

    letters: list[Letter]
    ways: list[str]
    values: dict[str, list[str]]
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
        tails: one for each letter; empty texts when `start` is the whole value.
        tag, html_tag: equal when escaping changes nobody's tail.
    """

    name: str
    start: str
    tails: list[str]
    tag: str
    html_tag: str

    @property
    def is_plain(self) -> bool:
        """One tag does for text and HTML."""
        return self.tag == self.html_tag


def read_people(compiled: "CompiledMail", letters: Sequence[Letter], ways_of: WaysOf) -> People:
    """The recipients of a request, with the letters that cannot be part of it.

    Args:
        ways_of: returns the ways to unsubscribe of letters with these fields.
    """
    texts = compiled.subject, compiled.text, compiled.html
    names = tuple(dict.fromkeys(name for each in texts for name in each.distinct))
    unfit: dict[int, str] = {}
    try:
        people = _read_columns(names, letters, ways_of)
    except (KeyError, ValueError, TypeError):
        unfit = _unfit(names, letters, ways_of)
        people = _read_columns(names, [letter for letter in letters if letter.id not in unfit], ways_of)
    alone = _needing_own_body(people)
    if alone:
        people = _read_columns(names, [letter for letter in people.letters if letter.id not in alone], ways_of)
    return people._replace(unfit=unfit, alone=alone)


def _read_columns(names: Sequence[str], letters: Sequence[Letter], ways_of: WaysOf) -> People:
    """The columns of letters. Raises for missing or unreadable fields of any of them."""
    fields: list[Fields] = [orjson.loads(letter.fields or "{}") for letter in letters]
    values = {name: [each[name] for each in fields] for name in names}
    people = People(list(letters), ways_of(letters, fields), values, {}, [])
    _texts(people)
    return people


def _unfit(names: Sequence[str], letters: Sequence[Letter], ways_of: WaysOf) -> dict[int, str]:
    unfit = {}
    for letter in letters:
        try:
            _read_columns(names, [letter], ways_of)
        except (KeyError, ValueError, TypeError) as error:
            unfit[letter.id] = f"{type(error).__name__} in its fields"
    return unfit


def personalize(
    compiled: "CompiledMail", people: People, sender_of: SenderOf, token_of: Callable[[Letter], str] | None = None
) -> Personalized:
    """The body with its tags, and one JSON object for each recipient.

    Args:
        sender_of: returns the sender of a letter; None when it is the firm's own.
        token_of: returns the token in the address that answers to a letter go to; None for one address for all.
    """
    letters = people.letters
    in_html = compiled.html.distinct
    columns = [
        _column(place, name, values, name in in_html) for place, (name, values) in enumerate(people.values.items())
    ]
    columns = _said_once(columns)
    body = _body(compiled, columns)
    tags, tails = _left_to_say(columns)
    if token_of:
        tags.append(REPLY_TAG)
        tails.append([token_of(letter) for letter in letters])
    sender_names = [letter.sender_name for letter in letters]
    differing = set(sender_names)
    shared = differing.pop() if len(differing) == 1 else None
    senders = {name: _sender_json(sender_of(name)) for name in differing}
    told = zip(
        _in_json([letter.recipient for letter in letters]),
        [letter.message_id for letter in letters],
        _in_json(people.ways),
        [senders[name] for name in sender_names] if senders else repeat(""),
        *map(_in_json, tails),
        strict=False,
    )
    return Personalized(body, list(map(_form(tags).__mod__, told)), shared)


def person_of(letter: Letter, ways: str) -> dict[str, Any]:
    """One personalization without sender and substitutions; without ways to unsubscribe it has no such header."""
    person: dict[str, Any] = {"to": [{"email": letter.recipient}], "custom_args": {"message_id": letter.message_id}}
    return person | {"headers": {"List-Unsubscribe": ways}} if ways else person


def _needing_own_body(people: People) -> list[int]:
    """Ids of the letters that hold a bracket, as tags do, or whose values are too long."""
    texts = _texts(people)
    longest = max((len(letter.fields or "") for letter in people.letters), default=0)
    are_short = len(people.values) * TAG_BYTES + longest * MOST_EACH <= MOST_BYTES
    if are_short and not any("[" in text or "]" in text for text in texts):
        return []
    rows = zip(people.letters, people.ways, *people.values.values(), strict=True)
    return [letter.id for letter, *own in rows if _is_apart([letter.recipient, *own])]


def _is_apart(own: Sequence[str]) -> bool:
    size = sum(TAG_BYTES + len(value.encode()) + len(escape(value).encode()) for value in own[2:])
    return size > MOST_BYTES or any("[" in value or "]" in value for value in own)


def _texts(people: People) -> list[str]:
    """All that is told of the recipients, a text for each column. Raises for a value that is no text."""
    addresses = [letter.recipient for letter in people.letters]
    return [" ".join(column) for column in (addresses, people.ways, *people.values.values())]


def _column(place: int, name: str, values: list[str], is_in_html: bool) -> _Column:
    start = _shared_start(values)
    tails = [value[len(start) :] for value in values] if start else values
    differs = is_in_html and _HTML_SPECIAL.search(" ".join(tails))
    tag = f"[[{place}]]" if any(tails) else ""
    return _Column(name, start, tails, tag, f"[[{place}h]]" if differs else tag)


def _in_json(values: list[str]) -> list[str]:
    """The values as they stand between quotes in JSON, which escapes nearly none."""
    raw = " ".join(values).encode()
    # Deleting the special bytes and comparing lengths is five times as fast as searching for them.
    if len(raw.translate(None, _JSON_SPECIAL)) == len(raw):
        return values
    return [orjson.dumps(value).decode()[1:-1] for value in values]


def _sender_json(sender: dict[str, str] | None) -> str:
    return f'"from":{orjson.dumps(sender).decode()},' if sender else ""


def _shared_start(values: Sequence[str]) -> str:
    """The value itself when all are equal; otherwise the common start of links, up to a slash."""
    if not values or values.count(values[0]) == len(values):
        return values[0] if values else ""
    if "://" not in values[0]:
        return ""
    common = os.path.commonprefix([min(values), max(values)])
    return common[: common.rfind("/") + 1]


def _body(compiled: "CompiledMail", columns: Sequence[_Column]) -> TaggedBody:
    subject, text, html = compiled.subject.whole, compiled.text.whole, compiled.html.whole
    for column in columns:
        plain = column.start + column.tag
        subject, text = (part.replace(f"[[{column.name}]]", plain) for part in (subject, text))
        html = html.replace(f"[[{column.name}.h]]", str(escape(column.start)) + column.html_tag)
    return TaggedBody(subject, text, html)


def _said_once(columns: Sequence[_Column]) -> list[_Column]:
    """The columns, those of equal values with one tag: the links of a mail end in the same token."""
    said: list[_Column] = []
    for column in columns:
        alike = (one for one in said if one.tails == column.tails and one.is_plain == column.is_plain)
        first = next(alike, column)
        said.append(column._replace(tag=first.tag, html_tag=first.html_tag))
    return said


def _left_to_say(columns: Sequence[_Column]) -> tuple[list[str], list[list[str]]]:
    """The tags in the body, and for each tag its values, one for each member."""
    told: dict[str, list[str]] = {}
    for column in columns:
        if column.tag:
            told[column.tag] = column.tails
        if column.html_tag and column.html_tag not in told:
            told[column.html_tag] = [str(escape(tail)) for tail in column.tails]
    return list(told), list(told.values())


def _form(tags: Sequence[str]) -> str:
    """A personalization with a %s for the address, our id, the ways to unsubscribe, the sender and each value."""
    values = ",".join(f'"{tag}":"%s"' for tag in tags)
    return (
        '{"to":[{"email":"%s"}],"custom_args":{"message_id":"%s"},"headers":{"List-Unsubscribe":"%s"},%s'
        f'"substitutions":{{{values}}}}}'
    )

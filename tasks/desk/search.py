"""Clients found by name, address, postcode, telephone number, mail address or client number, quick with a million.

Each way of looking is a range on an index (migration 0011), read in the order of that index and no further than a
page needs. Only when none of them finds anything are names read through, as many as the time allows: a word in the
middle of a name has no index.
"""

import re
import string
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Select, and_, func, literal_column, or_, select
from sqlalchemy.sql.elements import ColumnElement

from models.database.engine import reading
from models.database.given import in_values
from models.present import clients, projects

LONGEST = 80  # characters of a question
LAST = "\U0010ffff"  # comes after every character that a text holds
DIGITS_FROM = 4  # of a telephone number; fewer fit to half of all numbers
READ_ON = 1_000  # addresses of one street that are read for a name; some 10 ms
READ_THROUGH = 50_000  # names that are read where no index helps; some 50 ms

_AFTER_SPACE = {
    "sqlite": "lower(substr(name, instr(name, ' ') + 1))",
    "postgresql": "lower(substr(name, strpos(name, ' ') + 1))",
}
_NAME = "lower(name)"
_LAST_WORD = "lower(replace(name, rtrim(name, replace(name, ' ', '')), ''))"
_PHONE = "replace(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '(', ''), ')', ''), '+31', '0')"
_ADDRESS = "lower(address)"
_POSTCODE = "replace(lower(postcode), ' ', '')"
_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_PHONE_FORM = re.compile(r"[+0-9 ()\-]+")
_POSTCODE_FORM = re.compile(r"[0-9]{4} ?[a-z]{0,2}")


class Found(NamedTuple):
    """A client that was found, with the latest ordered project that has an address."""

    client_id: str
    name: str
    email: str | None
    phone: str | None
    is_erased: bool
    address: str
    postcode: str


def search_clients(engine: Engine, text: str, first: int, rows: int) -> list[Found]:
    """The clients that fit, best ways of looking first; without a question, by client id.

    Args:
        first: how many to pass over; `rows`: how many to return at most.
    """
    # A control character would end a pattern of SQLite, and PostgreSQL refuses it.
    wanted = " ".join("".join(each if each.isprintable() else " " for each in text).split())[:LONGEST]
    with reading(engine) as connection:
        ids = list(_take(_looked_up(connection, wanted, first + rows), first + rows))[first:]
        return _read(connection, ids)


def _take(ids: Iterable[str], most: int) -> Iterator[str]:
    """Each once, in order, `most` at most."""
    seen: set[str] = set()
    for client_id in ids:
        if client_id not in seen:
            seen.add(client_id)
            yield client_id
        if len(seen) == most:
            return


def _looked_up(connection: Connection, text: str, most: int) -> Iterator[str]:
    """Ids by one way of looking after the other; a way is not gone when those before it found enough."""
    found = 0
    for way in _ways(connection.dialect.name, text):
        for client_id in _gone(connection, way, most):
            found += 1
            yield client_id
    if not found and not _PHONE_FORM.fullmatch(text) and not _POSTCODE_FORM.fullmatch(text.lower()):
        yield from _gone(connection, _anywhere(text), most)


def _gone(connection: Connection, way: Select[Any], most: int) -> Iterator[str]:
    """A way to its end, `most` rows at a time.

    A client with several projects takes several rows of it. Left after the first `most`, each page of the desk would
    go on from elsewhere, and some clients would stand on none.
    """
    for first in count(0, most):
        ids = connection.execute(way.limit(most).offset(first)).scalars().all()
        yield from ids
        if len(ids) < most:
            return


def _ways(dialect: str, text: str) -> Iterator[Select[Any]]:
    lower = text.lower()
    if not text:
        yield select(clients.c.client_id).order_by(clients.c.client_id)
        return
    for spelling in dict.fromkeys((text, text.upper())):
        yield _within(_Column(clients.c.client_id), spelling, select(clients.c.client_id))
    if _PHONE_FORM.fullmatch(text) and len(digits := _digits(text)) >= DIGITS_FROM:
        for number in _numbers(digits):
            yield _by_client(dialect, _PHONE, number)
    if _POSTCODE_FORM.fullmatch(lower):
        yield _by_project(dialect, _POSTCODE, lower.replace(" ", ""))
    if "@" in text:
        yield _within(_Column(clients.c.recipient), lower, select(clients.c.client_id))
        return
    for expression in (_NAME, _LAST_WORD, _AFTER_SPACE[dialect]):
        for spelling in _spellings(text):
            yield _by_client(dialect, expression, spelling)
    for spelling in _spellings(text):
        yield _by_project(dialect, _ADDRESS, spelling)
    if len(words := text.split()) > 1:
        yield from _of_several(dialect, words)


def _of_several(dialect: str, words: list[str]) -> Iterator[Select[Any]]:
    """A name with words in any order; then an address with a name behind or before it: "kerkweg 12 jansen"."""
    *others, longest = sorted(words, key=len)
    hold_others = and_(*(_holds(clients.c.name, each) for each in others))
    for expression in (_LAST_WORD, _NAME):
        for spelling in _spellings(longest):
            yield _by_client(dialect, expression, spelling).where(hold_others)
    for place in range(len(words) - 1, 0, -1):
        for spelling in _spellings(" ".join(words[:place])):
            yield _at_address(dialect, spelling, words[place:])
        for spelling in _spellings(" ".join(words[-place:])):
            yield _at_address(dialect, spelling, words[:-place])


def _at_address(dialect: str, address: str, names: list[str]) -> Select[Any]:
    """Of the first addresses that begin like this, those whose client's name holds the other words."""
    near = _by_project(dialect, _ADDRESS, address).limit(READ_ON).subquery()
    holds = and_(*(_holds(clients.c.name, each) for each in names))
    return select(clients.c.client_id).join(near, near.c.client_id == clients.c.client_id).where(holds)


class _Column:
    """What a way of looking compares and orders by."""

    def __init__(self, expression: Any) -> None:
        self.expression = expression


def _by_client(dialect: str, expression: str, start: str) -> Select[Any]:
    return _within(_indexed(dialect, expression), start, select(clients.c.client_id))


def _by_project(dialect: str, expression: str, start: str) -> Select[Any]:
    return _within(_indexed(dialect, expression), start, select(projects.c.client_id))


def _indexed(dialect: str, expression: str) -> _Column:
    """As migration 0011 wrote it: another spelling of the same would not find the index."""
    return _Column(literal_column(expression + (' COLLATE "C"' if dialect == "postgresql" else "")))


def _within(column: _Column, start: str, query: Select[Any]) -> Select[Any]:
    """Rows of one name or address by client id: without that each page of the desk could have them in another order."""
    expression, (client_id,) = column.expression, query.selected_columns
    return query.where(expression >= start, expression < start + LAST).order_by(expression, client_id)


def _anywhere(text: str) -> Select[Any]:
    """Every word somewhere in the name, among the first READ_THROUGH clients."""
    some = select(clients.c.client_id, clients.c.name).limit(READ_THROUGH).subquery()
    holds = and_(*(_holds(some.c.name, word) for word in text.split()))
    return select(some.c.client_id).where(holds).order_by(some.c.client_id)


def _holds(column: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    return or_(*(func.lower(column).contains(each, autoescape=True) for each in _spellings(word)))


def _spellings(text: str) -> list[str]:
    """How lower() of a database may have it: that of SQLite leaves É and Ç as they are, wherever they stand."""
    return [*dict.fromkeys(each.translate(_ASCII_LOWER) for each in (text.lower(), text, text.title(), text.upper()))]


def _digits(text: str) -> str:
    """The digits of a number as it is dialled here: +31 (0)6 and 0031 6 are 06."""
    digits = "".join(each for each in text if each.isdigit())
    abroad = "31" if text.strip().startswith("+") else "0031"
    return f"0{digits.removeprefix(abroad).lstrip('0')}" if digits.startswith(abroad) else digits


def _numbers(digits: str) -> list[str]:
    """As _PHONE has a number: also of one that is kept as +31 (0)6 or as 0031 6."""
    return [digits, f"0{digits}", f"0031{digits[1:]}", f"0031{digits}"] if digits.startswith("0") else [digits]


def _read(connection: Connection, ids: list[str]) -> list[Found]:
    """The found clients in this order."""
    own, work = clients.c, projects.c
    columns = (own.client_id, own.name, own.email, own.phone, own.erased_on)
    is_one: Callable[[Any], Any] = lambda column: in_values(column, ids)  # noqa: E731
    rows = {row.client_id: row for row in connection.execute(select(*columns).where(is_one(own.client_id)))}
    places: dict[str, tuple[str, str]] = {}
    addressed = (
        select(work.client_id, work.address, work.postcode)
        .where(is_one(work.client_id), work.address.is_not(None))
        .order_by(work.ordered_on, work.project_id)
    )
    for client_id, address, postcode in connection.execute(addressed):
        places[client_id] = (address, postcode or "")
    return [
        Found(each, row.name, row.email, row.phone, row.erased_on is not None, *places.get(each, ("", "")))
        for each in ids
        if (row := rows.get(each))
    ]

"""Composes the mails of those decided alike: of mails alike one, filled with the words of each other."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import Engine

from models.database.bulk import Columns
from models.database.engine import writing
from tasks.clients.codes import claim_codes
from tasks.mail.logged import columns_of
from tasks.mail.preparing import Send, prepare_alone, shared_of
from tasks.mail.render import Renderer
from tasks.mail.sharing import SharedMail, Whose, fill
from tasks.runs.deciding.chunks import DecidedAlike, PlanChunk, Reading

Group = tuple[DecidedAlike, SharedMail | None]
"""Those with one decision, and what their mails share; None when each is composed by itself."""


def compose(engine: Engine, renderer: Renderer, key: bytes, chunk: PlanChunk) -> PlanChunk:
    """The chunk with the mails of those who stayed rows, composed outside the transaction that stores them."""
    rest = [each for each in chunk.alike if not each.rows]
    if len(rest) == len(chunk.alike):
        return chunk
    if chunk.reading is None:
        raise ValueError("rows without their reading cannot be composed")
    composer = _Composer(renderer, key, chunk.reading)
    groups = composer.joined(each for each in chunk.alike if each.rows)
    codes = _claim_codes(engine, key, groups, chunk.reading)
    composed = [each._replace(mails=composer.mails(each, shared, codes), rows=()) for each, shared in groups]
    return chunk._replace(alike=[*rest, *composed])


def _claim_codes(engine: Engine, key: bytes, groups: Iterable[Group], reading: Reading) -> dict[str, str]:
    """The codes of clients who have none yet and whose mail may hold it, made and stored; by client id."""
    needing = (each for each, shared in groups if shared is None or shared.needs_code)
    missing = [row[0] for each in needing for row in each.rows if not row[reading.code]]
    if not missing:
        return {}
    with writing(engine) as connection:
        return claim_codes(connection, key, missing)


class _Composer:
    """Composes the mails of rows that are read in one way."""

    def __init__(self, renderer: Renderer, key: bytes, reading: Reading) -> None:
        self.renderer, self.key, self.reading = renderer, key, reading

    def joined(self, every: Iterable[DecidedAlike]) -> list[Group]:
        """Those who get the same, together: few of the things that could differ do."""
        found: dict[Hashable, list[DecidedAlike]] = {}
        shares: dict[Hashable, SharedMail | None] = {}
        for alike in every:
            shared = shared_of(self.renderer, alike.likeness, partial(self._send, alike, 0), self.key)
            same = alike.shared, shared, alike.is_followed
            found.setdefault(same, []).append(alike)
            shares[same] = shared
        return [(_as_one(alike), shares[same]) for same, alike in found.items()]

    def mails(self, alike: DecidedAlike, shared: SharedMail | None, made: Mapping[str, str]) -> Columns:
        """The mails of a group.

        Args:
            made: the codes that were made for clients who had none, by client id.
        """
        codes = [row[self.reading.code] or made.get(row[0], "") for row in alike.rows]
        if shared is None:
            sends = [self._send(alike, place, code) for place, code in enumerate(codes)]
            return columns_of(prepare_alone(self.renderer, sends, self.key))
        occasions = alike.own.get("occasion") or [alike.decision.occasion] * len(codes)
        names = [row[self.reading.name] for row in alike.rows]
        projects = list(map(self.reading.project, alike.rows)) if shared.of_project else []
        whose = Whose(alike.client_ids, occasions, names, codes, projects)
        return fill(self.renderer, shared, alike.decision.touchpoint, whose, self.key)

    def _send(self, alike: DecidedAlike, place: int, code: str | None = None) -> Send:
        """The decision about the one at this place, with all that is known of him; with this code, or his own."""
        client, recipient = self.reading.who(alike.rows[place])
        decision = alike.decision._replace(**{name: values[place] for name, values in alike.own.items()})
        return decision, client if code is None else replace(client, code=code), recipient


def _as_one(every: Sequence[DecidedAlike]) -> DecidedAlike:
    """Several whose decisions differ in the same fields."""
    first = every[0]
    if len(every) == 1:
        return first
    own: dict[str, list[Any]] = {name: [*chain.from_iterable(each.own[name] for each in every)] for name in first.own}
    return first._replace(own=own, rows=[*chain.from_iterable(each.rows for each in every)])

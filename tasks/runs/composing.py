"""Composes the mails of clients who stayed rows: of those alike one, filled with the words of each other."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from itertools import chain

from sqlalchemy import Engine

from models.database.bulk import Columns
from models.database.engine import writing
from tasks.clients.codes import claim_codes
from tasks.clients.plain import CODE, NAME, recipient_of
from tasks.mail.logged import columns_of
from tasks.mail.preparing import Send, prepare_all, shared_of
from tasks.mail.render import Renderer
from tasks.mail.sharing import SharedMail, Whose, fill
from tasks.runs.chunks import DecidedAlike, PlanChunk

Group = tuple[DecidedAlike, SharedMail | None]
"""Those with one decision, and what their mails share; None when each is composed by itself."""


def compose(engine: Engine, renderer: Renderer, key: bytes, chunk: PlanChunk) -> PlanChunk:
    """The chunk with the mails of those who stayed rows, composed outside the transaction that stores them."""
    rest = [each for each in chunk.alike if not each.rows]
    if len(rest) == len(chunk.alike):
        return chunk
    groups = _joined(renderer, key, (each for each in chunk.alike if each.rows))
    made = _claim_codes(engine, key, groups)
    composed = [each._replace(mails=_mails(renderer, key, made, each, shared), rows=()) for each, shared in groups]
    return chunk._replace(alike=[*rest, *composed])


def _joined(renderer: Renderer, key: bytes, every: Iterable[DecidedAlike]) -> list[Group]:
    """Those who get the same, together: few of the things that could differ do."""
    found: dict[Hashable, list[DecidedAlike]] = {}
    shares: dict[Hashable, SharedMail | None] = {}
    for alike in every:
        shared = shared_of(renderer, _send(alike), key)
        same = alike.decision[4:], shared, alike.is_followed
        found.setdefault(same, []).append(alike)
        shares[same] = shared
    return [(_as_one(alike), shares[same]) for same, alike in found.items()]


def _as_one(every: list[DecidedAlike]) -> DecidedAlike:
    if len(every) == 1:
        return every[0]
    return every[0]._replace(
        client_ids=[*chain.from_iterable(each.client_ids for each in every)],
        addresses=[*chain.from_iterable(each.addresses for each in every)],
        rows=[*chain.from_iterable(each.rows for each in every)],
    )


def _claim_codes(engine: Engine, key: bytes, groups: Iterable[Group]) -> dict[str, str]:
    """The codes of clients who have none yet and whose mail may hold it, made and stored; by client id."""
    needing = (alike for alike, shared in groups if shared is None or shared.needs_code)
    missing = [row[0] for alike in needing for row in alike.rows if not row[CODE]]
    if not missing:
        return {}
    with writing(engine) as connection:
        return claim_codes(connection, key, missing)


def _mails(
    renderer: Renderer, key: bytes, made: Mapping[str, str], alike: DecidedAlike, shared: SharedMail | None
) -> Columns:
    """The mails of a group.

    Args:
        made: the codes that were made for clients who had none, by client id.
    """
    codes = [row[CODE] or made.get(row[0], "") for row in alike.rows]
    if shared and shared.is_shared:
        whose = Whose(alike.client_ids, [row[NAME] for row in alike.rows], codes)
        return fill(renderer, shared, alike.decision, whose, key)
    sends = (_send(alike, place, code) for place, code in enumerate(codes))
    return columns_of(prepare_all(renderer, list(sends), key))


def _send(alike: DecidedAlike, place: int = 0, code: str | None = None) -> Send:
    """The decision about the one at this place, with all that is known of him; with this code, or his own."""
    recipient = recipient_of(alike.rows[place])
    (client,) = recipient.clients
    decision = alike.decision._replace(client_id=client.client_id, recipient=recipient.address)
    return decision, client if code is None else replace(client, code=code), recipient

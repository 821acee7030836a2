"""A mail that is composed once for all whose mails are alike, and filled with each recipient's own words."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from json.encoder import encode_basestring  # as json_of writes a text
from typing import NamedTuple

from models.database.bulk import Columns
from programme.facts.records import Client, Recipient
from programme.mail.likeness import OWN_FIELDS, shares_fields
from programme.mail.links import links_of_many
from programme.mail.variables import mail_context
from programme.rules.decide import Decision
from programme.rules.offers import GivenCode, tier_code
from programme.terms.kinds import MailKind
from programme.terms.schema import Tier
from programme.words.greetings import addressed, greetings_of, is_company
from programme.words.tokens import message_ids_of
from tasks.mail.logged import OF_MAIL
from tasks.mail.render import CompiledMail, Renderer, json_of


class SharedMail(NamedTuple):
    """What mails that are alike share.

    Attributes:
        subject: None when it holds something of the recipient's own.
        pieces, holes: the fields as JSON, cut where one of the recipient's own goes; one piece more than holes.
        code: the discount code that the mail gives; None when it gives none, or the recipient's own.
        tier: whose own code the mail gives; None when it gives none.
        is_company: the name is that of a firm or another body.
        is_shared: False when the mail places more of a recipient's own than can be filled in here.
        needs_code: the mail holds the client's own code, or a link that does.
    """

    compiled: CompiledMail
    sender_name: str
    subject: str | None
    pieces: tuple[str, ...]
    holes: tuple[str, ...]
    code: GivenCode | None
    tier: Tier | None
    is_company: bool
    is_shared: bool
    needs_code: bool

    @property
    def places_name(self) -> bool:
        """Whether a mail shows the recipient's name beside its greeting."""
        return "name" in self.compiled.places


class Whose(NamedTuple):
    """The recipients of mails that are alike, column by column; a code may be "" when the mails need none."""

    client_ids: Sequence[str]
    names: Sequence[str]
    codes: Sequence[str]


def share(renderer: Renderer, kind: MailKind, decision: Decision, client: Client, recipient: Recipient) -> SharedMail:
    """Compose the mail of one, for all who are alike; the client has its code."""
    context = mail_context(renderer.programme, kind, decision, client, recipient, decision.as_of)
    compiled = renderer.compiled(kind.id, context.variant)
    is_own_subject = not OWN_FIELDS.isdisjoint(compiled.subject_pieces.distinct)
    gives_own = "member_code" in context.fields
    return SharedMail(
        compiled,
        context.sender_name,
        None if is_own_subject else compiled.subject_pieces.fill(context.fields),
        *_cut(compiled, context.fields),
        None if gives_own else context.code,
        next(tier for tier in renderer.programme.tiers if tier.id == decision.tier) if gives_own else None,
        is_company(client.name),
        shares_fields(compiled.places),
        gives_own or "dashboard_url" in compiled.links,
    )


def fill(
    renderer: Renderer,
    shared: SharedMail,
    decision: Decision,
    whose: Whose,
    key: bytes,
) -> Columns:
    """The mails of recipients alike, in their order, by the columns of OF_MAIL; only of a mail that is shared.

    Args:
        decision: about any of them; its touchpoint and occasion are those of all.
    """
    client_ids, names, codes = whose
    count = len(client_ids)
    message_ids = message_ids_of(key, client_ids, decision.touchpoint, decision.occasion)
    own: dict[str, Sequence[str]] = {**links_of_many(key, renderer.base_url, message_ids, codes, shared.compiled.links)}
    if shared.places_name:
        own["name"], own["greeting"] = zip(*(addressed(name, shared.is_company) for name in names), strict=True)
    else:
        own["greeting"] = greetings_of(names, shared.is_company)
    given = [shared.code] * count
    if shared.tier:
        given = [tier_code(shared.tier, code) for code in codes]
        own["member_code"] = [each.code if each else "" for each in given]
    filled = _fields(shared, own, count)
    subjects = _subjects(shared, own, count)
    variants = [shared.compiled.variant_json] * count
    columns = message_ids, subjects, [shared.sender_name] * count, variants, filled, given
    return dict(zip(OF_MAIL, columns, strict=True))


def _fields(shared: SharedMail, own: Mapping[str, Sequence[str]], count: int) -> list[str]:
    """The fields of each as JSON."""
    parts: list[Iterable[str]] = [repeat(shared.pieces[0], count)]
    for hole, piece in zip(shared.holes, shared.pieces[1:], strict=True):
        parts += [map(encode_basestring, own[hole]), repeat(piece, count)]
    return list(map("".join, zip(*parts, strict=True)))


def _subjects(shared: SharedMail, own: Mapping[str, Sequence[str]], count: int) -> list[str]:
    if shared.subject is not None:
        return [shared.subject] * count
    rows = zip(*own.values(), strict=True)
    return [shared.compiled.subject_pieces.fill(dict(zip(own, row, strict=True))) for row in rows]


def _cut(compiled: CompiledMail, fields: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields that the mail places as JSON with sorted names, cut at those of a recipient's own; and these."""
    holes, pieces, text = [], [], "{"
    for number, name in enumerate(name for name in compiled.places if name in fields or name in compiled.links):
        text += f"{',' if number else ''}{json_of(name)}:"
        if name in OWN_FIELDS:
            holes.append(name)
            pieces.append(text)
            text = ""
        else:
            text += json_of(fields[name])
    return (*pieces, text + "}"), tuple(holes)

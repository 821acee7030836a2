"""A mail that is composed once for all whose mails are alike, and filled with each recipient's own words."""

from collections.abc import Mapping
from typing import NamedTuple

from programme.facts.records import Client, Recipient
from programme.mail.likeness import OWN_FIELDS, shares_fields
from programme.mail.links import links_of
from programme.mail.variables import mail_context
from programme.rules.decide import Decision
from programme.rules.offers import GivenCode, tier_code
from programme.terms.kinds import MailKind
from programme.terms.schema import Tier
from programme.words.greetings import addressed, is_company
from programme.words.tokens import message_id_of
from tasks.mail.logged import PreparedMail
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


def fill(renderer: Renderer, shared: SharedMail, decision: Decision, name: str, code: str, key: bytes) -> PreparedMail:
    """The mail of one recipient; only of a mail that is shared.

    Args:
        name, code: of the client; the code may be "" when the mail needs none.
    """
    compiled = shared.compiled
    message_id = message_id_of(key, decision.client_id, decision.touchpoint, decision.occasion)
    given = tier_code(shared.tier, code) if shared.tier else shared.code
    own = links_of(key, renderer.base_url, message_id, code, compiled.links)
    own["name"], own["greeting"] = addressed(name, shared.is_company)
    if shared.tier and given:
        own["member_code"] = given.code
    fields = shared.pieces[0]
    for hole, piece in zip(shared.holes, shared.pieces[1:], strict=True):
        fields += json_of(own[hole]) + piece
    subject = compiled.subject_pieces.fill(own) if shared.subject is None else shared.subject
    return PreparedMail(message_id, subject, shared.sender_name, compiled.variant_json, fields, given)


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

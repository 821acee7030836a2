"""The part of a decision's mail that the log stores. Of mails that are alike one is composed, for all."""

from typing import NamedTuple

from programme.facts.records import Client, Recipient
from programme.mail.likeness import OWN_FIELDS, likeness_of_mail, shares_fields
from programme.mail.links import links_of
from programme.mail.variables import mail_context
from programme.rules.decide import Decision
from programme.rules.offers import GivenCode, tier_code
from programme.terms.kinds import MailKind
from programme.terms.schema import Tier
from programme.words.greetings import addressed, is_company
from programme.words.tokens import message_id_of
from tasks.mail.logged import PreparedMail
from tasks.mail.render import CompiledMail, Renderer, json_of, prepare_kind, with_code

MOST_KINDS = 20_000  # mails remembered at once; a season has hundreds


class SharedMail(NamedTuple):
    """What mails that are alike share.

    Attributes:
        fields: those that the mail places and that are no recipient's own.
        subject: None when it holds something of the recipient's own.
        code: the discount code that the mail gives; None when it gives none, or the recipient's own.
        tier: whose own code the mail gives; None when it gives none.
        is_company: the name is that of a firm or another body.
    """

    compiled: CompiledMail
    sender_name: str
    fields: dict[str, str]
    subject: str | None
    code: GivenCode | None
    tier: Tier | None
    is_company: bool


def prepare(renderer: Renderer, decision: Decision, client: Client, recipient: Recipient, key: bytes) -> PreparedMail:
    """The part of a decision's mail that the log stores; the same facts give the same bytes."""
    kind = renderer.kinds[decision.touchpoint]
    likeness = likeness_of_mail(renderer.programme, kind, decision, client)
    if likeness is not None:
        if likeness not in renderer.shared:
            if len(renderer.shared) > MOST_KINDS:
                renderer.shared.clear()
            renderer.shared[likeness] = _shared(renderer, kind, decision, with_code(client, key), recipient)
        if shared := renderer.shared[likeness]:
            return _prepared(renderer, shared, decision, with_code(client, key), key)
    return prepare_kind(renderer, kind, decision, client, recipient, decision.as_of, key)


def _shared(
    renderer: Renderer, kind: MailKind, decision: Decision, client: Client, recipient: Recipient
) -> SharedMail | None:
    """None when the mail places more of the recipient's own than can be filled in."""
    context = mail_context(renderer.programme, kind, decision, client, recipient, decision.as_of)
    compiled = renderer.compiled(kind.id, context.variant)
    if not shares_fields(compiled.places):
        return None
    fields = {name: context.fields[name] for name in compiled.places if name in context.fields.keys() - OWN_FIELDS}
    is_own_subject = not OWN_FIELDS.isdisjoint(compiled.subject_pieces.distinct)
    gives_own = "member_code" in context.fields
    return SharedMail(
        compiled,
        context.sender_name,
        fields,
        None if is_own_subject else compiled.subject_pieces.fill(fields),
        None if gives_own else context.code,
        next(tier for tier in renderer.programme.tiers if tier.id == decision.tier) if gives_own else None,
        is_company(client.name),
    )


def _prepared(renderer: Renderer, shared: SharedMail, decision: Decision, client: Client, key: bytes) -> PreparedMail:
    compiled, code = shared.compiled, shared.code
    message_id = message_id_of(key, client.client_id, decision.touchpoint, decision.occasion)
    own = links_of(key, renderer.base_url, message_id, client.code, compiled.links)
    own["name"], own["greeting"] = addressed(client.name, shared.is_company)
    if shared.tier and (code := tier_code(shared.tier, client.code)):
        own["member_code"] = code.code
    fields = shared.fields | {name: own[name] for name in compiled.places if name in own}
    subject = compiled.subject_pieces.fill(fields) if shared.subject is None else shared.subject
    return PreparedMail(message_id, subject, shared.sender_name, compiled.variant_json, json_of(fields), code)

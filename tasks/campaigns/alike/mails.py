"""The mails of recipients who are alike: one is composed by the rules, and filled with the words of each other."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from models.database.engine import writing
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import (
    Brief,
    LikenessRule,
    Record,
    client_of,
    recipient_of,
)
from programme.mail.likeness import OWN_FIELDS, shares_fields
from programme.mail.links import links_of
from programme.mail.variables import mail_context
from programme.rules.decide import Decision
from programme.rules.offers import GivenCode, tier_code
from programme.terms.schema import Tier
from programme.words.greetings import addressed, is_company
from programme.words.tokens import message_id_of
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.judging import CampaignPage
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare
from tasks.mail.render import CompiledMail, PreparedMail, Renderer, json_of, with_code
from tasks.runs.planning import PlanChunk, Seen

MOST_KINDS = 20_000  # mails remembered at once; a campaign has hundreds


class Alike(NamedTuple):
    """What the mails of recipients who are alike share.

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


class Composer:
    """Composes the mails of a campaign as of one day, outside the transaction that stores them."""

    def __init__(self, workspace: Workspace, renderer: Renderer, campaign: Campaign, as_of: date) -> None:
        self.engine, self.key, self.renderer = workspace.engine, workspace.settings.key(), renderer
        self.programme, self.kind, self.as_of = workspace.programme, campaign.kind, as_of
        self.likeness = LikenessRule(workspace.programme, campaign, as_of)
        self._known: dict[Hashable, Alike] = {}

    def chunk_of(self, page: CampaignPage) -> PlanChunk:
        """The page as it is stored, with the mails of those who were judged as others alike."""
        if len(self._known) > MOST_KINDS:
            self._known.clear()
        decisions, briefs = page.decisions, page.briefs
        prepared: dict[str, PreparedMail] = {}
        without_code: list[tuple[Decision, Brief, Record, Alike]] = []
        for decision in decisions:
            if decision.client_id not in briefs:
                continue
            brief, place = briefs[decision.client_id]
            record = brief.records[place]
            alike = self._alike(decision, brief, record)
            if alike.needs_code and not record.code:
                without_code.append((decision, brief, record, alike))
            else:
                prepared[record.client_id] = self._prepared(decision, brief, record, alike)
        codes = self._claim_codes(record for _, _, record, _ in without_code)
        for decision, brief, record, alike in without_code:
            known = record._replace(code=codes[record.client_id])
            prepared[record.client_id] = self._prepared(decision, brief, known, alike)
        return PlanChunk(decisions, page.recipients, prepared, _seen(page))

    def _alike(self, decision: Decision, brief: Brief, record: Record) -> Alike:
        likeness = is_company(record.name), self.likeness.of_mail(brief, record, decision)
        alike = self._known.get(likeness)
        if alike is None:
            alike = self._known[likeness] = self._compose(decision, brief, record)
        return alike

    def _compose(self, decision: Decision, brief: Brief, record: Record) -> Alike:
        client = with_code(client_of(brief, record), self.key)
        context = mail_context(self.programme, self.kind, decision, client, recipient_of(brief), self.as_of)
        compiled = self.renderer.compiled(self.kind.id, context.variant)
        is_own_subject = not OWN_FIELDS.isdisjoint(compiled.subject_pieces.distinct)
        gives_own = "member_code" in context.fields
        return Alike(
            compiled,
            context.sender_name,
            None if is_own_subject else compiled.subject_pieces.fill(context.fields),
            *_cut(compiled, context.fields),
            None if gives_own else context.code,
            next(tier for tier in self.programme.tiers if tier.id == decision.tier) if gives_own else None,
            is_company(record.name),
            shares_fields(compiled.places),
            gives_own or "dashboard_url" in compiled.links,
        )

    def _claim_codes(self, records: Iterable[Record]) -> dict[str, str]:
        """The codes of clients who have none yet, made and stored."""
        missing = [record.client_id for record in records]
        if not missing:
            return {}
        with writing(self.engine) as connection:
            return claim_codes(connection, self.key, missing)

    def _prepared(self, decision: Decision, brief: Brief, record: Record, alike: Alike) -> PreparedMail:
        if not alike.is_shared:
            return prepare(self.renderer, decision, client_of(brief, record), recipient_of(brief), self.key)
        compiled, code = alike.compiled, record.code
        message_id = message_id_of(self.key, record.client_id, decision.touchpoint, decision.occasion)
        given = tier_code(alike.tier, code) if alike.tier else alike.code
        values = links_of(self.key, self.renderer.base_url, message_id, code, compiled.links)
        values["name"], values["greeting"] = addressed(record.name, alike.is_company)
        if alike.tier and given:
            values["member_code"] = given.code
        fields = alike.pieces[0]
        for name, piece in zip(alike.holes, alike.pieces[1:], strict=True):
            fields += json_of(values[name]) + piece
        subject = compiled.subject_pieces.fill(values) if alike.subject is None else alike.subject
        return PreparedMail(message_id, subject, alike.sender_name, compiled.variant_json, fields, given)


def _seen(page: CampaignPage) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {
        (each.client_id, each.touchpoint, each.occasion, each.as_of)
        for brief, _ in page.briefs.values()
        if brief.messages
        for each in brief.messages
    }


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

"""The mails of recipients who are alike: one is composed by the rules, and filled with the words of each other."""

from collections.abc import Hashable, Iterable
from datetime import date

from models.database.engine import writing
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import (
    Brief,
    LikenessRule,
    Record,
    client_of,
    recipient_of,
)
from programme.rules.decide import Decision
from programme.words.greetings import is_company
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.judging import CampaignPage
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare
from tasks.mail.render import PreparedMail, Renderer, with_code
from tasks.mail.sharing import SharedMail, fill, share
from tasks.runs.planning import PlanChunk, Seen

MOST_KINDS = 20_000  # mails remembered at once; a campaign has hundreds


class Composer:
    """Composes the mails of a campaign as of one day, outside the transaction that stores them."""

    def __init__(self, workspace: Workspace, renderer: Renderer, campaign: Campaign, as_of: date) -> None:
        self.engine, self.key, self.renderer = workspace.engine, workspace.settings.key(), renderer
        self.programme, self.kind, self.as_of = workspace.programme, campaign.kind, as_of
        self.likeness = LikenessRule(workspace.programme, campaign, as_of)
        self._known: dict[Hashable, SharedMail] = {}

    def chunk_of(self, page: CampaignPage) -> PlanChunk:
        """The page as it is stored, with the mails of those who were judged as others alike."""
        if len(self._known) > MOST_KINDS:
            self._known.clear()
        decisions, briefs = page.decisions, page.briefs
        prepared: dict[str, PreparedMail] = {}
        without_code: list[tuple[Decision, Brief, Record, SharedMail]] = []
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

    def _alike(self, decision: Decision, brief: Brief, record: Record) -> SharedMail:
        likeness = is_company(record.name), self.likeness.of_mail(brief, record, decision)
        alike = self._known.get(likeness)
        if alike is None:
            client = with_code(client_of(brief, record), self.key)
            alike = self._known[likeness] = share(self.renderer, self.kind, decision, client, recipient_of(brief))
        return alike

    def _claim_codes(self, records: Iterable[Record]) -> dict[str, str]:
        """The codes of clients who have none yet, made and stored."""
        missing = [record.client_id for record in records]
        if not missing:
            return {}
        with writing(self.engine) as connection:
            return claim_codes(connection, self.key, missing)

    def _prepared(self, decision: Decision, brief: Brief, record: Record, alike: SharedMail) -> PreparedMail:
        if not alike.is_shared:
            return prepare(self.renderer, decision, client_of(brief, record), recipient_of(brief), self.key)
        return fill(self.renderer, alike, decision, record.name, record.code, self.key)


def _seen(page: CampaignPage) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {
        (each.client_id, each.touchpoint, each.occasion, each.as_of)
        for brief, _ in page.briefs.values()
        if brief.messages
        for each in brief.messages
    }

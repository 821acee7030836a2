"""The mails of recipients who are alike: one is composed by the rules, and filled with the words of each other."""

from collections.abc import Hashable, Iterable, Mapping

from models.database.bulk import Columns
from models.database.engine import writing
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import Brief, client_of, recipient_of
from programme.facts.records import Client, Recipient
from programme.rules.decide import Decision
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.page import Alike, CampaignPage
from tasks.campaigns.alike.rows import ADDRESS, CLIENT_ID, CODE, NAME, Row
from tasks.clients.codes import claim_codes
from tasks.mail.logged import columns_of
from tasks.mail.preparing import prepare_all
from tasks.mail.render import Renderer, with_code
from tasks.mail.sharing import SharedMail, Whose, fill, share
from tasks.runs.chunks import DecidedAlike, PlanChunk, Seen

MOST_KINDS = 20_000  # mails remembered at once; a campaign has hundreds

Group = tuple[Alike, SharedMail | None]
"""Those with one decision and, when a mail follows, all that their mails share."""


class Composer:
    """Composes the mails of a campaign, outside the transaction that stores them."""

    def __init__(self, workspace: Workspace, renderer: Renderer, campaign: Campaign) -> None:
        self.engine, self.key, self.renderer = workspace.engine, workspace.settings.key(), renderer
        self.kind = campaign.kind
        self._known: dict[Hashable, SharedMail] = {}
        self._distinct: dict[SharedMail, SharedMail] = {}

    def chunk_of(self, page: CampaignPage) -> PlanChunk:
        """The page as it is stored, with the mails of those who were judged as others alike."""
        groups = self._groups(page.alike)
        made = self._claim_codes(groups)
        decided = [self._decided(alike, shared, made) for alike, shared in groups]
        return PlanChunk(page.own_decisions, page.recipients, decided, _seen(page.briefs))

    def _groups(self, page: Iterable[Alike]) -> list[Group]:
        """The alike of a page, together where they get the same: few of the things that could differ do."""
        if len(self._known) > MOST_KINDS:
            self._known.clear()
            self._distinct.clear()
        found: dict[Hashable, Group] = {}
        for alike in page:
            if (decision := alike.judged.decision) is None:
                continue
            shared = None if alike.mail is None else self._shared(alike, decision)
            key = decision[4:], id(shared), alike.is_followed
            if key not in found:
                found[key] = Alike(alike.judged, alike.mail, alike.is_followed), shared
            found[key][0].add(alike)
        return list(found.values())

    def _shared(self, alike: Alike, decision: Decision) -> SharedMail:
        """What their mails share; what is equal is the same object."""
        if alike.mail not in self._known:
            client, recipient = _who(alike, alike.rows[0])
            shared = share(self.renderer, self.kind, decision, with_code(client, self.key), recipient)
            self._known[alike.mail] = self._distinct.setdefault(shared, shared)
        return self._known[alike.mail]

    def _claim_codes(self, groups: Iterable[Group]) -> dict[str, str]:
        """The codes of clients who have none yet and whose mail holds it, made and stored; by client id."""
        needing = (alike for alike, shared in groups if shared and shared.needs_code)
        missing = [row[CLIENT_ID] for alike in needing for row in alike.rows if not row[CODE]]
        if not missing:
            return {}
        with writing(self.engine) as connection:
            return claim_codes(connection, self.key, missing)

    def _decided(self, alike: Alike, shared: SharedMail | None, made: Mapping[str, str]) -> DecidedAlike:
        """The group as it is stored.

        Args:
            made: the codes that were made for clients who had none, by client id.
        """
        decision = alike.judged.decision
        assert decision is not None  # groups are of those with one
        decided = DecidedAlike(decision, alike.column(CLIENT_ID), alike.column(ADDRESS), is_followed=alike.is_followed)
        return decided._replace(mails=self._mails(alike, shared, decided, made)) if shared else decided

    def _mails(self, alike: Alike, shared: SharedMail, decided: DecidedAlike, made: Mapping[str, str]) -> Columns:
        ids = decided.client_ids
        codes = [code or made.get(client_id, "") for client_id, code in zip(ids, alike.column(CODE), strict=True)]
        if shared.is_shared:
            return fill(self.renderer, shared, decided.decision, Whose(ids, alike.column(NAME), codes), self.key)
        whose = zip(decided.decisions(), alike.rows, codes, strict=True)
        sends = [(decision, *_who(alike, row, code)) for decision, row, code in whose]
        return columns_of(prepare_all(self.renderer, sends, self.key))


def _who(alike: Alike, row: Row, code: str | None = None) -> tuple[Client, Recipient]:
    """One of those alike by all that is known of him; with this code, or his own."""
    brief, place = alike.brief_of(row)
    record = brief.records[place]
    return client_of(brief, record if code is None else record._replace(code=code)), recipient_of(brief)


def _seen(briefs: Iterable[Brief]) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {(each.client_id, each.touchpoint, each.occasion, each.as_of) for brief in briefs for each in brief.messages}

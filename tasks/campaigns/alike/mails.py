"""The mails of recipients who are alike: one is composed by the rules, and filled with the words of each other."""

from collections.abc import Hashable, Iterable, Iterator, Mapping

from models.database.engine import writing
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import Brief, client_of, recipient_of
from programme.facts.records import Client, Recipient
from programme.rules.decide import Decision
from programme.words.greetings import is_company
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.page import Alike, CampaignPage
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare
from tasks.mail.render import PreparedMail, Renderer, with_code
from tasks.mail.sharing import SharedMail, fill, share
from tasks.runs.planning import PlanChunk, Seen

MOST_KINDS = 20_000  # mails remembered at once; a campaign has hundreds


class Composer:
    """Composes the mails of a campaign, outside the transaction that stores them."""

    def __init__(self, workspace: Workspace, renderer: Renderer, campaign: Campaign) -> None:
        self.engine, self.key, self.renderer = workspace.engine, workspace.settings.key(), renderer
        self.kind = campaign.kind
        self._known: dict[Hashable, SharedMail] = {}

    def chunk_of(self, page: CampaignPage) -> PlanChunk:
        """The page as it is stored, with the mails of those who were judged as others alike."""
        if len(self._known) > MOST_KINDS:
            self._known.clear()
        codes = self._claim_codes(page)
        decisions = page.own_decisions
        prepared: dict[str, PreparedMail] = {}
        for alike in page.alike:
            taken = list(alike.decisions())
            decisions += taken
            if alike.facts:
                prepared.update(self._composed(alike, taken, codes))
        return PlanChunk(decisions, page.recipients, prepared, _seen(page.briefs))

    def _composed(
        self, alike: Alike, decisions: Iterable[Decision], made: Mapping[str, str]
    ) -> Iterator[tuple[str, PreparedMail]]:
        """The mails of those alike, by client id.

        Args:
            made: the codes that were made for them, by client id.
        """
        for number, (decision, name, code) in enumerate(zip(decisions, alike.names, alike.codes, strict=True)):
            own_code = code or made.get(decision.client_id, "")
            shared = self._shared(alike, number)
            if shared.is_shared:
                yield decision.client_id, fill(self.renderer, shared, decision, name, own_code, self.key)
            else:
                client, recipient = _who(alike, number, own_code)
                yield decision.client_id, prepare(self.renderer, decision, client, recipient, self.key)

    def _shared(self, alike: Alike, number: int) -> SharedMail:
        """What the mail of one of those alike shares with the others'; firms get another than people."""
        likeness = is_company(alike.names[number]), alike.mail
        shared = self._known.get(likeness)
        if shared is None:
            client, recipient = _who(alike, number, alike.codes[number])
            decision = next(alike.decisions())
            shared = share(self.renderer, self.kind, decision, with_code(client, self.key), recipient)
            self._known[likeness] = shared
        return shared

    def _claim_codes(self, page: CampaignPage) -> dict[str, str]:
        """The codes of clients who have none yet and whose mail holds it, made and stored."""
        missing = [
            client_id
            for alike in page.alike
            if not all(alike.codes)
            for number, (client_id, code) in enumerate(zip(alike.client_ids, alike.codes, strict=True))
            if not code and self._shared(alike, number).needs_code
        ]
        if not missing:
            return {}
        with writing(self.engine) as connection:
            return claim_codes(connection, self.key, missing)


def _who(alike: Alike, number: int, code: str) -> tuple[Client, Recipient]:
    """One of those alike, with this code, by all that is known of him."""
    brief, place = alike.brief_at(number)
    return client_of(brief, brief.records[place]._replace(code=code)), recipient_of(brief)


def _seen(briefs: Iterable[Brief]) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {(each.client_id, each.touchpoint, each.occasion, each.as_of) for brief in briefs for each in brief.messages}

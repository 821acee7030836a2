"""The mails of recipients who are alike: one is composed by the rules, and filled with the words of each other."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from models.database.engine import writing
from programme.campaigns.campaign import Campaign
from programme.campaigns.likeness import Brief, client_of, recipient_of
from programme.facts.records import Client, Recipient
from programme.words.greetings import is_company
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.page import Alike, CampaignPage
from tasks.clients.codes import claim_codes
from tasks.mail.preparing import prepare_all
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
        decisions = page.own_decisions
        followed: set[str] = set()
        for alike in page.alike:
            decisions += alike.decisions()
            if alike.facts:
                followed.update(alike.followed)
        groups = [group for alike in page.alike if alike.facts for group in self._groups(alike)]
        made = self._claim_codes(groups)
        prepared = {client_id: mail for group in groups for client_id, mail in self._mails(group, made)}
        return PlanChunk(decisions, page.recipients, prepared, _seen(page.briefs), followed)

    def _groups(self, alike: Alike) -> Iterator["_Group"]:
        """Those alike by what their mails share; firms get another mail than people."""
        are_companies = list(map(is_company, alike.names))
        for company in set(are_companies):
            places = [place for place, each in enumerate(are_companies) if each == company]
            likeness = company, alike.mail
            if likeness not in self._known:
                client, recipient = _who(alike, places[0], alike.codes[places[0]])
                decision = next(alike.decisions())
                self._known[likeness] = share(
                    self.renderer, self.kind, decision, with_code(client, self.key), recipient
                )
            yield _Group(alike, self._known[likeness], places)

    def _claim_codes(self, groups: Iterable["_Group"]) -> dict[str, str]:
        """The codes of clients who have none yet and whose mail holds it, made and stored."""
        needing = [(alike, places) for alike, shared, places in groups if shared.needs_code]
        missing = [alike.client_ids[place] for alike, places in needing for place in places if not alike.codes[place]]
        if not missing:
            return {}
        with writing(self.engine) as connection:
            return claim_codes(connection, self.key, missing)

    def _mails(self, group: "_Group", made: Mapping[str, str]) -> Iterator[tuple[str, PreparedMail]]:
        """The mails of a group, by client id.

        Args:
            made: the codes that were made for clients who had none, by client id.
        """
        alike, shared, places = group
        ids = [alike.client_ids[place] for place in places]
        codes = [alike.codes[place] or made.get(alike.client_ids[place], "") for place in places]
        if shared.is_shared:
            whose = list(zip(ids, [alike.names[place] for place in places], codes, strict=True))
            return zip(ids, fill(self.renderer, shared, next(alike.decisions()), whose, self.key), strict=True)
        decisions = list(alike.decisions())
        sends = [(decisions[place], *_who(alike, place, code)) for place, code in zip(places, codes, strict=True)]
        return zip(ids, prepare_all(self.renderer, sends, self.key), strict=True)


class _Group(NamedTuple):
    """Those among the alike, by their places, whose mails share this."""

    alike: Alike
    shared: SharedMail
    places: Sequence[int]


def _who(alike: Alike, number: int, code: str) -> tuple[Client, Recipient]:
    """One of those alike, with this code, by all that is known of him."""
    brief, place = alike.brief_at(number)
    return client_of(brief, brief.records[place]._replace(code=code)), recipient_of(brief)


def _seen(briefs: Iterable[Brief]) -> set[Seen]:
    """The messages that the decisions about those alike knew of."""
    return {(each.client_id, each.touchpoint, each.occasion, each.as_of) for brief in briefs for each in brief.messages}

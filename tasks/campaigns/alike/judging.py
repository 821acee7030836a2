"""The decisions of a campaign page by page: of recipients who are alike one is judged by the rules, for all of them."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from models.database.engine import reading, reading_once
from programme.campaigns.campaign import Campaign, Judged, judge_recipient
from programme.campaigns.likeness import Brief, LikenessRule
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.base.memory import without_cycle_search
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.briefs import Standing, briefs_of
from tasks.campaigns.audience import may_belong
from tasks.clients.audience import read_recipients
from tasks.clients.handed_over import Leaving
from tasks.clients.pages import PAGE_RECIPIENTS, read_pages, read_ranges

MOST_KINDS = 20_000  # likenesses remembered at once; a base has hundreds


class CampaignPage(NamedTuple):
    """The results for one page of recipients, in order.

    Attributes:
        recipients: by client id, who gets a message and was judged by himself.
        briefs: by client id, who gets the mail and was judged as others alike, with the place of that client's record.
    """

    judged: list[Judged]
    recipients: dict[str, Recipient]
    briefs: dict[str, tuple[Brief, int]]

    @property
    def decisions(self) -> list[Decision]:
        """The decisions; recipients who already have the message have none."""
        return [each.decision for each in self.judged if each.decision is not None]


def judge_pages(
    workspace: Workspace,
    campaign: Campaign,
    as_of: date,
    leaving: Leaving | None = None,
    among: Sequence[str] | None = None,
) -> Iterator[CampaignPage]:
    """The decisions of a campaign, page by page: recipients without an address, then by address (code point order).

    Args:
        leaving: set for a run that mails people, so that day caps count when mails really left.
        among: judge the recipients of these clients alone, by id; None judges everybody.
    """
    likeness = LikenessRule(workspace.programme, campaign, as_of)
    if likeness.applies and among is None:
        yield from _Alike(workspace, campaign, as_of, leaving, likeness).pages()
        return
    for ids in _pages(workspace, campaign, among):
        with reading(workspace.engine) as connection:
            page = judge_each(workspace, campaign, as_of, connection, ids, leaving)
        yield page


def _pages(workspace: Workspace, campaign: Campaign, among: Sequence[str] | None) -> Iterator[Sequence[str]]:
    if among is None:
        return read_pages(workspace.engine, may_belong(campaign.audience))
    return (among[first : first + PAGE_RECIPIENTS] for first in range(0, len(among), PAGE_RECIPIENTS))


def judge_each(
    workspace: Workspace,
    campaign: Campaign,
    as_of: date,
    connection: Connection,
    client_ids: Sequence[str],
    leaving: Leaving | None,
) -> CampaignPage:
    """The decisions about the recipients of these clients, each by all of its own facts."""
    page = CampaignPage([], {}, {})
    for recipient in _read(workspace, campaign, as_of, connection, client_ids, leaving):
        judged = judge_recipient(workspace.programme, campaign, recipient, as_of)
        if judged is not None:
            _add(page, judged, recipient)
    return page


class Known(NamedTuple):
    """The result for all of one likeness, and the place of the record that gets the mail among those of the address."""

    judged: Judged | None
    place: int


Own = dict[str, tuple[Judged | None, Recipient]]
"""The results for recipients who were judged themselves, by the client id that was asked for."""


class _Alike:
    """One pass over all recipients; it remembers the result for each likeness."""

    def __init__(
        self, workspace: Workspace, campaign: Campaign, as_of: date, leaving: Leaving | None, likeness: LikenessRule
    ) -> None:
        self.workspace, self.campaign, self.as_of, self.leaving = workspace, campaign, as_of, leaving
        self.likeness = likeness
        self._known: dict[Hashable, Known] = {}

    def pages(self) -> Iterator[CampaignPage]:
        engine, programme = self.workspace.engine, self.workspace.programme
        with reading(engine) as connection:
            briefs = briefs_of(connection, programme, self.campaign, self.as_of, self.leaving, self.likeness.since)
        for page in read_ranges(engine):
            with reading_once(engine) as connection, without_cycle_search():
                found = self._judge(connection, briefs.read(connection, page))
            yield found

    def _judge(self, connection: Connection, standings: Sequence[Standing]) -> CampaignPage:
        page = CampaignPage([], {}, {})
        likeness = self.likeness.of
        kinds = [likeness(brief) if brief else None for _, brief in standings]
        own = self._learn(connection, standings, kinds)
        for (client_id, brief), kind in zip(standings, kinds, strict=True):
            if client_id in own:
                judged, recipient = own[client_id]
                if judged is not None:
                    _add(page, judged, recipient)
            elif brief and (known := self._known.get(kind)) and known.judged:
                _add_alike(page, known.judged, brief, known.place)
        return page

    def _learn(self, connection: Connection, standings: Sequence[Standing], kinds: Sequence[Hashable]) -> Own:
        """Judge who has no likeness, and one of each likeness that is new; remember the latter for the others."""
        if len(self._known) > MOST_KINDS:
            self._known.clear()
        alone: list[str] = []
        fresh: dict[Hashable, list[str]] = defaultdict(list)
        for (client_id, _), kind in zip(standings, kinds, strict=True):
            if kind is None:
                alone.append(client_id)
            elif kind not in self._known:
                fresh[kind].append(client_id)
        own: Own = {}
        while alone or fresh:
            first = {kind: ids.pop(0) for kind, ids in fresh.items()}
            own |= self._judged(connection, [*alone, *first.values()])
            for kind, client_id in first.items():
                self._remember(kind, own.get(client_id))
                if kind in self._known or not fresh[kind]:
                    del fresh[kind]
            alone = []
        return own

    def _judged(self, connection: Connection, client_ids: Sequence[str]) -> Own:
        asked, own = set(client_ids), {}
        for recipient in _read(self.workspace, self.campaign, self.as_of, connection, client_ids, self.leaving):
            judged = judge_recipient(self.workspace.programme, self.campaign, recipient, self.as_of)
            client_id = next(client.client_id for client in recipient.clients if client.client_id in asked)
            own[client_id] = judged, recipient
        return own

    def _remember(self, kind: Hashable, found: tuple[Judged | None, Recipient] | None) -> None:
        """Keep the result, unless something came in since the pass began that concerns this recipient alone."""
        if found is None or self.likeness.of_recipient(found[1]) != kind:
            return
        judged, recipient = found
        ids = [client.client_id for client in recipient.clients]
        chosen = judged.decision.client_id if judged and judged.decision else ids[0]
        self._known[kind] = Known(judged, ids.index(chosen))


def _read(
    workspace: Workspace,
    campaign: Campaign,
    as_of: date,
    connection: Connection,
    client_ids: Collection[str],
    leaving: Leaving | None,
) -> list[Recipient]:
    asks_activity = campaign.audience.asks_activity
    return read_recipients(
        connection, workspace.programme, client_ids, as_of, with_activity=asks_activity, leaving=leaving
    )


def _add(page: CampaignPage, judged: Judged, recipient: Recipient) -> None:
    page.judged.append(judged)
    if judged.decision is not None and judged.decision.status:
        page.recipients[judged.decision.client_id] = recipient


def _add_alike(page: CampaignPage, judged: Judged, brief: Brief, place: int) -> None:
    if judged.decision is None:
        page.judged.append(judged)
        return
    client_id = brief.records[place].client_id
    page.judged.append(Judged(_for_another(judged.decision, client_id, brief.address), False))
    if judged.decision.outcome == Outcome.SEND:
        page.briefs[client_id] = brief, place


def _for_another(decision: Decision, client_id: str, recipient: str) -> Decision:
    """The same decision about another recipient; `_replace` would take four times as long."""
    as_of, flow, _, _, *rest = decision
    return Decision._make((as_of, flow, client_id, recipient, *rest))

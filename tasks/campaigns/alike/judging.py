"""The decisions of a campaign page by page: of recipients who are alike one is judged by the rules, for all of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection

from models.database.engine import reading, reading_once
from programme.campaigns.campaign import Campaign, CampaignCount, Judged, judge_recipient
from programme.campaigns.likeness import Brief, LikenessRule
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.base.memory import without_cycle_search
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.briefs import ALONE, Standing, brief_in, briefs_of, who_in
from tasks.campaigns.audience import may_belong
from tasks.clients.audience import read_recipients
from tasks.clients.handed_over import Leaving
from tasks.clients.pages import PAGE_RECIPIENTS, read_pages, read_ranges

MOST_LIKENESSES = 20_000  # remembered at once; a base has hundreds


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
    composes: bool = False,
) -> Iterator[CampaignPage]:
    """The decisions of a campaign, page by page: recipients without an address, then by address (code point order).

    Args:
        leaving: set for a run that mails people, so that day caps count when mails really left.
        among: judge the recipients of these clients alone, by id; None judges everybody.
        composes: mails follow; without, the pages have no briefs.
    """
    memory = _memory_for(workspace, campaign, as_of)
    if memory.likeness.applies and among is None:
        yield from _Alike(workspace, campaign, as_of, leaving, memory).pages(composes)
        return
    for ids in _pages(workspace, campaign, among):
        with reading(workspace.engine) as connection:
            page = judge_each(workspace, campaign, as_of, connection, ids, leaving)
        yield page


def count_pages(
    workspace: Workspace, campaign: Campaign, as_of: date, among: Sequence[str] | None = None
) -> Iterator[CampaignCount]:
    """The count of what `judge_pages` would decide; the same count after each page, with more in it."""
    count, memory = CampaignCount(), _memory_for(workspace, campaign, as_of)
    if memory.likeness.applies and among is None:
        for _ in _Alike(workspace, campaign, as_of, None, memory).counted(count):
            yield count
        return
    for page in judge_pages(workspace, campaign, as_of, among=among):
        count.add(page.judged)
        yield count


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


class Memory(NamedTuple):
    """The result for each likeness of one campaign on one day, as far as somebody of that likeness was judged."""

    likeness: LikenessRule
    known: dict[int, Known]

    def is_of(self, workspace: Workspace, campaign: Campaign, as_of: date) -> bool:
        """Whether it is about this, and not too large."""
        rule, programme = self.likeness, workspace.programme
        is_same = (rule.programme is programme or rule.programme == programme) and rule.campaign == campaign
        return is_same and rule.as_of == as_of and rule.size <= MOST_LIKENESSES


_latest: list[Memory] = []  # one at most


def _memory_for(workspace: Workspace, campaign: Campaign, as_of: date) -> Memory:
    """The memory of the latest pass when it was about the same campaign and day; so a run learns from its look.

    A result belongs to a likeness, not to the person who was judged for it: it follows from the programme, the
    campaign, the day and the facts of the likeness alone. Whoever has news since has another likeness, because each
    pass reads the facts of everybody anew.
    """
    if not (_latest and _latest[0].is_of(workspace, campaign, as_of)):
        _latest[:] = [Memory(LikenessRule(workspace.programme, campaign, as_of), {})]
    return _latest[0]


class _Alike:
    """One pass over all recipients; of each likeness one is judged, unless the result is known."""

    def __init__(
        self, workspace: Workspace, campaign: Campaign, as_of: date, leaving: Leaving | None, memory: Memory
    ) -> None:
        self.workspace, self.campaign, self.as_of, self.leaving = workspace, campaign, as_of, leaving
        self.memory = memory

    def pages(self, composes: bool) -> Iterator[CampaignPage]:
        """The results page by page; with briefs when mails are composed of them."""
        for standings, own in self._judged_pages(composes):
            page, known = CampaignPage([], {}, {}), self.memory.known
            for standing in standings:
                if standing[0] in own:
                    judged, recipient = own[standing[0]]
                    if judged is not None:
                        _add(page, judged, recipient)
                else:
                    _add_alike(page, known[standing[1]], standing, composes)
            yield page

    def counted(self, count: CampaignCount) -> Iterator[CampaignCount]:
        """The count after each page: of each likeness one result, and the number of those who have it."""
        for standings, own in self._judged_pages(composes=False):
            numbers = Counter(likeness for client_id, likeness, _ in standings if client_id not in own)
            alike = {likeness: self.memory.known[likeness] for likeness in numbers}
            for judged, _ in own.values():
                count.tally_of(judged)
            for likeness, number in numbers.items():
                count.tally_of(alike[likeness].judged, number)
            _show(count, standings, own, alike)
            yield count

    def _judged_pages(self, composes: bool) -> Iterator[tuple[list[Standing], Own]]:
        """The recipients page by page, and the results of those who were judged themselves."""
        engine, rule = self.workspace.engine, self.memory.likeness
        with reading(engine) as connection:
            briefs = briefs_of(
                connection, rule.programme, self.campaign, self.as_of, self.leaving, rule.since, composes
            )
        for page in read_ranges(engine):
            if self.memory.likeness.size > MOST_LIKENESSES:
                self.memory = Memory(LikenessRule(rule.programme, self.campaign, self.as_of), {})
            with reading_once(engine) as connection, without_cycle_search():
                standings = briefs.read(connection, page, self.memory.likeness)
                own = self._learn(connection, standings)
            yield standings, own

    def _learn(self, connection: Connection, standings: Sequence[Standing]) -> Own:
        """Judge who has no likeness, and one of each likeness that is new; remember the latter for the others.

        One with news is judged for himself alone, so the next of the same likeness are asked, each time twice as many.
        """
        known = self.memory.known
        unknown = {likeness for _, likeness, _ in standings} - known.keys()
        fresh: dict[int, list[str]] = defaultdict(list)
        if unknown:
            for client_id, likeness, _ in standings:
                if likeness in unknown:
                    fresh[likeness].append(client_id)
        alone = fresh.pop(ALONE, [])
        own: Own = {}
        number = 1
        while alone or fresh:
            asked = {likeness: ids[:number] for likeness, ids in fresh.items()}
            own |= self._judged(connection, [*alone, *chain.from_iterable(asked.values())])
            for likeness, ids in asked.items():
                for client_id in ids:
                    self._remember(likeness, own[client_id])
            fresh = {
                likeness: ids[number:] for likeness, ids in fresh.items() if likeness not in known and ids[number:]
            }
            alone, number = [], 2 * number
        return own

    def _judged(self, connection: Connection, client_ids: Sequence[str]) -> Own:
        asked, own = set(client_ids), {}
        for recipient in _read(self.workspace, self.campaign, self.as_of, connection, client_ids, self.leaving):
            judged = judge_recipient(self.workspace.programme, self.campaign, recipient, self.as_of)
            client_id = next(client.client_id for client in recipient.clients if client.client_id in asked)
            own[client_id] = judged, recipient
        return own

    def _remember(self, likeness: int, found: tuple[Judged | None, Recipient]) -> None:
        """Keep the result, unless something came in since the pass began that concerns this recipient alone."""
        judged, recipient = found
        if self.memory.likeness.of_recipient(recipient) != likeness:
            return
        ids = [client.client_id for client in recipient.clients]
        chosen = judged.decision.client_id if judged and judged.decision else ids[0]
        self.memory.known[likeness] = Known(judged, ids.index(chosen))


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


def _add_alike(page: CampaignPage, known: Known, standing: Standing, composes: bool) -> None:
    if known.judged is None:
        return
    judged = _judged_about(known, standing)
    page.judged.append(judged)
    if composes and judged.decision is not None and judged.decision.outcome == Outcome.SEND:
        page.briefs[judged.decision.client_id] = brief_in(standing), known.place


def _judged_about(known: Known, standing: Standing) -> Judged:
    """The known result about another recipient; `_replace` would take four times as long."""
    assert known.judged is not None  # who is not in the audience has no result to tell of
    decision = known.judged.decision
    if decision is None:
        return known.judged
    return Judged(Decision._make(decision[:2] + who_in(standing, known.place) + decision[4:]), False)


def _show(count: CampaignCount, standings: Sequence[Standing], own: Own, alike: Mapping[int, Known]) -> None:
    """Give the count those of a page whom it shows, in order; after some pages these are few."""
    shown = {likeness: known for likeness, known in alike.items() if count.shows(known.judged)}
    if not shown and not own:
        return
    for standing in standings:
        client_id, likeness, _ = standing
        if client_id in own:
            count.show(own[client_id][0])
        elif (known := shown.get(likeness)) and count.shows(known.judged):
            count.show(_judged_about(known, standing))

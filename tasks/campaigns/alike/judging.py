"""The decisions of a campaign page by page: of recipients who are alike one is judged by the rules, for all of them."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

from sqlalchemy import Connection

from models.database.engine import reading, reading_by_key
from programme.campaigns.campaign import Campaign, CampaignCount, Judged, judge_recipient
from programme.campaigns.likeness import LikenessRule
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from programme.words.states import Outcome
from tasks.base.memory import without_cycle_search
from tasks.base.workspace import Workspace
from tasks.campaigns.alike.briefs import Briefs, PageFacts, briefs_of
from tasks.campaigns.alike.members import Members, Own
from tasks.campaigns.alike.memory import MOST_LIKENESSES, Known, Memory, memory_for
from tasks.campaigns.alike.page import Alike, CampaignPage
from tasks.campaigns.alike.rows import CLIENT_ID, MAY_FOLLOW, Row, brief_of
from tasks.campaigns.audience import may_belong
from tasks.clients.facts.audience import read_recipients
from tasks.clients.facts.handed_over import Leaving
from tasks.clients.pages import PAGE_RECIPIENTS, Page, read_pages, read_ranges

COUNTED_RECIPIENTS = 20_000  # of a page that is only counted: half of what each needs whose mail is to be composed
ALONE = -1  # in the place of a likeness: the recipient is judged alone


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
    memory = memory_for(workspace, campaign, as_of)
    if memory.likeness.applies and among is None:
        yield from _Pass(workspace, campaign, as_of, leaving, memory, composes).pages()
        return
    for ids in _pages(workspace, campaign, among):
        with reading(workspace.engine) as connection:
            page = judge_each(workspace, campaign, as_of, connection, ids, leaving)
        yield page


def count_pages(
    workspace: Workspace, campaign: Campaign, as_of: date, among: Sequence[str] | None = None
) -> Iterator[CampaignCount]:
    """The count of what `judge_pages` would decide; the same count after each page, with more in it."""
    count, memory = CampaignCount(), memory_for(workspace, campaign, as_of)
    if memory.likeness.applies and among is None:
        for _ in _Pass(workspace, campaign, as_of, None, memory).counted(count):
            yield count
        return
    for page in judge_pages(workspace, campaign, as_of, among=among):
        count.add(page.own)
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
    page = CampaignPage([], {}, [], [])
    for recipient in _read(workspace, campaign, as_of, connection, client_ids, leaving):
        judged = judge_recipient(workspace.programme, campaign, recipient, as_of)
        if judged is not None:
            _add(page, judged, recipient)
    return page


class _Pass:
    """One pass over all recipients; of each likeness one is judged, unless the result is known."""

    def __init__(
        self,
        workspace: Workspace,
        campaign: Campaign,
        as_of: date,
        leaving: Leaving | None,
        memory: Memory,
        composes: bool = False,
    ) -> None:
        self.workspace, self.campaign, self.as_of, self.leaving = workspace, campaign, as_of, leaving
        self.memory, self.composes = memory, composes
        self._likenesses: dict[Hashable, int] = {}
        self._mails: dict[Hashable, Hashable] = {}
        self._made = 0  # messages of the page before

    def pages(self) -> Iterator[CampaignPage]:
        """The results page by page."""
        briefs = self._briefs()
        for page in read_ranges(self.workspace.engine):
            yield self._results(*self._judge(briefs, page))  # no name for it here: it is gone when its reader is done

    def counted(self, count: CampaignCount) -> Iterator[CampaignCount]:
        """The count after each page: of each likeness one result, and the number of those who have it."""
        briefs = self._briefs()
        for page in read_ranges(self.workspace.engine, COUNTED_RECIPIENTS):
            self._count(count, *self._judge(briefs, page))
            yield count

    def _briefs(self) -> Briefs:
        with reading(self.workspace.engine) as connection:
            return briefs_of(connection, self.memory.likeness, self.leaving, self.composes)

    def _judge(self, briefs: Briefs, page: Page) -> tuple[PageFacts, dict[int, Members], Own]:
        """The facts of a page, those alike by likeness, and the results of those who were judged themselves."""
        if max(self.memory.likeness.size, len(self._likenesses)) > MOST_LIKENESSES:
            self._begin_anew()
        with reading_by_key(self.workspace.engine, at_one_moment=True) as connection, without_cycle_search():
            facts = briefs.read(connection, page, self._made)
            members = self._members(facts)
            return facts, members, self._learn(connection, facts, members)

    def _results(self, facts: PageFacts, members: Mapping[int, Members], own: Own) -> CampaignPage:
        page = CampaignPage([], {}, [], [other.brief for other in facts.others if other.brief])
        for judged, recipient in own.values():
            if judged is not None:
                _add(page, judged, recipient)
        page.alike.extend(self._alike(facts.rows, members))
        self._made = page.made
        return page

    def _count(self, count: CampaignCount, facts: PageFacts, members: Mapping[int, Members], own: Own) -> None:
        for judged, _ in own.values():
            count.tally_of(judged)
        for likeness, alike in members.items():
            count.tally_of(self.memory.known[likeness].judged, alike.number)
        self._show(count, facts, members, own)

    def _begin_anew(self) -> None:
        rule = self.memory.likeness
        self.memory = Memory(LikenessRule(rule.programme, self.campaign, self.as_of), {})
        self._likenesses.clear()
        self._mails.clear()

    def _members(self, facts: PageFacts) -> dict[int, Members]:
        """Who is on the page, by likeness; ALONE for those without one."""
        rule, likenesses = self.memory.likeness, self._likenesses
        members: dict[int, Members] = defaultdict(lambda: Members({}, []))
        for sort, places in facts.plain.items():
            if sort not in likenesses:
                likenesses[sort] = rule.of(brief_of(facts.rows[places[0]]))
            members[likenesses[sort]].plain[sort] = places
        for other in facts.others:
            members[ALONE if other.brief is None else rule.of(other.brief)].others.append(other)
        return members

    def _learn(self, connection: Connection, facts: PageFacts, members: dict[int, Members]) -> Own:
        """Judge who has no likeness, and one of each likeness that is new; remember the latter for the others.

        One with news is judged for himself alone, so the next of the same likeness are asked, each time twice as many.
        Those who were judged are taken from the members.
        """
        known = self.memory.known
        alone = [other.place for other in members.pop(ALONE).others] if ALONE in members else []
        fresh = {likeness: members[likeness].places for likeness in members.keys() - known.keys()}
        new, own, number = sorted(fresh), Own(), 1
        while alone or fresh:
            asked = {likeness: places[:number] for likeness, places in fresh.items()}
            places = [*alone, *chain.from_iterable(asked.values())]
            own |= self._judged(connection, {facts.rows[place][CLIENT_ID]: place for place in places})
            for likeness, places in asked.items():
                for place in places:
                    self._remember(likeness, *own[place])
            fresh = {
                likeness: left[number:] for likeness, left in fresh.items() if likeness not in known and left[number:]
            }
            alone, number = [], 2 * number
        for likeness in new:
            left = members.pop(likeness).without(own)
            if left.number:
                members[likeness] = left
        return own

    def _judged(self, connection: Connection, places: Mapping[str, int]) -> Own:
        """The results for the recipients of these clients."""
        own: Own = {}
        for recipient in _read(self.workspace, self.campaign, self.as_of, connection, places, self.leaving):
            judged = judge_recipient(self.workspace.programme, self.campaign, recipient, self.as_of)
            place = next(places[client.client_id] for client in recipient.clients if client.client_id in places)
            own[place] = judged, recipient
        return own

    def _remember(self, likeness: int, judged: Judged | None, recipient: Recipient) -> None:
        """Keep the result, unless something came in since the pass began that concerns this recipient alone."""
        if self.memory.likeness.of_recipient(recipient) != likeness:
            return
        ids = [client.client_id for client in recipient.clients]
        chosen = judged.decision.client_id if judged and judged.decision else ids[0]
        self.memory.known[likeness] = Known(judged, ids.index(chosen))

    def _alike(self, rows: Sequence[Row], members: Mapping[int, Members]) -> list[Alike]:
        """The recipients of a page by their results and by what their mails say."""
        found: dict[Hashable, Alike] = {}

        def of(judged: Judged, mail: Hashable, row: Row) -> Alike:
            is_followed = mail is not None and bool(row[MAY_FOLLOW])
            key = judged.decision and judged.decision[4:], mail, is_followed
            return found.get(key) or found.setdefault(key, Alike(judged, mail, is_followed))

        for likeness, those in members.items():
            judged, place = self.memory.known[likeness]
            if judged is None:
                continue
            sent = _sent(judged) if self.composes else None
            for sort, places in those.plain.items():
                first = rows[places[0]]
                of(judged, self._mail_of(sort, first, sent), first).rows.extend([rows[each] for each in places])
            for brief, row in those.of_record(rows, place):
                mail = self.memory.likeness.of_mail(brief, brief.records[place], sent) if sent else None
                alike = of(judged, mail, row)
                alike.rows.append(row)
                alike.briefs[row[CLIENT_ID]] = brief, place
        return list(found.values())

    def _mail_of(self, sort: Hashable, row: Row, decision: Decision | None) -> Hashable:
        """What the mails of a sort say, when any follow; that of its first is everybody's."""
        if decision is None:
            return None
        if sort not in self._mails:
            brief = brief_of(row)
            self._mails[sort] = self.memory.likeness.of_mail(brief, brief.records[0], decision)
        return self._mails[sort]

    def _show(self, count: CampaignCount, facts: PageFacts, members: Mapping[int, Members], own: Own) -> None:
        """Give the count those of a page whom it shows, in order; after some pages these are few."""
        known = self.memory.known
        shown = {likeness: those for likeness, those in members.items() if count.shows(known[likeness].judged)}
        briefs = {other.place: other.brief for those in shown.values() for other in those.others}
        likenesses = {place: likeness for likeness, those in shown.items() for place in those.places}
        for place in sorted([*own, *likenesses]):
            if place in own:
                count.show(own[place][0])
                continue
            alike = known[likenesses[place]]
            if count.shows(alike.judged):
                brief = briefs.get(place) or brief_of(facts.rows[place])
                count.show(alike.about(brief))


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
    page.own.append(judged)
    if judged.decision is not None and judged.decision.status:
        page.recipients[judged.decision.client_id] = recipient


def _sent(judged: Judged) -> Decision | None:
    """The decision, when a mail follows."""
    return judged.decision if judged.decision and judged.decision.outcome == Outcome.SEND else None

"""A campaign: a message that a marketer starts by hand. Its name is the occasion, its template the touchpoint.

A person gets a campaign once, however many client records share the address and however often it is started. The rules
of the programme apply as to every other mail (programme section 4).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from programme.campaigns.audience.audiences import Audience, belongs
from programme.campaigns.texts import CampaignTexts
from programme.facts.projects import latest_delivery
from programme.facts.records import Client, Recipient
from programme.rules.decide import Candidate, Decision, judge
from programme.rules.due import Occasion
from programme.rules.groups.tiers import tier_rank
from programme.rules.recipient_day import RecipientDay
from programme.terms.kinds import MailKind
from programme.terms.schema import CampaignTemplate, Programme
from programme.words.naming.names import says_death
from programme.words.states import HandFlow, Outcome, Reason

SHOWN_PEOPLE = 200  # rows of a table on the screen
SHOWN_MAILS = 3
OTHER_WORDS = ("professional", "investeerder")  # segments whose mails have paragraphs of their own
GO_SLACK = 1.1  # a go covers up to a tenth more people: new clients of a day must not ask for a second go

Kind = tuple[str, str | None]
"""Segment and tier, which decide most of what a mail says."""


@dataclass(frozen=True)
class Campaign:
    """A checked order of a marketer.

    Attributes:
        copy: the texts as JSON, as mails hold them (programme.campaigns.texts).
        offer: a code of the programme's offers, or None.
        first_on: the first day on which it may go; its window counts from it.
    """

    name: str
    template_id: str
    template: CampaignTemplate
    texts: CampaignTexts
    copy: str
    offer: str | None
    audience: Audience
    first_on: date

    @property
    def closes_on(self) -> date:
        """The last day on which it may go: the end of its grace, or the day of the event when that is earlier."""
        last = self.first_on + timedelta(days=self.template.grace_days)
        event_on = self.texts.event_on
        return min(last, event_on) if event_on and event_on >= self.first_on else last

    @property
    def occasion(self) -> Occasion:
        """The one occasion of the campaign, due from its first to its last day."""
        return Occasion(self.name, self.first_on, self.first_on, self.closes_on, None, None)

    @cached_property
    def kind(self) -> MailKind:
        """The kind of its mails, with its own offer and texts."""
        return replace(self.template.as_kind(self.template_id), offer=self.offer, values={"copy": self.copy})


class Judged(NamedTuple):
    """The result for one recipient: a decision, or that the recipient already has the message."""

    decision: Decision | None
    has_it: bool


def judge_recipient(programme: Programme, campaign: Campaign, recipient: Recipient, as_of: date) -> Judged | None:
    """The result for one recipient; None when no record of the address is in the audience.

    Of several records in the audience, the mail goes to the one with the highest tier, so that it offers no less than
    the person has; a survey to the one with the latest delivered project, which it asks about. Then to the smallest
    client id. Erased records come last.
    """
    audience = campaign.audience
    members = [
        client
        for client in recipient.clients
        if not says_death(client.name) and belongs(programme, audience, client, recipient, as_of)
    ]
    if not members:
        return None
    if has_message(campaign, recipient):
        return Judged(None, True)
    order = survey_order if campaign.template.survey else _order
    client = min(members, key=lambda each: order(programme, each, as_of))
    candidate = Candidate(client, campaign.kind, campaign.occasion)
    day = RecipientDay(programme, recipient, as_of)
    return Judged(judge(day, HandFlow.CAMPAIGN, candidate), False)


def has_message(campaign: Campaign, recipient: Recipient) -> bool:
    """Whether the log has a message of this campaign for the address or one of its records, in any status."""
    return any(
        message.touchpoint == campaign.template_id and message.occasion == campaign.name
        for message in recipient.messages
    )


def _order(programme: Programme, client: Client, as_of: date) -> tuple[bool, int, str]:
    return (client.is_erased, -tier_rank(programme, client, as_of), client.client_id)


def survey_order(_programme: Programme, client: Client, as_of: date) -> tuple[bool, int, str]:
    """The place of a record among those of its address, for surveys: the latest delivered project first."""
    latest = latest_delivery(client, as_of)
    day = latest.delivered_on.toordinal() if latest and latest.delivered_on else 0
    return (client.is_erased, -day, client.client_id)


@dataclass
class CampaignCount:
    """The counts of what a campaign would do, which add up: recipients = has_it + decisions.

    Attributes:
        has_it: recipients who already have a message of it.
        tally: decisions by outcome, reason (None for send), segment and tier.
        getting, not_getting: the first recipients of each, as many as a table shows.
        kinds: of each segment and tier, the first who would get it.
    """

    has_it: int = 0
    tally: Counter[tuple[Outcome, Reason | None, str, str | None]] = field(default_factory=Counter)
    getting: list[Decision] = field(default_factory=list)
    not_getting: list[Decision] = field(default_factory=list)
    kinds: dict[Kind, Decision] = field(default_factory=dict)

    @property
    def outcomes(self) -> Counter[tuple[str, str]]:
        """Decisions by outcome and reason ("" for send)."""
        found: Counter[tuple[str, str]] = Counter()
        for (outcome, reason, _, _), number in self.tally.items():
            found[str(outcome), str(reason or "")] += number
        return found

    @property
    def sizes(self) -> Counter[Kind]:
        """The recipients who would get it, by segment and tier."""
        found: Counter[Kind] = Counter()
        for (outcome, _, segment, tier), number in self.tally.items():
            if outcome == Outcome.SEND:
                found[segment, tier] += number
        return found

    @property
    def segments(self) -> Counter[str]:
        """The recipients who would get it, by segment."""
        found: Counter[str] = Counter()
        for (segment, _), number in self.sizes.items():
            found[segment] += number
        return found

    @property
    def tiers(self) -> Counter[str]:
        """The recipients who would get it, by tier ("" for none)."""
        found: Counter[str] = Counter()
        for (_, tier), number in self.sizes.items():
            found[tier or ""] += number
        return found

    @property
    def to_send(self) -> int:
        """The number of recipients who would get it."""
        return sum(number for (outcome, *_), number in self.tally.items() if outcome == Outcome.SEND)

    @property
    def later(self) -> int:
        """The number of recipients who would be deferred: they may get it on a later day of its window."""
        return sum(number for (outcome, *_), number in self.tally.items() if outcome == Outcome.DEFER)

    @property
    def recipients(self) -> int:
        """The number of recipients in the audience."""
        return self.has_it + self.tally.total()

    @property
    def samples(self) -> list[Decision]:
        """Decisions whose mails are shown: of the largest kind of client, then of those that differ most from it."""
        shown = [self.kinds[kind] for kind in _differing(self.sizes)]
        more = [decision for decision in self.getting if decision not in shown]
        return (shown + more)[:SHOWN_MAILS]

    def reasons(self) -> list[tuple[str, str, int]]:
        """(outcome, reason, count) of the recipients who would not get it now, highest count first."""
        rows = [(outcome, reason, count) for (outcome, reason), count in self.outcomes.items() if reason]
        return sorted(rows, key=lambda row: (-row[2], row[1]))

    def add(self, judged: Iterable[Judged]) -> None:
        """Count these results, and show what is still to be shown."""
        for each in judged:
            self.tally_of(each)
            self.show(each)

    def tally_of(self, judged: Judged | None, number: int = 1) -> None:
        """Count this result of so many recipients, without showing any; None is of those outside the audience."""
        if judged is None:
            return
        decision, has_it = judged
        self.has_it += number * has_it
        if decision is not None:
            self.tally[decision.outcome, decision.reason, decision.segment, decision.tier] += number

    def shows(self, judged: Judged | None) -> bool:
        """Whether a decision like this one is still to be shown."""
        decision = judged and judged.decision
        if decision is None:
            return False
        if decision.outcome != Outcome.SEND:
            return len(self.not_getting) < SHOWN_PEOPLE
        return len(self.getting) < SHOWN_PEOPLE or _kind(decision) not in self.kinds

    def show(self, judged: Judged | None) -> None:
        """Keep the decision as one that is shown; recipients must come in their order."""
        if judged is None or judged.decision is None or not self.shows(judged):
            return
        decision = judged.decision
        shown = self.getting if decision.outcome == Outcome.SEND else self.not_getting
        if len(shown) < SHOWN_PEOPLE:
            shown.append(decision)
        if decision.outcome == Outcome.SEND:
            self.kinds.setdefault(_kind(decision), decision)


def _differing(sizes: Counter[Kind]) -> list[Kind]:
    """The kinds to show: each next one of another segment and tier than those before where there is one."""
    left = [kind for kind, _ in sizes.most_common()]
    shown = left[:1]
    while len(shown) < min(SHOWN_MAILS, len(sizes)):
        segments, tiers = {segment for segment, _ in shown}, {tier for _, tier in shown}
        new = [kind for kind in left if kind not in shown]
        shown.append(
            max(
                new,
                key=lambda kind: (kind[0] not in segments, kind[0] in OTHER_WORDS, kind[1] not in tiers, sizes[kind]),
            )
        )
    return shown


def _kind(decision: Decision) -> Kind:
    return decision.segment, decision.tier


def go_holds(go_for: int | None, to_send: int) -> bool:
    """Whether an earlier go for `go_for` people covers `to_send` people."""
    return go_for is not None and to_send <= go_for * GO_SLACK


def needs_go(programme: Programme, to_send: int, go_for: int | None) -> bool:
    """Whether so many people need a go that nobody has given yet."""
    return to_send > programme.caps.campaign_go_above and not go_holds(go_for, to_send)

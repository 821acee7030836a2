"""Who is alike to a campaign: recipients of equal likeness get equal decisions, and mails that differ in a few words.

So one of many is judged by the rules, and composed, for all of them. The rules keep their one home: here stands only
which facts they look at and how finely (€ 900 and € 1,200 reach the same tiers). Whoever has what few have (a choice of
preferences, an earlier address, a note of death) has no likeness and is judged alone.
"""

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import count
from typing import NamedTuple

from programme.campaigns.audience.traits import TRAITS, Who
from programme.campaigns.campaign import Campaign, has_message
from programme.facts.projects import latest_delivery
from programme.facts.records import Client, PastMessage, Project, Recipient, WonReferral
from programme.mail.likeness import facts_of_mail
from programme.rules.alike.project_likeness import ProjectLikeness
from programme.rules.decide import Decision
from programme.rules.experiments import is_held_out
from programme.rules.recipient_day import RecipientDay, is_overdue
from programme.terms.schema import Programme
from programme.words.naming.names import says_death
from programme.words.states import Channel, Reason

# The traits that follow from what the rules look at anyway.
IMPLIED_TRAITS = frozenset({"segments", "tiers"})


class Record(NamedTuple):
    """A client record, by the facts that a campaign looks at.

    Attributes:
        owes: it has an invoice that is overdue on the day.
        code: the client's own code; "" when there is none yet.
    """

    client_id: str
    name: str
    kind: str
    consent: str
    projects: Sequence[Project]
    won_referrals: Sequence[WonReferral]
    owes: bool
    code: str


class Brief(NamedTuple):
    """A recipient, by the facts that a campaign looks at.

    Attributes:
        records: sorted by client id.
        messages: those to the address that may count for a rule (`LikenessRule.since`).
        suppression: the reason why the address is on the suppression list on the day; None when it is not.
        has_it: the log has a message of the campaign for the address or one of its records.
    """

    address: str
    records: tuple[Record, ...]
    messages: Sequence[PastMessage]
    suppression: str | None
    has_it: bool
    has_case: bool


class LikenessRule:
    """Which recipients of a campaign are alike on one day. Likenesses are numbers, the same while the rule lives."""

    def __init__(self, programme: Programme, campaign: Campaign, as_of: date) -> None:
        self.programme, self.campaign, self.as_of, self.kind = programme, campaign, as_of, campaign.kind
        caps, kind = programme.caps, campaign.kind
        self._capped_since = as_of - timedelta(days=max(caps.marketing_gap_days, caps.service_gap_days) - 1)
        surveys = {each.id for each in programme.kinds.values() if each.is_survey}
        asks_surveys = Reason.SURVEY_BUDGET in kind.rules
        self._asked_kinds = {kind.id} | (surveys if asks_surveys else set())
        days = max(kind.repeat_days or 0, programme.care.survey_gap_days if asks_surveys else 0)
        self.since = min(self._capped_since, as_of - timedelta(days=days - 1))
        """The first day of messages that can count for a rule."""
        self._projects = ProjectLikeness(programme, as_of)
        self._has_experiment = any(each.touchpoint == kind.id for each in programme.experiments.values())
        self.asked = [(TRAITS[name], value) for name, value in campaign.audience.asked if name not in IMPLIED_TRAITS]
        """The traits of the audience that a client's projects decide, with what is asked of each."""
        self._next = count()
        self._numbers: dict[Hashable, int] = {}

    @property
    def applies(self) -> bool:
        """Whether a likeness decides at all; not for an audience by activity, or a mail that others supersede."""
        is_superseded = self.kind.anchor or self.programme.superseding.get(self.kind.id)
        return not self.campaign.audience.asks_activity and not is_superseded

    @property
    def size(self) -> int:
        """How many likenesses there are so far."""
        return len(self._numbers)

    def of(self, brief: Brief) -> int:
        """The likeness of a recipient; the programme, the campaign and the day are the same for all."""
        return self._numbers.setdefault(self.facts_of(brief), next(self._next))

    def facts_of(self, brief: Brief) -> Hashable:
        """The facts that count, as finely as the rules look at them; equal for those who are alike."""
        address, records, messages, suppression, has_it, has_case = brief
        standings = self._of_record(records[0]) if len(records) == 1 else tuple(map(self._of_one_of_several, records))
        return (
            bool(address),
            standings,
            self._recent(messages) if messages else frozenset(),
            suppression,
            has_it,
            has_case,
        )

    def of_recipient(self, recipient: Recipient) -> int | None:
        """The likeness by all facts of the recipient; None for one who is judged alone."""
        if recipient.preferences or recipient.handed_over:
            return None
        if any(client.is_erased or says_death(client.name) for client in recipient.clients):
            return None
        return self.of(self._brief_of(recipient))

    def of_mail(self, brief: Brief, record: Record, decision: Decision) -> Hashable:
        """What decides how far the mail of a recipient whose decision is a send is that of others, but for the name.

        Of the name it is told whether it is that of a firm.
        """
        return facts_of_mail(self.programme, self.kind, decision, record, partial(recipient_of, brief))

    def _brief_of(self, recipient: Recipient) -> Brief:
        day = RecipientDay(self.programme, recipient, self.as_of)
        records = tuple(
            Record(
                client.client_id,
                client.name,
                client.kind,
                client.consent,
                client.projects,
                client.won_referrals,
                any(is_overdue(invoice, self.as_of) for invoice in client.invoices),
                client.code,
            )
            for client in recipient.clients
        )
        reason = recipient.suppression_reason if day.is_suppressed else None
        return Brief(
            recipient.address, records, day.messages, reason, has_message(self.campaign, recipient), day.has_open_case
        )

    def _of_record(self, record: Record) -> Hashable:
        client_id, _, kind, consent, projects, won_referrals, owes, _ = record
        if len(projects) == 1 and not won_referrals:
            standing: Hashable = self._projects.of_only(projects[0])
        else:
            standing = self._projects.of_several(record) if projects or won_referrals else None
        is_held_out = self._has_experiment and self._is_held_out(client_id)
        return kind, consent, standing, owes, is_held_out, self._traits_of(record) if self.asked else ()

    def _traits_of(self, record: Record) -> Hashable:
        """Which of the traits that the audience asks for a client has."""
        client = _client_of(record, "")
        who = Who(self.programme, client, Recipient("", (client,)), self.as_of)
        return tuple(trait.holds(value, who) for trait, value in self.asked)

    def _is_held_out(self, client_id: str) -> bool:
        return is_held_out(self.programme, self.kind.id, client_id, self.as_of)

    def _of_one_of_several(self, record: Record) -> Hashable:
        """The same, and what decides which record gets a survey."""
        latest = latest_delivery(record, self.as_of) if self.kind.is_survey else None
        return self._of_record(record), latest and latest.delivered_on

    def _recent(self, messages: Iterable[PastMessage]) -> Hashable:
        """The messages that count for the caps, the repeat and the survey budget, whatever their occasion.

        Of those that count alike the rules look at the latest of the day, and the latest before it.
        """
        latest: dict[Hashable, date] = {}
        for each in messages:
            is_asked = each.touchpoint in self._asked_kinds
            first = self.since if is_asked else self._capped_since
            if each.counts and first <= each.as_of <= self.as_of:
                kind = self.programme.kinds.get(each.touchpoint)
                counts = (each.flow,) if kind is None else (kind.is_one_a_day, kind.is_of_cap)
                sort = each.touchpoint if is_asked else counts, each.purpose, each.as_of == self.as_of
                latest[sort] = max(latest.get(sort, each.as_of), each.as_of)
        return frozenset(latest.items())


def recipient_of(brief: Brief) -> Recipient:
    """The recipient, for the rules about consent and mails; its other facts are none, or no concern of these."""
    return Recipient(brief.address, tuple(_client_of(record, brief.address) for record in brief.records))


def client_of(brief: Brief, record: Record) -> Client:
    """One of its records, for the rules about segments, tiers and mails."""
    return _client_of(record, brief.address)


def _client_of(record: Record, address: str) -> Client:
    return Client(
        record.client_id,
        address,
        record.name,
        record.kind,
        record.consent,
        Channel.EMAIL,
        0,
        projects=tuple(record.projects),
        won_referrals=tuple(record.won_referrals),
        code=record.code,
    )

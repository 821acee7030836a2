"""The results of a campaign for one page of recipients."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import NamedTuple

from programme.campaigns.campaign import Judged
from programme.campaigns.likeness import Brief
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from tasks.campaigns.alike.rows import ADDRESS, CLIENT_ID, CODE, MAY_FOLLOW, NAME, Row, brief_of


@dataclass(frozen=True, slots=True)
class Alike:
    """Recipients who get one result and, when a mail follows, mails that differ in these columns alone.

    Attributes:
        judged: the result, as it was found of one of them.
        mail: what their mails say beside the columns (`LikenessRule.of_mail`); None where none follows.
        client_ids, addresses, names, codes: one each. No names and codes where no mail follows; a code is "" until it
            is made.
        facts: of each, where mails follow: a row, or a brief with the place of the record that gets the mail.
    """

    judged: Judged
    mail: Hashable = None
    client_ids: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    facts: list[Row | tuple[Brief, int]] = field(default_factory=list)

    def add_rows(self, rows: Sequence[Row], composes: bool) -> None:
        """Add the recipients of these rows."""
        self.client_ids.extend([row[CLIENT_ID] for row in rows])
        self.addresses.extend([row[ADDRESS] for row in rows])
        if composes:
            self.names.extend([row[NAME] for row in rows])
            self.codes.extend([row[CODE] or "" for row in rows])
            self.facts.extend(rows)

    def add_brief(self, brief: Brief, place: int, composes: bool) -> None:
        """Add a recipient of whom more is known than a row."""
        record = brief.records[place]
        self.client_ids.append(record.client_id)
        self.addresses.append(brief.address)
        if composes:
            self.names.append(record.name)
            self.codes.append(record.code)
            self.facts.append((brief, place))

    def brief_at(self, number: int) -> tuple[Brief, int]:
        """All that is known of one of them, and the place of the record that gets the mail."""
        facts = self.facts[number]
        return (facts[0], facts[1]) if isinstance(facts[0], Brief) else (brief_of(facts), 0)

    @property
    def followed(self) -> Iterator[str]:
        """Clients whose rows say that opens may be measured."""
        return compress(self.client_ids, (each[MAY_FOLLOW:] == (True,) for each in self.facts))

    def decisions(self) -> Iterator[Decision]:
        """The decision about each; none when they have the message already."""
        one = self.judged.decision
        if one is not None:
            before, after = one[:2], one[4:]
            for who in zip(self.client_ids, self.addresses, strict=True):
                yield Decision._make(before + who + after)  # `_replace` would take four times as long


class CampaignPage(NamedTuple):
    """The results for one page of recipients.

    Attributes:
        own: of those who were judged by themselves.
        recipients: of these by client id, who gets a message.
        alike: of all others.
        briefs: of those others of whom more is known than a row.
    """

    own: list[Judged]
    recipients: dict[str, Recipient]
    alike: list[Alike]
    briefs: list[Brief]

    @property
    def own_decisions(self) -> list[Decision]:
        """The decisions about those who were judged by themselves; who already has the message has none."""
        return [each.decision for each in self.own if each.decision is not None]

    @property
    def made(self) -> int:
        """How many messages it makes, when nothing comes between."""
        alike = sum(len(each.client_ids) for each in self.alike if each.judged.decision and each.judged.decision.status)
        return alike + sum(1 for decision in self.own_decisions if decision.status)

    @property
    def judged(self) -> Iterator[Judged]:
        """The result of each."""
        yield from self.own
        for alike in self.alike:
            if alike.judged.decision is None:
                yield from [alike.judged] * len(alike.client_ids)
            else:
                yield from (Judged(decision, False) for decision in alike.decisions())

"""The results of a campaign for one page of recipients."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from models.database.bulk import Columns
from programme.campaigns.campaign import Judged
from programme.campaigns.likeness import Brief
from programme.facts.records import Recipient
from programme.rules.decide import Decision
from tasks.campaigns.alike.rows import ADDRESS, CLIENT_ID, Row
from tasks.runs.deciding.chunks import DecidedAlike


@dataclass(frozen=True, slots=True)
class Alike:
    """Recipients who get one result and, when a mail follows, mails that differ in a few words of their own.

    Attributes:
        judged: the result, as it was found of one of them.
        mail: what else their mails say (`LikenessRule.of_mail`); None where none follows.
        is_followed: they let us measure what they open.
        rows: of each that of the record which gets the mail.
        briefs: by client id, those of whom more is known than a row, with the place of that record.
    """

    judged: Judged
    mail: Hashable = None
    is_followed: bool = False
    rows: list[Row] = field(default_factory=list)
    briefs: dict[str, tuple[Brief, int]] = field(default_factory=dict)

    @property
    def own(self) -> Columns:
        """In what the decisions about them differ."""
        return {"client_id": [row[CLIENT_ID] for row in self.rows], "recipient": [row[ADDRESS] for row in self.rows]}


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
        alike = sum(len(each.rows) for each in self.alike if each.judged.decision and each.judged.decision.status)
        return alike + sum(1 for decision in self.own_decisions if decision.status)

    @property
    def judged(self) -> Iterator[Judged]:
        """The result of each."""
        yield from self.own
        for alike in self.alike:
            if alike.judged.decision is None:
                yield from [alike.judged] * len(alike.rows)
            else:
                yield from (Judged(one, False) for one in DecidedAlike(alike.judged.decision, alike.own).decisions())

"""Who is alike to the rules on one day: candidates of equal likeness are stopped by the same rules, or by none.

So one of many is judged, for all of them. The rules keep their one home: here stands only which facts they look at and
how finely (€ 900 and € 1,200 reach the same tiers). What is due is asked of everybody: it differs between people.
"""

from collections.abc import Hashable
from datetime import date, timedelta

from programme.facts.records import PastMessage, Recipient
from programme.rules.alike.project_likeness import ProjectLikeness
from programme.rules.anchors import ANCHORS
from programme.rules.conditions import ASKING_FEEDBACK
from programme.rules.experiments import is_held_out
from programme.rules.table import Candidate, is_due_below
from programme.terms.kinds import MailKind
from programme.terms.schema import Programme, Touchpoint


class Likeness:
    """Which candidates of plain recipients are alike on one day.

    A plain recipient has one client, and of the facts that can stop a mail none but projects, messages and consent: no
    suppression, no open case, no overdue invoice, no choice of preferences, no referral. Whoever has more is judged
    alone.
    """

    def __init__(self, programme: Programme, as_of: date) -> None:
        self.programme, self.as_of = programme, as_of
        caps = programme.caps
        self.since = as_of - timedelta(days=caps.longest_gap_days - 1)
        """The first day of messages of whatever kind that can stop a mail. No touchpoint has a budget of surveys."""
        # Less mail than usual is a choice, and whoever made one is not plain.
        self._capped_since = as_of - timedelta(days=max(caps.marketing_gap_days, caps.service_gap_days) - 1)
        self._projects = ProjectLikeness(programme, as_of)
        self._tried = frozenset(each.touchpoint for each in programme.experiments.values())

    def of(self, recipient: Recipient, candidate: Candidate) -> Hashable | None:
        """The likeness of a plain recipient's only candidate; None for one that is judged alone."""
        client, kind, due = candidate
        projects = client.projects
        if client.is_erased or len(recipient.clients) > 1 or (len(projects) > 1 and due.project_id):
            return None  # of several projects one may go with the mail of another
        above = self.programme.superseding.get(kind.id)
        return (
            kind.id,
            client.kind,
            client.consent,
            self._projects.of_only(projects[0]) if len(projects) == 1 else self._projects.of_several(client),
            bool(above) and is_due_below(self.programme, candidate, recipient, self.as_of),
            self._of_messages(kind, recipient) if recipient.messages else (),
            kind.id in self._tried and is_held_out(self.programme, kind.id, client.client_id, self.as_of),
        )

    def _of_messages(self, kind: MailKind, recipient: Recipient) -> Hashable:
        """The messages to the address that count for the caps or the repeat."""
        return tuple(
            sorted(
                (each.as_of, each.touchpoint, each.flow, each.purpose)
                for each in recipient.messages
                if each.as_of <= self.as_of and each.counts and self.matters(kind, each)
            )
        )

    def matters(self, kind: MailKind, message: PastMessage) -> bool:
        """Whether a mail of this kind can be stopped by a message of that day and kind."""
        if message.as_of >= self._capped_since:
            return True
        if message.touchpoint != kind.id or kind.repeat_days is None:
            return False
        return message.as_of > self.as_of - timedelta(days=kind.repeat_days)


def asks_activity(programme: Programme, touchpoint_id: str) -> bool:
    """Whether the last activity tells what is due of a touchpoint, or of one that supersedes it."""
    return any(ANCHORS[each.anchor].asks_activity for each in with_superseding(programme, touchpoint_id))


def asks_quotes(programme: Programme, touchpoint_id: str) -> bool:
    """Whether quotes tell what is due of a touchpoint, or of one that supersedes it."""
    return any(ANCHORS[each.anchor].asks_quotes for each in with_superseding(programme, touchpoint_id))


def asks_feedback(programme: Programme, touchpoint_id: str) -> bool:
    """Whether feedback tells what is due of a touchpoint, or of one that supersedes it."""
    every = with_superseding(programme, touchpoint_id)
    return any(condition.name in ASKING_FEEDBACK for each in every for condition in each.conditions)


def with_superseding(programme: Programme, touchpoint_id: str) -> list[Touchpoint]:
    """The touchpoint, and those whose mail takes precedence over its own."""
    above = (other for other, _ in programme.superseding.get(touchpoint_id, ()))
    return [programme.touchpoints[each] for each in (touchpoint_id, *above)]

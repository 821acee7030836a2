"""What is known of each likeness of the latest campaign, so that a run learns from its look."""

from datetime import date
from typing import NamedTuple

from programme.campaigns.campaign import Campaign, Judged
from programme.campaigns.likeness import Brief, LikenessRule
from tasks.base.workspace import Workspace

MOST_LIKENESSES = 20_000  # remembered at once; a base has hundreds


class Known(NamedTuple):
    """The result for all of one likeness, and the place of the record that gets the mail among those of the address."""

    judged: Judged | None
    place: int

    def about(self, brief: Brief) -> Judged | None:
        """The result under this recipient's own name."""
        if self.judged is None or self.judged.decision is None:
            return self.judged
        client_id = brief.records[self.place].client_id
        return Judged(self.judged.decision._replace(client_id=client_id, recipient=brief.address), False)


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


def memory_for(workspace: Workspace, campaign: Campaign, as_of: date) -> Memory:
    """The memory of the latest pass when it was about the same campaign and day, or else a new one.

    A result belongs to a likeness, not to the person who was judged for it: it follows from the programme, the
    campaign, the day and the facts of the likeness alone. Whoever has news since has another likeness, because each
    pass reads the facts of everybody anew.
    """
    if not (_latest and _latest[0].is_of(workspace, campaign, as_of)):
        _latest[:] = [Memory(LikenessRule(workspace.programme, campaign, as_of), {})]
    return _latest[0]


def forget() -> None:
    """Judge one of each likeness anew in the next pass."""
    _latest.clear()

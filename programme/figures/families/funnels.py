"""What the mails did, as far as can be counted: "after" a mail, never because of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from programme.figures.families.rates import Rate, newcombe, rounded


@dataclass(frozen=True)
class Funnel:
    """The messages of one touchpoint or campaign of the 12 months to the day, and what followed.

    Attributes:
        touchpoint: of a campaign, its template.
        campaign: the campaign's name; None for a touchpoint.
        segment, tier: of the clients, where the funnel was asked by one of these.
        planned: all that a run decided to send, whatever became of them.
        refused: the provider did not take them; not in the JSON.
        tracked: delivered, with the opens measured; opened: of these, by a person.
        ordered: purchases after the message's day, up to the window's days later; each counts for its latest message.
        skipped, deferred: candidates by the reason of their last decision.
        unsubscribed, complained, delivered_answered: of the delivered ones; not in the JSON.
    """

    touchpoint: str
    campaign: str | None = None
    segment: str | None = None
    tier: str | None = None
    planned: int = 0
    accepted: int = 0
    delivered: int = 0
    tracked: int = 0
    opened: int = 0
    answered: int = 0
    ordered: int = 0
    revenue_cents: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    deferred: Mapping[str, int] = field(default_factory=dict)
    unsubscribed: int = 0
    complained: int = 0
    delivered_answered: int = 0
    refused: int = 0

    def as_json(self) -> dict[str, Any]:
        """What it was asked by stands beside the touchpoint; a touchpoint as a whole has no further keys."""
        asked = {"campaign": self.campaign, "segment": self.segment, "tier": self.tier}
        return {
            "touchpoint": self.touchpoint,
            **{name: value for name, value in asked.items() if value is not None},
            "planned": self.planned,
            "accepted": self.accepted,
            "delivered": self.delivered,
            "tracked": self.tracked,
            "opened": self.opened,
            "answered": self.answered,
            "ordered": self.ordered,
            "revenue_cents": self.revenue_cents,
            "skipped": dict(sorted(self.skipped.items())),
            "deferred": dict(sorted(self.deferred.items())),
        }


@dataclass(frozen=True)
class ExperimentResult:
    """An experiment: who ordered within its window, of those who got the mail and of those held out.

    By intention to treat: a client counts by the assignment, whatever became of the mail.

    Attributes:
        treated, held_out: None before the day of the result, because looking early misleads.
        assigned_treated, assigned_held_out: how many have been assigned so far; a count, not an outcome.
        result_on: the last day of the experiment plus its window.
    """

    experiment: str
    touchpoint: str
    first_on: date
    last_on: date
    window_days: int
    result_on: date
    assigned_treated: int
    assigned_held_out: int
    treated: Rate | None
    held_out: Rate | None

    def as_json(self, small_n: int) -> dict[str, Any]:
        found = newcombe(self.treated, self.held_out) if self.treated and self.held_out else None
        return {
            "experiment": self.experiment,
            "touchpoint": self.touchpoint,
            "treated": self.treated and self.treated.as_json(small_n),
            "held_out": self.held_out and self.held_out.as_json(small_n),
            "difference": found and rounded(found.difference),
            "low": found and rounded(found.low),
            "high": found and rounded(found.high),
            "result_on": self.result_on.isoformat(),
        }

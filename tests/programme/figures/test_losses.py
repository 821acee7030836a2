"""From the audience of a campaign to its orders: how many each stage lost, and why."""

from itertools import pairwise

from programme.figures.families.funnels import Funnel
from programme.figures.families.losses import FALLBACK, LARGEST, audience_of, largest_losses, stages_of
from programme.words.states import Reason

FUNNEL = Funnel(
    "newsletter",
    planned=80,
    accepted=70,
    refused=4,
    delivered=65,
    answered=5,
    ordered=2,
    skipped={Reason.SUPPRESSED: 3, Reason.NO_CONSENT: 6, Reason.NOT_WANTED: 3, Reason.HELD_OUT: 0},
    deferred={Reason.FREQUENCY_CAP: 5, Reason.OUTRANKED: 5},
)


def test_each_stage_loses_what_the_next_one_lacks() -> None:
    """From everybody of whom something was decided to those who got the mail; each loss has its reason and number."""
    stages = stages_of(FUNNEL, 90)
    assert audience_of(FUNNEL) == 102
    assert [(stage.label, stage.number) for stage in stages] == [
        ("Doelgroep", 102),
        ("Mocht deze mail krijgen", 90),
        ("Kon hem op dat moment krijgen", 80),
        ("Verstuurd", 70),
        ("Bezorgd", 65),
        ("Geantwoord", 5),
        ("Besteld binnen 90 dagen", 2),
    ]
    assert [[(loss.reason, loss.number) for loss in stage.losses] for stage in stages] == [
        [],
        [("no_consent", 6), ("not_wanted", 3), ("suppressed", 3)],
        [("frequency_cap", 5), ("outranked", 5)],
        [("not_gone", 6), ("refused", 4)],
        [("not_arrived", 5)],
        [],
        [],
    ]
    numbers = [stage.number for stage in stages[:5]]
    lost = [sum(loss.number for loss in stage.losses) for stage in stages[1:5]]
    assert lost == [before - after for before, after in pairwise(numbers)]


def test_the_largest_losses_come_first() -> None:
    """Three of any stage; of equal ones that whose reason comes first."""
    assert LARGEST == 3
    largest = [(loss.reason, loss.number) for loss in largest_losses(stages_of(FUNNEL, 90))]
    assert largest == [("no_consent", 6), ("not_gone", 6), ("frequency_cap", 5)]


def test_every_loss_says_why_and_what_to_do() -> None:
    """A reason that has no words of its own yet says so, and sends whoever reads it to one of the people."""
    every = stages_of(Funnel("newsletter", skipped=dict.fromkeys(Reason, 1)), 90)[1].losses
    assert len(every) == len(Reason)
    assert all(loss.why and loss.todo for loss in every)
    (strange,) = stages_of(Funnel("newsletter", skipped={"new": 1}), 90)[1].losses
    assert (strange.why, strange.todo) == ("om een andere reden", FALLBACK)

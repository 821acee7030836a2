"""What the mails and scripts of a case may say of what was done with the client."""

import pytest

from programme.care.outcomes import Settled, settled_of


@pytest.mark.parametrize(
    ("outcomes", "settled"),
    [
        ({"call": "reached", "solution": "done", "fix": "done"}, Settled.AGREED),
        ({"call": "unreachable", "solution": "done"}, Settled.AGREED),  # proposed by mail
        ({"call": "reached", "solution": "not_needed", "fix": "done"}, Settled.TALKED),
        ({"call": "reached"}, Settled.TALKED),
        ({"call": "unreachable", "solution": "not_needed", "fix": "done"}, Settled.NOTHING),
        ({"call": "not_needed"}, Settled.NOTHING),
        ({}, Settled.NOTHING),
    ],
)
def test_a_mail_claims_no_more_than_there_was(outcomes: dict[str, str], settled: Settled) -> None:
    """An agreement needs a proposal that was taken, a talk somebody who was reached."""
    assert settled_of(outcomes) is settled

"""Named points where the fault tests kill the process, of a run and of money on its way.

In production each is a test of one constant.
"""

import os
import signal

POINTS = (
    "before_claim",
    "in_claim",
    "after_claim",
    "in_fence",
    "after_fence",
    "after_send",
    "after_answer",
    "in_settle",
    "after_settle",
)
# Of taking up what is left over, before a delivery begins.
TAKE_UP_POINTS = ("in_take_up", "after_take_up")

# The same of money: inside its transactions, and after each.
MONEY_POINTS = (
    "in_booking",
    "in_batch",
    "after_batch",
    "in_approval",
    "after_approval",
    "in_export",
    "after_export",
    "in_statement",
    "after_statement",
)

# Of erasing a person: before, inside and after its one transaction.
ERASE_POINTS = ("before_erase", "in_erase", "after_erase")

_armed: str | None = None
_passes_left = 0


def arm(point: str, passes: int = 0) -> None:
    """Kill the process with SIGKILL at `point`, after it was passed `passes` times. Only for the fault tests."""
    global _armed, _passes_left
    _armed, _passes_left = point, passes


def passed(point: str) -> None:
    """Mark that the delivery has reached `point`; does nothing unless `arm` was called for it."""
    global _passes_left
    if _armed is None or _armed != point:
        return
    if _passes_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    _passes_left -= 1

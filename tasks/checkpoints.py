"""Named points of a delivery where the fault tests kill the process; in production a test of one constant."""

import os
import signal

# "<point>:<how many times it is passed before the kill>", set by the fault tests only.
_KILL_AT = os.environ.get("BOUWCLUB_TEST_KILL_AT", "")
_passes_left = int(_KILL_AT.rpartition(":")[2] or 0) if _KILL_AT else 0

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


def passed(point: str) -> None:
    """Die here, as by SIGKILL, when a fault test named this point."""
    global _passes_left
    if not _KILL_AT or _KILL_AT.rpartition(":")[0] != point:
        return
    if _passes_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    _passes_left -= 1

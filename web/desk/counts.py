"""The numbers in the menu, on every page: my tasks and how many are late, open complaints, and what waits."""

from typing import TYPE_CHECKING

from models.database.engine import reading
from programme.money.states import BatchState
from tasks.desk.doubtful import count_doubtful
from tasks.referrals.batches import require_batch, undecided_batch
from web.desk.goes import goes_of

if TYPE_CHECKING:
    from web.desk.visit import Visit


def read_counts(visit: "Visit") -> dict[str, int]:
    """By the names that looks.MENU asks for; a few short queries."""
    with reading(visit.engine) as connection:
        batch = undecided_batch(connection)
        return {
            "tasks": 0,
            "late": 0,
            "cases": 0,
            "replies": 0,
            "doubtful": count_doubtful(connection),
            "payouts": int(batch is not None and require_batch(connection, batch).state is BatchState.PREPARED),
            "campaigns": len(goes_of(visit.request).runs),
        }

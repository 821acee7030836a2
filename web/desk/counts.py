"""The numbers in the menu, on every page: my tasks and how many are late, open complaints, and what waits."""

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from models.care import OPEN
from models.database.engine import reading
from models.tables import cases
from programme.care.clock import urgency_of
from programme.money.states import BatchState
from tasks.campaigns.goes.keeping import count_waiting_goes
from tasks.care.owners import read_tick
from tasks.care.people.listing import read_tasks
from tasks.desk.doubtful import count_doubtful
from tasks.inbound.replies.unknown import count_unknown
from tasks.referrals.batches import require_batch, undecided_batch
from web.desk.goes import goes_of

if TYPE_CHECKING:
    from web.desk.visit import Visit

_OPEN_CASES = select(func.count()).select_from(cases).where(text(OPEN))


def read_counts(visit: "Visit") -> dict[str, int]:
    """By the names that looks.MENU asks for; a few short queries."""
    with reading(visit.engine) as connection:
        batch = undecided_batch(connection)
        tick = read_tick(connection, visit.programme, visit.at)
        mine = [
            task
            for task in read_tasks(connection, tick, owner=visit.person.name)
            if not task.snoozed_until or task.snoozed_until <= visit.today
        ]
        return {
            "tasks": len(mine),
            "late": sum(urgency_of(task.due_at, visit.at) == "late" for task in mine),
            "cases": int(connection.execute(_OPEN_CASES).scalar_one()),
            "replies": count_unknown(connection),
            "doubtful": count_doubtful(connection),
            "payouts": int(batch is not None and require_batch(connection, batch).state is BatchState.PREPARED),
            "campaigns": len(goes_of(visit.request).runs) + count_waiting_goes(connection, visit.at),
        }

"""The numbers in the menu, on every page: my tasks and how many are late, open complaints, and what waits."""

from datetime import datetime

from sqlalchemy import Connection, func, select, text

from models.care import OPEN
from models.tables import cases
from programme.care.cases.clock import urgency_of
from programme.money.states import BatchState
from programme.terms.schema import Programme
from programme.words.dates import day_in_amsterdam
from tasks.campaigns.goes.keeping import count_waiting_goes
from tasks.care.owners import read_tick
from tasks.care.people.listing import read_tasks
from tasks.desk.doubtful import count_doubtful
from tasks.inbound.replies.unknown import count_unknown
from tasks.referrals.batches import require_batch, undecided_batch

_OPEN_CASES = select(func.count()).select_from(cases).where(text(OPEN))


def read_counts(
    connection: Connection, programme: Programme, name: str, at: datetime, waiting_runs: int
) -> dict[str, int]:
    """By the names that looks.MENU asks for; a few short queries.

    Args:
        name: of the person whose tasks are counted.
        waiting_runs: how many campaigns wait for a go in Prefect.
    """
    batch, tick = undecided_batch(connection), read_tick(connection, programme, at)
    today = day_in_amsterdam(at)
    mine = [task for task in read_tasks(connection, tick, owner=name) if not task.is_put_off(today)]
    return {
        "tasks": len(mine),
        "late": sum(urgency_of(task.due_at, at) == "late" for task in mine),
        "cases": int(connection.execute(_OPEN_CASES).scalar_one()),
        "replies": count_unknown(connection),
        "doubtful": count_doubtful(connection),
        "payouts": int(batch is not None and require_batch(connection, batch).state is BatchState.PREPARED),
        "campaigns": waiting_runs + count_waiting_goes(connection, at),
    }

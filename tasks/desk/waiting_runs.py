"""The campaigns that wait for a go in Prefect, asked of its server: it keeps the question and takes the answer."""

from datetime import datetime
from typing import NamedTuple

from tasks.base.prefect_api import PrefectApi

MOST_RUNS = 50


class WaitingRun(NamedTuple):
    """A run that waits for somebody, and the address where the answer is given."""

    name: str
    since: datetime | None
    url: str


def read_waiting_runs(api: PrefectApi) -> list[WaitingRun]:
    """The suspended runs of the flow campaign, the longest waiting first. Raises NoServer."""
    asked = {
        "flows": {"name": {"any_": ["campaign"]}},
        "flow_runs": {"state": {"name": {"any_": ["Suspended"]}}},
        "sort": "START_TIME_ASC",
        "limit": MOST_RUNS,
    }
    return [
        WaitingRun(
            str(run.get("name", "")), _moment(run.get("start_time")), f"{api.ui}/runs/flow-run/{run.get('id', '')}"
        )
        for run in api.post("flow_runs/filter", asked)
    ]


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None

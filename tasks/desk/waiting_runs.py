"""The campaigns that wait for a go, asked of the Prefect server: it keeps the question and takes the answer."""

import json
import urllib.request
from datetime import datetime
from typing import NamedTuple

PATIENCE_SECONDS = 2.0  # somebody waits for the page
MOST_RUNS = 50


class WaitingRun(NamedTuple):
    """A run that waits for somebody, and the address where the answer is given."""

    name: str
    since: datetime | None
    url: str


class NoServer(Exception):
    """The Prefect server did not answer."""


def read_waiting_runs(api: str) -> list[WaitingRun]:
    """The suspended runs of the flow campaign, the longest waiting first. Raises NoServer.

    Args:
        api: the address of Prefect's API, as PREFECT_API_URL has it.
    """
    asked = {
        "flows": {"name": {"any_": ["campaign"]}},
        "flow_runs": {"state": {"name": {"any_": ["Suspended"]}}},
        "sort": "START_TIME_ASC",
        "limit": MOST_RUNS,
    }
    request = urllib.request.Request(
        f"{api.rstrip('/')}/flow_runs/filter",
        json.dumps(asked).encode(),
        {"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            runs = json.load(answer)
    except (OSError, ValueError) as error:
        raise NoServer(type(error).__name__) from None
    ui = api.rstrip("/").removesuffix("/api")
    return [
        WaitingRun(str(run.get("name", "")), _moment(run.get("start_time")), f"{ui}/runs/flow-run/{run.get('id', '')}")
        for run in runs
    ]


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        return None

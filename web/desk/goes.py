"""The campaigns that wait for a go, remembered between two looks, so that the menu can count them."""

import os
import time
from typing import cast

from starlette.requests import Request

from tasks.base.prefect_api import NoServer, PrefectApi
from tasks.desk.waiting_runs import WaitingRun, read_waiting_runs

KEPT_SECONDS = 60.0  # after which a page that shows the number asks again


class Goes:
    """The campaigns that wait, as they were when somebody last looked; the menu of every page counts them."""

    def __init__(self, api: PrefectApi) -> None:
        self.api, self._read_at = api, 0.0
        self.runs: list[WaitingRun] = []
        self.is_known = False

    @property
    def has_server(self) -> bool:
        return bool(self.api.url)

    def look(self, patience: float = 0.0) -> list[WaitingRun]:
        """Ask the server, unless that was done within `patience` seconds."""
        now = time.monotonic()
        if self.has_server and (not self._read_at or now - self._read_at > patience):
            self._read_at = now
            try:
                self.runs, self.is_known = read_waiting_runs(self.api), True
            except NoServer:
                self.runs, self.is_known = [], False
        return self.runs


def goes_of(request: Request) -> Goes:
    state = request.app.state
    if not hasattr(state, "desk_goes"):
        state.desk_goes = Goes(PrefectApi.of(os.environ))
    return cast(Goes, state.desk_goes)

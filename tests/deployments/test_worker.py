"""Our worker is Prefect's, but for one thing: a run that is tried again at once does not end it."""

import logging
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import anyio
import pytest

from deployments.worker import let_retries_wait

pytestmark = pytest.mark.slow  # Prefect takes seconds to import


class Begun:
    """As much of a task group as the worker uses; `runs` are those that were begun."""

    def __init__(self) -> None:
        self.runs: list[UUID] = []

    def start_soon(self, _: object, flow_run: Any) -> None:
        self.runs.append(flow_run.id)


def test_a_run_tried_again_before_its_process_ended_waits_for_the_next_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins once its slot is free; the runs that came with it begin at once."""
    from prefect.workers.base import BaseWorker

    submit = BaseWorker._submit_scheduled_flow_runs
    monkeypatch.setattr(BaseWorker, "_submit_scheduled_flow_runs", submit)  # and so it is put back
    let_retries_wait()

    async def look_three_times() -> list[UUID]:
        limiter, begun = anyio.CapacityLimiter(6), Begun()
        worker: Any = SimpleNamespace(
            name="worker",
            backend_id=None,
            limiter=limiter,
            _limiter=limiter,
            _logger=logging.getLogger("worker"),
            get_flow_run_logger=lambda _: logging.getLogger("worker"),
            _submitting_flow_run_ids=set(),
            _cancelling_observer=None,
            _runs_task_group=begun,
            _submit_run=None,
        )
        for found in ([again], [again, other], [again]):
            await BaseWorker._submit_scheduled_flow_runs(worker, [SimpleNamespace(flow_run=one) for one in found])  # type: ignore[misc]
            worker._submitting_flow_run_ids.clear()
            if other in found:
                limiter.release_on_behalf_of(again.id)
        return begun.runs

    again, other = SimpleNamespace(id=uuid4()), SimpleNamespace(id=uuid4())

    assert anyio.run(look_three_times) == [again.id, other.id, again.id]

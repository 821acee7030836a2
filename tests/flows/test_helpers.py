"""What becomes of the runs that a large delivery called to help, when it ends or is cancelled."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

pytestmark = pytest.mark.long  # imports Prefect


class Server:
    """The states of runs, as Prefect's client reads and sets them."""

    def __init__(self, states: dict[UUID, Any]) -> None:
        self.states = states

    def read_flow_run(self, number: UUID) -> Any:
        return SimpleNamespace(state=self.states[number])

    def set_flow_run_state(self, number: UUID, state: Any) -> None:
        self.states[number] = state


def dismissed(monkeypatch: pytest.MonkeyPatch, own: Callable[[], Any]) -> list[str]:
    """The states of a waiting, a working and an ended helper after the run in state `own` dismissed them."""
    from prefect.states import Completed, Running, Scheduled

    from flows import deliver

    run, *helpers = (uuid4() for _ in range(4))
    states = (own(), Scheduled(), Running(), Completed())
    server = Server(dict(zip((run, *helpers), states, strict=True)))

    @contextmanager
    def client(**_: Any) -> Iterator[Server]:
        yield server

    monkeypatch.setattr(deliver, "get_client", client)
    monkeypatch.setenv("PREFECT__RUNTIME__FLOW_RUN__ID", str(run))
    deliver._dismiss(helpers)
    return [server.states[number].type.value for number in helpers]


def test_a_run_that_ends_leaves_its_helpers_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who had not begun is cancelled, who is at work finishes: also when the run was stopped by its worker's end."""
    from prefect.states import Running

    assert dismissed(monkeypatch, Running) == ["CANCELLED", "RUNNING", "COMPLETED"]


def test_a_run_that_is_cancelled_takes_its_helpers_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses Cancel means the whole delivery, not one of the processes that share it."""
    from prefect.states import Cancelling

    assert dismissed(monkeypatch, Cancelling) == ["CANCELLED", "CANCELLING", "COMPLETED"]

"""Around Prefect's application: busy moments of its SQLite are waited out, and the UI calls nobody else."""

import asyncio
import os
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from deployments import prefect_server
from deployments.prefect_server import (
    ATTEMPTS,
    Around,
    content_policy,
    keep_parameters_of_schedules,
    unpack_ui_at_home,
)


class Busy:
    """An application that refuses so many times, and remembers the bodies it was sent."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.bodies: list[bytes] = []
        routes = [Route("/api/x", self.answer, methods=["GET", "POST"])]
        self.app = Starlette(routes=routes, exception_handlers={Exception: self.refuse})

    async def answer(self, request: Request) -> PlainTextResponse:
        self.bodies.append(await request.body())
        if len(self.bodies) <= self.refusals:
            raise OSError("database is locked")
        return PlainTextResponse("done", 201)

    async def refuse(self, request: Request, error: Exception) -> PlainTextResponse:
        """As Prefect does: the answer is sent, and the error raised on."""
        return PlainTextResponse("Service Unavailable", 503)


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_server, "FIRST_PAUSE_SECONDS", 0.0)


def ask(busy: Busy, body: bytes = b"{}") -> int:
    return (
        TestClient(Around(busy.app, content_policy("")), raise_server_exceptions=False)
        .post("/api/x", content=body)
        .status_code
    )


@pytest.mark.slow  # imports Prefect
@pytest.mark.parametrize(("named", "kept"), [({}, None), ({"parameters": {"dry_run": True}}, {"dry_run": True})])
def test_a_schedule_keeps_the_parameters_that_a_change_does_not_name(
    monkeypatch: pytest.MonkeyPatch, named: dict[str, Any], kept: dict[str, bool] | None
) -> None:
    """The UI's switch names `active` alone; Prefect would write an empty set over `dry_run = false`."""
    from prefect.server.models import deployments
    from prefect.server.schemas.actions import DeploymentScheduleUpdate

    written: list[dict[str, Any]] = []

    async def update(*, schedule: DeploymentScheduleUpdate, **_: Any) -> bool:
        written.append(schedule.model_dump(exclude_none=True))  # as Prefect's own does
        return True

    monkeypatch.setattr(deployments, "update_deployment_schedule", update)
    keep_parameters_of_schedules()

    asyncio.run(deployments.update_deployment_schedule(schedule=DeploymentScheduleUpdate(active=True, **named)))

    assert (written[0].get("parameters"), written[0]["active"]) == (kept, True)


@pytest.mark.parametrize("refusals", [0, 1, ATTEMPTS - 1])
def test_a_busy_moment_is_waited_out(refusals: int) -> None:
    """The caller sees one answer; the application is sent the same body each time."""
    busy = Busy(refusals)
    assert ask(busy, b'{"a": 1}') == 201
    assert busy.bodies == [b'{"a": 1}'] * (refusals + 1)


def test_a_server_that_stays_busy_says_so() -> None:
    """Not for ever."""
    busy = Busy(1000)
    assert ask(busy) == 503
    assert len(busy.bodies) == ATTEMPTS


def test_what_is_too_large_to_keep_is_passed_on() -> None:
    """Once, whatever becomes of it."""
    busy = Busy(1)
    assert ask(busy, b"x" * (prefect_server.LARGEST_BODY + 1)) == 503
    assert len(busy.bodies) == 1


def test_the_ui_may_ask_its_own_server_alone() -> None:
    """Every answer says so; the address that browsers know the API by is let through, and no other host."""
    answer = TestClient(Around(Busy(0).app, content_policy("https://runs.example.nl/api"))).get("/api/x")
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://runs.example.nl wss://runs.example.nl"
    assert not [word for value in policy.values() for word in value.split() if word in ("*", "http:", "https:")]


@pytest.mark.parametrize(
    ("said", "expected"),
    [({"PREFECT_HOME": "/data/prefect"}, "/data/prefect/ui"), ({"PREFECT_SERVER_UI_STATIC_DIRECTORY": "/ui"}, "/ui")],
)
def test_the_ui_is_unpacked_where_the_server_may_write(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], expected: str
) -> None:
    """Not in Prefect's own package, which belongs to root in our image: there is no UI at all then."""
    monkeypatch.setattr(os, "environ", dict(said))
    unpack_ui_at_home()
    assert os.environ["PREFECT_SERVER_UI_STATIC_DIRECTORY"] == expected

"""What is registered, without a server: names, times, parameters, and who may run beside whom."""

import inspect
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deployments.deploy import CLOCK, POOL, DeploymentEntry, changed_by_hand, deployment_of, keep_switched_off
from deployments.server import give_back_limit, what_holds_the_pool

pytestmark = pytest.mark.slow  # Prefect takes seconds to import

AMSTERDAM = "Europe/Amsterdam"
SCHEDULED = {
    "daily": ("5 9 * * *", {"dry_run": False}, "ENQUEUE"),
    "win-back": ("5 10 * * *", {"dry_run": False, "wait_hours": 6}, "ENQUEUE"),
    "upkeep": ("*/15 * * * *", {"dry_run": False}, "CANCEL_NEW"),
    "care": ("*/15 * * * *", {"dry_run": False}, "ENQUEUE"),
    "referral-settlement": ("5 8 1 * *", {"dry_run": False}, "ENQUEUE"),
    "rewards": ("20 8 * * *", {"dry_run": False}, "ENQUEUE"),
    "report": ("30 7 * * 1", {"dry_run": False}, "ENQUEUE"),
    "housekeeping": ("5 4 * * *", {"dry_run": False}, "ENQUEUE"),
    "campaign-deferred": ("5 11 * * *", {"dry_run": False}, "ENQUEUE"),
}
BY_HAND = {
    "campaign": "ENQUEUE",
    "campaign-withdrawal": None,
    "backfill": "ENQUEUE",
    "deliver": None,
    "forecast": None,
    "what-if": None,
}


@pytest.fixture(scope="module")
def deployments() -> dict[str, Any]:
    return {deployment.name: deployment for deployment in map(deployment_of, CLOCK)}


def test_the_clock_holds_these_and_no_others(deployments: dict[str, Any]) -> None:
    """Each deployment is named like its flow and stands in the one work pool."""
    assert set(deployments) == {*SCHEDULED, *BY_HAND}
    for name, deployment in deployments.items():
        assert (deployment.flow_name, deployment.work_pool_name) == (name, POOL)


@pytest.mark.parametrize("name", SCHEDULED)
def test_the_time_and_the_parameters_of_a_schedule(deployments: dict[str, Any], name: str) -> None:
    """A schedule names its minute in Amsterdam and says itself that the run is in earnest."""
    cron, parameters, strategy = SCHEDULED[name]
    (planned,) = deployments[name].schedules
    assert (planned.schedule.cron, planned.schedule.timezone) == (cron, AMSTERDAM)
    assert planned.parameters == parameters
    assert deployments[name].parameters == {}
    assert strategy_of(deployments[name]) == strategy


@pytest.mark.parametrize("name", BY_HAND)
def test_what_people_and_other_runs_start_has_no_schedule(deployments: dict[str, Any], name: str) -> None:
    """Only what is made for it (helpers, questions) runs beside another of its flow."""
    assert not deployments[name].schedules
    assert strategy_of(deployments[name]) == BY_HAND[name]


@pytest.mark.parametrize("entry", CLOCK, ids=[entry.place for entry in CLOCK])
def test_started_by_hand_a_flow_only_looks(entry: DeploymentEntry) -> None:
    """Whatever can write says so by dry_run=false or a mode; both default to looking."""
    deployment = deployment_of(entry)
    defaults = {name: one.get("default") for name, one in deployment._parameter_openapi_schema.properties.items()}
    if deployment.name in ("forecast", "what-if"):
        return  # questions, which write nothing
    assert defaults.get("mode") == "plan" or defaults["dry_run"] is True


def test_a_flow_is_found_by_its_module_and_refuses_wrong_parameters(deployments: dict[str, Any]) -> None:
    """By module, because a path would put flows/ on the path of every run."""
    for deployment in deployments.values():
        assert deployment.entrypoint.startswith("flows.")
        assert ":" not in deployment.entrypoint
        assert deployment.enforce_parameter_schema


def test_what_marketers_see_is_told_in_dutch(deployments: dict[str, Any]) -> None:
    """Each deployment has a description and a help text for each of its fields."""
    for deployment in deployments.values():
        assert len(deployment.description) > 40
        assert "Args:" not in deployment.description
        for name, one in deployment._parameter_openapi_schema.properties.items():
            assert one.get("description"), f"{deployment.name}: {name} has no help text"
            assert one["description"][0].isupper(), f"{deployment.name}: {name} begins in the middle of a sentence"
        assert "bouwclub" in deployment.tags


def test_a_day_keeps_its_hour_when_the_clocks_change(deployments: dict[str, Any]) -> None:
    """At 09:05 in Amsterdam on the day before, of and after both changes; never within the hour that is skipped."""
    from prefect.server.schemas.schedules import CronSchedule

    async def dates(start: datetime) -> list[datetime]:
        return await CronSchedule(cron=SCHEDULED["daily"][0], timezone=AMSTERDAM).get_dates(3, start=start)

    import asyncio

    for start in (datetime(2027, 3, 26, 12, tzinfo=UTC), datetime(2027, 10, 29, 12, tzinfo=UTC)):
        moments = [moment.astimezone(ZoneInfo(AMSTERDAM)) for moment in asyncio.run(dates(start))]
        assert [(moment.hour, moment.minute) for moment in moments] == [(9, 5)] * 3
    hours = {int(SCHEDULED[name][0].split()[1]) for name in SCHEDULED if name not in ("upkeep", "care")}
    assert hours.isdisjoint({2, 3})


@pytest.mark.parametrize(
    ("active", "paused", "crons", "is_off", "told"),
    [
        (True, False, ("5 9 * * *",), False, 0),
        (False, False, ("5 9 * * *",), True, 1),
        (True, True, ("5 9 * * *",), True, 1),
        (True, False, ("30 12 * * *", "0 15 * * *"), False, 2),
        (False, False, ("30 12 * * *",), True, 2),
    ],
)
def test_what_was_switched_off_by_hand_stays_off_and_other_changes_are_told(
    active: bool, paused: bool, crons: tuple[str, ...], is_off: bool, told: int
) -> None:
    """Registering, which compose does at each start, mails nobody whom somebody had stopped being mailed."""
    deployment = deployment_of(CLOCK[0])
    schedules = [
        SimpleNamespace(
            slug="klok" if n == 0 else None,
            active=active,
            schedule=SimpleNamespace(cron=cron),
            parameters={"dry_run": False, "as_of": None} if n == 0 else {},
        )
        for n, cron in enumerate(crons)
    ]
    found = SimpleNamespace(paused=paused, schedules=schedules, parameters={"dry_run": True, "confirm": False})

    assert keep_switched_off(deployment, found) is is_off
    assert len(changed_by_hand(deployment, found, is_off)) == told
    assert (deployment.schedules[0].active, bool(deployment.paused)) == (active, paused)
    assert not keep_switched_off(deployment_of(CLOCK[0]), None)

    found.parameters["confirm"] = True
    found.schedules[0].parameters["dry_run"] = True
    assert changed_by_hand(deployment, found, is_off)[told:] == [
        "had another confirm as a default: removed, the clock says otherwise",
        "had another dry_run at its hour: removed, the clock says otherwise",
    ]


class Limits:
    """What a server answers about limits: its own of a deployment, if there is one; keeps what it is told to change."""

    def __init__(self, own: Any) -> None:
        self.own = own
        self.changed: list[Any] = []

    def __enter__(self) -> "Limits":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def read_global_concurrency_limit_by_name(self, name: str) -> Any:
        from prefect.exceptions import ObjectNotFound

        assert name == "deployment:7"
        if self.own is None:
            raise ObjectNotFound(http_exc=ValueError())
        return self.own

    def update_global_concurrency_limit(self, name: str, change: Any) -> None:
        self.changed.append(change.model_dump(exclude_unset=True))

    def request(self, method: str, path: str, path_params: dict[str, Any], json: dict[str, Any]) -> None:
        assert (method, path, path_params) == ("PATCH", "/deployments/{id}", {"id": 7})
        self.changed.append(json)


class Pool(Limits):
    """A pool and its queue, each paused or not, with a limit or without."""

    def read_work_pool(self, name: str) -> Any:
        return SimpleNamespace(is_paused=self.own[0], concurrency_limit=self.own[1], default_queue_id=3)

    def request(self, *_: Any, **__: Any) -> Any:
        return SimpleNamespace(json=lambda: [self._queue("3", "default"), self._queue("4", "other")])

    def _queue(self, number: str, name: str) -> dict[str, Any]:
        return {"id": number, "name": name, "is_paused": self.own[2], "concurrency_limit": self.own[3]}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ((False, None, False, None), []),
        ((True, None, False, 0), ["work pool bouwclub is paused", "its queue default has a concurrency limit"]),
        ((False, 1, True, None), ["its queue default is paused", "work pool bouwclub has a concurrency limit"]),
    ],
)
def test_a_pool_that_takes_no_runs_is_told(monkeypatch: pytest.MonkeyPatch, state: Any, told: list[str]) -> None:
    """Paused in the UI it stays paused, but whoever registers the clock reads that it stands still."""
    monkeypatch.setattr("prefect.get_client", lambda sync_client: Pool(state))
    assert [line.partition(":")[0] for line in what_holds_the_pool()] == told


OWN, OFF = SimpleNamespace(id=1, name="deployment:7", active=True), SimpleNamespace(id=1, name="", active=False)
OTHERS = SimpleNamespace(id=2, name="deployment:8", active=True)


@pytest.mark.parametrize(
    ("own", "has", "changed", "told"),
    [
        (OWN, OWN, [], ""),
        (None, None, [], ""),
        (OWN, None, [{"global_concurrency_limit_id": "1"}], "no limit of runs at once"),
        (OWN, OTHERS, [{"global_concurrency_limit_id": "1"}], "the limit of deployment:8"),
        (None, OTHERS, [{"global_concurrency_limit_id": None}], "the limit of deployment:8"),
        (OFF, OFF, [{"active": True}], "a limit that was switched off"),
    ],
)
def test_a_limit_that_the_ui_took_or_changed_is_given_back(
    monkeypatch: pytest.MonkeyPatch, own: Any, has: Any, changed: list[Any], told: str
) -> None:
    """Else registering ends in a conflict of two limits with one name, or takes another deployment's limit away."""
    client = Limits(own)
    monkeypatch.setattr("prefect.get_client", lambda sync_client: client)

    assert give_back_limit(SimpleNamespace(id=7, global_concurrency_limit=has)) == told
    assert client.changed == changed


def strategy_of(deployment: Any) -> str | None:
    """What happens when two meet; None when any number may run. The limit is one."""
    options = deployment.concurrency_options
    if deployment.concurrency_limit is None:
        return None
    assert deployment.concurrency_limit == 1
    return str(options.collision_strategy.value)


def test_every_flow_that_is_there_is_on_the_clock(deployments: dict[str, Any]) -> None:
    """A flow that nobody registered would be forgotten."""
    import importlib
    import pkgutil

    from prefect import Flow

    import flows

    found = set()
    for module in pkgutil.iter_modules(flows.__path__):
        members = inspect.getmembers(importlib.import_module(f"flows.{module.name}"), lambda one: isinstance(one, Flow))
        found |= {one.name for _, one in members}
    assert found == set(deployments)

"""The clock of the whole programme, on one page. `make deploy` registers it; doing so again changes nothing.

Except what was changed by hand: times go back to these, and that is told. What was switched off stays off.

A schedule says dry_run=false; started by hand from the UI, every flow only looks until somebody says otherwise.
"""

import sys
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from typing import Any

from deployments.server import (
    POOL,
    ServerMissing,
    ensure_pool,
    give_back_limit,
    registered,
    remove_others,
    require_scheduled_runs,
    require_server,
    what_holds_the_pool,
)
from programme.money.settling import SETTLES_AT

ZONE = "Europe/Amsterdam"
CLOCK_SLUG = "klok"
OURS = "bouwclub"  # the tag by which our deployments are told from others in the pool


@dataclass(frozen=True)
class DeploymentEntry:
    """One deployment.

    Attributes:
        place: module:function of the flow.
        cron: minute, hour, day, month, weekday in Amsterdam; None = started by hand or by another run.
        parameters: of the scheduled runs.
        meets: what a run does that is due while another of its flow is busy: wait for it, leave it to it, or join.
        tags: for finding it in the UI; Dutch.
    """

    place: str
    cron: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    meets: str = "wait"
    tags: tuple[str, ...] = ()


CLOCK = (
    DeploymentEntry("flows.daily:daily", "5 9 * * *", {"dry_run": False}, tags=("klok",)),
    DeploymentEntry("flows.win_back:win_back", "5 10 * * *", {"dry_run": False, "wait_hours": 6}, tags=("klok",)),
    DeploymentEntry(
        "flows.upkeep:upkeep", "*/15 * * * *", {"dry_run": False}, meets="leave", tags=("klok", "onderhoud")
    ),
    DeploymentEntry("flows.care:care", "*/15 * * * *", {"dry_run": False}, tags=("klok", "klachten")),
    DeploymentEntry("flows.housekeeping:housekeeping", "5 4 * * *", {"dry_run": False}, tags=("klok", "onderhoud")),
    DeploymentEntry(
        "flows.referral_settlement:referral_settlement",
        f"{SETTLES_AT.minute} {SETTLES_AT.hour} 1 * *",
        {"dry_run": False},
        tags=("klok", "geld"),
    ),
    DeploymentEntry("flows.rewards:rewards", "20 8 * * *", {"dry_run": False}, tags=("klok", "geld")),
    DeploymentEntry("flows.report:report", "30 7 * * 1", {"dry_run": False}, tags=("klok", "cijfers")),
    DeploymentEntry(
        "flows.campaign_deferred:campaign_deferred", "5 11 * * *", {"dry_run": False}, tags=("klok", "marketing")
    ),
    DeploymentEntry("flows.campaign:campaign", tags=("met de hand", "marketing")),
    DeploymentEntry("flows.campaign_withdrawal:campaign_withdrawal", meets="join", tags=("met de hand", "marketing")),
    DeploymentEntry("flows.forecast:forecast", meets="join", tags=("met de hand", "marketing")),
    DeploymentEntry("flows.what_if:what_if", meets="join", tags=("met de hand", "marketing")),
    DeploymentEntry("flows.backfill:backfill", tags=("met de hand", "techniek")),
    DeploymentEntry("flows.deliver:deliver", meets="join", tags=("techniek",)),
)
# Late runs of a flow that waits all work as of the day on which they start: the first does the work.
MEETINGS = {"wait": "ENQUEUE", "leave": "CANCEL_NEW", "join": None}


def deployment_of(entry: DeploymentEntry) -> Any:
    """The deployment, named like its flow, as Prefect wants it; nothing is registered yet."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.flows import EntrypointType
    from prefect.schedules import Cron

    module, _, name = entry.place.partition(":")
    flow = getattr(import_module(module), name)
    strategy = MEETINGS[entry.meets]
    schedules = [Cron(entry.cron, timezone=ZONE, parameters=entry.parameters, slug=CLOCK_SLUG)] if entry.cron else []
    return flow.to_deployment(
        flow.name,
        work_pool_name=POOL,
        schedules=schedules,
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=strategy) if strategy else None,
        description=flow.description.partition("\nArgs:")[0].strip(),  # the help texts stand at the fields
        tags=[OURS, *entry.tags],
        entrypoint_type=EntrypointType.MODULE_PATH,
        enforce_parameter_schema=True,
    )


def register(entries: tuple[DeploymentEntry, ...] = CLOCK) -> list[str]:
    """Register the work pool, the deployments and the automations, and remove what the clock no longer has.

    Safe to repeat.

    Returns:
        One line for each deployment.

    Raises:
        ServerMissing: no server, or one whose scheduler makes no runs.
    """
    from deployments.automations import register_automations
    from models.settings import read_settings

    require_server()
    ensure_pool()
    deployments = [deployment_of(entry) for entry in entries]
    # First, because a copy that was made in the UI shares the limit of what it was copied from, and takes it along.
    removed = remove_others([deployment.name for deployment in deployments], OURS)
    lines, running = [], []
    for entry, deployment in zip(entries, deployments, strict=True):
        found = registered(deployment.name)
        is_off = keep_switched_off(deployment, found)
        other_limit = give_back_limit(found) if found else ""
        deployment.apply()
        lines.append(f"{deployment.name:<20} {entry.cron or 'by hand':<14} {', '.join(entry.tags)}")
        lines += [f"{deployment.name:<20} {told}" for told in changed_by_hand(deployment, found, is_off)]
        lines += [f"{deployment.name:<20} had {other_limit}: removed, the clock says otherwise"] if other_limit else []
        running += [deployment.name] if entry.cron and not is_off else []
    lines += [f"{name:<20} removed: no longer on the clock" for name in removed]
    lines += what_holds_the_pool()
    lines += register_automations(read_settings())
    require_scheduled_runs(running)
    return lines


def keep_switched_off(deployment: Any, found: Any) -> bool:
    """Whether somebody has switched this deployment or its schedule off; then it is registered as it is, off.

    Compose registers at each start, and whoever stopped the mails did not mean them to begin with the next start.

    Args:
        found: what the server has; None when it has nothing.
    """
    if found is None or not deployment.schedules:
        return False
    if any(one.slug == CLOCK_SLUG and not one.active for one in found.schedules):
        deployment.schedules[0].active = False
        return True
    if found.paused:
        deployment.paused = True
    return bool(found.paused)


def changed_by_hand(deployment: Any, found: Any, is_off: bool) -> list[str]:
    """What the server had otherwise than the clock, and what became of it."""
    if found is None:
        return []
    told = ["is switched off and stays off: no run starts until it is switched on in the UI"] if is_off else []
    times = [getattr(one.schedule, "cron", "another time") for one in found.schedules]
    other = [time for time in times if time not in [one.schedule.cron for one in deployment.schedules]]
    others = [f"{name} as a default" for name in _other_values(deployment, {}, found.parameters)]
    for mine, theirs in product(deployment.schedules, found.schedules):
        if mine.slug == theirs.slug:
            others += [f"{name} at its hour" for name in _other_values(deployment, mine.parameters, theirs.parameters)]
    return [*told, *(f"had {one}: removed, the clock says otherwise" for one in [*other, *others])]


def _other_values(deployment: Any, wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What the runs would have been given otherwise than the clock says; the UI also stores what is the default."""
    defaults = {name: one.get("default") for name, one in deployment._parameter_openapi_schema.properties.items()}
    asked, had = defaults | wanted, defaults | found
    return [f"another {name}" for name in had if had[name] != asked.get(name)]


def main() -> None:
    from models.settings import SettingsInvalid

    try:
        lines = register()
    except (ServerMissing, SettingsInvalid) as mistake:
        sys.exit(f"deploy: {mistake}")
    print("\n".join(lines))  # noqa: T201  # a command of its own


if __name__ == "__main__":
    main()

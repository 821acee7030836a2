"""Every quarter of an hour: complaints, their steps and mails, and the tasks of people."""

from collections import Counter
from datetime import datetime

from prefect import get_run_logger, runtime
from prefect.cache_policies import NO_CACHE

from flows.caring import CareSteps, run_care
from flows.secrecy import flow, task
from flows.ui.refusals import require_come
from programme.care.tick import quarter_before
from programme.words.dates import AMSTERDAM, amsterdam
from tasks.base.workspace import now_in_amsterdam, open_workspace
from tasks.care.tick import run_tick

# Safe to repeat: a tick that ran does nothing again but send what waits.
STEPS = CareSteps(tick=task(name="tick", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=10)(run_tick))


def _run_name() -> str:
    given = runtime.flow_run.parameters.get("at")
    moment = _in_zone(datetime.fromisoformat(str(given))) if given else now_in_amsterdam()
    return f"care-{quarter_before(moment):%Y-%m-%d-%H.%M}"


def _in_zone(moment: datetime) -> datetime:
    """In Amsterdam; the form of the UI may give a moment without a zone."""
    return amsterdam(moment.date(), moment.time()) if moment.tzinfo is None else moment.astimezone(AMSTERDAM)


@flow(name="care", flow_run_name=_run_name)
def care(at: datetime | None = None, dry_run: bool = True) -> dict[str, int]:
    """Volgt elk kwartier de klachten: taken, mails en wat te laat is. Maakt 's ochtends de taken van de dag.

    Args:
        at: Het kwartier; leeg is het kwartier van nu (Amsterdam). Later dan nu kan alleen om te kijken.
        dry_run: Alleen kijken: er wordt niets geschreven en niets verstuurd.
    """
    now = now_in_amsterdam()
    moment = _in_zone(at) if at else now
    if not dry_run:
        require_come(moment, now)
    done = run_care(STEPS, open_workspace(), moment, moment, now, dry_run)
    counts = Counter(line.did.value for each in done for line in each.lines)
    get_run_logger().info("care %s", " ".join(f"{did}={count}" for did, count in sorted(counts.items())) or "nothing")
    return dict(counts)

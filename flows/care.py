"""Every quarter of an hour: finish what a crash or a lost connection left lying."""

from dataclasses import asdict

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.artifacts import publish_upkeep
from flows.notes import publish_notes
from tasks import answers, events, upkeep
from tasks.desk import open_desk
from tasks.upkeep import Upkeep

look = task(name="look", cache_policy=NO_CACHE)(upkeep.count_upkeep)
free_claims = task(name="free-claims", cache_policy=NO_CACHE)(upkeep.free_claims)
read_open_notes = task(name="read-open-notes", cache_policy=NO_CACHE, persist_result=False)(answers.read_open_notes)
apply_events = task(name="apply-events", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5)(events.apply_events)


@flow(name="care")
def care(dry_run: bool = True) -> Upkeep:
    """Ruimt op wat is blijven liggen, en toont welke antwoorden van klanten om contact vragen.

    Args:
        dry_run: alleen kijken wat er ligt.
    """
    desk = open_desk()
    left = look(desk.engine)
    if not dry_run:
        free_claims(desk.engine)
        apply_events(desk.engine)
        left = look(desk.engine)
    get_run_logger().info("care %s", " ".join(f"{name}={count}" for name, count in asdict(left).items()))
    publish_notes(read_open_notes(desk.engine))
    return publish_upkeep(left)

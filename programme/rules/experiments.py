"""Which clients are held out of a touchpoint so that its effect can be measured (programme section 4)."""

import hashlib
from datetime import date

from programme.terms.schema import Programme

BUCKETS = 10_000  # so a holdout share is exact to 0.01 %


def is_held_out(programme: Programme, touchpoint_id: str, client_id: str, as_of: date) -> bool:
    """Whether the client is in the holdout of an experiment on this touchpoint that runs on `as_of`."""
    return any(
        experiment.touchpoint == touchpoint_id
        and experiment.first_on <= as_of <= experiment.last_on
        and bucket_of(experiment_id, client_id) < experiment.holdout_share * BUCKETS
        for experiment_id, experiment in programme.experiments.items()
    )


def bucket_of(experiment_id: str, client_id: str) -> int:
    """A stable number from 0 to 9,999, spread evenly over the clients and independently for each experiment."""
    digest = hashlib.sha256(f"{experiment_id}:{client_id}".encode()).digest()
    return int.from_bytes(digest, "big") % BUCKETS

"""Starting a campaign's run over Prefect's API, and taking back the runs that wait for its moment."""

from collections.abc import Mapping
from typing import Any

from tasks.base.prefect_api import STARTING_SECONDS, PrefectApi

DEPLOYMENT = "campaign/campaign"
TAG = "balie"  # of every run that the desk started
GO_TAG = "akkoord-"  # and the id of its go: the flow reads it back from its tags
NAME_TAG = "campagne-"  # and the name of the campaign: a run that has not started has no name of its own yet
NOT_STARTED = ("SCHEDULED", "PENDING", "PAUSED")


def tags_of(name: str, go_id: str = "") -> list[str]:
    """The tags by which a run is known as one of this campaign, and of this go."""
    return [f"{NAME_TAG}{name}", *([TAG, f"{GO_TAG}{go_id}"] if go_id else [])]


def go_of_tags(tags: list[str]) -> str:
    """The id of the go that a run was started with; "" for none."""
    return next((tag.removeprefix(GO_TAG) for tag in tags if tag.startswith(GO_TAG)), "")


def start_run(api: PrefectApi, name: str, go_id: str, form: Mapping[str, Any]) -> str:
    """Start the flow campaign in earnest with this form, and return the id of its run.

    Safe to repeat: with the same go the server answers with the run that it made before.

    Raises:
        NoServer: no server answers, or it knows no such flow.
    """
    deployment = api.get(f"deployments/name/{DEPLOYMENT}", STARTING_SECONDS)
    asked = {
        "parameters": {**form, "dry_run": False},
        "idempotency_key": f"{GO_TAG}{go_id}",
        "tags": tags_of(name, go_id),
        "enforce_parameter_schema": False,  # the flow checks more than the form does, and says it in Dutch
    }
    run = api.post(f"deployments/{deployment['id']}/create_flow_run", asked, STARTING_SECONDS)
    return str(run["id"])


def cancel_runs(api: PrefectApi, name: str, why: str) -> int:
    """Cancel the runs of the campaign that have not started, and return their number. Raises NoServer.

    Args:
        why: a Dutch sentence, which stands with each of them.
    """
    asked = {
        "flow_runs": {"tags": {"all_": [f"{NAME_TAG}{name}"]}, "state": {"type": {"any_": list(NOT_STARTED)}}},
        "limit": 200,
    }
    runs = api.post("flow_runs/filter", asked)
    for run in runs:
        state = {"type": "CANCELLED", "name": "Gestopt", "message": why}
        api.post(f"flow_runs/{run['id']}/set_state", {"state": state, "force": False})
    return len(runs)

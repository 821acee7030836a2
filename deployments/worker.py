"""A worker of the pool, with the settings of the folder in which it is started: python -m deployments.worker.

Prefect runs each flow in a fresh temporary folder, where relative paths and a .env file would be lost; so the
settings are read here, made absolute and handed on in the environment. Any number of these, on any number of machines;
each also looks for runs whose worker is gone.
"""

import argparse
import os
import secrets
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import make_url

from deployments.lost_runs import HEARTBEAT_SECONDS, WORKER_HEARTBEAT_SECONDS, watch
from deployments.server import POOL
from models.settings import Settings, SettingsInvalid, read_settings

MOST_RUNS = 6  # daily, win-back waiting for it, upkeep, a backfill and two helpers; some 150 MB each
PRIVATE = 0o077  # what runs write names clients: files are 0600, folders 0700
QUERY_SECONDS = 5  # how often it asks for work; Prefect's 15 s make every start that much slower


def settings_environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Every setting as its variable, with paths that hold wherever a run is started.

    The key that was made in the folder is handed on too, except to SendGrid: there the key has to be set.
    """
    values = {name: getattr(settings, name) for name in Settings.model_fields}
    values["database_url"] = _absolute_url(settings.database_url, folder)
    values["outbox_dir"] = (folder / settings.outbox_dir).resolve()
    values["programme"] = (folder / settings.programme).resolve()
    if settings.secret_key is None and settings.delivery == "outbox":
        values["secret_key"] = SecretStr(settings.key().decode())
    return {f"BOUWCLUB_{name.upper()}": _text(value) for name, value in values.items() if value is not None}


def worker_environment() -> dict[str, str]:
    """The settings, and what makes a dead run noticed soon. Raises SettingsInvalid."""
    own = settings_environment(read_settings(), Path.cwd())
    return {
        **own,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "PREFECT_WORKER_HEARTBEAT_SECONDS": str(WORKER_HEARTBEAT_SECONDS),
        "PREFECT_WORKER_QUERY_SECONDS": os.environ.get("PREFECT_WORKER_QUERY_SECONDS", str(QUERY_SECONDS)),
    }


def worker_command(name: str, limit: int = MOST_RUNS) -> list[str]:
    """This module as a process."""
    return [sys.executable, "-m", "deployments.worker", "--name", name, "--limit", str(limit)]


def name_of_worker(asked: str | None) -> str:
    """A name that no worker had before: a run tells whose it is by that, so a restarted worker is another one."""
    return f"{asked or socket.gethostname()}-{secrets.token_hex(3)}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deployments.worker", description="A worker of the pool.")
    parser.add_argument("--name", help="as it is called in the UI, with a suffix (default: the machine's name)")
    parser.add_argument("--limit", type=int, default=MOST_RUNS, help="runs at once at most (default: %(default)s)")
    parser.add_argument("--healthcheck", action="store_true", help="answer at /health of port 8080 while it polls")
    asked = parser.parse_args()
    if not os.environ.get("PREFECT_API_URL"):
        sys.exit("worker: PREFECT_API_URL is not set; set it to the server, as http://127.0.0.1:4200/api")
    try:
        os.environ.update(worker_environment())
    except SettingsInvalid as mistake:
        sys.exit(f"worker: {mistake}")
    os.umask(PRIVATE)
    _start(name_of_worker(asked.name), asked.limit, asked.healthcheck)


def _start(name: str, limit: int, answers_health: bool) -> None:
    """Prefect's own command, in this process, beside the watch for lost runs; ends as that command does."""
    from prefect.cli import app

    let_retries_wait()
    threading.Thread(target=watch, args=[threading.Event(), name], name="lost-runs", daemon=True).start()
    sys.argv = ["prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    sys.argv += ["--limit", str(limit), "--name", name]
    if answers_health:
        sys.argv += ["--with-healthcheck"]
    app()


def let_retries_wait() -> None:
    """Make Prefect's worker leave a run whose process has not ended yet for its next look.

    Somebody may press Retry within a second or two of a failure. The run then still holds its slot, and the worker, as
    of Prefect 3.8.8, ends by the error of taking it twice; all its other runs end with it.
    """
    from prefect.workers.base import BaseWorker

    submit = BaseWorker._submit_scheduled_flow_runs

    async def submit_those_without_a_slot(worker: Any, flow_run_response: list[Any]) -> list[Any]:
        holding = worker.limiter.statistics().borrowers
        return await submit(worker, [one for one in flow_run_response if one.flow_run.id not in holding])

    BaseWorker._submit_scheduled_flow_runs = submit_those_without_a_slot  # type: ignore[method-assign, assignment]


def _absolute_url(url: str, folder: Path) -> str:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        return url
    return parsed.set(database=str((folder / parsed.database).resolve())).render_as_string(hide_password=False)


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


if __name__ == "__main__":
    main()

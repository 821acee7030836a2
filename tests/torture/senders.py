"""Sender processes, forked from a parent that has everything loaded: a process costs milliseconds, so kills are many.

The parent reads one JSON job a line and answers one line when that child has ended: its id and its exit status.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from tempfile import TemporaryDirectory
from typing import Any

from models.settings import ROOT

DAY = date(2026, 3, 2)
LEASE_SECONDS = 3
FIELDS = '{"name":"Jan","project":"dakkapel","unsubscribe_url":"https://x.nl/u/t"}'


@dataclass(frozen=True)
class Job:
    """One sender process.

    Attributes:
        kill_at: a checkpoint; "" lets it live.
        passes: how often the checkpoint is passed before.
        seeded: a fault of tests/torture/seeded.py; "" for the real algorithm.
    """

    url: str
    host: str
    batch: int
    kill_at: str = ""
    passes: int = 0
    seeded: str = ""


class Senders:
    """The parent process, seen from the harness."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.torture.senders"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, jobs: list[Job]) -> list[int]:
        """Run some senders at once; returns their exit statuses (-9: killed)."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([asdict(job) for job in jobs]) + "\n")
        self._process.stdin.flush()
        ended: list[int] = json.loads(self._process.stdout.readline())
        return ended

    def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@contextmanager
def running_senders() -> Iterator[Senders]:
    senders = Senders()
    try:
        yield senders
    finally:
        senders.close()


def main() -> None:
    _load()
    for line in sys.stdin:
        children = [_fork(Job(**job)) for job in json.loads(line)]
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        sys.stdout.write(json.dumps(statuses) + "\n")
        sys.stdout.flush()


def _load() -> None:
    """Import and compile what a sender needs, also what is imported late, by one delivery to nobody."""
    import psycopg  # noqa: F401

    import tests.torture.seeded  # noqa: F401
    from models.database import engine as engines
    from models.database.engine import open_engine, upgrade_schema
    from tests.statements import make_dialects_equal, open_sharing
    from tests.tasks.sending.test_delivery import add

    make_dialects_equal()
    engines.create_engine = open_sharing
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/warm.db"
        engine = open_engine(url)
        upgrade_schema(engine)
        add(engine, 1, fields=FIELDS)
        engine.dispose()
        _send(Job(url, "http://127.0.0.1:9", 1))


def _fork(job: Job) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _send(job)
        code = 0
    except BaseException as error:
        sys.stderr.write(f"sender: {type(error).__name__}: {str(error).splitlines()[0][:200]}\n")
        sys.stderr.flush()
    finally:
        os._exit(code)


def _send(job: Job) -> None:
    """One delivering run, hurried: what waits seconds in life waits hundredths here."""
    from models.database.engine import open_engine
    from models.settings import Settings
    from tasks.base import checkpoints
    from tasks.base.workspace import Workspace
    from tasks.providers.sendgrid.messenger import SendGridMessenger
    from tasks.sending import delivery
    from tasks.sending.means import Delivery
    from tasks.sending.messenger import DeliveryStopped
    from tasks.sending.sender import this_worker
    from tests.standin.server import API_KEY
    from tests.tasks.mail.plain_renderer import PlainRenderer
    from tests.tasks.sending.test_delivery import PROGRAMME
    from tests.torture import seeded

    this_worker.cache_clear()
    hurried: Any = delivery
    hurried.POLL_SECONDS = hurried.NOT_SENT_SECONDS = 0.05
    if job.seeded:
        seeded.put_in(job.seeded)
    if job.kill_at:
        checkpoints.arm(job.kill_at, job.passes)
    settings = Settings(
        _env_file=None,
        delivery="sendgrid",
        sendgrid_host=job.host,
        sendgrid_api_key=API_KEY,
        secret_key="geheim",
        base_url="https://club.voorbeeld.nl",
        send_batch=job.batch,
        lease_seconds=LEASE_SECONDS,
        max_failure_share=1,
    )
    os.environ["PGAPPNAME"] = "sender"  # the disturber cuts these connections and no others
    engine = open_engine(job.url)
    messenger = SendGridMessenger(settings, PROGRAMME)
    work = Delivery(Workspace(settings, PROGRAMME, engine), PlainRenderer(), messenger, patience_seconds=8.0)
    with contextlib.suppress(DeliveryStopped):  # the brake; the harness starts another sender
        delivery.deliver_queued(work, DAY, "torture")


if __name__ == "__main__":
    main()

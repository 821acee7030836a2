"""One process against two on the same planned mails, with a provider that takes 300 ms for each request.

All begin at one moment: what a helper's start costs on a Prefect server, benchmarks/workers.py measures. The settings
are those that a user has who sets none. python -m benchmarks.together URL HOST is one of the processes.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select, update

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.delivery import DAY, _plan, stand_in
from models.database.engine import open_engine, reading, writing
from models.settings import ROOT
from models.tables import message_states, requests
from sample.bulk import Size

SECONDS_A_REQUEST = 0.3
LEAST_RATIO = 1.7
DAY_OF = (DAY, DAY + timedelta(days=1))  # of one process, and of two


class Sent(NamedTuple):
    """Attributes: seconds: from the first request to the last answer; cpu: of all processes of ours."""

    seconds: float
    cpu: float
    accepted: int
    waiting: float


def run(say: Callable[[str], None], scale: int) -> None:
    """Args: scale: mails of each delivery."""
    for kind in KINDS:
        with fresh_copy(kind, Size(scale, scale // 10)) as url, stand_in("--slow", str(SECONDS_A_REQUEST)) as host:
            _plan(url)
            alone = _deliver(url, host, 1)
            _plan_again(url)
            both = _deliver(url, host, 2)
        for name, sent in (("one process", alone), ("two", both)):
            say(
                f"{kind}, {name}: {sent.accepted:,} in {sent.seconds:.1f} s, {sent.accepted / sent.seconds:,.0f} a "
                f"second, cpu {sent.cpu:.1f} s, {sent.waiting:.1f} requests on the wire"
            )
        rate = both.accepted / both.seconds * alone.seconds / alone.accepted
        say(f"{kind}: two are {rate:.2f} times as fast as one (at least {LEAST_RATIO})")


def _deliver(url: str, host: str, count: int) -> Sent:
    """By so many processes, which begin together."""
    command = [sys.executable, "-m", "benchmarks.together", url, host, str(DAY_OF[count - 1])]
    with _processes(command, count) as running:
        for one in running:
            assert one.stdout
            assert one.stdout.readline().strip() == "ready"
        told = [json.loads(one.communicate()[0].splitlines()[-1]) for one in _started(running)]
    engine = open_engine(url)
    spent = requests.c.answered_at, requests.c.sent_at
    with reading(engine) as connection:
        rows = connection.execute(select(*spent).where(requests.c.as_of == DAY_OF[count - 1])).all()
    engine.dispose()
    seconds = (max(row.answered_at for row in rows) - min(row.sent_at for row in rows)).total_seconds()
    waiting = sum((row.answered_at - row.sent_at).total_seconds() for row in rows) / seconds
    return Sent(seconds, sum(one["cpu"] for one in told), sum(one["accepted"] for one in told), waiting)


def _started(running: list["subprocess.Popen[str]"]) -> list["subprocess.Popen[str]"]:
    """All of them told to begin, before one is waited for."""
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    return running


@contextmanager
def _processes(command: list[str], count: int) -> Iterator[list["subprocess.Popen[str]"]]:
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) for _ in range(count)]
    try:
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()


def _plan_again(url: str) -> None:
    """What was accepted is planned for the other day."""
    engine = open_engine(url)
    with writing(engine) as connection:
        sent = message_states.c.request_id.is_not(None), message_states.c.as_of == DAY
        again = {"status": "planned", "as_of": DAY_OF[1], "request_id": None, "settled_at": None, "provider_id": None}
        connection.execute(update(message_states).where(*sent).values(again))
        assert connection.execute(select(func.count()).where(message_states.c.status == "planned")).scalar_one()
    engine.dispose()


def deliver(url: str, host: str, day: str) -> None:
    """Make everything ready, wait for the word, deliver."""
    from benchmarks.delivery import delivery_to
    from tasks.sending.delivery import deliver_queued

    delivery = delivery_to(url, host)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    before = time.process_time()
    report = deliver_queued(delivery, DAY_OF[[str(each) for each in DAY_OF].index(day)], "benchmark")
    told = {"accepted": report.accepted, "cpu": time.process_time() - before}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    deliver(*sys.argv[1:])

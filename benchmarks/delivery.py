"""Delivery alone: a mail to every client, planned already, from the first claim to the last accepted, by HTTP.

python -m benchmarks.delivery DATABASE_URL HOST measures one delivery in this process and prints JSON.
What a whole campaign costs, the choosing and deciding included, benchmarks/campaign.py measures.
"""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from benchmarks.databases import KINDS, fresh_copy
from benchmarks.process import Measured, Stopwatch, measured, tell
from models.database.bulk import insert_rows
from models.database.engine import open_engine, reading, writing
from models.settings import ROOT, Settings
from models.tables import clients, messages
from programme.words.tokens import LinkPurpose, message_id_of, message_token
from sample.bulk import KEY, NAMES, Size

if TYPE_CHECKING:
    from tasks.sending.means import Delivery

DAY = date(2026, 2, 27)
TOUCHPOINT = "dakkapel_to_uitbouw"  # its mail has seven fields, some of them alike for many
VARIANT = (
    '{"allowed":true,"has_project":true,"segment":"overig","signed_by":"engineer","tier":"brons","type":"dakkapel"}'
)
BASE_URL = "https://club.bureaubroersma.example"
API_KEY = "SG.standin"
CHUNK = 20_000
PEER_MESSAGES = {"anymail": 50_000, "single": 2_000}
MOST_SECONDS = {"sqlite": 30, "postgresql": 45}  # for a million
LEAST_RATIOS = {"sqlite": {"anymail": 2, "single": 20}, "postgresql": {"anymail": 1, "single": 10}}
MOST_BYTES, MOST_MB, MOST_GROWTH = 600, 300, 1.2
COLUMNS = (
    "message_id",
    "client_id",
    "recipient",
    "touchpoint",
    "occasion",
    "flow",
    "purpose",
    "as_of",
    "due_on",
    "closes_on",
    "status",
    "attempts",
    "variant",
    "fields",
)


def run(say: Callable[[str], None], scale: int) -> None:
    """A delivery of `scale` and one of a tenth on each database, then the same mail by others, all in one run."""
    rates, growth = {}, {}
    for kind in KINDS:
        small = _delivery(kind, scale // 10)[0]
        done, bytes_each = _delivery(kind, scale)
        accepted, lap = done.counts["accepted"], done.laps["deliver"]
        rates[kind], growth[kind] = accepted / lap.wall, done.peak_mb / small.peak_mb
        say(
            f"delivery alone, {kind}: {accepted:,} accepted in {lap} (at most {MOST_SECONDS[kind] * scale / 1e6:g} s), "
            f"{rates[kind]:,.0f}/s, {bytes_each:.0f} bytes each (at most {MOST_BYTES}), {done.peak_mb} MB "
            f"(at most {MOST_MB}), {growth[kind]:.2f} x that of a tenth (at most {MOST_GROWTH})"
        )
        say(f"  before it: start {done.laps['start']}, writing the plan {done.laps['plan']}")
    for peer, count in PEER_MESSAGES.items():
        with stand_in() as host:
            lap = measured("benchmarks.delivery_peers", peer, host, str(count)).laps["send"]
            assert counted(host)["recipients"] == count
        rate = count / lap.wall
        ratios = ", ".join(f"{kind} {rates[kind] / rate:.1f} x (at least {LEAST_RATIOS[kind][peer]})" for kind in KINDS)
        say(f"{peer}: {rate:,.0f}/s over {count:,}, without choosing, claiming or logging: {ratios}")


def _delivery(kind: str, scale: int) -> tuple[Measured, float]:
    """What was measured, and the bytes on the wire for each recipient."""
    with fresh_copy(kind, Size(scale, scale // 10)) as url, stand_in() as host:
        done = measured("benchmarks.delivery", url, host)
        told = counted(host)
    assert told["recipients"] == done.counts["accepted"] > 0 == done.counts["left"], (told, done.counts)
    assert not told["invalid"], told
    return done, told["bytes"] / told["recipients"]


def measure(url: str, host: str) -> None:
    watch = Stopwatch()
    with watch.lap("start"):
        from tasks.sending.delivery import deliver_queued

        delivery = delivery_to(url, host)
    with watch.lap("plan"):
        _plan(url)
    with watch.lap("deliver"):
        report = deliver_queued(delivery, DAY, "benchmark")
    left = report.left + report.in_doubt + report.rejected + report.unfit
    tell(watch, {"accepted": report.accepted, "left": left})


def delivery_to(url: str, host: str) -> "Delivery":
    """What a delivering run works with, with the settings of a user who sets no more than he must."""
    from tasks.base.programme_file import load_programme
    from tasks.base.workspace import Workspace
    from tasks.mail.render import Renderer
    from tasks.providers.sendgrid.messenger import SendGridMessenger
    from tasks.sending.means import Delivery

    programme = load_programme(ROOT / "programme.toml")
    settings = Settings(
        _env_file=None,
        delivery="sendgrid",
        sendgrid_host=host,
        sendgrid_api_key=API_KEY,
        secret_key=KEY.decode(),
        base_url=BASE_URL,
    )
    workspace = Workspace(settings, programme, open_engine(url))
    return Delivery(workspace, Renderer(programme, BASE_URL), SendGridMessenger(settings, programme))


def _plan(url: str) -> None:
    """A planned message for every client with an address, chunk by chunk."""
    engine = open_engine(url)
    last = ""
    while True:
        query = select(clients.c.client_id, clients.c.recipient).where(clients.c.recipient != "")
        with reading(engine) as connection:
            found = connection.execute(query.where(clients.c.client_id > last).order_by("client_id").limit(CHUNK)).all()
        if not found:
            engine.dispose()
            return
        last = found[-1].client_id
        with writing(engine) as connection:
            insert_rows(connection, messages, COLUMNS, [_row(*each) for each in found])


def _row(client_id: str, recipient: str) -> tuple[object, ...]:
    message_id = message_id_of(KEY, client_id, TOUCHPOINT, "campaign")
    token = message_token(KEY, LinkPurpose.UNSUBSCRIBE, message_id)
    number = int(message_id[:6], 16)
    fields = {
        "delivered_on": "27 augustus 2025",
        "engineer": "ir. S. Wiersma",
        "greeting": f"Beste {NAMES[number % len(NAMES)]}",
        "preferences_url": f"{BASE_URL}/voorkeuren/{token}",
        "project_for": "de dakkapel",
        "reference": f"P{number}",
        "unsubscribe_url": f"{BASE_URL}/u/{token}",
    }
    told = (message_id, client_id, recipient, TOUCHPOINT, "campaign", "campaign", "service", DAY, DAY, DAY)
    return *told, "planned", 0, VARIANT, orjson.dumps(fields).decode()


@contextmanager
def stand_in(*options: str) -> Iterator[str]:
    """The address of a stand-in that only counts, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.standin", "--fast", "--log", str(Path(folder) / "log"), *options]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()
            process.wait()


def counted(host: str) -> dict[str, int]:
    """What a stand-in has counted: recipients, bytes, and requests that no client of ours may send."""
    with urllib.request.urlopen(f"{host}/_count") as answer:
        told: dict[str, int] = json.load(answer)
    return told


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2])

"""A campaign to everyone by the flow's own steps: look, decide and log, deliver over HTTP to a stand-in for SendGrid.

python -m benchmarks.campaign DATABASE_URL HOST measures one campaign in this process and prints JSON.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial

from benchmarks import limit as limits
from benchmarks.databases import KINDS, fresh_copy
from benchmarks.delivery import API_KEY, BASE_URL, PEER_MESSAGES, counted, stand_in
from benchmarks.process import Measured, Stopwatch, measured, tell
from benchmarks.server_load import server_seconds, written_bytes
from models.settings import ROOT
from sample.bulk import DAY, KEY, Size

MOST_MICROSECONDS = 100  # of processor time for each mail, the database's included
MOST_MB = 300
LEAST_RATIOS = {"anymail": 1, "single": 10}  # in processor time; neither chooses, decides or logs
STAGES = ("look", "decide", "deliver")


def run(say: Callable[[str], None], scale: int) -> None:
    """A campaign to `scale` clients and one to a tenth of them on each database, and the same mail by others."""
    costs = {}
    for kind in KINDS:
        with _campaign(kind, scale // 10) as (small, _):
            pass
        with _campaign(kind, scale) as (done, url):
            costs[kind] = _report(say, kind, done, small.peak_mb)
            _report_limit(say, _limit(kind, scale, url), costs[kind])
    for peer, count in PEER_MESSAGES.items():
        with stand_in() as host:
            lap = measured("benchmarks.delivery_peers", peer, host, str(count)).laps["send"]
            assert counted(host)["recipients"] == count
        each = 1e6 * lap.cpu / count
        ratios = ", ".join(f"{kind} {each / costs[kind]:.1f} x (at least {LEAST_RATIOS[peer]})" for kind in KINDS)
        say(f"{peer}: {each:.0f} µs of processor time a mail, without choosing, deciding or logging: {ratios}")


@contextmanager
def _campaign(kind: str, scale: int) -> Iterator[tuple[Measured, str]]:
    """What was measured, and the address of the database that the campaign left."""
    with fresh_copy(kind, Size(scale, scale // 10)) as url:
        with stand_in() as host:
            done = measured("benchmarks.campaign", url, host)
            told = counted(host)
        assert told["recipients"] == done.counts["accepted"], told
        assert not told["invalid"], told
        yield done, url


def _limit(kind: str, scale: int, done_url: str) -> Measured:
    """The least that the rows and requests of a finished campaign cost (benchmarks/limit.py)."""
    with fresh_copy(kind, Size(scale, scale // 10)) as url, stand_in() as host:
        least = measured("benchmarks.limit", url, done_url, host)
        assert counted(host)["recipients"] == least.counts["accepted"]
    return least


def _report(say: Callable[[str], None], kind: str, done: Measured, small_mb: int) -> float:
    """Tell the figures; returns the µs of processor time of one mail, ours and the database's."""
    mails, total = done.counts["accepted"], done.total(*STAGES)
    each = 1e6 * total.all_cpu / mails
    say(
        f"campaign to everyone, {kind}: {mails:,} accepted of {done.counts['recipients']:,} recipients in "
        f"{total.wall:.1f} s, {mails / total.wall:,.0f}/s; {each:.0f} µs of processor time a mail "
        f"(at most {MOST_MICROSECONDS}), {done.peak_mb} MB (at most {MOST_MB}; {small_mb} MB for a tenth), "
        f"{done.counts['written'] / mails / 1000:.1f} kB written a mail"
    )
    say(f"  µs a mail, ours + the database server's: {_parts(done, STAGES)}; start {done.laps['start']}")
    return each


def _report_limit(say: Callable[[str], None], least: Measured, each: float) -> None:
    limit = 1e6 * least.total(*limits.LAPS).all_cpu / least.counts["accepted"]
    say(
        f"  limit: the same rows and requests by bare drivers, nothing decided or worded: {limit:.0f} µs "
        f"({_parts(least, limits.LAPS)}); the campaign takes {each / limit:.1f} x"
    )


def _parts(done: Measured, stages: Sequence[str]) -> str:
    laps, mails = {stage: done.laps[stage] for stage in stages}, done.counts["accepted"]
    parts = (f"{stage} {1e6 * lap.cpu / mails:.0f} + {1e6 * lap.server / mails:.0f}" for stage, lap in laps.items())
    return "; ".join(parts)


def measure(url: str, host: str) -> None:
    """Look, then run the day as flows/campaign.py does."""
    watch = Stopwatch()
    with watch.lap("start"):
        from flows.day import DaySteps, decide_day, deliver_day
        from models.database.engine import open_engine
        from models.settings import Settings
        from programme.words.dates import AMSTERDAM
        from programme.words.states import HandFlow, RunMode
        from tasks.base.programme_file import load_programme
        from tasks.base.workspace import Workspace
        from tasks.campaigns import steps
        from tasks.campaigns.checks import check_order
        from tasks.campaigns.register import register
        from tasks.runs.day import Day

        settings = Settings(
            _env_file=None,
            delivery="sendgrid",
            sendgrid_host=host,
            sendgrid_api_key=API_KEY,
            secret_key=KEY.decode(),
            base_url=BASE_URL,
            daily_band=0,
        )
        engine = open_engine(url)
        workspace = Workspace(settings, load_programme(ROOT / "programme.toml"), engine)
        campaign = check_order(workspace, FORM, datetime(DAY.year, DAY.month, DAY.day, 10, tzinfo=AMSTERDAM)).campaign
        own = {name: partial(getattr(steps, name), campaign=campaign) for name in ("begin", "take_up", "decide")}
        day = Day(workspace, HandFlow.CAMPAIGN, DAY, RunMode.SEND, DAY)
        written, watch.server = written_bytes(engine), server_seconds(engine)
    before = written()
    with watch.lap("look"):
        count = steps.plan(workspace, campaign, DAY)
    register(engine, campaign, None)
    with watch.lap("decide"):
        queued = decide_day(replace(DaySteps(), **own), day)
    with watch.lap("deliver"):
        report = deliver_day(DaySteps(), queued)
    assert count.to_send == queued.queued.to_send, (count.to_send, queued.queued.to_send)
    counts = {"recipients": count.recipients, "accepted": report.delivered["accepted"]}
    tell(watch, counts | {"written": written() - before})


FORM = {
    "message": {
        "name": "voorjaarsbrief",
        "template": "newsletter",
        "subject": "Het voorjaar komt eraan",
        "intro": "De dagen worden langer, en wij denken alvast mee over uw volgende plan.",
        "body": "Dit kwartaal:\n\n- een nieuwe vestiging in Heerenveen\n- de vergunning in tien stappen",
        "link_url": "https://www.bureaubroersma.example/voorjaar",
        "offer": "LOYAL15",
    },
    "audience": {},
    "sending": {},
}


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2])

"""One cell of the torture: messages, a failing provider, senders that are killed; then the verdict.

The stand-in's log is the truth: it is written before any answer, by a process that is never killed.
"""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select, update

from models import tables
from models.database.engine import open_engine, reading, upgrade_schema, writing
from models.settings import Settings
from tasks.base.checkpoints import POINTS
from tasks.inbound.events import apply_events
from tasks.providers.sendgrid.reconcile import reconcile
from tasks.sending.resending import resend_messages
from tests.standin.faults import FaultPlan, Trouble
from tests.standin.mailbox import read_log
from tests.standin.provider_events import delivered_events
from tests.standin.server import API_KEY, StandIn
from tests.tasks.sending.test_delivery import add
from tests.torture.senders import DAY, FIELDS, Job, Senders

BAD_ADDRESSES = 3  # in a cell, each refused with its whole request
ROUGH = {
    Trouble.ERROR_AFTER: 15,
    Trouble.CLOSE_AFTER: 15,
    Trouble.CLOSE_BEFORE: 15,
    Trouble.THROTTLED_PAST: 15,
}
SEEDED_TRIES = 4  # some faults need two senders to meet
LATE_SECONDS = 1.8  # longer than a sender waits, shorter than its lease


@dataclass(frozen=True)
class Cell:
    """What one cell does.

    Attributes:
        kills: SIGKILLs at each of the points, by name.
        senders: processes at once.
        seeded: a fault in the algorithm that the verdict must show.
    """

    messages: int
    batch: int
    kills: Mapping[str, int]
    troubles: Mapping[Trouble, int]
    seed: int
    senders: int = 2
    seeded: str = ""


@dataclass
class Verdict:
    """Counts of messages; the first four must be 0.

    Attributes:
        twice: accepted more often than once and once for each recorded resend.
        lost: accepted in our log and not by the provider, or gone from our log.
        unfinished: neither sent nor in doubt when nobody works any more.
        wronged: refused in our log although the address is good.
        in_doubt: before anybody was asked.
        kills: SIGKILLs that hit, by point.
    """

    twice: int = 0
    lost: int = 0
    unfinished: int = 0
    wronged: int = 0
    in_doubt: int = 0
    requests: int = 0
    invalid: int = 0
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def is_clean(self) -> bool:
        return not (self.twice or self.lost or self.unfinished or self.wronged or self.invalid)


def torture(engine: Engine, folder: Path, senders: Senders, cell: Cell) -> Verdict:
    """Run a cell on a fresh database; afterwards every message of a clean cell was accepted exactly once."""
    _plan(engine, cell)
    verdict = Verdict()
    log = folder / "accepted.log"
    plan = FaultPlan(cell.troubles, cell.seed)
    with StandIn(log, plan, late_seconds=LATE_SECONDS) as standin:
        base = Job(_url(engine), standin.url, cell.batch, seeded=cell.seeded)
        _kill(senders, base, cell, verdict)
        _drain(engine, senders, base, cell.senders)
        _judge(engine, log, verdict)
        verdict.in_doubt = _count(engine, "in_doubt")
        verdict.requests = len(standin.requests)
        if verdict.is_clean and not cell.seeded:
            plan.shares.clear()
            _clear_up(engine, senders, base)
            _judge(engine, log, verdict)
            verdict.unfinished += _count(engine, "in_doubt")
        verdict.invalid = len(standin.invalid)
    return verdict


def seeded(folder: Path, senders: Senders, fault: str, seed: int) -> Verdict:
    """A cell on SQLite with a fault in the algorithm, and the kills and troubles that bring such faults out."""
    kills = dict.fromkeys(("after_fence", "after_send"), 2)
    place = folder / f"{fault}-{seed}"
    place.mkdir()
    engine = open_engine(f"sqlite:///{place}/test.db")
    upgrade_schema(engine)
    try:
        return torture(engine, place, senders, Cell(240, 10, kills, ROUGH, seed, seeded=fault))
    finally:
        engine.dispose()


def refused(engine: Engine, folder: Path, senders: Senders, trouble: Trouble, count: int) -> Verdict:
    """A few messages and a provider that refuses for our own sake, again and again, until that is mended.

    `wronged` counts every message that was not planned meanwhile.
    """
    add(engine, count, fields=FIELDS)
    verdict = Verdict()
    log = folder / "accepted.log"
    with StandIn(log, FaultPlan({trouble: 100}, 0)) as standin:
        base = Job(_url(engine), standin.url, 10)
        for _ in range(3):
            senders.run([base] * 2)
        wronged = count - _count(engine, "planned")
        standin.plan.shares.clear()
        with writing(engine) as connection:
            connection.execute(update(tables.messages).values(not_before=None))
        _drain(engine, senders, base, 2)
        _judge(engine, log, verdict)
        verdict.wronged += wronged
        verdict.unfinished += count - _count(engine, "accepted")
    return verdict


def resent_then_delivered(engine: Engine, folder: Path, senders: Senders, count: int) -> Verdict:
    """Lost answers, everything in doubt sent again by name, then the events of what had arrived after all.

    `twice` counts every mail that the provider took more than once, resent or not.
    """
    add(engine, count, fields=FIELDS)
    verdict = Verdict()
    log = folder / "accepted.log"
    with StandIn(log, FaultPlan({Trouble.CLOSE_AFTER: 40, Trouble.CLOSE_BEFORE: 40}, 1)) as standin:
        base = Job(_url(engine), standin.url, 10)
        _drain(engine, senders, base, 2)
        standin.plan.shares.clear()
        verdict.in_doubt = _count(engine, "in_doubt")
        with reading(engine) as connection:
            doubtful = tables.messages.c.status == "in_doubt"
            ids = list(connection.execute(select(tables.messages.c.message_id).where(doubtful)).scalars())
        resend_messages(engine, ids, "torture", DAY, 0)
        _tell_delivered(engine, log)
        _drain(engine, senders, base, 2)
        _judge(engine, log, verdict)
        taken = Counter(message_id for entry in read_log(log) for message_id, _ in entry["people"])
        verdict.twice = sum(times > 1 for times in taken.values())
        verdict.unfinished += count - _count(engine, "accepted")
    return verdict


def _tell_delivered(engine: Engine, log: Path) -> None:
    """What our webhook would have stored; the ids of these messages are shorter than real ones."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        for told in delivered_events(log):
            row = {"provider_event_id": told["sg_event_id"], "kind": told["event"], "message_id": told["message_id"]}
            row |= {"recipient": told["email"], "occurred_at": now, "received_at": now, "is_machine": False}
            connection.execute(tables.events.insert().values(row))
    apply_events(engine)


def _plan(engine: Engine, cell: Cell) -> None:
    """Messages of two kinds in turn (tracked or not), so that requests of one window interleave; some addresses bad."""
    add(engine, cell.messages, fields=FIELDS)
    chosen = random.Random(cell.seed)
    bad = chosen.sample(range(cell.messages), BAD_ADDRESSES)
    with writing(engine) as connection:
        clients = tables.clients
        tracked = clients.c.client_id.like("%1") | clients.c.client_id.like("%4") | clients.c.client_id.like("%7")
        connection.execute(update(clients).where(tracked).values(tracking_consent=True))
        for number in bad:
            for table in (clients, tables.messages):
                mine = table.c.client_id == f"c{number}"
                connection.execute(update(table).where(mine).values(recipient=f"fout{number}@voorbeeld.nl"))


def _kill(senders: Senders, base: Job, cell: Cell, verdict: Verdict) -> None:
    """Start senders, each with its death, until every point has had its kills or nothing is left to send."""
    chosen = random.Random(cell.seed + 1)
    deaths = [point for point in POINTS for _ in range(cell.kills.get(point, 0))]
    chosen.shuffle(deaths)
    while deaths:
        now, deaths = deaths[: cell.senders], deaths[cell.senders :]
        jobs = [replace(base, kill_at=point, passes=_passes(point, cell, chosen)) for point in now]
        for point, status in zip(now, senders.run(jobs), strict=True):
            verdict.kills[point] += status == -9


def _passes(point: str, cell: Cell, chosen: random.Random) -> int:
    """How often a sender survives its point: a small cell has one window, and few requests."""
    return 0 if point.endswith("claim") or cell.messages <= 3 * cell.batch else chosen.randrange(2)


def _drain(engine: Engine, senders: Senders, base: Job, count: int) -> None:
    """Let senders work until nothing is left, or three rounds in a row changed nothing."""
    before: list[tuple[int, int]] = []
    while before[-3:] != [before[-1]] * 3 if before else True:
        senders.run([base] * count)
        before.append((_count(engine, "planned"), _count(engine, "sending")))
        if before[-1] == (0, 0):
            return


def _clear_up(engine: Engine, senders: Senders, base: Job) -> None:
    """As an operator would: ask the provider, then send again by name what it never took."""
    settings = Settings(_env_file=None, sendgrid_host=base.host, sendgrid_api_key=API_KEY)
    reconcile(engine, settings)
    with reading(engine) as connection:
        doubtful = tables.messages.c.status == "in_doubt"
        ids = list(connection.execute(select(tables.messages.c.message_id).where(doubtful)).scalars())
    if ids:
        resend_messages(engine, ids, "torture", DAY, 0)
        _drain(engine, senders, base, 1)


def _judge(engine: Engine, log: Path, verdict: Verdict) -> None:
    """Compare our log with the provider's."""
    taken = Counter(message_id for entry in read_log(log) for message_id, _ in entry["people"])
    with reading(engine) as connection:
        query = select(tables.messages.c.message_id, tables.messages.c.status, tables.messages.c.recipient)
        rows = connection.execute(query).all()
        by_id = select(tables.resends.c.message_id, func.count()).group_by(tables.resends.c.message_id)
        resent = dict(map(tuple, connection.execute(by_id)))
    ours = {row.message_id: row for row in rows}
    verdict.twice = sum(count > 1 + resent.get(message_id, 0) for message_id, count in taken.items())
    verdict.lost = len(taken.keys() - ours.keys())
    verdict.lost += sum(row.status == "accepted" and row.message_id not in taken for row in rows)
    verdict.unfinished = sum(row.status in ("planned", "sending") for row in rows)
    verdict.wronged = sum(row.status == "rejected" and "fout" not in row.recipient for row in rows)


def _count(engine: Engine, status: str) -> int:
    with reading(engine) as connection:
        query = select(func.count()).where(tables.messages.c.status == status)
        return connection.execute(query).scalar_one()


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)

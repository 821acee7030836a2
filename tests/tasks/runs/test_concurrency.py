"""A campaign and the daily run plan at the same moment: every recipient still gets one mail a day, and the gap."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models.database.engine import reading
from models.tables import clients, decisions, messages
from programme.words.states import COUNTING_STATUSES, Flow, HandFlow, Outcome, Reason
from tasks.base.workspace import Workspace
from tasks.campaigns import steps as campaign_steps
from tasks.campaigns.alike.judging import judge_pages
from tasks.campaigns.alike.mails import chunk_of
from tasks.care.acting.acts import record_act
from tasks.privacy.erasing import erase_person
from tasks.runs import steps
from tasks.runs.day import QueuedDay
from tasks.runs.deciding.concurrency import Turn
from tasks.runs.deciding.planning import plan_day
from tasks.runs.taking_up.left_over import nothing_left_over
from tests.tasks.campaigns.base import DAY, campaign, workspace_of
from tests.tasks.running import asked, decided

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    return workspace_of(engine, tmp_path, clients=400)


def run_daily(workspace: Workspace) -> None:
    steps.finish(decided(workspace, DAY))


def run_campaign(workspace: Workspace) -> None:
    run = campaign_steps.begin(asked(workspace, DAY, HandFlow.CAMPAIGN), campaign())
    steps.finish(QueuedDay(run, nothing_left_over(), campaign_steps.decide(run, campaign())))


def between(read: Callable[..., Iterator[Any]], meanwhile: Callable[[], None]) -> Callable[..., Iterator[Any]]:
    """The same reading, with something else happening after all was read and before any of it is written."""

    def reads(*given: Any, **more: Any) -> Iterator[Any]:
        chunks = list(read(*given, **more))
        meanwhile()
        yield from chunks

    return reads


def mails_of_the_day(engine: Engine) -> Counter[str]:
    query = select(messages.c.recipient).where(messages.c.as_of == DAY, messages.c.status.in_(COUNTING_STATUSES))
    with reading(engine) as connection:
        return Counter(connection.execute(query).scalars())


def doubled(engine: Engine) -> list[str]:
    return [address for address, count in mails_of_the_day(engine).items() if count > 1]


def reasons(engine: Engine, flow: str) -> set[str]:
    """Why this flow did not send to those who have a message of the day."""
    mailed = select(messages.c.recipient).where(messages.c.as_of == DAY, messages.c.flow != flow)
    query = select(decisions.c.reason).where(
        decisions.c.as_of == DAY, decisions.c.flow == flow, decisions.c.outcome == Outcome.DEFER
    )
    with reading(engine) as connection:
        return set(connection.execute(query.where(decisions.c.recipient.in_(mailed))).scalars())


def test_a_campaign_gives_way_to_what_daily_wrote_meanwhile(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The campaign had read everybody before the daily run wrote; whom that mailed waits, and the reason is kept."""
    monkeypatch.setattr(
        campaign_steps, "judge_pages", between(campaign_steps.judge_pages, lambda: run_daily(workspace))
    )
    run_campaign(workspace)

    assert len(mails_of_the_day(workspace.engine)) > 20
    assert doubled(workspace.engine) == []
    assert Reason.OUTRANKED in reasons(workspace.engine, "campaign")


def test_daily_gives_way_to_what_a_campaign_wrote_meanwhile(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Likewise the other way round."""
    monkeypatch.setattr(steps, "plan_day", between(steps.plan_day, lambda: run_campaign(workspace)))
    run_daily(workspace)

    assert doubled(workspace.engine) == []
    assert Reason.OUTRANKED in reasons(workspace.engine, "daily")


@pytest.mark.parametrize("flow", ["daily", "campaign"])
def test_who_is_erased_meanwhile_is_written_nowhere(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, flow: str
) -> None:
    """The run had read him before: neither a message nor a decision brings his address back, and the others go."""
    (gone,) = some_recipient(workspace, flow)

    def erase() -> None:
        erase_person(workspace, gone.client_id, "Anke", datetime.now(UTC), record_act, lambda _: 0, ends_case=True)

    where, name = (steps, "plan_day") if flow == "daily" else (campaign_steps, "judge_pages")
    monkeypatch.setattr(where, name, between(getattr(where, name), erase))
    run_daily(workspace) if flow == "daily" else run_campaign(workspace)

    assert gone.recipient not in mails_of_the_day(workspace.engine)
    assert len(mails_of_the_day(workspace.engine)) > 20
    with reading(workspace.engine) as connection:
        his = select(decisions.c.client_id).where(decisions.c.recipient == gone.recipient)
        assert connection.execute(his).all() == []


def some_recipient(workspace: Workspace, flow: str) -> list[Any]:
    """(client id, address) of somebody alone at his address whom the flow would mail."""
    chunks = (
        plan_day(workspace.engine, workspace.programme, Flow.DAILY, DAY)
        if flow == "daily"
        else (chunk_of(page, as_of=DAY) for page in judge_pages(workspace, campaign(), DAY, None, None))
    )
    sent = [one for chunk in chunks for one in chunk.every() if one.outcome == Outcome.SEND]
    with reading(workspace.engine) as connection:
        alone = select(clients.c.recipient).group_by(clients.c.recipient).having(func.count() == 1)
        addresses = set(connection.execute(alone).scalars())
    return [one for one in sent if one.recipient in addresses][:1]


def test_without_a_turn_they_would_get_two(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other tests prove is not true by itself."""
    monkeypatch.setattr(Turn, "current", lambda self, connection, chunk: chunk)
    monkeypatch.setattr(steps, "plan_day", between(steps.plan_day, lambda: run_campaign(workspace)))
    run_daily(workspace)

    assert doubled(workspace.engine) != []


def test_what_is_reported_is_what_was_kept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of a run are those of the decisions as they were written, each once."""
    monkeypatch.setattr(steps, "plan_day", between(steps.plan_day, lambda: run_campaign(workspace)))
    done = decided(workspace, DAY)

    query = select(decisions.c.touchpoint, decisions.c.outcome, decisions.c.reason).where(
        decisions.c.run_id == done.run.run_id
    )
    with reading(workspace.engine) as connection:
        kept = Counter(tuple(row) for row in connection.execute(query))
    assert Counter({(str(a), str(b), str(c or "")): count for (a, b, c), count in done.queued.counts.items()}) == kept


def test_at_the_same_moment(workspace: Workspace) -> None:
    """Both at once, for real: whatever the order of their writes, nobody gets two."""
    faults: list[BaseException] = []

    def guarded(run: Callable[[Workspace], None]) -> None:
        try:
            run(workspace)
        except BaseException as fault:  # a thread's fault would else be lost
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=[run]) for run in (run_daily, run_campaign)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert faults == []
    assert len(mails_of_the_day(workspace.engine)) > 20
    assert doubled(workspace.engine) == []

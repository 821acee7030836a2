"""What earlier runs left planned, taken up by a later one after the facts changed; on both databases."""

import json
import random
import signal
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, Engine, delete, insert, select, update

from cli.commands import plan as plan_command
from flows.day import deliver_day
from models.database.engine import reading, writing
from models.settings import Settings
from models.tables import clients, decisions, discount_codes, feedback, messages, projects, requests, suppressions
from programme.rules.left_over import NO_LONGER_DUE
from programme.sending.state_changes import RequestState
from programme.words.states import MessageStatus, RunMode
from tasks.base.checkpoints import TAKE_UP_POINTS
from tasks.base.workspace import Workspace
from tasks.runs import steps
from tasks.runs.taking_up import judging_again, left_over
from tasks.runs.taking_up.judging_again import foresee_left_over
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.killed import exit_code_of
from tests.tasks.histories import History
from tests.tasks.running import STEPS, asked, decided, run, workspace_at

DAY = date(2026, 11, 21)  # three days after the delivery of everybody's project
LATER = DAY + timedelta(days=2)

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(engine: Engine, tmp_path: Path) -> Workspace:
    settings = Settings(outbox_dir=tmp_path / "outbox", secret_key="a key for tests")  # type: ignore[arg-type]
    return Workspace(settings, make.shipped_programme(), engine)


def client(engine: Engine, name: str, **project: Any) -> None:
    """A client with a project delivered three days before DAY, so that it is asked for feedback."""
    person = {"client_id": name, "name": name, "recipient": f"{name}@voorbeeld.nl", "kind": "consument"}
    person |= {"consent": "yes", "channel": "email", "id_crc32": 0}
    work = {"project_id": f"P-{name}", "client_id": name, "type": "dakkapel", "value_cents": 150_000}
    work |= {"ordered_on": date(2026, 1, 5), "delivered_on": date(2026, 11, 18)} | project
    with writing(engine) as connection:
        connection.execute(insert(clients).values(person))
        connection.execute(insert(projects).values(work))


def given(engine: Engine, name: str, **row: Any) -> None:
    """Feedback of a client."""
    row = {"feedback_id": f"F-{name}", "client_id": name, "given_on": DAY, "kind": "csat", "origin": "import"} | row
    with writing(engine) as connection:
        connection.execute(insert(feedback).values(row))


def change(engine: Engine, name: str, **values: Any) -> None:
    with writing(engine) as connection:
        connection.execute(update(projects).where(projects.c.client_id == name).values(values))


def readdress(connection: Connection, name: str, address: str) -> None:
    connection.execute(update(clients).where(clients.c.client_id == name).values(recipient=address))


def outbox_addresses(workspace: Workspace) -> dict[str, str]:
    """To whom each client's file in the outbox goes."""
    with reading(workspace.engine) as connection:
        of_client = dict(connection.execute(select(messages.c["message_id", "client_id"])).tuples().all())
    files = workspace.settings.outbox_dir.glob("*.eml")
    return {of_client[file.stem]: str(message_from_bytes(file.read_bytes())["To"]) for file in files}


def fates(engine: Engine) -> dict[str, tuple[str, str | None]]:
    with reading(engine) as connection:
        query = select(messages.c.client_id, messages.c.status, messages.c.reason)
        return {row.client_id: (row.status, row.reason) for row in connection.execute(query)}


def message(engine: Engine, name: str) -> Any:
    with reading(engine) as connection:
        return connection.execute(select(messages).where(messages.c.client_id == name)).one()


def test_what_no_longer_holds_is_not_sent(workspace: Workspace) -> None:
    """A cancelled or undelivered project, feedback given meanwhile, a window that closed: none of them is mailed."""
    engine = workspace.engine
    for name in ("holds", "cancelled", "undelivered", "answered", "left"):
        client(engine, name)
    client(engine, "late", delivered_on=date(2026, 11, 11))  # the last day of its window is DAY
    decided(workspace, DAY)
    change(engine, "cancelled", cancelled_on=LATER)
    change(engine, "undelivered", delivered_on=date(2027, 2, 1))
    given(engine, "answered", project_id="P-answered", score=9, negative=False)
    with writing(engine) as connection:
        connection.execute(insert(suppressions).values(email="left@voorbeeld.nl", reason="unsubscribe", since=DAY))

    report = run(workspace, LATER)

    assert fates(engine) == {
        "holds": ("accepted", None),
        "cancelled": ("cancelled", NO_LONGER_DUE),
        "undelivered": ("cancelled", NO_LONGER_DUE),
        "answered": ("cancelled", NO_LONGER_DUE),
        "left": ("cancelled", "suppressed"),
        "late": ("expired", None),
    }
    assert (report.retaken, report.expired, report.cancelled) == (1, 1, 4)
    assert report.to_send == report.delivered["accepted"] == 1
    with reading(engine) as connection:
        kept = select(decisions.c.client_id).where(decisions.c.as_of == LATER, decisions.c.outcome == "send")
        assert connection.execute(kept).scalars().all() == ["holds"]


@ON_SQLITE
def test_a_touchpoint_that_the_programme_dropped_is_not_sent(workspace: Workspace) -> None:
    """Who takes a touchpoint out of the programme means the messages that wait, too."""
    client(workspace.engine, "waits")
    decided(workspace, DAY)
    programme = make.programme()
    del programme.touchpoints["feedback_request"]
    run(Workspace(workspace.settings, programme, workspace.engine), LATER)
    assert fates(workspace.engine) == {"waits": ("cancelled", NO_LONGER_DUE)}


@ON_SQLITE
def test_a_corrected_day_moves_the_window(workspace: Workspace) -> None:
    """A delivery day corrected by a few days gives the message the window of the right day."""
    client(workspace.engine, "moved")
    decided(workspace, DAY)
    change(workspace.engine, "moved", delivered_on=date(2026, 11, 20))
    run(workspace, LATER)
    row = message(workspace.engine, "moved")
    assert (row.status, row.due_on, row.closes_on) == ("accepted", LATER, LATER + timedelta(days=7))


def test_a_corrected_address_gets_what_waited_for_it(workspace: Workspace) -> None:
    """The plan says so, words and rules are those of the new address, and the old one gets nothing."""
    engine = workspace.engine
    for name in ("typo", "gone", "refuses", "merged", "newcomer"):
        client(engine, name)
    decided(workspace, DAY)
    others = {"typo": "right@voorbeeld.nl", "gone": "", "refuses": "refuses@elders.nl"}
    others |= {"merged": "double@voorbeeld.nl", "newcomer": "typo@voorbeeld.nl"}
    with writing(engine) as connection:
        for name, address in others.items():
            readdress(connection, name, address)
        connection.execute(insert(suppressions).values(email="refuses@elders.nl", reason="bounce", since=DAY))
        double = {
            "message_id": "d" * 32,
            "client_id": "double",
            "recipient": "double@voorbeeld.nl",
            "status": "accepted",
        }
        double |= {"touchpoint": "feedback_request", "occasion": "P-merged", "flow": "daily", "purpose": "service"}
        double |= dict.fromkeys(("as_of", "due_on", "closes_on"), DAY)
        connection.execute(insert(messages).values(double))

    planned = foresee_left_over(engine, workspace.programme, LATER).fates
    foreseen = {fate.key[0]: (fate.outcome, fate.reason) for fate in planned}
    report = run(workspace, LATER)

    assert foreseen == {
        "typo": ("send", None),
        "gone": ("cancelled", "no_address"),
        "refuses": ("cancelled", "suppressed"),
        "merged": ("cancelled", NO_LONGER_DUE),
        "newcomer": ("send", None),
    }
    assert fates(engine) == {
        "typo": ("accepted", None),
        "gone": ("cancelled", "no_address"),
        "refuses": ("cancelled", "suppressed"),
        "merged": ("cancelled", NO_LONGER_DUE),
        "newcomer": ("accepted", None),
        "double": ("accepted", None),
    }
    assert report.to_send == 2
    assert outbox_addresses(workspace) == {"typo": "right@voorbeeld.nl", "newcomer": "typo@voorbeeld.nl"}
    with reading(engine) as connection:
        sends = select(decisions.c["as_of", "recipient"]).where(decisions.c.outcome == "send")
        of_typo = sends.where(decisions.c.client_id == "typo").order_by(decisions.c.as_of)
        assert connection.execute(of_typo).all() == [
            (DAY, "typo@voorbeeld.nl"),
            (LATER, "right@voorbeeld.nl"),
        ]


@ON_SQLITE
def test_an_address_corrected_during_the_run_gets_its_mail_with_the_next(workspace: Workspace) -> None:
    """An import between planning and claim: the old address gets nothing, the next run of the day mails the new one."""
    client(workspace.engine, "typo")
    queued = decided(workspace, DAY)
    with writing(workspace.engine) as connection:
        readdress(connection, "typo", "right@voorbeeld.nl")
    report = deliver_day(STEPS, queued)
    assert (report.delivered, outbox_addresses(workspace)) == ({"left": 1}, {})

    run(workspace, DAY)

    assert outbox_addresses(workspace) == {"typo": "right@voorbeeld.nl"}
    assert run(workspace, DAY + timedelta(days=1)).delivered == {}


@ON_SQLITE
def test_an_open_case_waits(workspace: Workspace) -> None:
    """Rule 6 leaves the message planned, dated the day; the plan says so, and nothing is sent."""
    client(workspace.engine, "angry")
    decided(workspace, DAY)
    given(workspace.engine, "angry", score=2)
    (fate,) = foresee_left_over(workspace.engine, workspace.programme, LATER).fates
    assert (fate.outcome, fate.reason) == ("defer", "open_case")
    report = run(workspace, LATER)
    row = message(workspace.engine, "angry")
    assert (row.status, row.as_of, report.to_send) == ("planned", LATER, 0)


def test_what_stays_is_said_anew_with_its_codes(workspace: Workspace) -> None:
    """Words, sender, segment and the code's days are those of the day that sends, not of the day that planned."""
    engine = workspace.engine
    delivered_on = date(2025, 11, 20)
    client(engine, "yearling", delivered_on=delivered_on, ordered_on=date(2025, 1, 5), engineer="ir. A. de Boer")
    decided(workspace, DAY)
    before = message(engine, "yearling")
    assert before.touchpoint == "anniversary"
    with writing(engine) as connection:
        connection.execute(update(clients).values(name="Anna Bakker"))

    run(workspace, LATER)

    after = message(engine, "yearling")
    assert after.status == "accepted"
    assert json.loads(after.fields) != json.loads(before.fields)
    assert "20 januari 2027" in before.fields
    assert "22 januari 2027" in after.fields
    with reading(engine) as connection:
        code = connection.execute(select(discount_codes).where(discount_codes.c.id == after.discount_id)).one()
        kept = connection.execute(select(decisions).where(decisions.c.outcome == "send")).all()
    assert (code.given_on, code.valid_until) == (LATER, LATER + timedelta(days=60))
    assert {(each.as_of, each.segment, each.due_on) for each in kept} == {
        (day, after.segment, after.due_on) for day in (DAY, LATER)
    }


def test_what_a_stopped_run_of_the_same_day_left_is_judged_too(workspace: Workspace) -> None:
    """The facts of the afternoon count for the second run of a day; what is unchanged is not written again."""
    engine = workspace.engine
    for name in ("holds", "cancelled"):
        client(engine, name)
    decided(workspace, DAY)
    change(engine, "cancelled", cancelled_on=DAY)
    report = run(workspace, DAY)
    assert fates(engine) == {"holds": ("accepted", None), "cancelled": ("cancelled", NO_LONGER_DUE)}
    assert (report.retaken, report.cancelled) == (0, 1)


def test_a_sent_message_is_never_rewritten(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that takes a message on the wire between the judging and the writing keeps the words that went."""
    engine = workspace.engine
    client(engine, "sent")
    decided(workspace, DAY)
    before = message(engine, "sent")
    judged = judging_again.read_left_over

    def overtaken(*given: Any) -> Any:
        for page in judged(*given):
            with writing(engine) as connection:
                connection.execute(update(messages).values(status=MessageStatus.ACCEPTED))
            yield page

    monkeypatch.setattr(left_over, "read_left_over", overtaken)
    report = steps.take_up(steps.begin(asked(workspace, LATER)))
    after = message(engine, "sent")
    assert (after.as_of, after.fields, after.status) == (before.as_of, before.fields, "accepted")
    assert report.retaken == []


def test_words_that_a_worker_has_read_stay(workspace: Workspace) -> None:
    """A message of the day under a living claim is left alone: its worker may be about to send what it has read."""
    engine = workspace.engine
    client(engine, "claimed")
    decided(workspace, DAY)
    row = message(engine, "claimed")
    change(engine, "claimed", cancelled_on=DAY)
    far = datetime(2100, 1, 1, tzinfo=UTC)
    claim = {"request_id": "r", "as_of": DAY, "delivery": "sendgrid", "touchpoint": row.touchpoint, "recipients": 1}
    claim |= {"first_id": row.id, "last_id": row.id, "worker": "elsewhere", "state": RequestState.CLAIMED}
    with writing(engine) as connection:
        connection.execute(insert(requests).values(**claim, claimed_at=far, lease_until=far))
    steps.take_up(steps.begin(asked(workspace, DAY)))
    assert fates(engine) == {"claimed": ("planned", None)}


def test_the_plan_is_what_the_run_does(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a base whose facts changed at random, the plan foretells every decision and every fate of what is left."""
    engine, day = workspace.engine, date(2026, 3, 2)
    monkeypatch.setattr(judging_again, "PAGE", 7)
    History(seed=11, clients=250, day=day).store(engine)
    decided(workspace, day)
    _shake(engine, day)
    later = day + timedelta(days=3)

    planned = steps.plan(asked(workspace, later))
    foreseen = {fate.message_id: fate for fate in foresee_left_over(engine, workspace.programme, later).fates}
    done = run(workspace, later)

    assert done.counts == planned.counts
    assert (done.retaken, done.expired, done.cancelled) == (planned.retaken, planned.expired, planned.cancelled)
    assert min(done.retaken, done.cancelled) > 5
    status = {"send": "accepted", "defer": "planned", "expired": "expired", "cancelled": "cancelled"}
    with reading(engine) as connection:
        became = dict(connection.execute(select(messages.c.message_id, messages.c.status)).tuples().all())
    assert {key: became[key] for key in foreseen} == {key: status[fate.outcome] for key, fate in foreseen.items()}


def _shake(engine: Engine, day: date) -> None:
    """Cancel, move and review one project in two of those with a message; one client in three has another address."""
    chosen = random.Random(3)
    with reading(engine) as connection:
        query = select(messages.c["client_id", "occasion", "recipient"]).where(messages.c.status == "planned")
        planned = connection.execute(query.order_by(messages.c.id)).all()
    of_another = ""
    with writing(engine) as connection:
        for client_id, occasion, recipient in planned:
            own = projects.c.project_id == occasion
            match chosen.randrange(6):
                case 0:
                    connection.execute(update(projects).where(own).values(cancelled_on=day))
                case 1:
                    connection.execute(update(projects).where(own).values(delivered_on=day + timedelta(days=90)))
                case 2:
                    row = {"feedback_id": f"N{client_id}", "client_id": client_id, "project_id": occasion}
                    row |= {"given_on": day, "kind": "review", "score": 5, "origin": "import"}
                    connection.execute(delete(feedback).where(feedback.c.feedback_id == row["feedback_id"]))
                    connection.execute(insert(feedback).values(row))
                case 3:
                    readdress(connection, client_id, f"{client_id}@nieuw.nl")
                case 4:
                    readdress(connection, client_id, of_another)
            of_another = recipient


def take_up_and_die(url: str, outbox: str, as_of: str, point: str, passes: str) -> None:
    """To be run in a process of its own: a run that is killed while it takes up what is left."""
    from tasks.base import checkpoints

    judging_again.PAGE = 4
    checkpoints.arm(point, int(passes))
    workspace = workspace_at(url, Path(outbox))
    steps.take_up(steps.begin(asked(workspace, date.fromisoformat(as_of))))


@pytest.mark.parametrize("point", TAKE_UP_POINTS)
@pytest.mark.parametrize("passes", [0, 1])
def test_a_kill_while_taking_up_loses_nothing_and_sends_nothing_stale(
    engine: Engine, tmp_path: Path, point: str, passes: int
) -> None:
    """Killed at each point, each message is either as it was or wholly of the new day; the next run sends all once."""
    workspace = workspace_at(engine.url.render_as_string(hide_password=False), tmp_path / "outbox")
    names = [f"y{number:02}" for number in range(10)]
    for name in names:
        client(engine, name, delivered_on=date(2025, 11, 20), ordered_on=date(2025, 1, 5))
    decided(workspace, DAY)
    url = engine.url.render_as_string(hide_password=False)
    given = [url, str(tmp_path / "outbox"), LATER.isoformat(), point, str(passes)]
    assert exit_code_of(take_up_and_die, *given) == -signal.SIGKILL

    rows = [message(engine, name) for name in names]
    days = {(row.as_of, "22 januari" in row.fields) for row in rows}
    assert days <= {(DAY, False), (LATER, True)}
    assert len({row.as_of for row in rows}) == 2 or (point, passes) == ("in_take_up", 0)

    report = run(workspace, LATER)
    assert report.delivered == {"accepted": 10}
    assert all("22 januari" in message(engine, name).fields for name in names)
    with reading(engine) as connection:
        own = messages.join(discount_codes, discount_codes.c.id == messages.c.discount_id)
        codes = connection.execute(select(discount_codes).select_from(own)).all()
    assert {(code.given_on, code.valid_until) for code in codes} == {(LATER, LATER + timedelta(days=60))}
    assert len(codes) == 10


def test_plan_lists_what_is_left_over(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The JSON names each message with its outcome beside the decisions; people get a line."""
    engine = workspace.engine
    for name in ("holds", "cancelled"):
        client(engine, name)
    decided(workspace, DAY)
    change(engine, "cancelled", cancelled_on=LATER)
    monkeypatch.setattr("tasks.base.workspace.open_workspace", lambda **_: workspace)

    printed = CliRunner().invoke(plan_command.command, ["--as-of", LATER.isoformat(), "--json"])
    found = json.loads(printed.stdout)
    ids = {name: message(engine, name).message_id for name in ("holds", "cancelled")}
    assert found["left_over"] == [
        {"message_id": ids["cancelled"], "outcome": "cancelled", "reason": "no_longer_due"},
        {"message_id": ids["holds"], "outcome": "send", "reason": None},
    ]
    assert [(each["client_id"], each["outcome"]) for each in found["decisions"]] == [("holds", "send")]

    printed = CliRunner().invoke(plan_command.command, ["--as-of", LATER.isoformat()])
    assert "left over from earlier runs: 1 taken up, 0 expired, 1 cancelled" in printed.output


@ON_SQLITE
def test_a_plan_of_many_days_takes_nothing_up(workspace: Workspace) -> None:
    """A backfill leaves what is left over to the daily run, and so does its plan."""
    client(workspace.engine, "waits")
    decided(workspace, DAY)
    report = steps.plan(asked(workspace, LATER, mode=RunMode.PLAN, in_period=True))
    assert not report.has_left_over
    assert report.to_send == 0

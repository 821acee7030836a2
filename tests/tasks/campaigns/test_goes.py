"""The go for a campaign on a real database: what it is for, who answers first, and what makes it void."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, insert, select, update

from flows.following import follow
from models.database.engine import reading, writing
from models.tables import campaign_goes, campaigns, clients, message_states, messages, projects
from programme.campaigns.go import GoAnswer
from programme.terms.schema import Programme
from programme.words.dates import AMSTERDAM
from programme.words.states import MessageStatus
from tasks.base.workspace import Workspace
from tasks.campaigns import register, stopping
from tasks.campaigns import steps as campaign_steps
from tasks.campaigns.checks import AcceptedOrder, check_order
from tasks.campaigns.goes.asking import ask_go
from tasks.campaigns.goes.deferred import read_deferred
from tasks.campaigns.goes.keeping import (
    AlreadyAnswered,
    Go,
    GoQuestion,
    answer,
    find_go,
    keep_started,
    keep_stopped,
    new_id,
    put,
)
from tasks.campaigns.goes.leave import LeaveVerdict, may_leave
from tasks.campaigns.goes.parts import parts_of
from tasks.campaigns.goes.starting import go_of_tags, tags_of
from tests.tasks.campaigns.base import DAY, NOW, form, send, workspace_of

DORMERS = {"all_of": {"bought": ["Dakkapel"]}}
ASKER, BAS = "Esther van Dam", "Bas Hoekstra"


def with_limit(workspace: Workspace, limit: int) -> Workspace:
    """The same workspace, in which a campaign to more people asks for a go."""
    caps = workspace.programme.caps.model_copy(update={"campaign_go_above": limit})
    return workspace._replace(programme=workspace.programme.model_copy(update={"caps": caps}))


@pytest.fixture
def workspace(sqlite_engine: Engine, tmp_path: Path) -> Workspace:
    return with_limit(workspace_of(sqlite_engine, tmp_path), 3)


def asked(workspace: Workspace, given: dict[str, Any] | None = None, people: int | None = None) -> Go:
    """A question about the campaign of this form."""
    given = given or form(DORMERS)
    order = check_order(workspace, given, NOW)
    count = campaign_steps.plan(workspace, order.campaign, DAY)
    go, _ = ask_go(workspace, GoQuestion(new_id(), given, order, people or count.to_send, count.reasons(), ASKER, NOW))
    return go


def approved(workspace: Workspace, given: dict[str, Any] | None = None, people: int | None = None) -> Go:
    go = asked(workspace, given, people)
    return answer(workspace.engine, go.go_id, BAS, GoAnswer.YES, "", NOW)


def leave_of(workspace: Workspace, go_id: str, given: dict[str, Any] | None = None) -> Any:
    order = check_order(workspace, given or form(DORMERS), NOW)
    return may_leave(workspace, order, campaign_steps.plan(workspace, order.campaign, DAY).to_send, go_id)


def test_what_was_approved_goes(workspace: Workspace) -> None:
    """The same form leaves by its go, also without the run's tag; before the yes it asks or stops."""
    go = asked(workspace)
    assert leave_of(workspace, "").verdict == LeaveVerdict.ASKS
    assert "geen akkoord" in leave_of(workspace, go.go_id).why
    answer(workspace.engine, go.go_id, BAS, GoAnswer.YES, "", NOW)

    for go_id in (go.go_id, ""):
        leave = leave_of(workspace, go_id)
        assert (leave.verdict, leave.go_by) == (LeaveVerdict.GOES, BAS)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (form(DORMERS, subject="Ander nieuws"), "de tekst"),
        (form(DORMERS, intro="Dag."), "de tekst"),
        (form(DORMERS, offer="LOYAL15 (15%)"), "het aanbod"),
        (form(DORMERS, template="Vrije tekst", body="Dag."), "het sjabloon"),
        (form(), "wie de mail krijgt"),
        (form({"all_of": {"bought": ["Uitbouw"]}}), "wie de mail krijgt"),
        (form({"any_of": {"bought": ["Dakkapel"]}}), "wie de mail krijgt"),
        (form(DORMERS | {"none_of": {"monument": True}}), "wie de mail krijgt"),
        (form(DORMERS, {"day": "2026-03-03", "hour": "10:00"}), "het moment"),
        (form(DORMERS, name="Lentebrief 2027"), "bestaat niet"),
    ],
)
def test_anything_else_stops(workspace: Workspace, given: dict[str, Any], words: str) -> None:
    """Another text, offer, template, audience, moment or name does not leave by the go, and is asked about without."""
    go = approved(workspace)
    leave = leave_of(workspace, go.go_id, given)
    assert leave.verdict == LeaveVerdict.STOPS
    assert words in leave.why
    assert leave_of(workspace, "", given).verdict == LeaveVerdict.ASKS


def test_words_of_the_programme_and_templates_are_of_what_is_approved(workspace: Workspace, tmp_path: Path) -> None:
    """A benefit that is promised otherwise, or a template of the firm's own, makes the go void; a cap does not."""
    go = approved(workspace)

    def changed(**values: Any) -> Workspace:
        return workspace._replace(programme=workspace.programme.model_copy(update=values))

    programme: Programme = workspace.programme
    tier = programme.tiers[0].model_copy(update={"benefits": ("alles gratis",)})
    own = tmp_path / "own"
    (own / "mail").mkdir(parents=True)
    (own / "mail" / "newsletter.jinja").write_text("anders", "utf-8")
    settings = workspace.settings.model_copy(update={"templates": own})
    for other in (
        changed(tiers=(tier, *programme.tiers[1:])),
        changed(brand=programme.brand.model_copy(update={"phone": "058 000 00 00"})),
        workspace._replace(settings=settings),
    ):
        order = check_order(other, form(DORMERS), NOW)
        assert "vaste tekst" in may_leave(other, order, 1, go.go_id).why
    capped = changed(caps=programme.caps.model_copy(update={"service_gap_days": 9}))
    assert leave_of(capped, go.go_id).verdict == LeaveVerdict.GOES


def test_more_people_than_the_go_covers_stops(workspace: Workspace) -> None:
    """A tenth more goes; beyond that it stops, and cutting it in pieces does not help: who has it counts too."""
    go = approved(workspace, people=10)
    order = check_order(workspace, form(DORMERS), NOW)
    most = int(go.covers * 1.1)

    def verdict(people: int) -> Any:
        return may_leave(workspace, order, people, go.go_id).verdict

    assert (verdict(most), verdict(most + 1)) == (LeaveVerdict.GOES, LeaveVerdict.STOPS)
    send(workspace, order.campaign)
    had = sum(campaign_steps.count_messages(workspace, order.campaign).values())
    assert may_leave(workspace, order, 0, go.go_id).people == had
    assert may_leave(workspace, order, most, go.go_id).verdict == LeaveVerdict.STOPS


def test_a_go_of_another_audience_is_none(workspace: Workspace) -> None:
    """The name that has a go may be started with another audience; then somebody is asked again."""
    order = check_order(workspace, form(DORMERS), NOW)
    register.register(workspace.engine, order.campaign, None)
    register.record_go(workspace.engine, "lentebrief-2026", BAS, 500)
    assert leave_of(workspace, "").verdict == LeaveVerdict.GOES
    assert leave_of(workspace, "", form()).verdict == LeaveVerdict.ASKS
    moved = form(DORMERS, {"day": "2026-03-03", "hour": "10:00"})
    assert leave_of(workspace, "", moved).verdict == LeaveVerdict.ASKS


def test_the_first_answer_counts(sqlite_engine: Engine, tmp_path: Path) -> None:
    """Of two approvers at once one is heard, and the other is told by whom; an expired question takes none."""
    workspace = with_limit(workspace_of(sqlite_engine, tmp_path, 60), 1)
    go = asked(workspace)
    heard: list[str] = []
    late: list[str | None] = []
    gate = threading.Barrier(2)

    def decide(name: str, given: GoAnswer) -> None:
        gate.wait()
        try:
            answer(workspace.engine, go.go_id, name, given, "waarom", NOW, lambda _: heard.append(name))
        except AlreadyAnswered as earlier:
            late.append(earlier.go.answered_by)

    people = [threading.Thread(target=decide, args=each) for each in ((BAS, GoAnswer.YES), ("Anke", GoAnswer.NO))]
    for each in people:
        each.start()
    for each in people:
        each.join()
    assert len(heard) == 1
    assert late == heard
    kept = find_go(workspace.engine, go.go_id)
    assert kept is not None
    assert kept.answered_by == heard[0]

    other = asked(workspace)
    with pytest.raises(AlreadyAnswered) as over:
        answer(workspace.engine, other.go_id, BAS, GoAnswer.YES, "", NOW + timedelta(days=3))
    assert over.value.go.answer is None


def test_asking_twice_asks_once_and_a_newer_question_replaces(workspace: Workspace, tmp_path: Path) -> None:
    """The same press makes one row and one mail a person; the same campaign asked anew replaces the open question."""
    given = form(DORMERS)
    order = check_order(workspace, given, NOW)
    count = campaign_steps.plan(workspace, order.campaign, DAY)
    go_id = new_id()
    for _ in range(2):
        ask_go(workspace, GoQuestion(go_id, given, order, 7, count.reasons(), ASKER, NOW))
    mails = [path.read_text("utf-8") for path in (tmp_path / "outbox").glob("*.eml")]
    approver_mails = [person.email for person in workspace.programme.people if "marketing_approver" in person.roles]
    assert len(mails) == len(approver_mails) == 2
    assert all(f"/desk/campaigns/goes/{go_id}" in mail.replace("=\n", "") for mail in mails)
    newer = asked(workspace, form(DORMERS, subject="Beter"))
    replaced = find_go(workspace.engine, go_id)
    assert replaced is not None
    assert (replaced.answer, newer.answer) == (GoAnswer.REPLACED, None)
    with reading(workspace.engine) as connection:
        assert connection.execute(select(func.count()).select_from(campaign_goes)).scalar_one() == 2


def test_a_newer_version_that_started_takes_the_place_of_an_older_go(workspace: Workspace) -> None:
    """A run of the older one, waiting for its moment, finds itself replaced."""
    older = approved(workspace)
    newer = approved(workspace, form(DORMERS, subject="Beter"))
    keep_started(workspace.engine, newer.go_id, "run", NOW)
    assert "vervangen" in leave_of(workspace, older.go_id).why
    assert leave_of(workspace, newer.go_id, form(DORMERS, subject="Beter")).verdict == LeaveVerdict.GOES


def test_a_stop_is_told_once() -> None:
    """The tags of a run lead back to its go, and only those of the desk do."""
    assert go_of_tags(tags_of("lentebrief", "abc123")) == "abc123"
    assert go_of_tags(["gepland", *tags_of("lentebrief")]) == ""


def test_why_it_stopped_is_kept_once(workspace: Workspace) -> None:
    """The same reason twice is one note and one mail; another one is another."""
    go = approved(workspace)
    told = [keep_stopped(workspace.engine, go.go_id, why, NOW) for why in ("a", "a", "b")]
    assert told == [True, False, True]


def _stop_after_first(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    """Pages of a few people, and a stop after the first with messages is written."""
    monkeypatch.setattr("tasks.clients.pages.RANGE_RECIPIENTS", page)
    written = campaign_steps.steps.enqueue

    def enqueue(*given: Any, **more: Any) -> Any:
        kept = written(*given, **more)
        if any(decision.status for decision in kept.every()):  # who has no address comes first, and gets nothing
            stopping.withdraw(workspace.engine, "lentebrief-2026", BAS)
        return kept

    monkeypatch.setattr("tasks.runs.steps.enqueue", enqueue)


def test_stopped_while_it_decides(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a stop no page is written any more and nothing that was planned goes: 0 of 200 people get it."""
    workspace = workspace_of(engine, tmp_path)
    order = check_order(workspace, form(), NOW)
    _stop_after_first(workspace, monkeypatch, 20)
    report = send(workspace, order.campaign)
    gone = stopping.read_gone(engine, "lentebrief-2026")
    assert report.delivered.get("accepted", 0) == 0
    assert (gone.sent, gone.planned) == (0, 0)
    assert 0 < gone.stopped <= 20


@pytest.mark.slow
def test_stopped_while_it_sends(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The request on the wire goes, the next is not claimed; what comes back after the stop goes no more."""
    workspace = workspace_of(engine, tmp_path)
    workspace = workspace._replace(settings=workspace.settings.model_copy(update={"send_batch": 5}))
    order = check_order(workspace, form(), NOW)
    from tasks.providers.outbox.messenger import OutboxMessenger

    real = OutboxMessenger.deliver
    sent: list[int] = []

    def deliver(self: Any, claim: Any, parcel: Any) -> Any:
        answered = real(self, claim, parcel)
        sent.append(len(claim.letters))
        if len(sent) == 2:
            stopping.withdraw(engine, "lentebrief-2026", BAS)
        return answered

    monkeypatch.setattr(OutboxMessenger, "deliver", deliver)
    send(workspace, order.campaign)
    gone = stopping.read_gone(engine, "lentebrief-2026")
    assert (gone.sent, len(sent)) == (sum(sent), 2)
    assert gone.stopped > 0
    assert gone.planned == gone.under_way == 0

    with writing(engine) as connection:  # as a 429 leaves it
        back = update(message_states).where(message_states.c.status == MessageStatus.CANCELLED)
        connection.execute(back.values(status=MessageStatus.PLANNED, reason=None, settled_at=None))
    send_leftovers(workspace)
    assert stopping.read_gone(engine, "lentebrief-2026").sent == gone.sent
    assert stopping.withdraw_rest(engine, "lentebrief-2026") == gone.stopped


def send_leftovers(workspace: Workspace) -> None:
    """A daily run takes up what stands planned for its day."""
    from flows.day import run_day
    from programme.words.states import Flow, RunMode
    from tasks.runs.day import Day
    from tests.tasks.running import STEPS

    run_day(STEPS, Day(workspace, Flow.DAILY, DAY, RunMode.SEND, DAY))


def followed(workspace: Workspace, days: int, dry_run: bool = False) -> list[Any]:
    now = NOW + timedelta(days=days)
    return [follow(workspace, each, now, dry_run) for each in read_deferred(workspace, now)]


def started(workspace: Workspace, given: dict[str, Any]) -> AcceptedOrder:
    """Registered, the day after another campaign went to half of its people, who have to wait for six days."""
    other = form({"all_of": {"tiers": ["Brons"]}}, name="Eerder")
    send(workspace, check_order(workspace, other, NOW - timedelta(days=1)).campaign, DAY - timedelta(days=1))
    order = check_order(workspace, given, NOW)
    register.register(workspace.engine, order.campaign, order.moment, given)
    return order


@pytest.mark.slow
def test_whoever_had_to_wait_gets_it_by_itself(engine: Engine, tmp_path: Path) -> None:
    """Each day those who may have it now get it, once; who newly matches the audience does not."""
    workspace = with_limit(workspace_of(engine, tmp_path), 1000)
    given = form(DORMERS)
    order = started(workspace, given)
    first = send(workspace, order.campaign)
    register.register(engine, order.campaign, None, given)
    deferred = sum(n for (_, outcome, _), n in first.counts.items() if outcome == "defer")
    assert deferred > 3
    add_client(engine, "NIEUW")

    looked = followed(workspace, 6, dry_run=True)
    before = recipients(engine)
    done = followed(workspace, 6)
    after = recipients(engine)
    assert [each.sent for each in looked] == [each.sent for each in done]
    assert done[0].sent == len(after - before) > 0
    assert after - before <= held(engine)
    assert "nieuw@voorbeeld.nl" not in after
    assert followed(workspace, 6)[0].sent == 0
    assert followed(workspace, 30) == []


@pytest.mark.slow
def test_nobody_follows_a_stopped_campaign_or_one_that_says_something_else(engine: Engine, tmp_path: Path) -> None:
    """Stopped: not on the list. Fixed texts of the bureau changed since the go: stopped, with why, and told once."""
    workspace = with_limit(workspace_of(engine, tmp_path), 3)
    go = approved(workspace)
    order = started(workspace, form(DORMERS))
    keep_started(engine, go.go_id, "run", NOW)
    send(workspace, order.campaign)
    register.register(engine, order.campaign, None, form(DORMERS))
    brand = workspace.programme.brand.model_copy(update={"phone": "058 000 00 00"})
    other = workspace._replace(programme=workspace.programme.model_copy(update={"brand": brand}))
    (stopped,) = followed(other, 6)
    assert stopped.sent == 0
    assert "vaste tekst" in stopped.why
    kept = find_go(engine, go.go_id)
    assert kept is not None
    assert kept.stopped_why == stopped.why
    assert followed(workspace, 6)[0].sent > 0

    stopping.withdraw(engine, "lentebrief-2026", BAS)
    assert followed(workspace, 6) == []


def test_without_a_go_those_who_waited_do_not_make_it_large(engine: Engine, tmp_path: Path) -> None:
    """A campaign that needed no go stays within the number that asks for one, whoever becomes free later."""
    workspace = with_limit(workspace_of(engine, tmp_path), 1000)
    order = started(workspace, form(DORMERS))
    sent = send(workspace, order.campaign).to_send
    register.register(engine, order.campaign, None, form(DORMERS))
    (told,) = followed(with_limit(workspace, sent), 6)
    assert told.sent == 0
    assert "akkoord" in told.why


def add_client(engine: Engine, client_id: str) -> None:
    """A client of the audience, whom no start of the campaign has seen."""
    address = f"{client_id.lower()}@voorbeeld.nl"
    client = {"client_id": client_id, "name": "A. Nieuw", "email": address, "recipient": address, "id_crc32": 1}
    project = {"project_id": client_id, "client_id": client_id, "type": "dakkapel", "value_cents": 90_000}
    day = DAY - timedelta(days=200)
    with writing(engine) as connection:
        connection.execute(insert(clients).values(**client, kind="consument", consent="yes", channel="email"))
        connection.execute(insert(projects).values(**project, ordered_on=day, delivered_on=day))


def recipients(engine: Engine) -> set[str]:
    with reading(engine) as connection:
        its_own = (messages.c.status == MessageStatus.ACCEPTED, messages.c.occasion == "lentebrief-2026")
        return set(connection.scalars(select(messages.c.recipient).where(*its_own)))


def held(engine: Engine) -> set[str]:
    from models.tables import decisions

    with reading(engine) as connection:
        query = select(decisions.c.recipient).where(decisions.c.outcome == "defer", decisions.c.as_of == DAY)
        return set(connection.scalars(query))


def test_a_start_that_needs_no_go_is_kept_and_stays_small(workspace: Workspace) -> None:
    """It leaves as it was seen; with more people than go without a go it stops."""
    order = check_order(workspace, form(DORMERS), NOW)
    parts = parts_of(workspace, order.campaign, None)
    question = GoQuestion(new_id(), form(DORMERS), order, 2, [], ASKER, NOW)
    go, made = put(workspace.engine, question, parts, GoAnswer.NOT_NEEDED)
    assert made
    assert may_leave(workspace, order, 3, go.go_id).verdict == LeaveVerdict.GOES
    assert may_leave(workspace, order, 4, go.go_id).verdict == LeaveVerdict.STOPS


def test_a_campaign_with_an_earlier_form_is_left_alone(engine: Engine, tmp_path: Path) -> None:
    """One that was started before its form was kept is not started by itself."""
    workspace = with_limit(workspace_of(engine, tmp_path), 1000)
    send(workspace, check_order(workspace, form(DORMERS), NOW).campaign)
    with reading(engine) as connection:
        assert connection.execute(select(campaigns.c.form)).scalar_one() is None
    assert NOW.tzinfo == AMSTERDAM
    assert followed(workspace, 6) == []

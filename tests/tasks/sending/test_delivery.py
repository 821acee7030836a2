"""Claim, fence, deliver, settle: on both databases, with a messenger that does as it is told."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update

from models import tables
from models.consent import Chosen, Proof, choose
from models.database import clock
from models.database.bulk import insert_rows
from models.database.engine import reading, writing
from models.settings import Settings
from programme.sending.state_changes import Refusal, RequestState
from programme.terms.kinds import UnknownKind
from tasks.base.programme_file import load_programme
from tasks.base.workspace import Workspace
from tasks.mail.render import Mail
from tasks.mail.reply_to import ReplyTo
from tasks.mail.templating.tagged import TemplateInvalid, TemplateMissing
from tasks.providers.outbox.messenger import OutboxMessenger
from tasks.runs.brakes import band_exceeded, day_outside_band
from tasks.runs.taking_up.left_over import take_up_left_over
from tasks.sending.delivery import deliver_queued
from tasks.sending.means import Delivery
from tasks.sending.messenger import (
    Claim,
    DeliveryReport,
    KeyRefused,
    OutboxUnwritable,
    Parcel,
    ProviderAnswer,
    ProviderBusy,
    TooManyFailures,
)
from tasks.sending.pacing import limiter
from tests.conftest import ON_SQLITE

DAY = date(2026, 3, 2)
PROGRAMME = load_programme(Settings.model_fields["programme"].default)


class ScriptedMessenger:
    """Keeps what it was given and answers from a script; accepts when the script is over."""

    name = "scripted"
    leaves_machine = True
    is_repeatable = False
    per_request = 1000
    parallel = 3

    def __init__(self, *script: ProviderAnswer | Callable[[Claim], ProviderAnswer]) -> None:
        self.script = list(script)
        self.taken: list[list[str]] = []
        self.lock = threading.Lock()

    def prepare(self, renderer: Any, claim: Claim) -> Parcel:
        return Parcel(None, {letter.id: "bad" for letter in claim.letters if "onmogelijk" in letter.recipient}, [])

    def deliver(self, claim: Claim, parcel: Parcel) -> ProviderAnswer:
        with self.lock:
            self.taken.append([letter.recipient for letter in claim.letters])
            step = self.script.pop(0) if self.script else accepted
        return step(claim) if callable(step) else step


def accepted(claim: Claim) -> ProviderAnswer:
    return ProviderAnswer(RequestState.ACCEPTED, provider_id=f"x{claim.request_id}", http_status=202)


def refuse_bad(claim: Claim) -> ProviderAnswer:
    """As a provider that refuses a whole request for one bad address."""
    if all("fout" not in letter.recipient for letter in claim.letters):
        return accepted(claim)
    state = RequestState.REJECTED if len(claim.letters) == 1 else RequestState.SPLIT
    return ProviderAnswer(state, http_status=400)


def settings(**changes: Any) -> Settings:
    return Settings(_env_file=None, send_batch=10, **changes)


def add(engine: Engine, count: int, *, recipient: str = "k{}@voorbeeld.nl", first: int = 0, **changes: Any) -> None:
    """Clients with consent, each with one planned message."""
    people = [
        (f"c{n}", "Naam", recipient.format(n), "consument", "yes", "email", 0) for n in range(first, first + count)
    ]
    base = {
        "flow": "daily",
        "purpose": "marketing",
        "touchpoint": "anniversary",
        "as_of": DAY,
        "due_on": DAY,
        "closes_on": DAY,
        "status": "planned",
        "attempts": 0,
        "variant": "{}",
        "fields": "{}",
        **changes,
    }
    rows = [(f"m{n}", f"c{n}", recipient.format(n), f"p{n}", *base.values()) for n in range(first, first + count)]
    with writing(engine) as connection:
        columns = ["client_id", "name", "recipient", "kind", "consent", "channel", "id_crc32"]
        insert_rows(connection, tables.clients, columns, people, ignore_existing=True)
        columns = ["message_id", "client_id", "recipient", "occasion", *base]
        insert_rows(connection, tables.messages, columns, rows)


def deliver(engine: Engine, messenger: ScriptedMessenger, **changes: Any) -> DeliveryReport:
    patience = changes.pop("patience_seconds", 10.0)
    return deliver_queued(delivery(engine, messenger, patience), DAY, "r1", **changes)


def delivery(engine: Engine, messenger: Any, patience: float = 10.0, renderer: Any = None) -> Delivery:
    return Delivery(Workspace(settings(), PROGRAMME, engine), renderer, messenger, patience)


def statuses(engine: Engine) -> dict[str, int]:
    messages = tables.messages
    with reading(engine) as connection:
        rows = connection.execute(select(messages.c.status, func.count()).group_by(messages.c.status)).all()
    return {row[0]: row[1] for row in rows}


def test_every_planned_message_goes_once(engine: Engine) -> None:
    """All planned messages of the day are accepted, each in one request, and the log says by which."""
    add(engine, 57)
    messenger = ScriptedMessenger()
    report = deliver(engine, messenger)
    assert report.accepted == 57
    assert sorted(sum(messenger.taken, [])) == sorted(f"k{n}@voorbeeld.nl" for n in range(57))
    assert max(map(len, messenger.taken)) == 10
    with reading(engine) as connection:
        rows = connection.execute(select(tables.messages)).all()
    assert all(row.status == "accepted" and row.attempts == 1 and row.provider_id.startswith("x") for row in rows)
    assert deliver(engine, messenger).accepted == 0


def test_the_day_is_the_days(engine: Engine) -> None:
    """Messages of another day, or not planned, are left alone."""
    add(engine, 3, as_of=date(2026, 3, 1))
    add(engine, 3, first=3, status="logged")
    assert deliver(engine, ScriptedMessenger()).accepted == 0
    assert statuses(engine) == {"planned": 3, "logged": 3}


def test_an_address_stands_once_in_a_request(engine: Engine) -> None:
    """Two messages to one address go in two requests."""
    add(engine, 1, recipient="zelfde@voorbeeld.nl")
    add(engine, 1, first=1, recipient="zelfde@voorbeeld.nl")
    messenger = ScriptedMessenger()
    deliver(engine, messenger)
    assert messenger.taken == [["zelfde@voorbeeld.nl"]] * 2


def test_one_bad_address_stops_nobody_else(engine: Engine) -> None:
    """A refused request is split until the bad one is alone; the others are accepted, each once."""
    add(engine, 9)
    add(engine, 1, first=9, recipient="fout{}@voorbeeld.nl")
    messenger = ScriptedMessenger(*[refuse_bad] * 100)
    report = deliver(engine, messenger)
    assert (report.accepted, report.rejected) == (9, 1)
    assert statuses(engine) == {"accepted": 9, "rejected": 1}


def test_a_throttled_message_waits_and_goes(engine: Engine) -> None:
    """After a 429 the messages rest as long as the provider said, then go; it is no failure."""
    add(engine, 5)
    messenger = ScriptedMessenger(ProviderAnswer(RequestState.THROTTLED, http_status=429, wait_seconds=1.0))
    report = deliver(engine, messenger)
    assert (report.accepted, report.throttled, report.failed) == (5, 1, 0)


def test_a_long_throttle_leaves_the_rest_planned(engine: Engine) -> None:
    """Nobody waits an hour inside a run: what is throttled for long stays planned, and the run ends by saying so."""
    add(engine, 15)
    messenger = ScriptedMessenger(ProviderAnswer(RequestState.THROTTLED, http_status=429, wait_seconds=3600.0))
    with pytest.raises(ProviderBusy, match=r"15 messages stay planned: .* asks to wait 3,[56]\d\d seconds") as stopped:
        deliver(engine, messenger)
    assert stopped.value.report is not None
    assert (stopped.value.report.accepted, stopped.value.report.left) == (0, 15)
    assert len(messenger.taken) == 1
    assert statuses(engine) == {"planned": 15}


def test_requests_go_as_far_as_the_rate_allows(engine: Engine) -> None:
    """Of several requests as many may go as the provider still allows; then none, and before it said so, all."""
    with writing(engine) as connection:
        assert limiter.take(connection, "scripted", 4) == (4, 0.0)
        answer = ProviderAnswer(RequestState.ACCEPTED, remaining=3, window_seconds=3600.0)
        limiter.learn(connection, "scripted", answer, 0.0)
        assert limiter.take(connection, "scripted", 1) == (1, 0.0)
        granted, wait = limiter.take(connection, "scripted", 4)
        assert (granted, 0 < wait < 3601) == (2, True)  # the database's clock may jump, and rounds
        granted, wait = limiter.take(connection, "scripted", 1)
        assert (granted, 0 < wait < 3601) == (0, True)


def test_in_doubt_is_never_sent_again(engine: Engine) -> None:
    """A lost answer leaves its messages in doubt; a second run does not touch them."""
    add(engine, 20)
    messenger = ScriptedMessenger(ProviderAnswer(RequestState.IN_DOUBT, detail="lost"))
    report = deliver(engine, messenger)
    assert (report.accepted, report.in_doubt) == (10, 10)
    assert deliver(engine, messenger).accepted == 0
    assert statuses(engine) == {"accepted": 10, "in_doubt": 10}


def test_three_failures_in_a_row_stop_the_run(engine: Engine) -> None:
    """The brake: at once after three failures, everything else still planned."""
    add(engine, 100)
    messenger = ScriptedMessenger(*[ProviderAnswer(RequestState.IN_DOUBT, http_status=500)] * 9)
    with pytest.raises(TooManyFailures, match="3 requests failed in a row") as stopped:
        deliver(engine, messenger)
    assert statuses(engine) == {"planned": 70, "in_doubt": 30}
    assert stopped.value.report is not None
    assert stopped.value.report.left == 70


def test_a_refused_key_stops_the_run_with_nothing_lost(engine: Engine) -> None:
    """401 is about us: the run stops at once and every message is still planned."""
    add(engine, 30)
    refused = ProviderAnswer(RequestState.NOT_SENT, http_status=401, refusal=Refusal.KEY, to_mend="check the key")
    messenger = ScriptedMessenger(refused)
    with pytest.raises(KeyRefused, match="check the key"):
        deliver(engine, messenger)
    assert statuses(engine) == {"planned": 30}


def test_rules_are_asked_again_at_the_claim(engine: Engine) -> None:
    """Suppressed, without consent and erased are cancelled with the reason; an open case leaves the message planned.

    So does another address, for which the next run says it anew; no run does that for a campaign, which is cancelled.
    """
    add(engine, 6)
    add(engine, 1, first=6, touchpoint="newsletter", flow="campaign")
    with writing(engine) as connection:
        clients, suppressions, feedback = tables.clients, tables.suppressions, tables.feedback
        insert_rows(connection, suppressions, ["email", "reason", "since"], [("k0@voorbeeld.nl", "manual", DAY)])
        connection.execute(update(clients).where(clients.c.client_id == "c1").values(consent="no"))
        connection.execute(update(clients).where(clients.c.client_id == "c2").values(erased_on=DAY, recipient=""))
        for moved in ("c3", "c6"):
            values = {"recipient": f"{moved}@elders.nl"}
            connection.execute(update(clients).where(clients.c.client_id == moved).values(values))
        columns = ["feedback_id", "client_id", "given_on", "kind", "score", "origin"]
        insert_rows(connection, feedback, columns, [("f", "c4", DAY, "nps", 3, "import")])
    report = deliver(engine, ScriptedMessenger())
    assert report.cancelled == {"suppressed": 1, "no_consent": 1, "no_address": 2}
    assert (report.held, report.accepted, report.left) == (1, 1, 1)
    assert statuses(engine) == {"cancelled": 4, "planned": 2, "accepted": 1}
    with reading(engine) as connection:
        rows = connection.execute(select(tables.messages.c.client_id, tables.messages.c.reason)).all()
    assert dict(rows) == {
        "c0": "suppressed",
        "c1": "no_consent",
        "c2": "no_address",
        "c6": "no_address",
    } | dict.fromkeys(["c3", "c4", "c5"])


def test_what_is_no_longer_wanted_is_cancelled_at_the_claim(engine: Engine) -> None:
    """A topic that was switched off after planning, also under an earlier address; a pause stops nothing that left."""
    add(engine, 3)
    at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with writing(engine) as connection:
        topic = tables.messages.c.touchpoint
        of_kind = PROGRAMME.kinds[connection.execute(select(topic).limit(1)).scalar_one()]
        off, proof = Chosen(f"topic:{of_kind.topic}", "off", "…"), Proof("preferences", at)
        choose(connection, "k0@voorbeeld.nl", [off], proof)
        insert_rows(connection, tables.earlier_recipients, ["client_id", "recipient"], [("c1", "oud@voorbeeld.nl")])
        choose(connection, "oud@voorbeeld.nl", [off], proof)
        choose(connection, "k2@voorbeeld.nl", [Chosen("pause", "6", "…")], proof)

    report = deliver(engine, ScriptedMessenger())

    assert (report.cancelled, report.accepted) == ({"not_wanted": 2}, 1)


def test_a_message_that_cannot_be_made_holds_up_nobody(engine: Engine) -> None:
    """What no mail can be made of stays planned and is reported; its neighbours go."""
    add(engine, 5)
    add(engine, 1, first=5, recipient="onmogelijk{}@voorbeeld.nl")
    report = deliver(engine, ScriptedMessenger())
    assert (report.accepted, report.unfit, report.left) == (5, 1, 0)


@ON_SQLITE
@pytest.mark.parametrize(
    "fault",
    [
        TemplateInvalid("templates/mail/newsletter.jinja, line 3: unexpected '}'"),
        TemplateMissing("templates/mail/newsletter.jinja does not exist."),
        UnknownKind("no kind of mail is called 'newsletter'"),
    ],
)
def test_a_template_broken_while_its_mails_wait_holds_up_nobody(
    engine: Engine, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    """A campaign's mails stay planned, are reported and the log says why; what is claimed after them goes."""

    class Breaking(ScriptedMessenger):
        def prepare(self, renderer: Any, claim: Claim) -> Parcel:
            if claim.touchpoint == "newsletter":
                raise fault
            return super().prepare(renderer, claim)

    add(engine, 3, touchpoint="newsletter", flow="campaign")
    add(engine, 2, first=3)
    report = deliver(engine, Breaking())
    assert (report.accepted, report.unfit, report.left) == (2, 3, 0)
    assert statuses(engine) == {"accepted": 2, "planned": 3}
    assert f"newsletter: 3 could not be made into a mail and stay planned: {fault}" in caplog.text


def test_two_runs_at_once_share_the_work(engine: Engine) -> None:
    """Two runs of one day at once: each message goes exactly once."""
    add(engine, 400)
    messenger = ScriptedMessenger()
    threads = [threading.Thread(target=deliver, args=(engine, messenger)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sum(messenger.taken, [])) == sorted(f"k{n}@voorbeeld.nl" for n in range(400))
    assert statuses(engine) == {"accepted": 400}


def test_left_over_messages_are_taken_up_or_expire(engine: Engine) -> None:
    """What earlier runs left planned is re-dated while its window is open, else it expires."""
    add(engine, 2, flow="campaign", closes_on=date(2026, 3, 9))
    add(engine, 1, flow="campaign", first=2, closes_on=date(2026, 3, 3))
    left = take_up_left_over(engine, date(2026, 3, 4))
    assert (left.retaken, left.expired) == (["m0", "m1"], ["m2"])
    assert take_up_left_over(engine, date(2026, 3, 4)) == ([], [], [], {})
    assert statuses(engine) == {"planned": 2, "expired": 1}


def test_a_dead_workers_claim_is_free_and_its_request_in_doubt(engine: Engine) -> None:
    """Claimed by a process that is gone: planned again at once. On the wire: in doubt, never sent again."""
    add(engine, 2)
    boot = "0:0:0"
    with writing(engine) as connection:
        past = clock.now_plus(-1)
        for number, (state, status) in enumerate([("claimed", "planned"), ("on_wire", "sending")]):
            row = {"request_id": f"q{number}", "as_of": DAY, "delivery": "scripted", "touchpoint": "t"}
            row |= {
                "recipients": 1,
                "first_id": 1,
                "last_id": 2,
                "worker": boot,
                "state": state,
                "claimed_at": past,
                "lease_until": past,
            }
            connection.execute(tables.requests.insert().values(row))
            held = tables.messages.c.message_id == f"m{number}"
            values = {"request_id": f"q{number}", "status": status}
            connection.execute(update(tables.messages).where(held).values(values))
    messenger = ScriptedMessenger()
    deliver(engine, messenger)
    assert messenger.taken == [["k0@voorbeeld.nl"]]
    assert statuses(engine) == {"accepted": 1, "in_doubt": 1}


def test_the_outbox_takes_the_whole_mail(engine: Engine, tmp_path: Path) -> None:
    """Each message becomes one .eml of its own name; again, nothing is written twice; a full disk loses nothing."""
    renderer = PlainMails()
    add(engine, 25, touchpoint="anniversary")
    reply_to = ReplyTo(settings(), PROGRAMME.brand)
    outbox = OutboxMessenger(tmp_path / "outbox", reply_to)
    report = deliver_queued(delivery(engine, outbox, renderer=renderer), DAY, "r")
    assert report.accepted == 25
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 25
    add(engine, 3, first=25)
    (tmp_path / "file").write_text("")
    blocked = OutboxMessenger(tmp_path / "file" / "outbox", reply_to)
    with pytest.raises(OutboxUnwritable, match="BOUWCLUB_OUTBOX_DIR"):
        deliver_queued(delivery(engine, blocked, renderer=renderer), DAY, "r")
    assert statuses(engine) == {"accepted": 25, "planned": 3}


class PlainMails:
    """As much of a renderer as the outbox asks for."""

    def mail(self, message: Any, variant: str | None, as_of: date) -> Mail:
        text = f"Beste {message.client_id}"
        return Mail(
            message_id=message.message_id,
            touchpoint=message.touchpoint,
            as_of=as_of,
            subject=text,
            html=f"<p>{text}</p>",
            text=text,
            sender_name="Bureau Broersma",
            sender_address="bouwclub@bureaubroersma.example",
            reply_address="info@bureaubroersma.example",
            recipient=message.recipient,
            unsubscribe_url="https://x.nl/u/t",
        )


def test_an_unusual_day_asks_for_a_go(engine: Engine) -> None:
    """More than max(200, band x the largest day of the last 28) is out of the band; other days do not count."""
    add(engine, 100, as_of=date(2026, 2, 2), status="accepted")
    for first, day in ((100, date(2026, 2, 1)), (500, DAY)):
        add(engine, 400, first=first, as_of=day, status="accepted")
    with reading(engine) as connection:
        assert band_exceeded(connection, settings(), DAY, "daily", 300) is None
        assert band_exceeded(connection, settings(), DAY, "daily", 301) == (301, 300, 100)
        assert band_exceeded(connection, settings(daily_band=0), DAY, "daily", 10_000) is None
        assert band_exceeded(connection, settings(daily_band=1), DAY, "daily", 200) is None
        assert "--confirm" in str(band_exceeded(connection, settings(), DAY, "daily", 301))


def test_a_large_campaign_makes_no_room_for_the_flows(engine: Engine) -> None:
    """The band of a flow is measured by its own days; neither a campaign nor the other flow raises it."""
    add(engine, 250, as_of=date(2026, 2, 20), status="accepted", flow="campaign")
    add(engine, 90, first=250, as_of=date(2026, 2, 20), status="accepted", flow="win-back")
    add(engine, 201, first=1000, flow="daily")
    with reading(engine) as connection:
        assert day_outside_band(connection, settings(), DAY) == (201, 200, 0)
        assert band_exceeded(connection, settings(), DAY, "win-back", 271) == (271, 270, 90)


def test_a_large_campaign_holds_no_flow(engine: Engine) -> None:
    """A campaign has a go of its own, and counts not among the mails of the flows that the brake is for."""
    add(engine, 400, flow="campaign")
    add(engine, 3, first=1000, flow="daily")
    with reading(engine) as connection:
        assert day_outside_band(connection, settings(), DAY) is None


def test_no_run_lets_through_what_another_was_held_for(engine: Engine) -> None:
    """Whichever run delivers the day, the messages that a held run left planned hold it as well."""
    add(engine, 201, flow="daily")
    add(engine, 3, first=1000, flow="win-back")
    with reading(engine) as connection:
        assert day_outside_band(connection, settings(), DAY) is not None


@pytest.mark.postgres
def test_changes_of_status_stay_in_their_pages(postgres_engine: Engine) -> None:
    """A page of states has room for what sending changes, also when all of its messages go in one request."""
    engine = postgres_engine
    add(engine, 1_200)
    whole = settings().model_copy(update={"send_batch": 600})
    sending = Delivery(Workspace(whole, PROGRAMME, engine), None, ScriptedMessenger(), 10.0)
    before = _changes_of_states(engine)
    assert deliver_queued(sending, DAY, "r1").accepted == 1_200
    changed, in_page = (now - then for now, then in zip(_changes_of_states(engine), before, strict=True))
    assert changed == 2_400
    assert in_page / changed > 0.95


def _changes_of_states(engine: Engine) -> tuple[int, int]:
    """The changes of rows so far, and those that stayed inside their page and touched no index."""
    with reading(engine) as connection:  # the one session of the pool
        connection.execute(select(func.pg_stat_force_next_flush()))
    query = text("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'message_states'")
    with reading(engine) as connection:
        row = connection.execute(query).one()
    return row.n_tup_upd, row.n_tup_hot_upd

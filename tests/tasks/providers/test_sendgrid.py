"""Delivery through the stand-in SendGrid, by HTTP."""

import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, select, update

from models import tables
from models.database.engine import reading, writing
from models.settings import Settings
from tasks.base.workspace import Workspace
from tasks.providers.sendgrid.messenger import SendGridMessenger
from tasks.providers.sendgrid.wire import total_seconds
from tasks.sending.delivery import deliver_queued
from tasks.sending.means import Delivery
from tasks.sending.messenger import (
    DeliveryReport,
    DeliveryStopped,
    HostUnreachable,
    HostWrong,
    KeyRefused,
    NotReadyToSend,
    ProviderBusy,
    RequestRefused,
    SenderRefused,
    TooManyFailures,
)
from tests import factories as make
from tests.conftest import ON_SQLITE
from tests.standin.faults import OWN_FAULTS, Trouble
from tests.standin.mailbox import mails
from tests.standin.server import API_KEY, StandIn
from tests.tasks.mail.plain_renderer import COMPILED, PlainRenderer
from tests.tasks.sending.test_delivery import DAY, PROGRAMME, add, statuses

pytestmark = pytest.mark.slow

NAMES = [
    "Jan & <b>Piet</b>",
    "Anaïs \"de\" 'Vries'",
    "名前 😀 İ",
    "[x-project] {{7*7}} %name% -name-",
    "a\\nb\\u0041</script>",
]


@pytest.fixture
def standin(tmp_path: Path) -> Iterator[StandIn]:
    with StandIn(tmp_path / "accepted.log", late_seconds=2.5) as running:
        yield running
        assert not running.invalid, running.invalid[:3]


def settings(standin: StandIn | None, **changes: Any) -> Settings:
    base = {
        "delivery": "sendgrid",
        "sendgrid_host": standin.url if standin else "http://127.0.0.1:9",
        "sendgrid_api_key": API_KEY,
        "secret_key": "geheim",
        "base_url": "https://club.voorbeeld.nl",
        "send_batch": 10,
        "lease_seconds": 4,
    }
    return Settings(_env_file=None, **(base | changes))


def deliver(engine: Engine, chosen: Settings, patience: float = 10.0) -> DeliveryReport:
    messenger = SendGridMessenger(chosen, PROGRAMME)
    work = Delivery(Workspace(chosen, PROGRAMME, engine), PlainRenderer(), messenger, patience)
    return deliver_queued(work, DAY, "r1")


def fields(name: str = "Jan") -> str:
    return orjson.dumps({"name": name, "project": "dakkapel", "unsubscribe_url": "https://x.nl/u/t"}).decode()


def test_what_arrives_is_what_the_renderer_fills(engine: Engine, standin: StandIn) -> None:
    """Subject, text and HTML after SendGrid's substitution equal what the renderer fills, for hostile names too."""
    for number, name in enumerate(NAMES):
        add(engine, 1, first=number, fields=fields(name), sender_name="ir. S. Wiersma, constructeur")
    assert deliver(engine, settings(standin)).accepted == len(NAMES)
    arrived = {mail.to: mail for mail in mails(standin.mailbox.path)}
    for number, name in enumerate(NAMES):
        mail = arrived[f"k{number}@voorbeeld.nl"]
        assert (mail.subject, mail.text, mail.html) == COMPILED.fill(orjson.loads(fields(name)))
        assert mail.sender_name == "ir. S. Wiersma constructeur"


def test_one_request_carries_the_body_once(engine: Engine, standin: StandIn) -> None:
    """Messages of one variant share a request; ids, headers, category and tracking are as the contract says."""
    add(engine, 9, fields=fields())
    deliver(engine, settings(standin))
    assert standin.requests == [(202, 9)]
    for mail in mails(standin.mailbox.path):
        number = mail.to.removeprefix("k").removesuffix("@voorbeeld.nl")
        assert mail.message_id == f"m{number}"
        assert mail.headers["List-Unsubscribe"].startswith("<https://x.nl/u/t>, <mailto:")
        assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail.categories == ("anniversary",)
        assert (mail.click_tracking, mail.open_tracking) == (False, False)
    assert standin.bytes_received / 9 < 600


def test_only_those_who_consent_are_tracked(engine: Engine, standin: StandIn) -> None:
    """Opens are asked for in requests of their own, of recipients whose records say so; the log keeps who."""
    add(engine, 6, fields=fields())
    clients = tables.clients
    with writing(engine) as connection:
        connection.execute(update(clients).where(clients.c.client_id.in_(["c1", "c2"])).values(tracking_consent=True))
        connection.execute(update(clients).where(clients.c.client_id == "c3").values(tracking_consent=False))
    deliver(engine, settings(standin))
    assert {mail.to[:2] for mail in mails(standin.mailbox.path) if mail.open_tracking} == {"k1", "k2"}
    with reading(engine) as connection:
        query = select(tables.messages.c.client_id).where(tables.messages.c.is_tracked.is_(True))
        assert set(connection.execute(query).scalars()) == {"c1", "c2"}


@ON_SQLITE
def test_mails_of_a_template_that_the_programme_lost_hold_up_nobody(engine: Engine, standin: StandIn) -> None:
    """They stay planned and are reported, as in the outbox; what is claimed after them goes."""
    add(engine, 3, touchpoint="newsletter", flow="campaign", fields=fields())
    add(engine, 2, first=3, fields=fields())
    chosen, programme = settings(standin), make.programme()
    del programme.campaigns["newsletter"]
    workspace = Workspace(chosen, programme, engine)

    class Losing(PlainRenderer):
        def compiled(self, touchpoint_id: str, variant: Any) -> Any:
            return super().compiled(programme.kinds[touchpoint_id].id, variant)

    work = Delivery(workspace, Losing(), SendGridMessenger(chosen, programme), 10.0)
    report = deliver_queued(work, DAY, "r1")
    assert (report.accepted, report.unfit) == (2, 3)
    assert statuses(engine) == {"accepted": 2, "planned": 3}


def test_values_too_long_for_a_tag_go_filled_in(engine: Engine, standin: StandIn) -> None:
    """A message whose own values pass SendGrid's limit goes alone with the body filled in; the others share theirs."""
    add(engine, 3, fields=fields())
    long = fields("é" * 6000)
    add(engine, 1, first=3, fields=long)
    assert deliver(engine, settings(standin)).accepted == 4
    assert sorted(count for _, count in standin.requests) == [1, 3]
    arrived = next(mail for mail in mails(standin.mailbox.path) if mail.to.startswith("k3"))
    assert (arrived.subject, arrived.text, arrived.html) == COMPILED.fill(orjson.loads(long))


def test_fields_that_do_not_fit_hold_up_nobody(engine: Engine, standin: StandIn) -> None:
    """A message without a field that its mail needs stays planned and is reported; its neighbours go."""
    add(engine, 2, fields=fields())
    add(engine, 1, first=2, fields='{"name": "Jan"}')
    add(engine, 1, first=3, fields="geen json")
    report = deliver(engine, settings(standin))
    assert (report.accepted, report.unfit) == (2, 2)
    assert statuses(engine) == {"accepted": 2, "planned": 2}


@pytest.mark.parametrize("names_bad", [True, False])
def test_bad_addresses_are_found_and_the_others_go(engine: Engine, tmp_path: Path, names_bad: bool) -> None:
    """Of forty with three bad ones, 37 are accepted and three rejected, whether or not SendGrid names the bad ones."""
    add(engine, 40, fields=fields())
    with writing(engine) as connection:
        for number in (0, 17, 18):
            for table in (tables.clients, tables.messages):
                mine = table.c.client_id == f"c{number}"
                connection.execute(update(table).where(mine).values(recipient=f"fout{number}@voorbeeld.nl"))
    with StandIn(tmp_path / "log", names_bad=names_bad) as standin:
        report = deliver(engine, settings(standin, send_batch=40))
        assert (report.accepted, report.rejected) == (37, 3)
        assert len({mail.to for mail in mails(standin.mailbox.path)}) == len(list(mails(standin.mailbox.path))) == 37


@pytest.mark.parametrize(
    ("engine", "trouble"),
    [
        ("sqlite", Trouble.THROTTLED),
        pytest.param("postgres", Trouble.THROTTLED, marks=pytest.mark.postgres),
        *(("sqlite", other) for other in (Trouble.THROTTLED_DATE, Trouble.THROTTLED_PAST, Trouble.THROTTLED_BARE)),
    ],
    indirect=["engine"],
)
def test_a_throttled_run_waits_and_goes_on(engine: Engine, standin: StandIn, trouble: Trouble) -> None:
    """After a 429 everything is accepted once, later; Retry-After counts in both forms, past and absent too."""
    add(engine, 20, fields=fields())
    standin.plan.queue = [trouble]
    report = deliver(engine, settings(standin))
    assert (report.accepted, report.throttled, report.failed) == (20, 1, 0)
    assert len(list(mails(standin.mailbox.path))) == 20


def test_the_rate_is_shared_by_all_workers(engine: Engine, standin: StandIn) -> None:
    """When an answer says that no request is left, the next one waits for the new window, whoever sends it."""
    add(engine, 20, fields=fields())
    standin.plan.queue = [Trouble.RATE_HEADERS]
    assert deliver(engine, settings(standin)).accepted == 20
    with reading(engine) as connection:
        rows = connection.execute(select(tables.requests.c.sent_at).order_by(tables.requests.c.sent_at)).scalars().all()
    assert (rows[1] - rows[0]).total_seconds() > 0.05


@pytest.mark.parametrize(
    ("engine", "trouble", "taken"),
    [
        ("sqlite", Trouble.ERROR_BEFORE, 0),
        ("sqlite", Trouble.ERROR_AFTER, 10),
        ("sqlite", Trouble.UNAVAILABLE, 0),
        ("sqlite", Trouble.CLOSE_BEFORE, 0),
        ("sqlite", Trouble.CLOSE_AFTER, 10),
        pytest.param("postgres", Trouble.CLOSE_AFTER, 10, marks=pytest.mark.postgres),
        ("sqlite", Trouble.RESET, 0),
        ("sqlite", Trouble.LATE, 10),
        ("sqlite", Trouble.DRIBBLE, 10),
        ("sqlite", Trouble.REDIRECT, 0),
    ],
    indirect=["engine"],
)
def test_an_answer_that_says_nothing_leaves_doubt(
    engine: Engine, standin: StandIn, trouble: Trouble, taken: int
) -> None:
    """Cut off, timed out, 5xx or sent elsewhere: in doubt, whether it was accepted or not, and never sent again."""
    add(engine, 20, fields=fields())
    standin.plan.queue = [trouble]
    report = deliver(engine, settings(standin))
    assert (report.accepted, report.in_doubt) == (10, 10)
    assert deliver(engine, settings(standin)).accepted == 0
    patience = time.monotonic() + 5
    while len(list(mails(standin.mailbox.path))) < 10 + taken and time.monotonic() < patience:
        time.sleep(0.05)
    assert len(list(mails(standin.mailbox.path))) == 10 + taken


@pytest.mark.parametrize(
    ("trouble", "mistake", "line"),
    [
        (Trouble.WRONG_KEY, KeyRefused, "BOUWCLUB_SENDGRID_API_KEY"),
        (Trouble.FORBIDDEN, SenderRefused, "verified"),
        (Trouble.NOT_FOUND, HostWrong, "BOUWCLUB_SENDGRID_HOST"),
        (Trouble.MOVED, HostWrong, "BOUWCLUB_SENDGRID_HOST"),
    ],
)
def test_a_refusal_of_us_loses_nothing(
    engine: Engine, standin: StandIn, trouble: Trouble, mistake: type[Exception], line: str
) -> None:
    """Wrong key, unknown sender, wrong host: one clear line, one request, every message still planned."""
    add(engine, 30, fields=fields())
    standin.plan.queue = [trouble] * 9
    with pytest.raises(mistake, match=line) as stopped:
        deliver(engine, settings(standin))
    assert "\n" not in str(stopped.value)
    assert len(standin.requests) == 1
    assert statuses(engine) == {"planned": 30}


@pytest.mark.parametrize(
    ("trouble", "count"),
    [(trouble, 2) for trouble in OWN_FAULTS] + [(Trouble.BAD_REPLY_TO, count) for count in (5, 12, 30, 200)],
)
def test_our_own_fault_closes_nobodys_key(
    sqlite_engine: Engine, standin: StandIn, trouble: Trouble, count: int
) -> None:
    """However few the messages: one request, a stop that says what to mend, every message planned; mended, all go."""
    add(sqlite_engine, count, fields=fields())
    standin.plan.queue = [trouble] * (2 * count)
    with pytest.raises(DeliveryStopped, match=r"\(HTTP \d{3}.*stays planned") as stopped:
        deliver(sqlite_engine, settings(standin))
    assert "\n" not in str(stopped.value)
    assert len(standin.requests) == 1
    assert statuses(sqlite_engine) == {"planned": count}
    standin.plan.queue.clear()
    with writing(sqlite_engine) as connection:
        connection.execute(update(tables.messages).values(not_before=None))
    assert deliver(sqlite_engine, settings(standin)).accepted == count


@pytest.mark.parametrize("count", [1, 2])
def test_a_request_that_stays_too_large_closes_nobodys_key(engine: Engine, standin: StandIn, count: int) -> None:
    """A 413 is halved; a single mail that is too large is our own fault."""
    add(engine, count, fields=fields())
    standin.plan.shares = {Trouble.TOO_LARGE: 100}
    with pytest.raises(RequestRefused, match="HTTP 413"):
        deliver(engine, settings(standin))
    assert statuses(engine) == {"planned": count}


def test_a_window_of_an_hour_is_not_waited_for_in_silence(engine: Engine, standin: StandIn) -> None:
    """No request left in this hour: believed for two minutes; a run without that patience says what stays planned."""
    add(engine, 15, fields=fields())
    standin.plan.queue = [Trouble.RATE_FOR_AN_HOUR]
    with pytest.raises(ProviderBusy, match=r"5 messages stay planned: the provider asks to wait 1[12]\d seconds more"):
        deliver(engine, settings(standin), patience=1)
    assert statuses(engine) == {"accepted": 10, "planned": 5}


def test_a_202_without_an_id_is_accepted(engine: Engine, standin: StandIn) -> None:
    """Nothing but the status decides."""
    add(engine, 3, fields=fields())
    standin.plan.queue = [Trouble.NO_ID]
    assert deliver(engine, settings(standin)).accepted == 3
    assert statuses(engine) == {"accepted": 3}


def test_an_unreachable_host_loses_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens: three tries, one clear line, every message still planned."""
    monkeypatch.setattr("tasks.sending.delivery.NOT_SENT_SECONDS", 0.1)
    add(engine, 12, fields=fields())
    with pytest.raises(HostUnreachable, match="BOUWCLUB_SENDGRID_HOST"):
        deliver(engine, settings(None))
    assert statuses(engine) == {"planned": 12}


def test_an_unknown_host_loses_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host name that does not exist is an unreachable host."""
    monkeypatch.setattr("tasks.sending.delivery.NOT_SENT_SECONDS", 0.1)
    add(engine, 2, fields=fields())
    with pytest.raises(HostUnreachable):
        deliver(engine, settings(None, sendgrid_host="http://bestaat-niet.invalid"))
    assert statuses(engine) == {"planned": 2}


def test_a_provider_that_only_fails_stops_the_run(engine: Engine, standin: StandIn) -> None:
    """Three 5xx in a row stop the run after three requests; the rest is still planned."""
    add(engine, 100, fields=fields())
    standin.plan.shares = {Trouble.ERROR_BEFORE: 100}
    with pytest.raises(TooManyFailures, match="3 requests failed in a row"):
        deliver(engine, settings(standin))
    assert len(standin.requests) == 3
    assert statuses(engine) == {"planned": 70, "in_doubt": 30}


def test_the_key_never_shows(engine: Engine, standin: StandIn, caplog: pytest.LogCaptureFixture) -> None:
    """Not in any log at DEBUG, not in the request log, not in an error line; no address in the logs either."""
    caplog.set_level(logging.DEBUG)
    add(engine, 20, fields=fields())
    standin.plan.queue = [Trouble.ERROR_BEFORE]
    deliver(engine, settings(standin))
    with reading(engine) as connection:
        kept = str(connection.execute(select(tables.requests)).all())
    assert API_KEY not in caplog.text + kept
    assert "@voorbeeld.nl" not in caplog.text + kept


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"sendgrid_api_key": None}, "BOUWCLUB_SENDGRID_API_KEY"),
        ({"secret_key": None}, "BOUWCLUB_SECRET_KEY"),
        ({"secret_key": ""}, "BOUWCLUB_SECRET_KEY"),
        ({"secret_key": " "}, "BOUWCLUB_SECRET_KEY"),
        ({"base_url": "http://localhost:8000"}, "BOUWCLUB_BASE_URL"),
    ],
)
def test_sending_needs_its_settings(missing: dict[str, Any], named: str) -> None:
    """Without API key, secret key or an https base URL nothing starts, and the line names what is missing."""
    with pytest.raises(NotReadyToSend, match=named):
        SendGridMessenger(settings(None, **missing), PROGRAMME)


BAD_TEXTS = ["SG.a b", "SG.a\n", "\tSG.a", "SG.sleutél", "SG.a\x00b", "SG.a\x7f", "SG.a\u200b", " "]
BAD_HOSTS = [
    "https://api.send grid.com",
    "https://api.sendgrid.com\n",
    "https://api.sëndgrid.com",
    "https://api.sendgrid.com:port",
    "https://api.sendgrid.com:99999",
    "https://api.sendgrid.com:0",
    "https://",
    "https:///v3",
    "https://[::1",
    "https://.sendgrid.com",
    "https://-x.nl",
    f"https://{'x' * 64}.nl",
    f"https://{'x.' * 130}nl",
    "https://jan:geheim@api.sendgrid.com",
    "https://api.sendgrid.com?x=1",
    "api.sendgrid.com",
    "ftp://api.sendgrid.com",
    "",
]


@pytest.mark.parametrize(
    "changes",
    [{"sendgrid_api_key": text} for text in BAD_TEXTS] + [{"sendgrid_host": text} for text in BAD_HOSTS],
    ids=repr,
)
def test_a_mistyped_setting_is_refused_before_anything_is_claimed(changes: dict[str, str]) -> None:
    """White space, controls, other alphabets, impossible URLs: one line that names the setting, not what it holds."""
    ((name, text),) = changes.items()
    with pytest.raises(NotReadyToSend, match=f"BOUWCLUB_{name.upper()}") as refused:
        SendGridMessenger(settings(None, **changes), PROGRAMME)
    assert "\n" not in str(refused.value)
    assert len(text.strip()) < 9 or text not in str(refused.value).replace("https://api.sendgrid.com", "")


@pytest.mark.parametrize(
    "host", ["https://api.eu.sendgrid.com/", "http://127.0.0.1:8025", "http://[::1]:80", "https://x.nl/api"]
)
def test_a_good_host_is_taken(host: str) -> None:
    """Names, addresses, ports and paths: any base URL."""
    SendGridMessenger(settings(None, sendgrid_host=host), PROGRAMME)


@pytest.mark.parametrize(
    "host", [f"http://{'x' * 70}.nl", "http://xn--\u00e9.nl", "http://127.0.0.1:9", "http://a b.nl"]
)
def test_what_never_left_is_planned_again(engine: Engine, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that cannot even be looked up, should the check of settings ever miss it: nothing is in doubt."""
    monkeypatch.setattr("tasks.sending.delivery.NOT_SENT_SECONDS", 0.05)
    monkeypatch.setattr("tasks.providers.sendgrid.messenger.require_for_sending", lambda settings: None)
    monkeypatch.setattr("tasks.providers.sendgrid.wire.require_access", lambda settings: None)
    add(engine, 12, fields=fields())
    with pytest.raises(HostUnreachable):
        deliver(engine, settings(None, sendgrid_host=host))
    assert statuses(engine) == {"planned": 12}


@pytest.mark.parametrize("key", ["SG.a\nb", "SG.\u20ac"])
def test_a_header_that_cannot_be_written_leaves_no_doubt(
    engine: Engine, standin: StandIn, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection stands and not a byte was written: planned again."""
    monkeypatch.setattr("tasks.sending.delivery.NOT_SENT_SECONDS", 0.05)
    monkeypatch.setattr("tasks.providers.sendgrid.messenger.require_for_sending", lambda settings: None)
    monkeypatch.setattr("tasks.providers.sendgrid.wire.require_access", lambda settings: None)
    add(engine, 12, fields=fields())
    with pytest.raises(HostUnreachable):
        deliver(engine, settings(standin, sendgrid_api_key=key))
    assert statuses(engine) == {"planned": 12}
    assert standin.requests == []


def test_a_request_is_over_before_its_lease() -> None:
    """The total time-out is less than half a lease, whatever the lease."""
    assert [total_seconds(lease) for lease in (1, 10, 120, 3600)] == [0.5, 5, 30, 30]

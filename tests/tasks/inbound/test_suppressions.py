"""The suppression list and its exchange with the provider, on both databases."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from models import tables
from models.database.engine import open_engine, reading, upgrade_schema, writing
from models.settings import Settings
from models.suppressions import Suppression, read_opt_outs, suppress_all
from programme.words.states import SuppressionReason
from tasks.inbound.suppressions import NotSuppressed, SyncFailed, lift_suppression, open_api, sync_suppressions

pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
UNSUBSCRIBE, BOUNCE, MANUAL = SuppressionReason.UNSUBSCRIBE, SuppressionReason.BOUNCE, SuppressionReason.MANUAL


def put(engine: Engine, *wanted: Suppression, source: str = "import") -> int:
    with writing(engine) as connection:
        return len(suppress_all(connection, wanted, source=source, changed_at=NOW))


def listed(engine: Engine) -> list[tuple[str, str, date]]:
    with reading(engine) as connection:
        query = select(*tables.suppressions.c["email", "reason", "since"]).order_by(tables.suppressions.c.email)
        return [tuple(row) for row in connection.execute(query)]


def history(engine: Engine) -> list[tuple[str, str, str]]:
    with reading(engine) as connection:
        columns = tables.consent_history.c["change", "reason", "source"]
        return [tuple(row) for row in connection.execute(select(*columns).order_by(tables.consent_history.c.id))]


def day(number: int) -> date:
    return date(2026, 3, number)


def test_the_earliest_day_stays(engine: Engine) -> None:
    """A later day changes nothing, an earlier one does; each reason stands in the history once."""
    put(engine, Suppression("a@b.nl", BOUNCE, day(10)))
    put(engine, Suppression("a@b.nl", MANUAL, day(12)), Suppression("a@b.nl", BOUNCE, day(11)))
    assert listed(engine) == [("a@b.nl", "bounce", day(10))]
    put(engine, Suppression("a@b.nl", MANUAL, day(9)))

    assert listed(engine) == [("a@b.nl", "manual", day(9))]
    assert history(engine) == [("suppressed", "bounce", "import"), ("suppressed", "manual", "import")]


def test_an_opt_out_outlives_a_bounce_of_an_earlier_day(engine: Engine) -> None:
    """It belongs to the person: whichever comes first, it still follows the client to a new address."""
    put(engine, Suppression("a@b.nl", BOUNCE, day(10)))
    put(engine, Suppression("a@b.nl", UNSUBSCRIBE, day(12)), source="page")
    put(engine, Suppression("a@b.nl", BOUNCE, day(8)))
    assert listed(engine) == [("a@b.nl", "unsubscribe", day(8))]
    client = {"client_id": "C1", "name": "Jan", "email": "nieuw@b.nl", "recipient": "nieuw@b.nl", "id_crc32": 0}
    with writing(engine) as connection:
        connection.execute(tables.clients.insert().values(**client, kind="consument", consent="yes", channel="email"))
        connection.execute(tables.earlier_recipients.insert().values(client_id="C1", recipient="a@b.nl"))
        found = read_opt_outs(connection, ["nieuw@b.nl"])
    assert found == {"nieuw@b.nl": ("a@b.nl", day(8), "unsubscribe")}


@pytest.fixture(scope="module")
def quick_engine() -> Iterator[Engine]:
    """One database in memory for all examples of a property."""
    engine = open_engine("sqlite://")
    upgrade_schema(engine)
    yield engine
    engine.dispose()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(Suppression, st.sampled_from("ab"), st.sampled_from(SuppressionReason), st.integers(1, 4).map(day)),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_makes_the_same_list(quick_engine: Engine, wanted: list[Suppression], shuffler: Any) -> None:
    """Together, one by one, or in another order: the same list."""
    ends = []
    for pieces in ([wanted], [[one] for one in shuffler.sample(wanted, len(wanted))]):
        with writing(quick_engine) as connection:
            connection.execute(tables.suppressions.delete())
            connection.execute(tables.consent_history.delete())
        for piece in pieces:
            put(quick_engine, *piece)
        ends.append(listed(quick_engine))

    assert ends[0] == ends[1]


def test_lifting_keeps_who_and_why(engine: Engine) -> None:
    """The address is off the list, and the history says by whom, on what proof, and what was lifted."""
    put(engine, Suppression("a@b.nl", UNSUBSCRIBE, day(1)))
    lift_suppression(engine, " A@B.nl", "Anna", "mail of 19 March", NOW)

    assert listed(engine) == []
    with reading(engine) as connection:
        row = connection.execute(tables.consent_history.select().order_by(tables.consent_history.c.id.desc())).first()
    assert row is not None
    assert (row.change, row.reason, row.since, row.by_name, row.proof) == (
        "lifted",
        "unsubscribe",
        day(1),
        "Anna",
        "mail of 19 March",
    )
    with pytest.raises(NotSuppressed):
        lift_suppression(engine, "a@b.nl", "Anna", "again", NOW)


@pytest.mark.parametrize(
    ("again", "comes_back"),
    [
        (Suppression("a@b.nl", UNSUBSCRIBE, day(1)), False),
        (Suppression("a@b.nl", BOUNCE, day(19)), False),
        (Suppression("a@b.nl", UNSUBSCRIBE, day(20)), True),
        (Suppression("a@b.nl", UNSUBSCRIBE, day(20), NOW - timedelta(hours=1)), False),
        (Suppression("a@b.nl", UNSUBSCRIBE, day(20), NOW + timedelta(hours=1)), True),
        (Suppression("c@b.nl", UNSUBSCRIBE, day(1)), True),
    ],
)
def test_what_was_lifted_stays_lifted(engine: Engine, again: Suppression, comes_back: bool) -> None:
    """An old wish that an import, a provider or a late event repeats is over; a new one counts."""
    put(engine, Suppression("a@b.nl", UNSUBSCRIBE, day(1)))
    lift_suppression(engine, "a@b.nl", "Anna", "mail", NOW)
    put(engine, again)

    assert bool(listed(engine)) == comes_back


class Provider:
    """The provider's lists, as its API shows them."""

    def __init__(self, **lists: list[Any]) -> None:
        self.lists = {
            name: lists.get(name, []) for name in ("unsubscribes", "spam_reports", "bounces", "invalid_emails")
        }
        self.pushed: list[str] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.fails_at = ""

    def __call__(self, path: str, query: dict[str, str] | None = None, body: Any = None) -> Any:
        if path == self.fails_at:
            raise SyncFailed("out of reach")
        if body is not None:
            assert path == "asm/suppressions/global"
            self.pushed += body["recipient_emails"]
            return {"recipient_emails": body["recipient_emails"]}
        assert query
        self.asked.append((path, query))
        start, end, offset = (int(query[name]) for name in ("start_time", "end_time", "offset"))
        rows = [
            row
            for row in self.lists[path.removeprefix("suppression/")]
            if not isinstance(row, dict) or not isinstance(row.get("created"), int) or start <= row["created"] <= end
        ]
        return rows[offset : offset + int(query["limit"])]


def row(email: str, moment: datetime = NOW - timedelta(days=3)) -> dict[str, Any]:
    return {"email": email, "created": int(moment.timestamp()), "reason": "x", "status": "5.1.1"}


def test_a_sync_pulls_all_pages_of_all_lists(engine: Engine) -> None:
    """Every list, every page, with the day of each; a row without an address is counted and harms nothing."""
    provider = Provider(
        unsubscribes=[row(f"u{number}@b.nl") for number in range(1203)],
        bounces=[row("B1@b.nl"), {"email": None}, "nonsense", {"created": "soon", "email": "b2@b.nl"}],
        spam_reports=[row("s@b.nl", NOW + timedelta(seconds=0))],
        invalid_emails=[row("i@b.nl", datetime(1999, 1, 1, tzinfo=UTC))],
    )
    report = sync_suppressions(engine, provider, NOW)

    assert report.pulled == {"unsubscribes": 1203, "spam_reports": 1, "bounces": 2, "invalid_emails": 1}
    assert (report.news, report.unreadable) == (1207, 2)
    by_address = {email: (reason, since) for email, reason, since in listed(engine)}
    assert by_address["b1@b.nl"] == ("bounce", day(17))
    assert by_address["s@b.nl"] == ("spam_report", day(20))
    assert len(by_address) == 1207


def test_the_next_sync_overlaps_and_changes_nothing(engine: Engine) -> None:
    """It asks from two days before the last one on; nothing is news twice."""
    provider = Provider(bounces=[row("b@b.nl")])
    sync_suppressions(engine, provider, NOW)
    provider.asked.clear()
    later = NOW + timedelta(days=1)

    assert sync_suppressions(engine, provider, later).news == 0
    starts = {query["start_time"] for _, query in provider.asked}
    assert starts == {str(int((NOW - timedelta(days=2)).timestamp()))}


def test_opt_outs_are_pushed_once_and_never_deleted(engine: Engine) -> None:
    """What people told us goes to the global list; bounces do not; what we pushed does not come back as news."""
    put(
        engine,
        Suppression("u@b.nl", UNSUBSCRIBE, day(1)),
        Suppression("m@b.nl", SuppressionReason.MANUAL, day(1)),
        Suppression("b@b.nl", BOUNCE, day(1)),
        Suppression("future@b.nl", UNSUBSCRIBE, date(2027, 1, 1)),
    )
    provider = Provider()
    assert sync_suppressions(engine, provider, NOW).pushed == 2
    assert provider.pushed == ["m@b.nl", "u@b.nl"]
    provider.lists["unsubscribes"] = [row("m@b.nl", NOW), row("u@b.nl", NOW)]
    report = sync_suppressions(engine, provider, NOW + timedelta(hours=1))

    assert (report.pushed, report.news) == (0, 0)
    assert ("m@b.nl", "manual", day(1)) in listed(engine)


def test_a_sync_cut_off_goes_on_where_it_stopped(engine: Engine) -> None:
    """What was pulled is kept, and the list that failed is asked again from its own beginning."""
    put(engine, Suppression("u@b.nl", UNSUBSCRIBE, day(1)))
    provider = Provider(unsubscribes=[row("a@b.nl")], bounces=[row("b@b.nl")])
    provider.fails_at = "suppression/bounces"
    with pytest.raises(SyncFailed):
        sync_suppressions(engine, provider, NOW)
    assert [email for email, *_ in listed(engine)] == ["a@b.nl", "u@b.nl"]
    provider.fails_at = ""
    sync_suppressions(engine, provider, NOW + timedelta(days=9))

    assert [email for email, *_ in listed(engine)] == ["a@b.nl", "b@b.nl", "u@b.nl"]
    assert provider.pushed == ["a@b.nl", "u@b.nl"]


def test_a_provider_that_gives_one_page_for_ever_is_told(engine: Engine) -> None:
    """A host that ignores `offset` must not keep the nightly exchange running until somebody stops it."""
    page = [row(f"a{number}@b.nl") for number in range(500)]
    with pytest.raises(SyncFailed, match="same 500 rows of unsubscribes at offset 500"):
        sync_suppressions(engine, lambda *_args, **_more: page, NOW)

    assert len(listed(engine)) == 500


class Answers(BaseHTTPRequestHandler):
    """Answers by the path: a list, a refusal, a redirect, or no JSON."""

    seen: list[tuple[str, str, str | None]] = []

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, self.headers["Authorization"]))
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = int(self.server.status)  # type: ignore[attr-defined]
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        body = self.server.body  # type: ignore[attr-defined]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def http() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    Answers.seen.clear()
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def settings_for(server: HTTPServer) -> Settings:
    host = f"http://127.0.0.1:{server.server_port}"
    return Settings(_env_file=None, sendgrid_api_key="SG.secret", sendgrid_host=host)


def test_the_api_over_http(http: HTTPServer) -> None:
    """The documented paths, with the key and the query; a long page is read whole."""
    page = [row(f"someone-with-a-long-name-{number}@example.nl") | {"reason": "x" * 300} for number in range(500)]
    http.status, http.body = 200, json.dumps(page).encode()  # type: ignore[attr-defined]
    api = open_api(settings_for(http))

    assert api("suppression/bounces", {"limit": "500", "offset": "0"}) == page
    api("asm/suppressions/global", body={"recipient_emails": ["a@b.nl"]})
    assert Answers.seen == [
        ("GET", "/v3/suppression/bounces?limit=500&offset=0", "Bearer SG.secret"),
        ("POST", "/v3/asm/suppressions/global", "Bearer SG.secret"),
    ]


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (401, b"{}", "BOUWCLUB_SENDGRID_API_KEY"),
        (403, b"{}", "scopes"),
        (429, b"{}", "slow down"),
        (500, b"<html>", "500"),
        (302, b"", "302"),
        (200, b"<html>", "BOUWCLUB_SENDGRID_HOST"),
    ],
)
def test_every_refusal_is_one_clear_line(http: HTTPServer, status: int, body: bytes, says: str) -> None:
    """Wrong key, missing scope, too fast, broken, a redirect (never followed) or another server."""
    http.status, http.body = status, body  # type: ignore[attr-defined]
    with pytest.raises(SyncFailed, match=says) as failure:
        open_api(settings_for(http))("suppression/bounces", {})

    assert "\n" not in str(failure.value)
    assert "secret" not in str(failure.value)
    assert len(Answers.seen) == 1


def test_an_unreachable_host_is_one_clear_line() -> None:
    """Nobody there: said so, with the host."""
    settings = Settings(_env_file=None, sendgrid_api_key="SG.secret", sendgrid_host="http://127.0.0.1:1")
    with pytest.raises(SyncFailed, match="gave no answer"):
        open_api(settings)("suppression/bounces", {})


def test_the_commands(sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, http: HTTPServer) -> None:
    """bouwclub suppressions sync and lift, as an operator types them."""
    from cli.commands.suppressions import group

    http.status, http.body = 200, json.dumps([row("a@b.nl")]).encode()  # type: ignore[attr-defined]
    monkeypatch.setenv("BOUWCLUB_DATABASE_URL", sqlite_engine.url.render_as_string())
    monkeypatch.setenv("BOUWCLUB_SENDGRID_API_KEY", "SG.secret")
    monkeypatch.setenv("BOUWCLUB_SENDGRID_HOST", f"http://127.0.0.1:{http.server_port}")
    synced = CliRunner().invoke(group, ["sync", "--json"])

    assert json.loads(synced.stdout)["pushed"] == 1
    assert listed(sqlite_engine)[0][0] == "a@b.nl"
    lifted = CliRunner().invoke(group, ["lift", "a@b.nl", "--by", "Anna", "--proof", "mail"])
    assert lifted.exit_code == 0, lifted.output
    assert listed(sqlite_engine) == []
    assert CliRunner().invoke(group, ["lift", "a@b.nl", "--by", " ", "--proof", "mail"]).exit_code == 2
    assert CliRunner().invoke(group, ["lift", "a@b.nl"]).exit_code == 2

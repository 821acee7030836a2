"""What surrounds every request: headers, the rate limit, the log, and what visitors see when we fail."""

import logging
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import InterfaceError

from models.database.engine import writing
from tests.web.conftest import Served
from web.server.guard import BURST, REMEMBERED, RateLimit


def test_security_headers_on_every_answer(served: Served) -> None:
    """Pages, faults and plain answers alike: no script, no frame, no sniffing, no referrer, no cache, HTTPS only."""
    for path in (served.unsubscribe_link(), "/nowhere", "/healthz", "/u/x", "/webhooks/sendgrid/events"):
        headers = served.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe-inline" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"
        assert headers["strict-transport-security"] == "max-age=31536000"


def test_no_hsts_without_https(engine: Engine, serve: Callable[..., Served]) -> None:
    """A site that is tried out over plain HTTP does not lock browsers to HTTPS."""
    served = serve(engine, base_url="http://localhost:8000")

    assert "strict-transport-security" not in served.client.get("/healthz").headers


def test_the_policy_allows_exactly_our_style(served: Served) -> None:
    """The hash in the policy is that of the style sheet on the page, and no page has script or inline style."""
    import base64
    import hashlib

    answer = served.client.get(served.answer_link("check_in"))
    style = re.search(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text
    assert not re.search(r"\s(style|on\w+)=", answer.text)


def test_too_many_requests_of_one_address(served: Served, serve: Callable[..., Served]) -> None:
    """The next request of a busy address waits, other addresses do not notice, and nothing is changed by it."""
    limited = serve(served.engine, limit=RateLimit(burst=2, per_second=0.001))
    link = served.unsubscribe_link()
    before = served.state()
    answers = [limited.client.get(link) for _ in range(2)] + [limited.client.post(link)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"]
    assert served.state() == before
    assert limited.client.get("/healthz").status_code == 200


def test_the_bucket_refills_and_forgets() -> None:
    """Steadily, one address apart from another, in bounded memory."""
    limit = RateLimit(burst=2, per_second=1)
    assert [limit.allows("a", 0.0) for _ in range(3)] == [True, True, False]
    assert limit.allows("b", 0.0)
    assert limit.allows("a", 1.5)
    for number in range(3 * REMEMBERED):
        limit.allows(str(number), 2.0)
    assert len(limit._buckets) <= REMEMBERED


def test_a_campaign_of_one_click_posts_fits() -> None:
    """A mail provider's burst of unsubscribes from one address is taken."""
    limit = RateLimit()

    assert all(limit.allows("2001:db8::", second / 20) for second in range(2 * BURST - 10))


def test_logs_hold_no_tokens_and_no_addresses(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """A log line names the route, never the path; nor does a fault of ours tell whose data it met."""
    caplog.set_level(logging.DEBUG, logger="bouwclub")
    links = [served.unsubscribe_link(), served.answer_link("check_in")]
    for link in links:
        served.client.get(link)
        served.client.post(link, data={"score": "3", "opmerking": "geheim"})
    served.post_events([{"event": "bounce", "email": "jan@example.nl", "type": "bounce"}])
    with writing(served.engine) as connection:
        connection.execute(text("ALTER TABLE suppressions RENAME TO suppressions_away"))
    assert served.client.post(links[0]).status_code == 200  # it waits in the journal
    assert served.client.get(links[0].replace("/u/", "/a/")).status_code == 404
    served.post_events([{"event": "spamreport", "email": "jan@example.nl"}])
    with writing(served.engine) as connection:
        connection.execute(text("ALTER TABLE suppressions_away RENAME TO suppressions"))

    logged = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("bouwclub"))
    assert "POST /u/{token} 200" in logged
    for secret in (*(link.split("/")[2] for link in links), "jan@", "geheim", served.message_id("check_in")):
        assert secret not in logged


def test_a_fault_of_ours_is_a_friendly_page(served: Served) -> None:
    """No traceback, no statement: a Dutch page that says what to do."""
    with writing(served.engine) as connection:
        connection.execute(text("ALTER TABLE answers RENAME TO answers_away"))
    answer = served.client.get(served.answer_link("check_in"))

    assert answer.status_code >= 500
    assert "Er ging bij ons iets mis" in answer.text
    assert "answers" not in answer.text
    assert "content-security-policy" in answer.headers


def test_a_path_that_is_not_there(served: Served) -> None:
    """The friendly page, not a framework's own."""
    answer = served.client.get("/docs")

    assert answer.status_code == 404
    assert "Deze link werkt niet" in answer.text


@pytest.mark.parametrize("database", ["ok", "behind"])
def test_health(engine: Engine, serve: Callable[..., Served], database: str) -> None:
    """200 when the migrations are in order, 503 with a reason when they are not."""
    served = serve(engine)
    if database == "behind":
        with writing(engine) as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = served.client.get("/healthz")

    assert (answer.status_code, answer.json()["status"]) == ((200, "ok") if database == "ok" else (503, "unusable"))


def test_health_of_a_database_that_is_gone(serve: Callable[..., Served]) -> None:
    """503, and no address of the database in the answer."""
    from models.database.engine import open_engine

    answer = serve(open_engine("postgresql+psycopg://u:secret@127.0.0.1:1/x")).client.get("/healthz")

    assert answer.status_code == 503
    assert "secret" not in answer.text
    assert "127.0.0.1" not in answer.text


def test_health_of_a_database_that_goes_between_two_reads(
    sqlite_engine: Engine, serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer, as JSON, wherever it goes away."""

    def gone(_: Connection) -> None:
        raise InterfaceError("SHOW fsync", None, Exception("the connection is closed"))

    monkeypatch.setattr("web.server.healthz.durability_fault", gone)
    answer = serve(sqlite_engine).client.get("/healthz")

    assert (answer.status_code, answer.json()["reason"]) == (503, "the database does not answer")


def test_pages_are_dutch_labelled_and_have_one_heading(served: Served) -> None:
    """A screen reader finds the language, one h1, a label for each field and a legend for each group."""
    seeded = [served.unsubscribe_link(), *(served.answer_link(name) for name in ("check_in", "permit_check"))]
    for link in seeded:
        page = served.client.get(link).text
        assert '<html lang="nl">' in page
        assert page.count("<h1>") == 1
        assert page.count("<fieldset") == page.count("<legend>")
        for name in re.findall(r'<textarea id="([^"]+)"', page):
            assert f'for="{name}"' in page
        assert page.count('type="radio"') == page.count("<label class=") - page.count('<label class="label"')

"""Attacks on the desk: each is refused, and nothing is changed."""

import re

import pytest
from sqlalchemy import Engine, text

from models import tables
from tests.web.desk.conftest import ANKE, BAS, HOST, Desk, Opens, token_on
from web.desk import login

CONSENT = {"do": "consent", "wording": "Mag ik bellen? Ja.", "how": "Telefoon", "told_on": "2026-03-03"}
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7*7 }}"


@pytest.fixture
def at_client(desk: Desk) -> Desk:
    desk.add_client("K1")
    return desk


def noted(desk: Desk) -> int:
    return len(desk.rows(tables.call_consents)) + len(desk.acts())


def test_a_form_needs_its_token(at_client: Desk) -> None:
    """None, an empty one, a made-up one: 403, and what was typed is shown so that it is not lost."""
    browser = at_client.as_person()
    for token in ({}, {"token": ""}, {"token": "0" * 64}, {"token": "é"}):
        answer = browser.post("/desk/clients/K1", data={**CONSENT, **token})
        assert answer.status_code == 403
        assert "Open de pagina opnieuw." in answer.text
        assert all(text in answer.text for text in (CONSENT["wording"], CONSENT["how"], ">3 maart 2026<"))
    assert noted(at_client) == 0


def test_a_token_is_of_its_session_alone(at_client: Desk) -> None:
    """Neither another person's, nor that of an earlier session of one's own."""
    own, others = at_client.as_person(BAS), at_client.as_person(ANKE)
    earlier = token_on(at_client.as_person(BAS).get("/desk/clients"))
    for token in (token_on(others.get("/desk/clients")), earlier):
        assert own.post("/desk/clients/K1", data={**CONSENT, "token": token}).status_code == 403
    assert noted(at_client) == 0


def test_a_post_from_elsewhere_is_refused(at_client: Desk) -> None:
    """Even with a session and its token; and nobody is logged in as somebody else from another site."""
    browser = at_client.as_person()
    token = token_on(browser.get("/desk/clients"))
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": f"{HOST}.evil.example"},
        {"origin": "http://["},
    ):
        answer = browser.post("/desk/clients/K1", data={**CONSENT, "token": token}, headers=headers)
        assert answer.status_code == 403, headers
        assert browser.post("/desk/login", data={"email": "x"}, headers=headers).status_code == 403
        assert browser.post("/desk/in/abc", headers=headers).status_code == 403
    assert noted(at_client) == 0


def test_a_made_up_session_is_none(at_client: Desk) -> None:
    """No cookie that we did not give leads anywhere, nor does what the database keeps of one that we did."""
    at_client.as_person()
    kept = at_client.rows(tables.desk_sessions)[-1]["session_hash"]
    browser = at_client.browser()
    for cookie in ("", "x", "0" * 43, "../../etc/passwd", "' OR 1=1 --", "%00", "é", kept):
        value = f"__Host-desk={cookie}".encode()
        assert browser.get("/desk/clients", headers={"cookie": value}).status_code == 303, cookie


def test_guessing_is_slowed_down(sqlite_engine: Engine, open_desk: Opens) -> None:
    """Ten asks and thirty tries of one network at once; another network is not bothered."""
    desk = open_desk(sqlite_engine)
    browser = desk.browser("203.0.113.50")
    asked = [browser.post("/desk/login", data={"email": f"{number}@x.nl"}).status_code for number in range(15)]
    assert asked == [200] * login.BURST + [429] * 5
    tried = [browser.post(f"/desk/in/guess-{number}").status_code for number in range(40)]
    assert tried.count(410) == 3 * login.BURST
    assert set(tried) == {410, 429}
    assert desk.browser("198.51.100.1").post("/desk/login", data={"email": "x@x.nl"}).status_code == 200


def test_what_people_wrote_is_never_markup(at_client: Desk) -> None:
    """Names, comments, topics and subjects of clients stand on the pages as they were written."""
    at_client.add_client("K2", name=SCRIPT, phone='06"><script>1</script>', email="a<b>@x.nl")
    at_client.add_project("K2", engineer=SCRIPT, address=SCRIPT)
    feedback = {"feedback_id": "F1", "client_id": "K2", "given_on": at_client.now[0].date(), "kind": "nps", "score": 2}
    at_client.add(tables.feedback, **feedback, comment=SCRIPT)
    contact = {"interaction_id": "I1", "client_id": "K2", "occurred_on": at_client.now[0].date(), "direction": "in"}
    at_client.add(tables.interactions, **contact, topic=SCRIPT)
    browser = at_client.as_person()
    for path in ("/desk/clients/K2", "/desk/clients?q=<script>alert(3)</script>", "/desk/clients?q=<script"):
        page = browser.get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "49" not in re.sub(r"[0-9a-f]{12,}", "", page)
    assert "&lt;script&gt;alert(1)" in browser.get("/desk/clients/K2").text
    back = browser.submit("/desk/clients/K2", **CONSENT | {"wording": "", "how": SCRIPT}).text
    assert "<script" not in back


def test_no_page_may_load_or_run_anything(at_client: Desk) -> None:
    """One policy for all pages, without an exception; no inline style, handler or script in any of them."""
    browser = at_client.as_person()
    policies = set()
    for path in (
        "/desk/login",
        "/desk/clients",
        "/desk/clients/K1",
        "/desk/acts",
        "/desk/messages",
        "/desk/payouts",
        "/desk/campaigns",
        "/desk/calendar",
        "/desk/x",
    ):
        page = browser.get(path) if path != "/desk/login" else at_client.browser().get(path)
        policies.add(page.headers["content-security-policy"])
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", page.text)
    (policy,) = policies
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_a_search_is_no_language(at_client: Desk) -> None:
    """Quotes, patterns and odd characters are looked for, and are not understood."""
    browser = at_client.as_person()
    for asked in ("%", "_", "' OR '1'='1", "\\", "K1%", "é" * 200, "(", "*", "👷"):
        page = browser.get("/desk/clients", params={"q": asked})
        assert page.status_code == 200, asked
        assert "Sjaak Mulder" not in page.text, asked
    assert browser.get("/desk/clients", params={"q": "\x00\x1b[2J\x00"}).status_code == 200


def test_odd_paths_and_pages_are_not_there(at_client: Desk) -> None:
    """404 inside the frame, whatever stands in the address; a page number is one, or the first."""
    browser = at_client.as_person()
    for path in (
        "/desk/clients/../acts/x",
        "/desk/clients/%2e%2e",
        "/desk/clients/K1'--",
        "/desk/mails/x",
        "/desk/nope",
    ):
        assert browser.get(path).status_code == 404, path
    for number in ("0", "-1", "x", "½", "²"):
        assert browser.get("/desk/clients", params={"pagina": number}).status_code == 200
    for number in ("9" * 30, "9" * 5000):
        past = browser.get("/desk/clients", params={"pagina": number})
        assert past.headers["location"] == "/desk/clients?pagina=1"
    for day in ("31-12-9999", "0001-01-01"):
        assert browser.get("/desk/acts", params={"dag": day}).status_code == 200, day


def test_a_form_too_large_is_not_read(at_client: Desk) -> None:
    """413, before anything of it counts."""
    browser = at_client.as_person()
    token = token_on(browser.get("/desk/clients"))
    answer = browser.post("/desk/clients/K1", data={**CONSENT, "token": token, "wording": "x" * 100_000})
    assert answer.status_code == 413
    assert noted(at_client) == 0


def test_a_fault_of_ours_shows_nothing(at_client: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number for whoever runs it, and no word of what went wrong."""
    browser = at_client.as_person()
    with at_client.engine.begin() as connection:
        connection.execute(text("DROP TABLE projects"))
    answer = browser.get("/desk/clients/K1")
    assert answer.status_code in (500, 503)
    assert "Geef beheer nummer" in answer.text
    assert "projects" not in answer.text

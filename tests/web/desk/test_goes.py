"""A campaign from its draft to its run, over the desk: looked at once more, asked, answered, started, stopped."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine

from models import tables
from programme.terms.schema import Programme
from programme.verdict.findings import Verdict
from tasks.campaigns import stopping
from tasks.campaigns.drafts import begin_draft
from tests.factories import shipped_programme
from tests.web.desk.conftest import BAS, JEROEN, MARIJE, NOW, Browser, Desk, Opens

PEOPLE = 6


class StandIn(BaseHTTPRequestHandler):
    """As much of Prefect's API as the desk asks."""

    made: ClassVar[dict[str, dict[str, Any]]] = {}  # by idempotency key
    cancelled: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self._say({"id": "deployment"})

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path.endswith("create_flow_run"):
            self.made.setdefault(said["idempotency_key"], said)
            return self._say({"id": f"run-{list(self.made).index(said['idempotency_key'])}"})
        if self.path.endswith("filter"):
            wanted = (said["flow_runs"].get("tags") or {}).get("all_", ["?"])
            return self._say([{"id": key} for key, each in self.made.items() if wanted[0] in each["tags"]])
        self.cancelled.append(self.path)
        return self._say({})

    def _say(self, answer: Any) -> None:
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[StandIn]]:
    StandIn.made.clear()
    StandIn.cancelled.clear()
    server = HTTPServer(("127.0.0.1", 0), StandIn)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
    yield StandIn
    server.shutdown()
    server.server_close()


def programme_of(go_above: int) -> Programme:
    shipped = shipped_programme()
    return shipped.model_copy(update={"caps": shipped.caps.model_copy(update={"campaign_go_above": go_above})})


@pytest.fixture
def large(sqlite_engine: Engine, open_desk: Opens, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk where six clients are more than go without a go."""
    return _opened(sqlite_engine, open_desk, monkeypatch, 3)


@pytest.fixture
def small(sqlite_engine: Engine, open_desk: Opens, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return _opened(sqlite_engine, open_desk, monkeypatch, 25)


def _opened(engine: Engine, open_desk: Opens, monkeypatch: pytest.MonkeyPatch, go_above: int) -> Desk:
    monkeypatch.setattr("web.desk.composing.look.COUNT_SECONDS", 30.0)
    # The verdict on the mail takes seconds, and has tests of its own.
    monkeypatch.setattr("web.desk.composing.look.check_kind", lambda *_: Verdict((), 1))
    monkeypatch.setattr("web.desk.composing.look.VERDICT_SECONDS", 30.0)
    desk = open_desk(engine, programme_of(go_above))
    for number in range(PEOPLE):
        desk.add_client(f"C{number}")
        desk.add_project(
            f"C{number}", delivered_on=(NOW - timedelta(days=200)).date(), ordered_on=(NOW - timedelta(days=260)).date()
        )
    return desk


def draft(desk: Desk, by_name: str = MARIJE, **message: str) -> str:
    said = {"name": "Lentebrief", "template": "Nieuwsbrief", "subject": "Nieuws", "intro": "Wij hebben nieuws voor u."}
    form = {"message": said | message, "audience": {}, "sending": {}}
    return begin_draft(desk.engine, form, by_name, NOW).draft_id


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page
    return found[1]


def press(browser: Browser, path: str, do: str, **fields: str) -> Any:
    """Press a button of the last look."""
    page = browser.get(path).text
    kept = {name: hidden(page, name) for name in ("token", "go_id", "seen")}
    return browser.post(path, data={**kept, "do": do, **fields})


def asked(desk: Desk, by_name: str = MARIJE) -> str:
    """The path of a question that this person asked."""
    answer = press(desk.as_person(by_name), f"/desk/campaigns/drafts/{draft(desk, by_name)}/send", "ask")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).partition("?")[0]


def decide(browser: Browser, path: str, go: str, **fields: str) -> Any:
    page = browser.get(path).text
    return browser.post(
        path, data={"token": hidden(page, "token"), "digest": hidden(page, "digest"), "go": go, **fields}
    )


def go_row(desk: Desk) -> dict[str, Any]:
    (row,) = desk.rows(tables.campaign_goes)
    return row


def mails_of(desk: Desk) -> str:
    return "\n".join(path.read_text("utf-8").replace("=\n", "") for path in desk.outbox.glob("*.eml"))


def test_a_small_campaign_starts_at_once_and_once(small: Desk, prefect: type[StandIn]) -> None:
    """The page says who, when and how many; pressing twice makes one run, of the flow campaign in earnest."""
    browser = small.as_person(MARIJE)
    path = f"/desk/campaigns/drafts/{draft(small)}/send"
    page = browser.get(path).text
    assert "Naar 6 mensen versturen?" in page
    assert "Versturen aan 6 mensen" in page
    kept = {name: hidden(page, name) for name in ("token", "go_id", "seen")}
    first = browser.post(path, data={**kept, "do": "start"})
    second = browser.post(path, data={**kept, "do": "start"})

    assert first.headers["location"].endswith("gedaan=gestart")
    assert second.status_code in (303, 404)  # the draft has become a campaign
    ((key, run),) = prefect.made.items()
    assert key == f"akkoord-{kept['go_id']}"
    assert run["parameters"]["dry_run"] is False
    assert run["parameters"]["message"]["subject"] == "Nieuws"
    assert "campagne-lentebrief" in run["tags"]
    assert small.rows(tables.campaign_drafts) == []
    assert [act for act, _ in small.acts()].count("start campaign") == 1


def test_a_large_one_is_asked_of_another_who_is_mailed(large: Desk, prefect: type[StandIn]) -> None:
    """Nothing starts; each other approver gets a mail with number, audience and link, and no client in it."""
    path = asked(large, BAS)
    assert prefect.made == {}
    told = mails_of(large)
    approvers = {each.name: each.email for each in large.programme.people if "marketing_approver" in each.roles}
    assert {name for name, address in approvers.items() if f"To: {address}" in told} == approvers.keys() - {BAS}
    assert f"{path}" in told
    assert "6 mensen" in told
    assert "@voorbeeld.nl" not in told
    assert "Sjaak" not in told


def test_a_yes_starts_it_and_the_asker_hears(large: Desk, prefect: type[StandIn]) -> None:
    """The question has the number in it; the yes starts exactly the form that was asked about."""
    path = asked(large)
    approver = large.as_person(JEROEN)
    page = approver.get(path).text
    assert "Mag deze mail naar 6 mensen?" in page
    assert "Ja, naar 6 mensen versturen" in page
    assert page.count("<iframe") >= 1
    assert go_row(large)["digest"][:12] in page
    answer = decide(approver, path, "yes")
    assert answer.headers["location"].endswith("gedaan=ja")
    (run,) = prefect.made.values()
    assert run["parameters"]["message"] == json.loads(go_row(large)["form"])["message"]
    assert (go_row(large)["answer"], go_row(large)["answered_by"]) == ("yes", JEROEN)
    assert "Akkoord voor campagne" in mails_of(large)
    assert ("give go", JEROEN) in large.acts()


def test_a_no_needs_a_reason_which_the_asker_reads(large: Desk, prefect: type[StandIn]) -> None:
    """Without one the form comes back with what was typed; with one nothing goes and the asker is told why."""
    path = asked(large)
    approver = large.as_person(JEROEN)
    bare = decide(approver, path, "no")
    assert bare.status_code == 422
    assert '<a href="#reason">Schrijf bij nee kort op waarom' in bare.text  # on top: the field is far below
    assert decide(approver, path, "no", reason="Te vroeg voor <b>maart</b>").status_code == 303
    assert "Te vroeg voor" in mails_of(large)
    assert prefect.made == {}
    assert "&lt;b&gt;maart" in approver.get(path).text


def test_nobody_answers_for_himself_or_without_the_role(large: Desk, prefect: type[StandIn]) -> None:
    """Neither sees buttons, and posting without them is refused: the server decides who may."""
    path = asked(large, JEROEN)
    for name in (JEROEN, MARIJE):
        browser = large.as_person(name)
        page = browser.get(path).text
        is_approver = "marketing_approver" in next(each.roles for each in large.programme.people if each.name == name)
        if name == JEROEN or not is_approver:
            assert 'name="go"' not in page
            forged = browser.post(path, data={"token": _token(browser), "digest": go_row(large)["digest"], "go": "yes"})
            assert forged.status_code == 403
    assert go_row(large)["answer"] is None
    assert prefect.made == {}


def test_two_approvers_at_once(large: Desk, prefect: type[StandIn]) -> None:
    """The second is told who answered what, and nothing of it counts."""
    path = asked(large)
    first, second = large.as_person(JEROEN), large.as_person(_other_approver(large, JEROEN))
    page = second.get(path).text
    decide(first, path, "yes")
    late = second.post(
        path, data={"token": hidden(page, "token"), "digest": hidden(page, "digest"), "go": "no", "reason": "x"}
    )
    assert late.status_code == 409
    assert f"{JEROEN} zei" in late.text
    assert len(prefect.made) == 1
    assert go_row(large)["answer"] == "yes"


def test_an_expired_question_says_so(large: Desk, prefect: type[StandIn]) -> None:
    """After three days there is no button, and a post finds the time over."""
    path = asked(large)
    large.later(days=3, minutes=1)
    approver = large.as_person(JEROEN)
    page = approver.get(path).text
    assert "verliep" in page
    assert 'name="go"' not in page
    late = approver.post(path, data={"token": _token(approver), "digest": go_row(large)["digest"], "go": "yes"})
    assert late.status_code == 409
    assert prefect.made == {}


def test_without_prefect_the_yes_is_kept_and_can_be_started_later(large: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says that Prefect does not answer; pressed again with a server, one run is made."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    path = asked(large)
    approver = large.as_person(JEROEN)
    answer = decide(approver, path, "yes")
    assert answer.status_code == 503
    assert "Prefect antwoordt niet" in answer.text
    assert go_row(large)["answer"] == "yes"
    assert "Start de campagne voor 6 mensen" in approver.get(path).text
    assert "nog niet gestart" in approver.get("/desk/campaigns").text
    stranger = large.as_person(BAS)
    if "marketing_approver" not in next(each.roles for each in large.programme.people if each.name == BAS):
        assert stranger.post(f"{path}/start", data={"token": _token(stranger)}).status_code == 403


def test_what_changed_since_the_question_cannot_be_approved(large: Desk, prefect: type[StandIn]) -> None:
    """A draft that was edited is another question; a page of the old digest approves nothing."""
    path = asked(large)
    approver = large.as_person(JEROEN)
    forged = approver.post(path, data={"token": _token(approver), "digest": "0" * 64, "go": "yes"})
    assert forged.status_code == 409
    other = press(large.as_person(MARIJE), f"/desk/campaigns/drafts/{draft(large, subject='Ander nieuws')}/send", "ask")
    assert other.status_code == 303
    page = approver.get(path).text
    assert "nieuwere versie" in page
    assert 'name="go"' not in page
    assert prefect.made == {}


def test_a_last_look_of_an_older_draft_starts_nothing(small: Desk, prefect: type[StandIn]) -> None:
    """Who is in the audience, or what it says, has changed since the page was shown: it is shown anew."""
    browser = small.as_person(MARIJE)
    path = f"/desk/campaigns/drafts/{draft(small)}/send"
    page = browser.get(path).text
    kept = {name: hidden(page, name) for name in ("token", "go_id")}
    for seen in ("", hidden(page, "seen").rpartition("-")[0] + "-5", "0" * 64 + "-6"):
        answer = browser.post(path, data={**kept, "seen": seen, "do": "start"})
        assert answer.status_code == 409
        assert "intussen veranderd" in answer.text
    assert prefect.made == {}
    assert small.rows(tables.campaign_goes) == []


def test_the_limit_cannot_be_passed_by_the_other_button(large: Desk, prefect: type[StandIn]) -> None:
    """A forged "start" of a campaign that needs a go asks for it."""
    answer = press(large.as_person(MARIJE), f"/desk/campaigns/drafts/{draft(large)}/send", "start")
    assert answer.status_code == 303
    assert go_row(large)["answer"] is None
    assert prefect.made == {}


def test_a_word_that_is_no_button_neither_starts_nor_answers(large: Desk, prefect: type[StandIn]) -> None:
    """On the last look, and on the page of the question."""
    last_look = f"/desk/campaigns/drafts/{draft(large)}/send"
    assert press(large.as_person(MARIJE), last_look, "begin").status_code == 400
    path = asked(large)
    assert decide(large.as_person(JEROEN), path, "YES").status_code == 400
    assert go_row(large)["answer"] is None
    assert prefect.made == {}


def test_stop_before_its_moment(small: Desk, prefect: type[StandIn]) -> None:
    """Who started it may stop it, once; the run that waits is cancelled and the page says how far it came."""
    press(small.as_person(MARIJE), f"/desk/campaigns/drafts/{draft(small)}/send", "start")
    page = small.as_person(MARIJE).get("/desk/campaigns/results/lentebrief").text
    assert "Stop deze campagne" in page
    assert "<h1>Lentebrief</h1>" in page, "the name as it was written"
    stranger = next(
        each.name for each in small.programme.people if "marketing_approver" not in each.roles and each.name != MARIJE
    )
    other = small.as_person(stranger)
    assert "Stop deze campagne" not in other.get("/desk/campaigns/results/lentebrief").text
    forged = other.post("/desk/campaigns/results/lentebrief/stop", data={"token": _token(other)})
    assert forged.status_code == 403

    browser = small.as_person(MARIJE)
    done = browser.post("/desk/campaigns/results/lentebrief/stop", data={"token": _token(browser)})
    assert done.headers["location"].endswith("gedaan=gestopt")
    assert len(prefect.cancelled) == 1
    page = browser.get("/desk/campaigns/results/lentebrief").text
    assert f"Gestopt door {MARIJE}" in page
    assert "Zodra de campagne loopt" not in page
    again = browser.post("/desk/campaigns/results/lentebrief/stop", data={"token": _token(browser)})
    assert again.status_code == 409
    assert ("stop campaign", MARIJE) in small.acts()


def test_of_two_stops_at_once_one_is_kept(small: Desk, prefect: type[StandIn], monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have read that the campaign goes: the first is who stopped it, and the second reads that."""
    press(small.as_person(MARIJE), f"/desk/campaigns/drafts/{draft(small)}/send", "start")
    second = small.as_person(MARIJE)

    def beaten(engine: Engine, name: str, *given: Any) -> int | None:
        stopping.withdraw(engine, name, JEROEN)
        return stopping.withdraw(engine, name, *given)

    monkeypatch.setattr("web.desk.pages.marketing.stopping.withdraw", beaten)
    late = second.post("/desk/campaigns/results/lentebrief/stop", data={"token": _token(second)})
    assert (late.status_code, f"al gestopt, door {JEROEN}" in late.text) == (409, True)
    assert "stop campaign" not in {act for act, _ in small.acts()}


def _token(browser: Browser) -> str:
    return hidden(browser.get("/desk/campaigns").text, "token")


def _other_approver(desk: Desk, name: str) -> str:
    return next(each.name for each in desk.programme.people if "marketing_approver" in each.roles and each.name != name)

"""The way into the desk and out: links, sessions, the proxy of the firm, and nothing else."""

import re

import pytest
from sqlalchemy import Engine

from models.tables import desk_links, desk_sessions
from tasks.desk.sessions import make_link, person_by_name
from tests import factories
from tests.factories import shipped_programme
from tests.web.desk.conftest import ANKE, BAS, HOST, Desk, Opens, token_on
from web.desk.styles import StyleSheets

MAIL = "a.wiersma@bureaubroersma.example"


def links_mailed(desk: Desk) -> list[str]:
    """The paths of the login links in the outbox."""
    texts = [path.read_text("utf-8").replace("=\n", "") for path in sorted(desk.outbox.glob("*.eml"))]
    return [found[1] for text in texts if (found := re.search(r"balie\.example\.nl(/desk/in/[\w-]+)", text))]


def test_a_mailed_link_logs_in_once(desk: Desk) -> None:
    """The mail holds a link; opening it any number of times changes nothing; its button works, and works once."""
    browser = desk.browser()
    assert browser.post("/desk/login", data={"email": MAIL.upper()}).status_code == 200
    (link,) = links_mailed(desk)
    for _ in range(3):
        assert "Inloggen</button>" in browser.get(link).text
    assert desk.rows(desk_sessions) == []
    answer = browser.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = next(each for each in answer.headers.get_list("set-cookie") if each.startswith("__Host-desk="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie
    assert browser.get("/desk/clients").status_code == 200
    other = desk.browser()
    assert other.post(link).status_code == 410
    assert "al gebruikt of verlopen" in other.get(link).text


def test_nothing_of_a_link_or_session_can_be_read_from_the_database(desk: Desk) -> None:
    """Whoever has a copy of the database has no way in."""
    browser = desk.browser()
    browser.post("/desk/login", data={"email": MAIL})
    (link,) = links_mailed(desk)
    browser.post(link)
    kept = str(desk.rows(desk_links) + desk.rows(desk_sessions))
    assert link.rpartition("/")[2] not in kept
    assert browser.cookies["__Host-desk"] not in kept


def test_an_unknown_address_gets_the_same_page_and_no_mail(desk: Desk) -> None:
    """Byte for byte, so that nobody can find out who works here."""
    known = desk.browser().post("/desk/login", data={"email": MAIL})
    unknown = desk.browser().post("/desk/login", data={"email": "iemand@elders.example"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert len(links_mailed(desk)) == 1


def test_a_link_lives_fifteen_minutes(desk: Desk) -> None:
    """At the fifteenth it is over."""
    browser = desk.browser()
    browser.post("/desk/login", data={"email": MAIL})
    (link,) = links_mailed(desk)
    desk.later(minutes=14)
    assert browser.get(link).status_code == 200
    desk.later(minutes=1)
    assert browser.get(link).status_code == 410
    assert browser.post(link).status_code == 410
    assert desk.rows(desk_sessions) == []


def test_a_mailbox_is_not_filled(desk: Desk) -> None:
    """Five links in a quarter of an hour, whoever asks; the page stays the same."""
    pages = {desk.browser(f"203.0.113.{number}").post("/desk/login", data={"email": MAIL}).text for number in range(9)}
    assert len(pages) == 1
    assert len(links_mailed(desk)) == 5


def test_without_a_session_every_page_leads_to_the_login(desk: Desk) -> None:
    """303, no word of any client, and never kept by a browser or found by a search engine."""
    desk.add_client("K1")
    inside = desk.as_person().get("/desk/clients")
    for path in (
        "/desk",
        "/desk/clients",
        "/desk/clients/K1",
        "/desk/acts",
        "/desk/messages",
        "/desk/payouts",
        "/desk/x/y",
    ):
        answer = desk.browser().get(path)
        assert (answer.status_code, answer.headers["location"], answer.text) == (303, "/desk/login", ""), path
        for page in (answer, desk.browser().get("/desk/login"), inside):
            assert page.headers["cache-control"] == "no-store"
            assert "noindex" in page.headers["x-robots-tag"]


def test_after_the_login_comes_the_page_that_was_asked_for(desk: Desk) -> None:
    """A link in a mail to staff leads to its page, by way of the login."""
    browser = desk.browser()
    browser.get("/desk/clients/K00022")
    browser.post("/desk/login", data={"email": MAIL})
    assert browser.post(links_mailed(desk)[0]).headers["location"] == "/desk/clients/K00022"


def test_no_cookie_leads_away_from_the_desk(desk: Desk) -> None:
    """Whoever plants the cookie of the wanted page gets people nowhere but to the desk."""
    person = person_by_name(desk.programme.people, BAS)
    for wanted in ("//evil.example/desk", "https://evil.example", "/desk\\@evil.example", "/deskx", "/u/x"):
        desk.later(minutes=16)
        link = f"/desk/in/{make_link(desk.engine, person, desk.now[0])}"
        answer = desk.browser().post(link, headers={"cookie": f'__Host-desk-wanted="{wanted}"'})
        assert answer.headers["location"] == "/desk", wanted


def test_a_session_ends(desk: Desk) -> None:
    """By its hours, or by its button; the page says that the session is over."""
    browser = desk.as_person()
    desk.later(hours=11, minutes=59)
    assert browser.get("/desk/clients").status_code == 200
    desk.later(minutes=1)
    assert browser.get("/desk/clients").headers["location"] == "/desk/login"
    assert "De sessie is verlopen" in browser.get("/desk/login").text
    browser = desk.as_person()
    stolen = browser.cookies["__Host-desk"]
    assert browser.submit("/desk/out", on="/desk/clients").headers["location"] == "/desk/login"
    thief = desk.browser()
    assert thief.get("/desk/clients", headers={"cookie": f"__Host-desk={stolen}"}).status_code == 303
    assert desk.acts() == [("log out", BAS)]


def test_a_session_ends_with_the_removal_of_its_person(desk: Desk, open_desk: Opens) -> None:
    """Also when somebody else gets the name, or the address is another one."""
    browser = desk.as_person(ANKE)
    people = shipped_programme().people
    without = shipped_programme().model_copy(update={"people": people[1:]})
    moved = people[0].model_copy(update={"email": "anke@elders.example"})
    renamed = people[0].model_copy(update={"name": "Anna Wiersma"})
    for programme in (
        without,
        shipped_programme().model_copy(update={"people": (moved, *people[1:])}),
        shipped_programme().model_copy(update={"people": (renamed, *people[1:])}),
    ):
        later = open_desk(desk.engine, programme).browser()
        later.cookies = browser.cookies
        assert later.get("/desk/clients").status_code == 303
    assert browser.get("/desk/clients").status_code == 200


def test_off_there_is_no_desk(sqlite_engine: Engine, open_desk: Opens) -> None:
    """The same page as for any address that there is not."""
    browser = open_desk(sqlite_engine, desk="off").browser()
    for path in ("/desk", "/desk/login", "/desk/in/x", "/desk/clients/K1"):
        assert browser.get(path).status_code == 404
        assert browser.get(path).text == browser.get("/nergens").text
    assert browser.post("/desk/login", data={"email": MAIL}).status_code == 404


class TestProxy:
    """The firm's own login in front of us names the person."""

    @pytest.fixture
    def behind(self, sqlite_engine: Engine, open_desk: Opens) -> Desk:
        return open_desk(sqlite_engine, desk="proxy", desk_proxies="10.0.0.2, 127.0.0.1,::1")

    def test_the_header_of_a_named_proxy_is_believed(self, behind: Desk) -> None:
        """It logs in without a link; its forms have the token of a session as any other's."""
        browser = behind.browser("10.0.0.2")
        browser.headers["x-forwarded-email"] = MAIL
        page = browser.get("/desk/clients")
        assert page.status_code == 200
        assert ANKE in page.text
        assert token_on(page) == token_on(browser.get("/desk/clients"))
        assert len(behind.rows(desk_sessions)) == 1
        assert browser.get("/desk/login").headers["location"] == "/desk"

    def test_the_header_of_anybody_else_is_not(self, behind: Desk) -> None:
        """Neither from elsewhere, nor twice, nor for somebody whom nobody knows."""
        stranger = behind.browser("203.0.113.9")
        stranger.headers["x-forwarded-email"] = MAIL
        assert stranger.get("/desk/clients").status_code == 303
        assert stranger.get("/desk/clients", headers={"x-forwarded-for": "10.0.0.2"}).status_code == 303
        own = behind.browser("10.0.0.2")
        assert own.get("/desk/clients").status_code == 303
        assert own.get("/desk/clients", headers={"x-forwarded-email": "wie@elders.example"}).status_code == 303
        twice = [("x-forwarded-email", MAIL), ("x-forwarded-email", "b.hoekstra@bureaubroersma.example")]
        assert own.get("/desk/clients", headers=twice).status_code == 303
        assert behind.rows(desk_sessions) == []

    def test_its_session_is_of_no_use_without_it(self, behind: Desk) -> None:
        """Who logs out at the firm's login is out here; who logs in there as another person is that person here."""
        browser = behind.browser("10.0.0.2")
        browser.get("/desk/clients", headers={"x-forwarded-email": MAIL})
        assert browser.get("/desk/clients").status_code == 303
        other = browser.get("/desk/clients", headers={"x-forwarded-email": "b.hoekstra@bureaubroersma.example"})
        assert BAS in other.text
        assert ANKE not in other.text

    def test_no_link_is_mailed(self, behind: Desk) -> None:
        """Mail is no second way in."""
        behind.browser().post("/desk/login", data={"email": MAIL})
        assert links_mailed(behind) == []

    def test_with_links_alone_the_header_means_nothing(self, desk: Desk) -> None:
        """BOUWCLUB_DESK=mail believes no header from anywhere."""
        browser = desk.browser("127.0.0.1")
        assert browser.get("/desk/clients", headers={"x-forwarded-email": MAIL}).status_code == 303


def test_the_style_sheets_need_no_session(desk: Desk) -> None:
    """They are of the firm's colours, hold nothing else, and are kept by browsers."""
    page = desk.browser().get("/desk/login").text
    paths = re.findall(r'href="(/static/desk/[^"]+)"', page)
    assert len(paths) == 4
    for path in paths:
        sheet = desk.browser().get(path)
        assert sheet.headers["content-type"].startswith("text/css")
        assert "immutable" in sheet.headers["cache-control"]
        assert "{{" not in sheet.text
    assert desk.browser().get("/static/desk/x/geheim.css").status_code == 404
    assert HOST not in page


def test_the_desk_is_dark_in_the_firms_own_colours() -> None:
    """Nothing of the colours that stand where the programme names none."""
    ours = shipped_programme().brand.colours
    own = {"primary": "#f2b8c6", "accent": "#a5d88f", "text": "#fff5f8", "background": "#1c1218", "card": "#271a21"}
    sheet = StyleSheets(factories.programme(**{"brand.colours.dark": own}).brand.colours).read("tokens.css") or ""
    assert "--link: #f2b8c6; --mark: #a5d88f;" in sheet
    assert f"--card: #271a21; --box: {ours.dark.box};" in sheet
    assert [colour for key, colour in ours.dark if key in own and colour in sheet] == []
